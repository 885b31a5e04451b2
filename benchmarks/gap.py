"""The found prompts against the best of everything that docvlm-tiny was taught, paired on `large`.

The whole grammar is too large to ask of every document, so it is halved on `mini`: all prompts see two documents, the
better ones more, and the last ones see all of `large`. The best of them there is what we compare with; as it is chosen
on the very documents that it is measured on, the comparison leans its way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.row import Row
from benchmarks.workspace import PROJECT
from promptfit.answer.base import Answerer
from promptfit.data import collection
from promptfit.data.reader import Dataset, load
from promptfit.score.normalize import Chain
from promptfit.search.ask import ask
from promptfit.types import Field, Prompt, Sample

STEPS = ((2, 200), (8, 40), (20, 5))
"""After how many documents how many prompts stay."""
CSV = PROJECT / "prompts" / "docvlm-tiny" / "docvlm-tiny_sep_edits.csv"


def main() -> list[Row]:
    """Compares field by field; the demo has to have run."""
    answerer = _answerer()
    mini, large = (load(PROJECT / "data" / name) for name in ("mini", "large"))
    found = {mini.resolve(row.field): row.prompt for row in collection.read(CSV)}
    best = {field: best_prompts(field, mini, answerer) for field in found}

    def cers(data: Dataset, prompts: Mapping[Field, str]) -> dict[Field, float]:
        return {field: cers_of([text], data.of(field), answerer)[0] for field, text in prompts.items()}

    naive = cers(mini, {field: f"Напиши {field.question_type or field.doc_type}" for field in found})
    reach = {field: min(cers_of(texts, large.of(field), answerer)) for field, texts in best.items()}
    reach_mini = _mean({field: min(cers_of(texts, mini.of(field), answerer)) for field, texts in best.items()})
    ours = cers(large, found)
    gaps = {field: ours[field] - reach[field] for field in found}
    worst, least = max(gaps, key=lambda field: gaps[field]), min(naive, key=lambda field: naive[field])
    return [
        Row("best of the grammar, macro CER on mini", f"{reach_mini:.4f}", "<= 0.05", reach_mini <= 0.05),
        Row("best of the grammar, macro CER on large", f"{_mean(reach):.4f}", "<= 0.08", _mean(reach) <= 0.08),
        Row("naive wording, macro CER on mini", f"{_mean(naive):.2f}", ">= 0.3", _mean(naive) >= 0.3),
        Row(f"the same, best field ({least.name})", f"{naive[least]:.2f}", ">= 0.15", naive[least] >= 0.15),
        Row("found prompts, macro CER on large", f"{_mean(ours):.4f}", "", True),
        Row("gap of the found to the best, mean of fields", f"{_mean(gaps):+.4f}", "<= 0.02", _mean(gaps) <= 0.02),
        Row(f"the same, worst field ({worst.name})", f"{gaps[worst]:+.4f}", "<= 0.05", gaps[worst] <= 0.05),
    ]


def best_prompts(field: Field, mini: Dataset, answerer: Answerer) -> list[str]:
    """The few prompts of the grammar that are left after the halving."""
    from promptfit.docvlm.skills import grammar

    left = grammar(field)
    for documents, stay in STEPS:
        samples = mini.of(field, "search")[:documents]
        cers = dict(zip(left, cers_of(left, samples, answerer), strict=True))
        left = sorted(left, key=lambda prompt: (cers[prompt], len(prompt)))[:stay]
    return left


def _mean(values: Mapping[Field, float]) -> float:
    return sum(values.values()) / len(values)


def cers_of(prompts: Sequence[str], samples: Sequence[Sample], answerer: Answerer) -> list[float]:
    """The pooled CER of each prompt on the samples."""
    pairs = [(Prompt(text), sample) for text in prompts for sample in samples]
    scored = ask(answerer, pairs, Chain())
    blocks = [scored[i : i + len(samples)] for i in range(0, len(scored), len(samples))]
    return [sum(one.counts.edits for one in b) / sum(one.counts.chars for one in b) for b in blocks]


def _answerer() -> Answerer:
    import yaml

    from promptfit.answer.store import AnswerStore, KeptAnswerer
    from promptfit.build import instantiate

    model = yaml.safe_load((PROJECT / "conf" / "model" / "docvlm-tiny.yaml").read_text("utf-8"))
    return KeptAnswerer(instantiate(model["answerer"]), AnswerStore(PROJECT / ".promptfit" / "bench.sqlite"))
