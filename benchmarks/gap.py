"""The found prompts against the best of everything that docvlm-tiny was taught, paired on `large`.

The whole grammar is too large to ask of every document, so it is halved on `mini`: all prompts see two documents, the
better ones more, and the last ones see all of `large`. The best of them there is what we compare with; as it is chosen
on the very documents that it is measured on, the comparison leans its way.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    gaps = {field: gap(field, prompt, mini, large, answerer) for field, prompt in found.items()}
    mean, worst = sum(gaps.values()) / len(gaps), max(gaps, key=lambda field: gaps[field])
    return [
        Row("CER gap to the best of the grammar, mean of fields", f"{mean:+.4f}", "<= 0.02", mean <= 0.02),
        Row(f"the same, worst field ({worst.name})", f"{gaps[worst]:+.4f}", "<= 0.05", gaps[worst] <= 0.05),
    ]


def gap(field: Field, found: str, mini: Dataset, large: Dataset, answerer: Answerer) -> float:
    """CER of the found prompt minus CER of the grammar's best, both on all of `large`."""
    from promptfit.docvlm.skills import grammar

    left = grammar(field)
    for documents, stay in STEPS:
        samples = mini.of(field, "search")[:documents]
        cers = dict(zip(left, cers_of(left, samples, answerer), strict=True))
        left = sorted(left, key=lambda prompt: (cers[prompt], len(prompt)))[:stay]
    ours, *theirs = cers_of([found, *left], large.of(field), answerer)
    return ours - min(theirs)


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
