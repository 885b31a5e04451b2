"""A key that takes one value or a list of them."""

from typing import Any

import pytest
from omegaconf import OmegaConf

from promptfit.commands.shared.listed import listed, named


@pytest.mark.parametrize(
    ("value", "items", "texts"),
    [
        (None, [], None),
        ("СНИЛС", ["СНИЛС"], ["СНИЛС"]),
        (3, [3], ["3"]),
        ([], [], []),
        (["passport Имя", 4], ["passport Имя", 4], ["passport Имя", "4"]),
    ],
)
def test_one_value_is_a_list_of_one(value: Any, items: list[Any], texts: list[str] | None) -> None:
    cfg = OmegaConf.create({"key": value})
    assert (listed(cfg.key), named(cfg.key)) == (items, texts)
