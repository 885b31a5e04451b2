"""Prices from the config or litellm's table, estimates of tokens, and usage that is believed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from benchmarks.stated import stated
from PIL import Image

from promptfit.generate import message_images
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Message
from promptfit.support.http import price_table, prices
from promptfit.types import PromptfitError

CONF = Path(__file__).resolve().parents[2] / "conf" / "generator"
SHIPPED = sorted(path for path in CONF.glob("*.yaml") if "defaults: [_chat, _self_]" in path.read_text("utf-8"))


def shipped(path: Path) -> ChatGenerator:
    settings = yaml.safe_load(path.read_text("utf-8"))
    del settings["defaults"]
    if settings.get("litellm_model"):
        settings["litellm_model"] = settings["litellm_model"].replace("${generator.model}", settings["model"])
    made: ChatGenerator = stated("generator/_chat", **settings)
    return made


def test_eight_leaders_that_see_are_shipped() -> None:
    seeing = [shipped(path).name for path in SHIPPED if shipped(path).vision and shipped(path).remote]
    assert len(seeing) >= 8
    assert {"GPT4o", "DeepSeek"} <= set(seeing) and (CONF / "Qwen2-VL-72B.yaml").is_file()


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_a_shipped_config_has_a_price_and_says_what_it_lacks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert path.read_text("utf-8").startswith("# ")
    one = shipped(path)
    quote = one.quote([Message("user", "Привет")])
    assert (quote.cost > 0) == one.remote and 0 <= quote.cost < 1
    if one.key_variable is None:
        one.check()
        return
    monkeypatch.delenv(one.key_variable, raising=False)
    with pytest.raises(PromptfitError, match=rf"conf/generator/{path.name}.*{one.key_variable} is not set"):
        one.check()
    monkeypatch.setenv(one.key_variable, "sk-one")
    one.check()


def test_litellms_table() -> None:
    price = prices.price_of("conf", "gpt-4o", None)
    assert (price.input, price.output) == pytest.approx((2.5, 10.0))


def test_the_table_that_is_read_is_litellms_own() -> None:
    """It is read from its file, which litellm may move some day."""
    assert len(price_table.table()) > 1000


@pytest.mark.parametrize(
    "given", [None, {}, {"input": 1}, {"input": -1, "output": 1}, {"input": math.nan, "output": 1}]
)
def test_a_price_that_is_not_known(given: dict[str, float] | None) -> None:
    one = stated("generator/_chat", name="one", model="nobodys-model", price=given)
    with pytest.raises(PromptfitError, match=r"conf/generator/one\.yaml: .*price: \{input: 0, output: 0\}"):
        one.check()


def test_a_price_in_the_config_comes_first() -> None:
    one = stated("generator/_chat", name="one", model="gpt-4o", price={"input": 1, "output": 3})
    assert one.quote([Message("user", "a")]).cost == pytest.approx((11 + 2048 * 3) / 1e6, abs=1e-6)


@pytest.mark.parametrize("text", ["", "Write the surname", "Напиши фамилию с заглавной буквы", "12.03.1985"])
def test_tokens_are_rather_overestimated(text: str) -> None:
    assert len(text) / 4 <= prices.tokens_of(text) <= len(text)


def test_images_count_by_their_pixels_and_no_more_than_are_shown(tmp_path: Path) -> None:
    Image.new("L", (1000, 500)).save(tmp_path / "a.png")
    talk = [Message("user", "", (tmp_path / "a.png", tmp_path / "missing.png"))]
    assert message_images.tokens_in(talk, 0, 10**6) == 10
    assert message_images.tokens_in(talk, 1, 10**6) == 10 + 300 + 1000
    assert message_images.tokens_in(talk, 2, 10**5) == 10 + 2 * (300 + 200)


@pytest.mark.parametrize(
    ("usage", "believed"),
    [
        ({"prompt_tokens": 120, "completion_tokens": 40}, (120, 40)),
        ({"prompt_tokens": 9000, "completion_tokens": 900}, (9000, 900)),
        ({"prompt_tokens": 120, "completion_tokens": 3, "total_tokens": 223}, (120, 103)),
        ({"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 160}, (120, 40)),
        ({"prompt_tokens": 120, "total_tokens": 160}, (100, 50)),
        ({"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 0}, (120, 40)),
        ({"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 10**12}, (120, 40)),
        ({"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": None}, (120, 40)),
        (None, (100, 50)),
        ("none", (100, 50)),
        ({"prompt_tokens": 120}, (100, 50)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, (100, 50)),
        ({"prompt_tokens": -1, "completion_tokens": 5}, (100, 50)),
        ({"prompt_tokens": 120.5, "completion_tokens": 5}, (100, 50)),
        ({"prompt_tokens": True, "completion_tokens": 5}, (100, 50)),
        ({"prompt_tokens": 10**9, "completion_tokens": 5}, (100, 50)),
        ({"prompt_tokens": 120, "completion_tokens": 10**9}, (100, 50)),
    ],
)
def test_usage(usage: Any, believed: tuple[int, int]) -> None:
    assert prices.believed(usage, "conf", sent=100, said=50, most=200) == believed


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        ({"cost": 0.0125}, 0.0125),
        ({"cost": 0}, 0.0),
        ({"cost": 0.0125, "is_byok": False, "cost_details": {"upstream_inference_cost": None}}, 0.0125),
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, 0.21),
        ({}, 0.002),
        (None, 0.002),
        ({"cost": None}, 0.002),
        ({"cost": "free"}, 0.002),
        ({"cost": -1}, 0.002),
        ({"cost": math.inf}, 0.002),
        ({"cost": math.nan}, 0.002),
        ({"cost": True}, 0.002),
    ],
)
def test_what_the_server_says_a_call_took_comes_before_the_price(usage: Any, cost: float) -> None:
    assert prices.cost_of(usage, prices.Price(1.0, 10.0), (1000, 100)) == pytest.approx(cost)
