"""The measurement of throughput as rows, as a table and as a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean, median

from benchmarks.row import Row
from benchmarks.throughput_worker import Heat

PLAIN, BATCHED = "generate, one by one", "generate, batches of 32"
TRANSFORMERS, VLLM = "promptfit, transformers", "promptfit, vLLM"
BY_HAND = ("vLLM by hand, its block", "vLLM by hand, block of 32")
LMMS_EVAL = ("lmms-eval, one by one", "lmms-eval, batches of 32")
ADDED = 0.05
"""What promptfit may add, as a share of the engine's time."""
SAME = {BATCHED: 0.99, TRANSFORMERS: 1.0, VLLM: 0.95, BY_HAND[0]: 0.95, BY_HAND[1]: 0.95}
"""The share of answers that must be those of the plain loop: sums in another order may tip a token."""


@dataclass(frozen=True)
class Outcome:
    """What every arm did in every round."""

    heats: Mapping[str, Sequence[Heat]]

    def rates(self, arm: str) -> list[float]:
        """Answers a second, by round."""
        return [heat.rate for heat in self.heats[arm]]

    def ratios(self, arm: str, other: str) -> list[float]:
        """How many times faster one arm is than another, by round."""
        return [one / two for one, two in zip(self.rates(arm), self.rates(other), strict=True)]

    def added(self, arm: str) -> list[float]:
        """Wall time less engine time, as a share of the engine time, by round."""
        return [heat.seconds / heat.engine - 1 for heat in self.heats[arm]]

    def best(self, arms: Sequence[str]) -> str:
        """The arm that is faster in the median."""
        return max(arms, key=lambda arm: median(self.rates(arm)))

    @cached_property
    def plain(self) -> dict[int, str]:
        """The plain loop's answers, by the request's place."""
        return {place: text for heat in self.heats[PLAIN] for place, text in _said(heat)}

    def same(self, arm: str) -> float:
        """The share of an arm's answers that are the plain loop's, of those that both gave."""
        return mean(
            text == self.plain[place] for heat in self.heats[arm] for place, text in _said(heat) if place in self.plain
        )

    def characters(self, arm: str) -> float:
        """Of an answer, on average."""
        return mean(len(text) for heat in self.heats[arm] for text, _ in heat.said)


def rows(outcome: Outcome) -> list[Row]:
    """Every arm's rate, the ratios that were aimed at, what promptfit adds, and whether all said the same."""
    found = []
    for arm in outcome.heats:
        what = f"{arm}: answers a second, median of {len(outcome.heats[arm])} rounds"
        found.append(Row(what, _with(outcome.rates(arm), 1), "", True))
    hand = outcome.best(BY_HAND)
    found += [
        _faster(outcome, TRANSFORMERS, PLAIN, 10),
        _faster(outcome, TRANSFORMERS, BATCHED, 2),
        _faster(outcome, TRANSFORMERS, hand, 1),
        _faster(outcome, VLLM, hand, 0.95),
        _faster(outcome, TRANSFORMERS, LMMS_EVAL[0], 5),
        _faster(outcome, TRANSFORMERS, LMMS_EVAL[1], None),
    ]
    for arm in (TRANSFORMERS, VLLM):
        added = outcome.added(arm)
        what = f"{arm}: what is added to the engine's time (order, images, keeping, scores)"
        found.append(Row(what, _with(added, 1, percent=True), f"<= {ADDED:.0%}", median(added) <= ADDED))
    for arm in [arm for arm in outcome.heats if arm != PLAIN]:
        same, goal = outcome.same(arm), SAME.get(arm)
        what = f"{arm}: answers as the plain loop gives them ({outcome.characters(arm):.1f} characters an answer)"
        found.append(Row(what, f"{same:.1%}", f">= {goal:.0%}" if goal else "", same >= (goal or 0)))
    return found


def write(outcome: Outcome, folder: Path) -> None:
    """Writes throughput.csv (every arm and round), throughput.md and throughput.png."""
    lines = ["arm;round;requests;seconds;answers a second;engine seconds"]
    for arm, heats in outcome.heats.items():
        lines += [
            f"{arm};{number};{len(heat.said)};{heat.seconds:.4f};{heat.rate:.2f};{heat.engine:.4f}"
            for number, heat in enumerate(heats, 1)
        ]
    (folder / "throughput.csv").write_text("\n".join(lines) + "\n", "utf-8")
    table = ["| what | measured | goal | met |", "|---|---|---|---|"]
    table += [f"| {row.what} | {row.measured} | {row.goal} | {'yes' if row.met else 'NO'} |" for row in rows(outcome)]
    (folder / "throughput.md").write_text("\n".join(table) + "\n", "utf-8")
    _plot(outcome, folder / "throughput.png")


def _plot(outcome: Outcome, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    arms = sorted(outcome.heats, key=lambda arm: median(outcome.rates(arm)))
    figure, axes = pyplot.subplots(figsize=(9, 4.5), layout="constrained")
    colours = ["C0" if arm.startswith("promptfit") else "0.75" for arm in arms]
    bars = axes.barh(arms, [median(outcome.rates(arm)) for arm in arms], color=colours)
    axes.bar_label(bars, fmt="%.0f", padding=14)
    for place, arm in enumerate(arms):
        rates = outcome.rates(arm)
        axes.plot(rates, [place] * len(rates), "|", color="black", markersize=9, alpha=0.6)
    axes.set(xlabel="answers a second: the median, and every round")
    axes.set_title("16 prompts of each of 48 images, docvlm-tiny in float32 on a CPU")
    axes.margins(x=0.1)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _faster(outcome: Outcome, arm: str, other: str, goal: float | None) -> Row:
    ratios = outcome.ratios(arm, other)
    met = goal is None or median(ratios) >= goal
    return Row(f"{arm} against {other}", _with(ratios, 2) + " times", f">= {goal:g}" if goal else "", met)


def _said(heat: Heat) -> list[tuple[int, str]]:
    return [(heat.first + offset, text) for offset, (text, _) in enumerate(heat.said)]


def _with(values: Sequence[float], digits: int, percent: bool = False) -> str:
    """The median, and the least and the most."""
    kind = f".{digits}{'%' if percent else 'f'}"
    return f"{median(values):{kind}} ({min(values):{kind}}-{max(values):{kind}})"
