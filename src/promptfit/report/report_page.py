"""The report: one page out of the saved files, in one language; the same files give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from promptfit.report import story
from promptfit.report.calls_view import CallsView, Matrix, matrices
from promptfit.report.embedded import album
from promptfit.report.environment import environment, text
from promptfit.report.errors_view import WORST, ErrorsView
from promptfit.report.figures import key_figures
from promptfit.report.language import Language, language
from promptfit.report.look_view import MOST, LookView, names_of
from promptfit.report.material import Material
from promptfit.report.stress_view import StressView
from promptfit.score.metrics import CER, METRICS, beside
from promptfit.support.console.door import inert

BYTES = 4_200_000
"""What the pictures of a page may take, so that it can be sent by mail."""


@dataclass(frozen=True, slots=True)
class Views:
    """The sections' contents; None where a study is missing."""

    stress: StressView | None
    errors: ErrorsView | None
    look: LookView | None
    calls: CallsView | None
    influence: Sequence[Matrix]


def summary(material: Material, code: str) -> str:
    """The three or four sentences to remember: how well it reads, what harms first, where it looks, what fails.

    Args:
        material: The stages' files.
        code: The language.
    """
    t = language(code)
    told = [story.reading(material, t)]
    told += [story.harm(StressView(material.stress), t)] if material.stress else []
    told += [story.look(LookView(material.look, material.folder, {}), t)] if material.look else []
    told += [story.errors(ErrorsView(material.errors, material.folder, {}), t)] if material.errors else []
    return text("".join(f"{inert(first, len(first))}\n" for sentences in told for first in islice(sentences, 1)))


def report_page(material: Material, code: str, runs: str) -> str:
    """The whole page: no script, no address outside of it but the links to runs.

    Args:
        material: The stages' files.
        code: The language.
        runs: Where a run is found, as in ``http://127.0.0.1:5000/#/runs/``; empty for runs of a server elsewhere.

    Raises:
        PromptfitError: There is no such language.
    """
    t, views = language(code), _views(material)
    page = environment().get_template("report/page.html")
    return text(
        page.render(
            m=material,
            v=views,
            t=t,
            runs=runs,
            metrics=beside(values=material.leaderboard.values),
            objective=_objective(material.selection.objective, t),
            story=_story(material, views, t),
            figures=key_figures(material, views.look, views.errors, t),
        )
    )


def _objective(name: str, t: Language) -> str:
    """What prompts were compared by; empty for the CER, which goes without saying."""
    return "" if name == CER.name else t.name("metrics", METRICS[name].title if name in METRICS else name)


def _views(material: Material) -> Views:
    folder, errors, look = material.folder, material.errors, material.look
    pictures = album(_paths(material), BYTES)
    return Views(
        stress=StressView(material.stress) if material.stress else None,
        errors=ErrorsView(errors, folder, pictures) if errors else None,
        look=LookView(look, folder, pictures) if look else None,
        calls=CallsView(material.calls) if material.calls else None,
        influence=matrices(material.influence),
    )


def _paths(material: Material) -> list[Path]:
    worst = [one.picture for one in material.errors.worst[:WORST]] if material.errors else []
    overlays = [names_of(one) for one in material.look.overlays[:MOST]] if material.look else []
    return [material.folder / name for name in chain(chain.from_iterable(overlays), worst) if name]


def _story(material: Material, views: Views, t: Language) -> list[tuple[str, list[str]]]:
    """The summary's parts: the name of each, and its sentences."""
    told = {
        "story_reading": story.reading(material, t),
        "story_records": views.calls.sentences(t) if views.calls else (),
        "story_stress": story.stress(views.stress, material.selection, t) if views.stress else (),
        "story_look": story.look(views.look, t) if views.look else (),
        "story_errors": story.errors(views.errors, t) if views.errors else (),
    }
    return [(name, sentences) for name, several in told.items() if (sentences := list(several))]
