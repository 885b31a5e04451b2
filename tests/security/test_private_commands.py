"""Whole commands against a server on another address that keeps what reaches it: of private data nothing does."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf

import reading
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.answer.stack import stacked
from promptfit.cli import main
from promptfit.commands.screen.web import Desk
from promptfit.commands.shared import models
from promptfit.data.reader import load
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Message
from promptfit.types import PromptfitError, Request
from recording_server import NAME, Recorder, address, recording, resolve
from tracked import TRACKING

REFUSED = "is not on this machine"


@pytest.fixture(scope="module")
def running() -> Iterator[Recorder]:
    with recording() as server:
        yield server


@pytest.fixture
def project(tracked_home: Path) -> Path:
    """A project whose drawn set the scripted answerer can read."""
    reading.configure(tracked_home)
    reading.make_data(tracked_home / "data/mini")
    return tracked_home


@pytest.fixture
def elsewhere(running: Recorder, project: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """A project with passports of its own, and conf/{model,generator}/far.yaml for a server elsewhere."""
    running.bodies.clear()
    resolve(monkeypatch)
    reading.make_data(project / "my/passports")
    url, free = running.url(address()), {"input": 0, "output": 0}
    asked = {"name": "far", "model": "scripted", "base_url": url, "price": free, "attempts": 1, "remote": False}
    target = "promptfit.answer.chat.chat_answerer.ChatAnswerer"
    model = {"name": "far", "system": "", "answerer": {"_target_": target, "served_by": "x", **asked}}
    (project / "conf/model/far.yaml").write_text(yaml.safe_dump(model), "utf-8")
    generator = {"defaults": ["_chat", "_self_"], "seed": 0, **asked}
    (project / "conf/generator/far.yaml").write_text(yaml.safe_dump(generator), "utf-8")
    (project / "prompts").mkdir()
    prompts = "doc type question type;optimal prompt\nСНИЛС;Напиши СНИЛС\n"
    (project / "prompts/one.csv").write_text(prompts, "utf-8-sig")
    open_set = "_target_: promptfit.data.reader.load_as\npath: data/mini\nname: open\n"
    (project / "conf/dataset/open.yaml").write_text(open_set, "utf-8")
    return running


MINE = "dataset.path=my/passports"
TRY = ["try", "Напиши СНИЛС", "field=СНИЛС"]
SCREEN = ["screen", "models=[far]", "verdict=no", "Что здесь?"]
ANSWERER = {
    "try": [*TRY, "model=far", MINE],
    "search": ["search", "model=far", MINE],
    "select": ["select", "model=far", MINE, "overlap=true", "collections=[prompts/one.csv]"],
    "stress": ["stress", "model=far", MINE, "collection=prompts/one.csv", "augmentation=defocus"],
    "stress, the other answerer": [
        "stress",
        "model=reader",
        "baseline=far",
        MINE,
        "collection=prompts/one.csv",
        "augmentation=defocus",
    ],
    "screen, drawn out of the data set": ["screen", "models=[far]", "verdict=no", MINE],
    "screen, an image of it": [*SCREEN, "my/passports/images/p0.png"],
    "screen, an image of it with the data set": [
        "screen",
        "models=[far]",
        "verdict=no",
        "my/passports/images/p0.png",
        MINE,
    ],
    "screen, by the path over the drawn set's": [*SCREEN, "data/mini/../../my/passports/images/p0.png"],
    "another config's name": [*TRY, "model=far", "dataset=open", MINE, "dataset.name=mini"],
    "another config's word": [*TRY, "model=far", "dataset=open", "++dataset.private=false", MINE],
    "a config's own word": [*TRY, "model=far", "dataset=open", "++dataset.private=true"],
    "said to be here": [*TRY, "model=far", MINE, "model.answerer.remote=false"],
    "allowed by another key": [*TRY, "model=far", MINE, "+dataset.allow_private=true"],
    "allowed, and not": [*TRY, "model=far", MINE, "allow_private=false"],
    "the address of another config": [*TRY, "model=server", MINE, "model.answerer.base_url={url}"],
    "the name of another config": [*TRY, "model=server", MINE, "model.answerer.base_url={name}"],
    "one of several addresses": [*TRY, "model=far", MINE, "model.answerer.base_url=[http://127.0.0.1:9/v1,{url}]"],
    "on damaged images": [*TRY, "model=far", MINE, "augmentation=defocus"],
    "in a sweep": [*TRY, "-m", "model=far", MINE, "seed=0,1"],
}


@pytest.mark.parametrize("name", ANSWERER)
def test_no_answerer_elsewhere_is_shown_private_images(
    name: str, elsewhere: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {"url": elsewhere.url(address()), "name": elsewhere.url(NAME)}
    words = [word.format(**values) if word.startswith("model.") else word for word in ANSWERER[name]]
    assert main(words) == 1
    said = capsys.readouterr()
    assert elsewhere.bodies == [], "nothing has left"
    assert REFUSED in said.err + said.out or "put a file PUBLIC" in said.err or "allow_private" in said.err


GENERATOR = {
    "as it is configured": ["generator=far"],
    "said to be here": ["generator=far", "generator.remote=false"],
    "without images": ["generator=far", "generator.vision=false"],
    "the address of another config": ["generator=vllm", "generator.base_url={url}", "generator.model=scripted"],
    "the name of another config": ["generator=ollama", "generator.base_url={name}", "generator.model=scripted"],
    "another config's word": ["generator=far", "dataset=open", "++dataset.private=false"],
    "another strategy": ["generator=far", "strategy=textgrad"],
    "a third strategy": ["generator=far", "strategy=gepa"],
    "even a dry run": ["generator=far", "dry_run=true"],
}


@pytest.mark.parametrize("name", GENERATOR)
def test_no_generator_elsewhere_is_told_of_private_data(
    name: str, elsewhere: Recorder, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {"url": elsewhere.url(address()), "name": elsewhere.url(NAME)}
    words = [word.format(**values) for word in GENERATOR[name]]
    assert main(["search", "model=reader", *words, MINE, "budget.per_field=30"]) == 1
    said = capsys.readouterr().err
    assert elsewhere.bodies == [] and reading.asked(project) == 0, "refused before anything was spent"
    assert REFUSED in said or "put a file PUBLIC" in said


def copied(project: Path, into: str) -> str:
    """A copy of an image that is known to be private."""
    load(project / "my/passports")
    (project / into).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(project / "my/passports/images/p0.png", project / into)
    return into


@pytest.mark.parametrize("into", ["scan.png", "data/mini/images/p1.png", "datasets/open/images/p0.png"])
def test_a_copy_of_a_private_image_is_known(
    into: str, elsewhere: Recorder, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if into.startswith("datasets/open"):
        reading.make_data(project / "datasets/open")
        (project / "datasets/open/PUBLIC").touch()
    assert main([*SCREEN, copied(project, into)]) == 1
    assert REFUSED in capsys.readouterr().err and elsewhere.bodies == []
    if "images" in into:
        assert main([*TRY, "model=far", f"dataset.path={Path(into).parents[1]}"]) == 1
        assert REFUSED in capsys.readouterr().err and elsewhere.bodies == []


def test_a_private_set_under_a_drawn_set_s_name(
    elsewhere: Recorder, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(project / "my/passports")
    shutil.copytree(project / "my/passports", project / "data/large")
    assert main([*TRY, "model=far", "dataset=large"]) == 1
    assert REFUSED in capsys.readouterr().err and elsewhere.bodies == []


@pytest.mark.parametrize("where", ["conf/local/local.yaml", "conf/experiment/easy.yaml"])
def test_only_the_command_line_allows(
    where: str, elsewhere: Recorder, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / where).parent.mkdir(exist_ok=True)
    (project / where).write_text("# @package _global_\nallow_private: true\n", "utf-8")
    words = ["experiment=easy"] if "experiment" in where else []
    assert main([*TRY, "model=far", MINE, *words]) == 1
    assert "allow_private: true stands in a configuration" in capsys.readouterr().err and elsewhere.bodies == []


def desk(**more: object) -> Desk:
    said = {"store": "answers.sqlite", "tracking": TRACKING, "reader": ["plain"], "chain": ["strip"], "language": "en"}
    cfg = OmegaConf.create({**said, "seed": 0, "dataset": {"name": "mini"}, "allow_private": False, **more})
    return Desk(cfg, {"far": models.composed("models", "far")})


@pytest.mark.parametrize("upload", ["my/passports/images/p0.png", "upload/a.png"])
def test_the_page_shows_nobody_elsewhere_what_was_dropped_on_it(
    upload: str, elsewhere: Recorder, project: Path
) -> None:
    image = project / (copied(project, upload) if upload.startswith("upload") else upload)
    found, _ = desk().ask([image], ["Имя?"], ["far"])
    assert REFUSED in found.candidates[0].cells[0].fault and elsewhere.bodies == []
    found, _ = desk().ask([project / "data/mini/images/p0.png"], ["Имя?"], ["far"])
    assert found.candidates[0].answers and len(elsewhere.bodies) == 1


def test_whoever_builds_the_path_without_a_word_on_data_shows_no_private_image(
    elsewhere: Recorder, project: Path
) -> None:
    far = ChatAnswerer("far", "m", elsewhere.url(NAME), price={"input": 0.0, "output": 0.0}, served_by="x", attempts=1)
    kept, public = stacked(far, project / "answers.sqlite"), project / "data/mini/images/p0.png"
    assert [said.text for _, said in kept.answer([Request(public, "1", "Имя?")])] == ["ИВАНОВ"]  # type: ignore[union-attr]
    sent = len(elsewhere.bodies)
    with pytest.raises(PromptfitError, match=REFUSED):
        list(kept.answer([Request(project / "my/passports/images/p0.png", "2", "Имя?")]))
    with pytest.raises(PromptfitError, match=REFUSED):  # the digest of a request is not believed
        list(kept.answer([Request(project / copied(project, "data/mini/images/p0.png"), "3", "Имя?")]))
    with pytest.raises(PromptfitError, match=REFUSED):
        generator = OmegaConf.load(project / "conf/generator/_chat.yaml")
        settings = {**generator, **OmegaConf.load(project / "conf/generator/far.yaml")}
        del settings["_target_"], settings["defaults"]
        CachedGenerator(ChatGenerator(**settings), CompletionCache(project / "x.sqlite")).complete(
            [Message("user", "x")]
        )
    assert len(elsewhere.bodies) == sent


def test_what_may_leave_does(elsewhere: Recorder, project: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without this, a server that nothing reaches would prove nothing."""
    image = base64.b64encode((project / "data/mini/images/s1.png").read_bytes())
    assert main([*TRY, "model=far"]) == 0
    assert any(image in body for body in elsewhere.bodies)
    elsewhere.bodies.clear()
    assert main([*TRY, "model=far", MINE, "allow_private=true"]) == 0
    image = base64.b64encode((project / "my/passports/images/s1.png").read_bytes())
    assert any(image in body for body in elsewhere.bodies)
    assert caplog.text.count("allow_private=true") == 1, "said once"


def test_a_machine_of_ones_own_is_shown_everything(elsewhere: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_OWN_HOSTS", address())
    assert main([*TRY, "model=far", MINE]) == 0
    assert elsewhere.bodies


def test_a_generator_is_told_where_it_may_be(elsewhere: Recorder) -> None:
    words = ["search", "model=reader", "generator=far", "field=СНИЛС", "budget.per_field=30", "generator.vision=false"]
    main([*words, MINE, "allow_private=true"])
    assert any("123-456-789" in body.decode("unicode-escape") for body in elsewhere.bodies)


def test_a_proxy_is_not_asked_for_a_server_on_this_machine(
    elsewhere: Recorder, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, elsewhere.url(address()).removesuffix("/v1"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with recording() as here:
        words = ["model=far", f"model.answerer.base_url={here.url('127.0.0.1')}"]
        assert main([*TRY, *words, MINE]) == 0
        assert here.bodies and not elsewhere.bodies
