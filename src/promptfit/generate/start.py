"""The prompts that a search starts from, out of prompt collections: a person's, another search's, VLMHyperBench's."""

from __future__ import annotations

import difflib
import glob
from collections.abc import Iterable, Sequence
from pathlib import Path

from promptfit.data import collection
from promptfit.data.reader import Dataset
from promptfit.paths import home, resolve
from promptfit.types import Field, Prompt, PromptfitError


def read_start(paths: Sequence[str], dataset: Dataset, fields: Iterable[Field]) -> dict[Field, tuple[Prompt, ...]]:
    """Reads the prompts of all collections.

    Args:
        paths: CSV files or patterns (``prompts/*/*_sep_GPT4o.csv``), relative to the project's root.
        dataset: Knows the fields.
        fields: Those that are wanted; the others' prompts are left out.

    Returns:
        The distinct prompts of each wanted field that has some, in the order of the files; a prompt's origin is its
        file's name.

    Raises:
        PromptfitError: A file is missing or faulty, a pattern fits none, or a field is not in the data set.
    """
    found: dict[Field, dict[str, Prompt]] = {field: {} for field in fields}
    for path in dict.fromkeys(file for named in paths for file in _files(str(named))):
        for row in collection.asked_rows(collection.read(path), dataset.fields):
            try:
                field = dataset.resolve(row.field)
            except PromptfitError as fault:
                raise PromptfitError(f"{path}: {fault} Correct the name, or remove its row") from fault
            if field in found:
                found[field].setdefault(row.prompt, Prompt(row.prompt, origin=path.name))
    return {field: tuple(prompts.values()) for field, prompts in found.items() if prompts}


def _files(named: str) -> list[Path]:
    """The files that a path or a pattern means, in the order of their names."""
    if resolve(named).is_file():  # also one whose name has brackets in it
        return [resolve(named)]
    if resolve(named).is_dir():
        raise PromptfitError(f"generator.start: {named} is a folder; write {named.rstrip('/')}/*.csv for all in it")
    if glob.has_magic(named):
        files = [resolve(file) for file in glob.glob(str(Path(named).expanduser()), root_dir=home(), recursive=True)]
        if files := sorted(file for file in files if file.is_file()):
            return files
    raise PromptfitError(f"generator.start: {named}: there is no such prompt collection{_close(named)}")


def _close(named: str) -> str:
    """What may have been meant, out of the project's collections."""
    there = [str(path.relative_to(home())) for path in sorted((home() / "prompts").glob("*/*.csv"))]
    if close := difflib.get_close_matches(named, there, n=3, cutoff=0.5):
        return f"; did you mean {' or '.join(close)}?"
    return (
        f"; there are {', '.join(there[:10])}" if there else "; `promptfit search` and `promptfit try save=…` make some"
    )
