"""The shipped model under real operations."""

from __future__ import annotations

from pathlib import Path

import pytest

from present import present
from promptfit.cli import main
from promptfit.study.records import study_file
from promptfit.study.records.errors_json import ErrorsRecord
from promptfit.study.records.stress_json import StressRecord

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_blur_costs_docvlm_tiny_its_reading(tracked_home: Path) -> None:
    for name in ("data", "models", "prompts"):
        (tracked_home / name).symlink_to(PROJECT / name)
    words = ["model=docvlm-tiny", "collection=prompts/handwritten/strict.csv", "documents=3", "captures=2"]
    assert main(["stress", *words, "augmentation=[defocus,rotation,low_contrast]", "severities=[1,5]"]) == 0
    folder = tracked_home / "study/docvlm-tiny/part/defocus+low_contrast+rotation"
    record = study_file.read(folder / "stress.json", StressRecord)
    defocus = [one for one in record.conditions if one.augmentation == "defocus"]
    assert record.clean.cer < defocus[1].overall.cer and defocus[0].overall.cer < defocus[1].overall.cer
    assert present(defocus[1].change_low) > 0, "more than chance"
    assert record.source.documents == 9 and len(record.consistency) == len(record.clean_fields) == 17
    errors = study_file.read(folder / "errors.json", ErrorsRecord)
    assert len(errors.worst) == 24 and all((folder / one.picture).is_file() for one in errors.worst)
    assert any(one.box for one in errors.worst if one.augmentation == "rotation") or not any(
        one.augmentation == "rotation" for one in errors.worst
    )
