"""`promptfit read`: new documents, read with the best prompts; the job that all the others were for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.answer.stack import stacked
from promptfit.commands.read import plan
from promptfit.commands.read.keep import result_file
from promptfit.commands.read.plan import Scan
from promptfit.commands.read.read import NO_ANSWER, ReadDocument, columns, read
from promptfit.commands.shared import configured, tables
from promptfit.commands.shared.answerers import answerer_of
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.study_plan import number_of
from promptfit.commands.shared.written import Written
from promptfit.paths import resolve
from promptfit.readers.steps import Reader
from promptfit.support.console.progress import Progress
from promptfit.types import PromptfitError


def main(cfg: DictConfig) -> Path | None:
    """Reads, a few images at a time, and writes each as it is read.

    Returns:
        The file; None after `dry_run=true`.
    """
    data, batch = configured.load_data(cfg), number_of(cfg, "batch", 1)
    todo = plan.plan_of(cfg, data)
    out = resolve(str(cfg.out))
    keys = list(dict.fromkeys(columns(todo).values()))
    file = result_file(out, keys)
    if out.exists() and not cfg.replace:
        raise PromptfitError(f"{out}: there already; name another file, or say replace=true")
    types = ", ".join(f"{count:,} {name}" for name, count in Counter(one.doc_type for one in todo.pages).items())
    tables.say(f"{len(todo.pages):,} images ({types}), prompts of {tables.shown(todo.best.path)}")
    if cfg.dry_run:
        tables.say(f"{todo.requests:,} requests to {cfg.model.name}; those answered before are not asked again")
        return None
    answerer = stacked(answerer_of(cfg), resolve(cfg.store), privacy_of(cfg))
    reader, marks, whole = Reader(listed(cfg.reader)), Counter[str](), 0
    total = sum(len(todo.fields(page.doc_type)) for page in todo.pages)
    with Progress(total, words="values") as bar, file:
        for some in _batches(todo.pages, batch):
            done = read(some, todo, answerer, data.schema, reader, str(cfg.model.system), bar.advance)
            if not (answerer.asked or answerer.kept) and (why := _why(done)):
                raise PromptfitError(f"nobody answers: {why}. Mend that and run again")
            file.add(done)
            whole += sum(not one.marks for one in done)
            marks.update(mark.partition(":")[0] for one in done for mark in one.marks.values())
    told = "; ".join(f"{mark}: {count:,}" for mark, count in marks.most_common())
    tables.say(f"{whole:,} of {len(todo.pages):,} documents without a mark{f' (marks: {told})' if told else ''}")
    tables.say(tables.asked(answerer), f"read: {tables.shown(out)}")
    return out


def _why(documents: Sequence[ReadDocument]) -> str:
    """The first reason why something was not answered."""
    marks = (mark for one in documents for mark in one.marks.values())
    return next((mark.removeprefix(NO_ANSWER) for mark in marks if mark.startswith(NO_ANSWER)), "")


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The file."""
    return [] if cfg.out is None else [Written(resolve(str(cfg.out)), "out")]


def _batches(pages: Sequence[Scan], size: int) -> Iterator[Sequence[Scan]]:
    for start in range(0, len(pages), size):
        yield pages[start : start + size]
