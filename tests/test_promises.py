"""What the README promises of figures and rules: each test fails where the figure changes, here or there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.stated import read as read_yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from PIL import Image
from scipy import stats

from answered import SOURCE, STRIP, SURNAME, read
from present import present
from promptfit.augment.operation import SEVERITIES
from promptfit.cli.commands import COMMANDS
from promptfit.commands import report, ui
from promptfit.commands.screen.plan import checked
from promptfit.commands.search.plan import rules_of
from promptfit.commands.select import plan
from promptfit.commands.shared.tables import trials_table
from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.author import Author
from promptfit.report.errors_view import ErrorsView
from promptfit.report.language import language
from promptfit.report.story import errors
from promptfit.score.bootstrap import bca_of
from promptfit.score.intervals import CAUTION, intervals
from promptfit.search.budget import Budget
from promptfit.search.history import SHORTENED
from promptfit.search.objective import Objective
from promptfit.search.search_run import run_search
from promptfit.select.gather import Gathered
from promptfit.study.errors.classify import errors_record
from promptfit.types import Answer, Counts, Field, Interval, Prompt, PromptfitError, Reading, Score, Scored, Trial
from scripted_answerer import FIELDS, FollowingAnswerer, ListRecorder, nobody, samples

PROJECT = Path(__file__).resolve().parents[1]
README = " ".join((PROJECT / "README.md").read_text("utf-8").split())
NAME = Field("паспорт", "Имя")
BAD, GOOD = (
    "Что здесь написано",
    "Прочитай поле «Имя». Ответь только значением. Первая буква заглавная, остальные строчные",
)
WORDS = {"five": 5, "three": 3, "seven": 7, "eight": 8, "Eighteen": 18, "tenth": 10}


def promised(pattern: str) -> list[Any]:
    """The figures of the one place in the README that says so."""
    found = re.findall(pattern, README)
    assert len(found) == 1, f"{pattern!r} stands {len(found)} times in the README"
    groups = found if isinstance(found[0], str) else found[0]
    return [WORDS[one] if one in WORDS else float(one) if re.fullmatch(r"[\d.]+", one) else one for one in groups]


def composed(config: str, *overrides: str) -> DictConfig:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(PROJECT / "conf"), version_base="1.3"):
        return compose(config, list(overrides))


def objective(documents: int, requests: int) -> Objective:
    """A search of one field under the rules that stand in the configuration."""
    own = by_field(samples(documents, fields={NAME: FIELDS[NAME]}))
    rules = rules_of(composed("config"))
    return Objective(FollowingAnswerer(), own, Scoring(), Budget(requests, own), ListRecorder(), rules)


# how a search spends its budget


@pytest.mark.parametrize("documents", [30, 300])
def test_a_search_asks_as_many_documents_as_let_its_budget_pay_for_20_full_runs_and_at_least_20(documents: int) -> None:
    runs, least = map(int, promised(r"as many as let its budget pay for (\d+) full runs, at least (\d+)"))
    for share, asked in ((runs * 50, 50), (runs * 25, 25), (runs * least - 1, least), (least, least)):
        assert objective(documents, share).documents(NAME) == (min(asked, documents), documents)


def test_a_weak_prompt_stops_early_and_a_best_one_that_is_far_from_good_has_seen_a_few_documents_only() -> None:
    tried = objective(20, 2000)
    (alone,) = tried.evaluate({NAME: [Prompt(BAD)]})[NAME]
    assert not alone.finished and 2 <= alone.score.documents <= 20 / 4
    weak, good = tried.evaluate({NAME: [Prompt("Напиши Имя"), Prompt(GOOD)]})[NAME]
    assert not weak.finished and weak.score.documents <= 20 / 4 and good.finished
    rough = objective(20, 2000)
    rough.evaluate({NAME: [Prompt(BAD)]})
    rough.confirm()
    assert present(rough.leader(NAME)).score.documents == 20, "what a search ends with has seen all of them"


@pytest.mark.parametrize(("share", "aside"), [(400, 60), (160, 40), (240, 60)])
def test_a_part_of_the_budget_is_left_for_taking_phrases_out(share: int, aside: int) -> None:
    """Three full runs, or a quarter of the field's budget where that is less."""
    tried = objective(20, share)
    tried.evaluate({NAME: [Prompt(BAD)]})
    tried.settle()
    spare = tried.left(NAME) - 20 - aside
    for _ in range(spare):
        tried.probe(NAME, Prompt("Кто это"), tried.samples(NAME)[:1])
    assert tried.left(NAME) == 20 + aside and tried.worthwhile(NAME)
    tried.probe(NAME, Prompt("Кто это"), tried.samples(NAME)[:1])
    assert not tried.worthwhile(NAME)


@pytest.mark.parametrize("strategy", ["edits", "feedback"])
def test_in_the_end_phrases_that_add_nothing_are_taken_out(strategy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Author, "prompts", lambda *_: [])  # a generator without an idea
    own = {NAME: FIELDS[NAME]}
    parts = {part: samples(20, part, own) for part in ("search", "holdout")}
    made, recorder = instantiate(composed("config", f"strategy={strategy}").strategy), ListRecorder()
    given = Prompt(f"Посмотри внимательно. {GOOD}")
    rules, start = rules_of(composed("config")), {NAME: [given]}
    found = run_search(
        parts, FollowingAnswerer(), made, nobody(own), 400, recorder, Scoring(), rules, start=start
    ).fields[0]
    assert "внимательно" not in found.prompt.text and found.requests <= 400
    assert any(trial.prompt.origin == SHORTENED for trial in recorder.trials)


def test_what_mends_less_than_a_tenth_of_the_start_s_errors_is_luck() -> None:
    (part,) = promised(r"What mends less than a (\w+) of the start's errors is luck")
    rules = rules_of(composed("config"))

    def trial(edits: int) -> Trial:
        own = Counts({"cer": (edits, 9)})
        scored = [replace(_scored(), counts=own)]
        return Trial(SURNAME, Prompt(str(edits)), 0, _score(1), tuple(scored), True, 1)

    start = 20 * part
    assert rules.betters(trial(start - 20), trial(start)) and not rules.betters(trial(start - 19), trial(start))


# what figures are measured with


def test_which_interval_a_cer_gets() -> None:
    (enough,) = map(int, promised(r"where less than half and fewer than (\d+) of the documents have errors"))

    def kind(erring: int, documents: int) -> str:
        edits = np.zeros((1, documents))
        edits[0, :erring] = 1 + np.arange(erring) % 4
        return intervals(edits, np.full(documents, 10.0))[2][0]

    assert (kind(enough - 1, 400), kind(enough, 400)) == ("gamma", "studentized")
    assert (kind(9, 19), kind(10, 20)) == ("gamma", "studentized"), "less than half"
    assert kind(0, 20) == "exact", "exact binomial where none has"


@pytest.mark.parametrize("documents", [5, 20, 133])
def test_without_an_error_the_bound_is_the_exact_binomial_one(documents: int) -> None:
    high = intervals(np.zeros((1, documents)), np.full(documents, 9.0))[1][0]
    assert high == pytest.approx(stats.binomtest(0, documents).proportion_ci(0.95, "exact").high)


def test_a_paired_interval_holds_95_percent_of_what_was_drawn() -> None:
    draws = np.linspace(0, 1, 2001)[None]
    low, high = bca_of(draws, np.array([0.5]), np.zeros(1))
    assert (low[0], high[0]) == pytest.approx((0.025, 0.975), abs=1e-3)


def test_intervals_of_few_documents_come_with_the_caution_and_its_figures() -> None:
    documents, holds = promised(
        r"at (\d+) documents, one in ten of them wrong and one error in five.{0,40}, in (\d+) %"
    )
    assert f"at {documents:.0f}, one in ten" in " ".join(CAUTION.split()) and f"{holds:.0f} %" in CAUTION

    def caption(documents: int) -> object:
        return trials_table([Trial(NAME, Prompt("?"), 0, _score(documents), (), True, 1)], "").caption

    assert (caption(99), caption(100)) == (CAUTION, None) and "fewer than 100 documents" in CAUTION


# what the report advises


@pytest.mark.parametrize(
    ("answer", "kind", "lever"),
    [
        ("Zzyx Qwfp", "invented", "better model"),
        ("Карбаинев", "substitution", "better model"),
        ("Карбаино", "lost", "better model"),
        ("Бобриков", "other field", "better model"),
        ("Фамилия в документе: Карбаинов", "chatty", "prompt"),
        ("Не могу прочитать", "refusal", "prompt"),
        ("", "empty", "prompt"),
        ("КАРБАИНОВ", "case", "post-processing"),
    ],
)
def test_what_would_mend_an_error(answer: str, kind: str, lever: str) -> None:
    found = errors_record([read("Карбаинов", answer, others=("Бобриков",))], SOURCE, STRIP, seed=0)
    assert [(point.weakness, point.lever) for point in found.growth] == [(kind, lever)]
    said = {code: list(errors(ErrorsView(found, Path(), {}), language(code)))[-1] for code in ("en", "ru")}
    words = {
        "better model": ("model", "модель"),
        "prompt": ("prompt", "промпт"),
        "post-processing": ("post-", "постоб"),
    }
    for (code, sentence), word in zip(said.items(), words[lever], strict=True):
        assert word in sentence, f"{code}: the report advises it"


# what there is to choose from


def test_each_distortion_has_five_severities_and_a_study_asks_them_all() -> None:
    (count,) = promised(r"photocopies and more, each in (\w+) severities")
    asked = OmegaConf.to_container(composed("stress").severities)
    assert asked == list(SEVERITIES) == list(range(1, count + 1))
    operation = instantiate(composed("stress", "augmentation=defocus").augmentation.defocus)
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    made = [operation(pixels, severity, 12.0, np.random.default_rng(0)).pixels for severity in SEVERITIES]
    spread = [float(one.astype(float).std()) for one in made]
    assert spread == sorted(spread, reverse=True) and len({*spread}) == count, "each is harder than the one before"


def test_a_screening_takes_one_to_three_images(tmp_path: Path) -> None:
    (most,) = promised(r"Look at a new model first, on one to (\w+) images")
    images = [tmp_path / f"{place}.png" for place in range(most + 1)]
    for place, path in enumerate(images):
        Image.new("RGB", (8, 8), (place, 0, 0)).save(path)
    assert len(checked(images[:most], ["?"]).questions) == most
    with pytest.raises(PromptfitError, match=f"{most + 1} images; a screening takes at most {most}"):
        checked(images, ["?"])


def test_how_many_models_are_there() -> None:
    public, remote = promised(r"(Eighteen) public models are there already, and (\w+) behind APIs")
    models = [read_yaml(f"model/{path.stem}")["answerer"] for path in (PROJECT / "conf/model").glob("[!_]*.yaml")]
    here = {one["checkpoint"] for one in models if "checkpoint" in one and not one["checkpoint"].startswith("models/")}
    apis = [one for one in models if "ChatAnswerer" in one["_target_"] and "127.0.0.1" not in str(one.get("base_url"))]
    assert (len(here), len(apis)) == (public, remote)


def test_what_the_chosen_prompts_are_held_against() -> None:
    (naive,) = promised(r"CER of `(Напиши <поле>)`")
    baselines = composed("select").baselines
    assert baselines.naive.format(q="<поле>") == naive and baselines.question is True
    assert composed("config", "strategy=edits").strategy.slots.ask[0] == baselines.naive, "where every field starts"


def test_the_winners_carry_the_alias_that_is_named() -> None:
    (alias,) = promised(r"the winners carry the alias `(\w+)` in MLflow")
    assert plan.params(composed("select"), True, Gathered({}, (), (), ()))["label"] == alias


def test_the_report_is_in_both_languages_and_links_to_the_pages_of_promptfit_ui() -> None:
    assert "in Russian and in English" in README and COMMANDS["report"].keys["language"].default == "[ru, en]"
    port = int(COMMANDS["ui"].keys["port"].default)
    assert f":{port}/" in report.RUNS and str(port) in ui.command(port)


def _score(documents: int) -> Score:
    return Score(
        {"cer": 0.1, "exact": 0.5, "wer": 0.1, "anls": 0.9}, {"cer": Interval(0.05, 0.2, "gamma")}, documents, documents
    )


def _scored() -> Scored:
    one = read("Карбаинов", "Карбаинов")
    return Scored(one.sample, Answer(one.answer), Reading(one.answer), one.counts)
