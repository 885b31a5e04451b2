"""A small data set on disk, as VLMHyperBench lays it out; pictures are plain colours, values are made up."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

HEADER = "data_index;split;image_path;question;answer;doc_class;question_type;answer_bbox"
ROWS = (
    "1;test_clean;images/1.png;Напиши Фамилия;Карбаинов;passport;Фамилия;[10, 20, 60, 40]",
    "1;test_clean;images/1.png;Напиши Место рождения;Гор. Чердаклы;passport;Место рождения;[10, 50, 90.5, 60]",
    "2;clean;images/2.jpg;Напиши Фамилия;Беленкова;passport;Фамилия;",
    "3;clean;images/3.png;Напиши СНИЛС;112-233-445 95;СНИЛС;;[0, 0, 100, 80]",
    '4;clean;images/4.png;Напиши Продавец;"ООО ""Лимончик""; филиал";invoice;Продавец;',
)

MakeDataset = Callable[..., Path]


@pytest.fixture
def make_dataset(tmp_path: Path) -> MakeDataset:
    """Makes a data set folder of the given rows (or bytes), with the images 1 to 4, each 100x80."""

    def make(*rows: str, header: str = HEADER, content: bytes | None = None, name: str = "demo_mini") -> Path:
        root = tmp_path / name
        (root / "images").mkdir(parents=True)
        for number, suffix in enumerate(("png", "jpg", "png", "png"), start=1):
            Image.new("RGB", (100, 80), (number * 40, 90, 120)).save(root / f"images/{number}.{suffix}")
        if content is None:
            content = codecs.BOM_UTF8 + "".join(f"{line}\n" for line in (header, *(rows or ROWS))).encode()
        (root / "annotation.csv").write_bytes(content)
        return root

    return make
