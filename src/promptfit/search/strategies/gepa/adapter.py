"""One field's run of the ``gepa`` package: what it calls an adapter, and when it stops."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from promptfit.generate.author import Author
from promptfit.generate.brief import showing
from promptfit.generate.generator import Flagged
from promptfit.generate.spending import Exhausted
from promptfit.score.metrics import Metric
from promptfit.search.mistakes import mistakes, pictured
from promptfit.search.objective import Objective
from promptfit.search.strategies.gepa.components import components_of
from promptfit.types import Counts, Field, Prompt, Sample, Scored

if TYPE_CHECKING:
    from gepa.core.adapter import EvaluationBatch
    from gepa.core.result import GEPAResult
    from gepa.core.state import GEPAState

log = logging.getLogger(__name__)


class ReflectionRules(Protocol):
    """The figures of the strategy, see ``Gepa``."""

    validation: float
    minibatch: int
    rounds: int
    patience: int
    finalists: int


class Evolution:
    """Evolves one field's prompt, starting from the field's leader.

    An answer that the search has is never asked again. The price of racing the best candidates is set aside first.

    Args:
        rules: The figures.
        objective: Scores prompts; the field has a leader.
        author: Asks the generator.
        field: The field.
        stop: Set when no new round may begin.
    """

    def __init__(
        self, rules: ReflectionRules, objective: Objective, author: Author, field: Field, stop: threading.Event
    ) -> None:
        self.field = field
        self._rules, self._objective, self._author, self._stop = rules, objective, author, stop
        self._components = components_of(objective.samples(field)[0])
        self._train, self._val = parts(objective.samples(field), rules.validation, f"{objective.seed} {field.name}")
        trials = objective.trials(field)
        self._known = {(trial.prompt.text, one.sample): one for trial in trials for one in trial.scored}
        size = len(objective.samples(field))
        self._aside = max(size, min(rules.finalists * size, objective.left(field) // 2))
        self._mothers: dict[str, str] = {}
        self._exhausted = False
        self._fault: Exception | None = None
        self._found: GEPAResult[str, int] | None = None

    def run(self) -> None:
        """Runs ``gepa.optimize`` until the field's requests, reflections, calls or patience are used up.

        Raises:
            PromptfitError: The generator or the answerer can't go on.
        """
        import gepa

        leader = self._objective.leader(self.field)
        assert leader
        self._found = gepa.optimize(
            seed_candidate=self._components.apart(leader.prompt.text),
            trainset=self._train,
            valset=self._val,
            adapter=cast(Any, self),  # its protocol wants propose_new_texts to be a variable, not a method
            reflection_minibatch_size=self._rules.minibatch,
            max_metric_calls=max(1, self._objective.left(self.field) - self._aside),
            stop_callbacks=self._over,
            logger=Log(),
            seed=self._objective.seed,
        )
        if self._fault:
            raise self._fault

    def best(self) -> list[Prompt]:
        """Returns the best candidates that are no trial yet: by validation score, then short, then text order."""
        if not self._found:
            return []
        texts = [self._components.whole(candidate) for candidate in self._found.candidates]
        scores = self._found.val_aggregate_scores
        order = sorted(range(len(texts)), key=lambda place: (-scores[place], len(texts[place]), texts[place]))
        tried = {trial.prompt.text for trial in self._objective.trials(self.field)}
        prompts: dict[str, Prompt] = {}
        for place in order:
            if texts[place] not in tried | prompts.keys():
                prompts[texts[place]] = Prompt(
                    texts[place], self._author.generator_name, self._mothers.get(texts[place])
                )
        return list(prompts.values())[: self._rules.finalists]

    def probed(self) -> dict[str, tuple[str | None, list[Scored]]]:
        """Returns what was asked of each text, in the order of asking, with the text that it was made from."""
        asked: dict[str, tuple[str | None, list[Scored]]] = {}
        for (text, _), one in self._known.items():
            asked.setdefault(text, (self._mothers.get(text), []))[1].append(one)
        return asked

    def evaluate(
        self, batch: Sequence[Sample], candidate: Mapping[str, str], capture_traces: bool = False
    ) -> EvaluationBatch[Scored, str]:
        """Asks a candidate of some samples; one that gives an answer away is worth nothing, and costs nothing."""
        from gepa.core.adapter import EvaluationBatch

        text = self._components.whole(candidate)
        there = set(self._objective.samples(self.field))
        new = list(dict.fromkeys(one for one in batch if one in there and (text, one) not in self._known))
        asked = self._objective.probe(self.field, Prompt(text), new) if new else []
        if asked is None:
            return EvaluationBatch([""] * len(batch), [0.0] * len(batch), num_metric_calls=0)
        self._known |= {(text, one.sample): one for one in asked}
        got = [self._known.get((text, sample)) for sample in batch]
        # of a document that has left nothing is asked of anybody: it counts alike for all
        scores = [worth(one.counts, self._objective.metric) if one else 1.0 for one in got]
        scored = [one for one in got if one]
        said = [one.reading.value if one else "" for one in got]
        return EvaluationBatch(said, scores, scored, num_metric_calls=len(new))

    def make_reflective_dataset(
        self,
        candidate: Mapping[str, str],
        eval_batch: EvaluationBatch[Scored, str],
        components_to_update: Sequence[str],
    ) -> dict[str, list[dict[str, str]]]:
        """Returns what the generator is told of the candidate's answers: the wrong ones, the worst first."""
        scored = eval_batch.trajectories or ()
        most = self._rules.minibatch * (len(scored[0].fields) if scored else 1)
        wrong, told = mistakes(scored, most, self._objective.metric), {}
        for name in components_to_update:
            key = self._components.key(name)
            own = [one for one in wrong if one.key == key] if key else []
            seen, images = pictured(own or wrong, self._author.mistake_images)
            told[name] = [{"mistake": str(one), "image": str(one.image) if one.image in images else ""} for one in seen]
        return told

    def propose_new_texts(
        self,
        candidate: Mapping[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: Sequence[str],
    ) -> dict[str, str]:
        """Asks the generator for a better prompt; returns nothing where it has none.

        GEPA would ask again after an error, and go on after the second one. So it sees none: the run ends instead.
        """
        (name,) = components_to_update
        lines = "\n".join(f"- {one['mistake']}" for one in reflective_dataset[name])
        whole = self._components.whole(candidate)
        told = {"prompt": f"<prompt>{whole}</prompt>", "part": f"{name}: <prompt>{candidate[name]}</prompt>"}
        images = dict.fromkeys(Path(one["image"]) for one in reflective_dataset[name] if one["image"])
        brief = showing(self._author.brief(self.field), tuple(images))
        messages = self._author.metaprompt.messages("reflect", brief, **told, mistakes=lines)
        try:
            if texts := self._author.prompts(self.field, messages, 1):
                self._mothers.setdefault(self._components.whole({**candidate, name: texts[0]}), whole)
                return {name: texts[0]}
        except Flagged:
            pass  # other mistakes may pass
        except Exhausted:
            self._exhausted = True
        except Exception as fault:
            self._fault = fault
        return {}

    def _over(self, gepa_state: GEPAState[str, int]) -> bool:
        """A round asks its minibatch of a parent and a child, and the validation set of a child that is better."""
        dearest = 2 * self._rules.minibatch + len(self._val)
        return (
            self._stop.is_set()
            or self._exhausted
            or self._fault is not None
            or self._objective.left(self.field) - self._aside < dearest
            or len(gepa_state.full_program_trace) >= self._rules.rounds
            or barren(gepa_state) >= self._rules.patience
        )


class Log:
    """GEPA tells every step; that is for whoever debugs."""

    def log(self, message: str) -> None:
        """Logs one line."""
        log.debug("%s", message)


def parts(samples: Sequence[Sample], validation: float, seed: str) -> tuple[list[Sample], list[Sample]]:
    """Returns the train and the validation part, split by document; both are all of it where there is one document."""
    names = list(dict.fromkeys(sample.document for sample in samples))
    random.Random(f"{seed} validation").shuffle(names)
    size = min(max(1, round(validation * len(names))), len(names) - 1)
    chosen = set(names[:size])
    train = [sample for sample in samples if sample.document not in chosen]
    return train, [sample for sample in samples if sample.document in chosen] or train


def worth(counts: Counts, metric: Metric) -> float:
    """An answer's score: 1 without a loss, towards 0 with ever more, so that less chatty is better, too."""
    loss, weight = metric.units(counts)
    return weight / (weight + loss) if loss else 1.0


def barren(state: GEPAState[str, int]) -> int:
    """Returns the rounds since the best candidate was found."""
    scores = state.program_full_scores_val_set
    best = scores.index(max(scores))
    found = [place for place, round_ in enumerate(state.full_program_trace, 1) if round_.get("new_program_idx") == best]
    return len(state.full_program_trace) - (found[0] if found else 0)
