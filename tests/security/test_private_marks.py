"""Whether an image is private is what its folder says, and what its bytes are: no name, link or copy changes it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import reading
from promptfit.data.formats.vlmhyperbench_format import import_vlmhyperbench
from promptfit.data.marks import PRIVATE, PUBLIC, is_public
from promptfit.data.privacy import REGISTER, Privacy, is_known_public, leaves
from promptfit.data.reader import load, load_as
from promptfit.types import PromptfitError


@pytest.fixture
def project(home: Path) -> Path:
    """A project with a drawn set and with passports."""
    reading.make_data(home / "data/mini")
    reading.make_data(home / "my/passports")
    return home


def shown(image: Path, privacy: Privacy | None = None) -> bool:
    """Whether an answerer elsewhere is shown it."""
    try:
        (privacy or Privacy()).keep_images("model=far", [image])
    except PromptfitError as fault:
        assert "model=far is not on this machine" in str(fault)
        return False
    return True


def first(folder: Path) -> Path:
    return folder / "images/p0.png"


def copied(project: Path, into: str, *, whole: bool = True) -> Path:
    if whole:
        shutil.copytree(project / "my/passports", project / into, dirs_exist_ok=True)
    else:
        shutil.copy(first(project / "my/passports"), project / into)
    return project / into


def public_copy(project: Path) -> Path:
    folder = copied(project, "datasets/open")
    (folder / PUBLIC).touch()
    return first(folder)


def hard_link(project: Path) -> Path:
    place = project / "data/mini/images/x.png"
    os.link(first(project / "my/passports"), place)
    return place


def link(project: Path, into: str, of: str) -> Path:
    place = project / into
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(project / of)
    return place


def public_above(project: Path) -> Path:
    for folder in (project, project / "my", project / "my/passports/images"):
        (folder / PUBLIC).touch()
    return first(project / "my/passports")


def both(project: Path) -> Path:
    (project / "my/passports" / PUBLIC).touch()
    (project / "my" / PRIVATE).touch()
    return first(project / "my/passports")


def folder_called_public(project: Path) -> Path:
    (project / "my/passports" / PUBLIC).mkdir()
    return first(project / "my/passports")


def dangling(project: Path) -> Path:
    (project / "my/passports" / PUBLIC).symlink_to("nowhere")
    return first(project / "my/passports")


def drawn_marked_private(project: Path) -> Path:
    (project / "data/mini" / PRIVATE).touch()
    return first(project / "data/mini")


def drawn_is_a_link(project: Path) -> Path:
    (project / "data/mini").rename(project / "old")
    return first(link(project, "data/mini", "my/passports"))


def renamed(project: Path) -> Path:
    (project / "my/passports").rename(project / "data/large")
    return first(project / "data/large")


LEAKS: dict[str, Callable[[Path], Path]] = {
    "unmarked": lambda project: first(project / "my/passports"),
    "a copy beside it": lambda project: copied(project, "scan.png", whole=False),
    "a copy under a drawn set's name": lambda project: first(copied(project, "data/large")),
    "a copy among a drawn set's images": lambda project: copied(project, "data/mini/images/p0.png", whole=False),
    "a copy with another ending": lambda project: copied(project, "data/mini/images/p0.jpg", whole=False),
    "a copy in a public set": public_copy,
    "a hard link among a drawn set's images": hard_link,
    "a link among a drawn set's images": lambda project: link(
        project, "data/mini/images/x.png", "my/passports/images/p0.png"
    ),
    "a linked folder in a drawn set": lambda project: link(project, "data/mini/sub", "my/passports/images") / "p0.png",
    "a link in place of a drawn set": drawn_is_a_link,
    "a drawn set's name with dots": lambda project: first(project / "data/mini/../../my/passports"),
    "PUBLIC above, and in images": public_above,
    "PRIVATE above PUBLIC": both,
    "a folder called PUBLIC": folder_called_public,
    "a link called PUBLIC to nowhere": dangling,
    "a drawn set that is marked": drawn_marked_private,
    "moved under a drawn set's name": renamed,
    "a name like a drawn set's": lambda project: first(copied(project, "data/mini2")),
    "a folder called data elsewhere": lambda project: first(copied(project, "my/data/mini")),
    "outside the project": lambda project: first(copied(project, f"../{project.name}-outside")),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_private_image_stays_whatever_is_done_to_its_place(name: str, project: Path) -> None:
    load(project / "my/passports")  # once, by anybody: from then on its images are known
    assert not shown(LEAKS[name](project))


@pytest.mark.parametrize("name", ["data/mini", "data/large", "data/diverse", "datasets/open"])
def test_public_sets_are_shown(name: str, project: Path) -> None:
    if name != "data/mini":
        reading.make_data(project / name)
    if name == "datasets/open":
        assert not shown(first(project / name))
        (project / name / PUBLIC).touch()
    assert shown(first(project / name)) and not load_as(project / name, "one", None).private
    assert load_as(project / name, "one", True).private, "a configuration may say so for a run"


def test_a_copy_of_a_drawn_set_does_not_make_that_private(project: Path) -> None:
    import_vlmhyperbench(project / "data/mini", project / "datasets", "mine")
    assert (project / "datasets/mine" / PRIVATE).is_file() is False, "anybody may see those"
    shutil.copytree(project / "data/mini", project / "my/copy")
    (project / "my/copy" / PRIVATE).touch()
    assert load(project / "my/copy").private and not shown(first(project / "my/copy"))
    assert shown(first(project / "data/mini")) and not load_as(project / "data/mini", "mini", None).private


def test_what_is_imported_is_marked(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    foreign = tmp_path_factory.mktemp("foreign") / "set"
    reading.make_data(foreign)
    path = import_vlmhyperbench(foreign, project / "datasets")
    said = (path / PRIVATE).read_text("utf-8")
    assert "rename this file to PUBLIC" in said and not is_public(path)
    (path / PRIVATE).rename(path / PUBLIC)
    assert is_public(path)


def test_who_changes_their_mind_does_it_in_the_data_s_folder(project: Path) -> None:
    copy = public_copy(project)
    load(project / "my/passports")
    assert not shown(copy)
    (project / "my/passports" / PUBLIC).touch()
    assert shown(copy) and shown(first(project / "my/passports"))
    (project / "my" / PRIVATE).touch()
    assert not shown(copy)


def test_a_set_with_a_private_image_is_private_and_says_why(project: Path) -> None:
    load(project / "my/passports")
    copied(project, "data/mini/images/p0.png", whole=False)
    data = load_as(project / "data/mini", "mini", None)
    assert data.private
    assert any("1 of its images are private ones of my/passports" in one for one in data.warnings)


def test_the_register_goes_where_the_project_goes(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    load(project / "my/passports")
    load(project / "data/mini")
    moved = tmp_path_factory.mktemp("moved") / "project"
    shutil.copytree(project, moved)
    monkeypatch.setenv("PROMPTFIT_HOME", str(moved))
    assert not shown(copied(moved, "data/mini/images/p0.png", whole=False)) and shown(moved / "data/mini/images/s0.png")


def test_nothing_goes_where_the_register_cannot_be_read(project: Path) -> None:
    (project / ".promptfit").mkdir(exist_ok=True)
    (project / REGISTER).write_bytes(b"no database" * 100)
    with pytest.raises(PromptfitError, match="cannot be read"):
        Privacy().keep_images("model=far", [first(project / "data/mini")])
    data = load_as(project / "data/mini", "mini", None)
    assert data.private and any("cannot be read" in one for one in data.warnings)


def test_a_register_that_cannot_be_written_does_not_keep_from_working(
    project: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("promptfit.data.private_images.sqlite3.connect", refused)
    assert load(project / "my/passports").private
    assert caplog.text.count("copies of private images are not known") == 1


def test_results_leave_where_their_data_is_known_to_be_public(project: Path) -> None:
    mini, own = load_as(project / "data/mini", "mini", None), load(project / "my/passports")
    assert is_known_public([mini.digest])
    assert not is_known_public([mini.digest, own.digest]) and not is_known_public(["0" * 64])


def test_results_of_a_set_with_private_images_do_not_leave(project: Path) -> None:
    mini = load_as(project / "data/mini", "mini", None)
    shutil.copytree(project / "data/mini", project / "my/copy")
    load(project / "my/copy")
    assert is_known_public([mini.digest]), "a private copy of a drawn set takes nothing from it"
    load(project / "my/passports")
    mixed = copied(project, "data/mini/images/p0.png", whole=False).parents[1]
    assert not is_known_public([load_as(mixed, "mini", None).digest])
    whole = copied(project, "data/large")
    assert not is_known_public([load_as(whole, "large", None).digest])
    (project / "my/passports" / PUBLIC).touch()
    for folder in (project / "my/passports", whole):
        data = load_as(folder, "one", None)
    assert is_known_public([data.digest]), "somebody changed their mind"


def test_who_does_not_say_whether_images_leave_is_refused() -> None:
    class Silent:
        pass

    with pytest.raises(PromptfitError, match="model=x: Silent does not say whether images leave"):
        leaves("model=x", Silent())


@pytest.mark.parametrize(("private", "allowed", "stays"), [(None, False, True), (True, False, True)])
@pytest.mark.parametrize("lifted", [False, True])
def test_what_nobody_said_a_word_on_stays(private: bool | None, allowed: bool, stays: bool, lifted: bool) -> None:
    privacy = Privacy(private, allowed or lifted)
    assert privacy.stays == (stays and not lifted)
    assert not Privacy(False).stays
