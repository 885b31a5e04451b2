"""`promptfit check`: what is odd in a data set, before money is spent on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from promptfit.answer.tesseract.ocr_engine import installed
from promptfit.commands.check.keep import page_of, strike, write
from promptfit.commands.check.show import show
from promptfit.commands.shared import tables
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.written import Written
from promptfit.paths import resolve
from promptfit.study.checks.dataset_check import LookUp, checked
from promptfit.study.checks.finding import CheckedRow, DatasetFindings, Finding
from promptfit.support.console.progress import Progress
from promptfit.types import PromptfitError


def main(cfg: DictConfig) -> DatasetFindings | None:
    """Checks `source` or the data set that is composed, or strikes rows out of it.

    Returns:
        What was found; None where rows were struck out.

    Raises:
        PromptfitError: There is no data set, or a row to be struck is none.
    """
    root = _root(cfg)
    if cfg.strike is not None:
        tables.say(strike(root, listed(cfg.strike), None if cfg.state is None else str(cfg.state)))
        return None
    if not isinstance(cfg.pages, int) or cfg.pages < 1:
        raise PromptfitError(f"pages={cfg.pages}: a number of pages above 0")
    look_up, why = _look_up(cfg)
    found = checked(root, look_up, int(cfg.pages))
    show(found)
    files = write(found, str(cfg.language))
    if why:
        tables.say(f"true values were not looked up on their pages: {why}")
    tables.say(*(f"written: {tables.shown(path)}" for path in files))
    return found


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The page, and the table beside it."""
    return [Written(page_of(_root(cfg)))]


def _root(cfg: DictConfig) -> Path:
    source = resolve(str(cfg.dataset.path if cfg.source is None else cfg.source)).absolute()
    return source.parent if source.is_file() else source


def _look_up(cfg: DictConfig) -> tuple[LookUp | None, str]:
    """What finds values on pages, or why nothing does."""
    if cfg.ocr is False:
        return None, ""
    languages = [str(one) for one in listed(cfg.languages)]
    try:
        installed(languages)
    except PromptfitError as fault:
        if cfg.ocr:
            raise
        return None, str(fault)
    return partial(_looked_up, languages, int(cfg.pages)), ""


def _looked_up(languages: Sequence[str], most: int, rows: Sequence[CheckedRow]) -> Iterator[Finding]:
    from promptfit.study.checks.page_lookup import off_page

    pages = min(most, len({one.sample.image for one in rows}))
    with Progress(pages, words="pages that OCR reads") as bar:
        yield from off_page(rows, languages, most, bar.advance)
