"""What docvlm-tiny reads: single fields and whole documents, with the wordings it was taught and without.

The best wordings are those of its grammar that ask for the truth's own form; the naive ones name the field, or JSON.
PROMPTFIT_SCANS names the folder of a data set of real documents, which are asked for the value of each field.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from benchmarks.row import Row
from benchmarks.workspace import PROJECT
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.data.grouping import by_field
from promptfit.data.reader import load
from promptfit.data.records import asked
from promptfit.data.synth.documents import TRUTH
from promptfit.docvlm import record_skills, skills
from promptfit.evaluate.ask import measure
from promptfit.evaluate.overall import overall
from promptfit.evaluate.scoring import Scoring
from promptfit.score.aggregate import of_fields
from promptfit.score.metrics import CER, FIDELITY
from promptfit.types import Field, Prompt, Sample, Trial

CHECKPOINT = os.environ.get("PROMPTFIT_CHECKPOINT", str(PROJECT / "models" / "docvlm-tiny"))
SCANS = os.environ.get("PROMPTFIT_SCANS", "")
DOCUMENTS = 300
"""Of `large`, for whole documents."""
NAIVE = "Верни JSON"


def main() -> list[Row]:
    """Asks all of it, one set after the other."""
    model = LocalAnswerer(CHECKPOINT, batch_size=128, reuse_image=True, max_new_tokens=256)
    rows = [
        _fields(model, name, best_of_field, limit)
        for name, limit in (("mini", 0.01), ("large", 0.01), ("diverse", 0.1))
    ]
    naive = _trials(model, PROJECT / "data" / "mini", _naive)
    cers = [trial.score.cer for trial in naive]
    told = f"{fmean(cers):.2f}, least {min(cers):.2f}"
    rows.append(
        Row("mini, naive wording, macro CER", told, ">= 0.3, least 0.15", fmean(cers) >= 0.3 and min(cers) >= 0.15)
    )
    samples = _documents("large")
    best, parsed, agree = _records(model, samples, best_of_record)
    bad, _, also = _records(model, samples, lambda doc_type: NAIVE)
    rows.append(Row("large, whole documents, macro CER", f"{best:.4f}, naive {bad:.2f}", "<= 0.03", best <= 0.03))
    rows.append(
        Row("large, whole documents, JSON with all keys and no others", f"{parsed:.1%}", ">= 99 %", parsed >= 0.99)
    )
    told = f"{sum(agree + also)} of {len(agree + also)}"
    rows.append(Row("fields of records whose CER is jiwer's, both wordings", told, "all", all(agree + also)))
    return rows + ([_scans(model, Path(SCANS))] if SCANS else [])


def _scans(model: LocalAnswerer, folder: Path) -> Row:
    trials = _trials(model, folder, lambda field: f"{_naive(field)}. {skills.BRIEF[0]}")
    told = ", ".join(f"{trial.field.question_type} {trial.score.cer:.2f}" for trial in trials)
    right, of = sum(one.counts.exact for t in trials for one in t.scored), sum(len(t.scored) for t in trials)
    return Row(f"{folder.name}, a prompt a field, CER", f"{told}; right {right} of {of}", "said", True)


def best_of_field(field: Field) -> str:
    """The wording that a field's own form was taught with."""
    form = TRUTH[field.doc_type][field.question_type]
    return f"{_naive(field)}. {skills.BRIEF[0]}. {skills.FORMS[form][0]}"


def _naive(field: Field) -> str:
    return f"Напиши {field.key}"


def best_of_record(doc_type: str) -> str:
    """The same of a whole document."""
    forms = [form for form in dict.fromkeys(TRUTH[doc_type].values()) if form != "printed"]
    return ". ".join([record_skills.ASK[0], record_skills.BARE[0], *(skills.FORMS[form][0] for form in forms)])


def _trials(model: LocalAnswerer, folder: Path, wording: Callable[[Field], str]) -> list[Trial]:
    data = load(folder)
    samples = {field: [s for s in data.samples if s.field == field] for field in data.fields}
    return measure({f: Prompt(wording(f)) for f in samples}, samples, model, Scoring())


def _fields(model: LocalAnswerer, name: str, wording: Callable[[Field], str], limit: float) -> Row:
    trials = _trials(model, PROJECT / "data" / name, wording)
    cer = fmean(trial.score.cer for trial in trials)
    exact = fmean(one.counts.exact for trial in trials for one in trial.scored)
    worst = max(trials, key=lambda trial: trial.score.cer)
    told = f"{cer:.4f}, right {exact:.1%}; worst {worst.field.name} {worst.score.cer:.3f}"
    return Row(f"{name}, a prompt a field, macro CER", told, f"<= {limit}", cer <= limit)


def _documents(name: str) -> list[Sample]:
    """Records spread evenly over the set."""
    whole = asked(load(PROJECT / "data" / name), "record", "").samples
    return list(whole[:: max(1, len(whole) // DOCUMENTS)])


def _records(
    model: LocalAnswerer, documents: list[Sample], wording: Callable[[str], str]
) -> tuple[float, float, list[bool]]:
    """Macro CER over all fields, the share of answers that are JSON with all keys and no others, and by field whether
    jiwer counts the same."""
    import jiwer

    samples = by_field(documents)
    prompts = {question: Prompt(wording(question.doc_type)) for question in samples}
    trials = measure(prompts, samples, model, Scoring())
    whole = [one for trial in trials for one in trial.scored]
    agree = []
    for own in of_fields(whole).values():
        theirs = jiwer.cer([one.sample.answer for one in own], [one.reading.value for one in own])
        agree.append(abs(theirs - CER.of(one.counts for one in own)) < 1e-12)
    cer = overall({trial.field: trial.scored for trial in trials}).macro.cer
    return cer, FIDELITY.of(one.counts for one in whole), agree
