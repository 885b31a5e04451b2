"""Writes and reads `selection.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from promptfit.select.selection_record import (
    CandidateRecord,
    FieldSelection,
    Figures,
    GainRecord,
    MixingRecord,
    SelectionRecord,
    TypeRecord,
)
from promptfit.support.files.writing import replace_file
from promptfit.types import PromptfitError

_USUAL = (("objective", "cer"), ("ends", ()))


def write(path: Path, record: SelectionRecord) -> None:
    """Writes the file whole; the same record gives the same bytes.

    Raises:
        PromptfitError: It can't be written.
    """
    told = asdict(record, dict_factory=_told)
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
    replace_file(path, text.encode("utf-8", "backslashreplace") + b"\n")


def read(path: Path) -> SelectionRecord:
    """Reads what ``write`` wrote.

    Raises:
        PromptfitError: The file can't be read, or is no such record.
    """
    try:
        return _record(json.loads(path.read_bytes().decode("utf-8")))
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise PromptfitError(
            f"{path}: no record of a selection ({type(error).__name__}: {error}); run promptfit select again (it asks "
            "only what is not kept), or remove the file"
        ) from error


def _told(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A record's keys: those left out that say nothing beside the CER, and a score's values among its own."""
    told = dict(pairs)
    values = told.pop("values", {})
    first = {"cer": values["cer"]} if values else {}
    return {**first, **{key: one for key, one in told.items() if (key, one) not in _USUAL}, **values}


def _record(raw: Mapping[str, Any]) -> SelectionRecord:
    made = {
        "test": [_figures(one) for one in raw["test"]],
        "types": [TypeRecord(**{**one, "test": _figures(one["test"])}) for one in raw["types"]],
        "fields": [_field(one) for one in raw["fields"]],
        "mixing": [MixingRecord(**one) for one in raw["mixing"]],
        "gains": [_gain(one) for one in raw["gains"]],
        "metrics": {name: float(value) for name, value in raw["metrics"].items()},
    }
    return SelectionRecord(**{**raw, **made})


def _field(raw: Mapping[str, Any]) -> FieldSelection:
    candidates = [CandidateRecord(**{**one, "select": _figures(one["select"])}) for one in raw["candidates"]]
    baselines = {label: _figures(one) for label, one in raw["baselines"].items()}
    made = {"candidates": candidates, "test": _figures(raw["test"]) if raw["test"] else None, "baselines": baselines}
    record = FieldSelection(**{**raw, **made})
    candidates[record.winner]  # the place of a candidate
    return record


def _gain(raw: Mapping[str, Any]) -> GainRecord:
    return GainRecord(**{**raw, "baseline": _figures(raw["baseline"]), "chosen": _figures(raw["chosen"])})


def _figures(raw: Mapping[str, Any]) -> Figures:
    own = ("low", "high", "interval", "ends")
    values = {key: float(value) for key, value in raw.items() if key not in own}
    figures = Figures(values, raw["low"], raw["high"], raw["interval"], tuple(raw.get("ends", ())))
    float(figures.cer)
    return figures
