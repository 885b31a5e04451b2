"""`promptfit report`: one page to sit down with, out of the stages' files alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared import composed, tables
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.private_results import results_stay
from promptfit.commands.shared.written import Written
from promptfit.paths import home
from promptfit.report.material import gather
from promptfit.report.report_page import report_page, summary
from promptfit.support.files.writing import replace_file
from promptfit.tracking import Place

RUNS = "http://127.0.0.1:5000/#/runs/"
"""Where `promptfit ui` shows a run."""


def main(cfg: DictConfig) -> list[Path]:
    """Writes the page in each language, says where it is, and logs it.

    Returns:
        The pages.
    """
    answerer, part = str(cfg.model.name), cfg.field is not None
    material = gather(home(), answerer, part, bool(cfg.partial))
    languages = [str(one) for one in listed(cfg.language)]
    runs = "" if Place(**cfg.tracking).is_server else RUNS
    pages = {code: report_page(material, code, runs).encode() for code in languages}
    files = [_page(cfg, code) for code in pages]
    for path, page in zip(files, pages.values(), strict=True):
        replace_file(path, page)
        tables.say(f"{tables.shown(path)} ({len(page) / 1e6:.1f} MB): open it in a browser, or print it")
    for code in languages:
        replace_file(_summary(cfg, code), summary(material, code).encode())
    for one in material.missing:
        tables.say(f"careful: without {one.file}; make it: {one.command}")
    _record(cfg, files, list(pages.values()), results_stay(cfg, material.data_digests))
    return files


def writes(cfg: DictConfig) -> Sequence[Written]:
    """A page a language, and its summary in a few lines."""
    return [Written(of(cfg, str(code))) for code in listed(cfg.language) for of in (_page, _summary)]


def _page(cfg: DictConfig, language: str) -> Path:
    part = "" if cfg.field is None else "part"
    return home() / "report" / str(cfg.model.name) / part / f"report.{language}.html"


def _summary(cfg: DictConfig, language: str) -> Path:
    return _page(cfg, language).with_name(f"summary.{language}.txt")


def _record(cfg: DictConfig, files: list[Path], pages: list[bytes], stays: bool) -> None:
    """Last, since the person has the pages by now and MLflow takes seconds to come up."""
    from promptfit.tracking import late_run

    digest = hashlib.sha256(b"".join(pages)).hexdigest()
    params = {"answerer": cfg.model.name, "languages": ",".join(path.suffixes[0].lstrip(".") for path in files)}
    config, name = {**composed.resolved(cfg), "pages": digest}, str(cfg.model.name)
    with late_run("report", config, params, name=name, stays=stays) as run:
        run.metrics({"bytes": sum(map(len, pages))})
        for path in files:
            run.artifact(path)
