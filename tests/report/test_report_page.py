"""The report's page: what stands in it, in both languages, whatever is missing or hostile."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import scripted_calls
import scripted_look
import scripted_studies
from promptfit.report.embedded import album
from promptfit.report.material import Material, gather
from promptfit.report.report_page import report_page, summary
from promptfit.select import selection_file
from promptfit.select.call_plans.calls_record import FILE
from promptfit.study.records.look_json import Share
from promptfit.types import PromptfitError
from scripted_studies import NAME

RUNS = "http://127.0.0.1:5000/#/runs/"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the files of all stages; tests only read it."""
    made = tmp_path_factory.mktemp("root")
    scripted_studies.write_all(made)
    return made


@pytest.fixture(scope="module")
def material(root: Path) -> Material:
    return gather(root, NAME)


@pytest.fixture(scope="module")
def russian(material: Material) -> str:
    return report_page(material, "ru", RUNS)


def texts(page: str) -> Iterator[str]:
    """What stands between the tags, without the style."""
    return (text.strip() for text in re.split("<[^>]+>", page.partition("</style>")[2]) if text.strip())


def test_the_same_files_give_the_same_bytes(root: Path, russian: str) -> None:
    again = gather(root, NAME)
    assert report_page(again, "ru", RUNS) == russian
    assert len(russian.encode()) < 5_000_000


def test_the_summary_says_in_a_sentence_each_what_the_page_begins_with(material: Material, russian: str) -> None:
    for code, page in (("ru", russian), ("en", report_page(material, "en", RUNS))):
        lines = summary(material, code).splitlines()
        assert len(lines) == 4
        assert set(lines) < {html.unescape(one) for one in texts(page)}


def test_a_summary_of_hostile_names_does_nothing_in_a_terminal(material: Material) -> None:
    assert material.stress
    named = replace(material.selection, answerer="\x1b]0;owned\x07\u202e", gains=())
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", summary(replace(material, selection=named), "en"))


def test_sections_stand_in_their_order(russian: str) -> None:
    sections = re.findall('<section id="(.+?)">', russian)
    assert sections == re.findall('<a href="#(.+?)">', russian), "the contents name them all"
    assert sections[:3] == ["summary", "figures", "prompts"] and sections[-1] == "made"


def test_the_summary_is_russian(russian: str) -> None:
    said = " ".join(texts(russian)).replace("\N{NO-BREAK SPACE}", " ")
    for sentence in (
        "ошибается в среднем в 4,2 % символов; измерено на 16 полях из 3 типов документов",
        "неверен примерно один символ из 24; полностью верны 83,2 % ответов.",
        "Лучше всего читается поле «СНИЛС» (0 % ошибок), хуже всего",
        "Из 23 искажений сильнее всего вредит",
        "16 полей перестают читаться (ошибка выше 50 %; всего полей: 17)",
        "верны 77 % ответов, но во всех снимках сразу — 57 % вопросов",
        "Из 487 ответов с нужного места прочитаны 76,2 %",
        "ошибка выше на 17,2 п. п.",
        "у верных ответов и 12 % у неверных (разница +19 п. п., 95 %: 11–27)",
        "Эту модель при обучении учили, куда смотреть",
        "Доля от tesseract",
    ):
        assert sentence in said


def test_the_summary_is_english(material: Material) -> None:
    said = " ".join(texts(report_page(material, "en", RUNS))).replace("\N{NO-BREAK SPACE}", " ")
    assert "gets 4.2% of the characters wrong on average, measured on 16 fields of 3 document types" in said
    assert "taught where to look" in said and "+17.2 pp" in said
    assert not re.search(
        "[а-яё]", re.sub("«[^»]*»|Карб.*?ов", "", said.partition("The best prompts")[0]), re.IGNORECASE
    )


def test_hostile_text_stays_text_and_can_be_seen(russian: str) -> None:
    assert "&lt;script&gt;document.title=&#39;owned&#39;" in russian
    assert "<script" not in russian and "<img src=x" not in russian and "{{ 7*7 }}" in russian
    assert not set(russian) & set("\u202e\u200b\x00\ud800")
    assert "⟨U+202E⟩дазан⟨U+200B⟩" in russian
    assert "\u0304" not in russian, "a heap of accents is cut"
    assert "… (+1560)" in russian, "so is an endless answer"


def test_it_asks_nothing_of_anybody(russian: str) -> None:
    outside = set(re.findall(r"""(?:src|href)=["'](?!data:|#)([^"']*)""", russian))
    assert outside == {RUNS + "0123456789abcdef" * 2}
    assert "url(" not in russian and "@import" not in russian and "http-equiv" in russian


def test_runs_of_a_server_elsewhere_are_no_links(material: Material) -> None:
    html = report_page(material, "en", "")
    assert "http://" not in html and "0123456789abcdef" * 2 in html and "#/runs/" in html


def test_all_that_is_missing_is_named_with_its_command(root: Path, tmp_path: Path) -> None:
    with pytest.raises(PromptfitError) as told:
        gather(tmp_path, NAME)
    for line in (
        f"selection/{NAME}/selection.json: promptfit select model={NAME}",
        f"selection/{NAME}/{NAME}_best.csv: promptfit select",
        f"study/{NAME}/stress.json: promptfit stress",
        f"study/{NAME}/errors.json: promptfit stress",
        f"study/{NAME}/look.json: promptfit look",
        "partial=true",
    ):
        assert line in str(told.value)
    with pytest.raises(PromptfitError, match="needed in any case"):
        gather(tmp_path, NAME, partial=True)
    with pytest.raises(PromptfitError, match="ru"):
        report_page(gather(root, NAME), "de", RUNS)


@pytest.mark.parametrize("code", ["ru", "en"])
def test_a_partial_page_says_what_is_missing(root: Path, code: str) -> None:
    html = report_page(gather(root, NAME, part=True, partial=True), code, RUNS)
    assert f"study/{NAME}/part/look.json" in html and f"promptfit look field=… model={NAME}" in html
    assert len(re.findall("<section", html)) == 11


def test_an_answerer_without_attention_is_covered_only(material: Material) -> None:
    assert material.look
    bare = replace(material.look, attention=None, no_attention="it is behind an API")
    bare = replace(bare, overlays=[replace(one, heat="", mass=None) for one in bare.overlays])
    html = report_page(replace(material, look=bare), "ru", RUNS)
    assert "не отдаёт внимание" in html and "it is behind an API" in html
    assert "прочитан с нужного места" in html and "куда смотрит" not in html and "учили" not in html


def test_a_model_that_was_not_taught_is_not_said_to_be(material: Material) -> None:
    assert material.look
    plain = replace(material.look, attention=scripted_look.attention(taught=False))
    assert "учили" not in report_page(replace(material, look=plain), "ru", RUNS)


def test_studies_of_other_prompts_and_data_are_told(material: Material) -> None:
    assert material.look
    other = replace(material.look.source, data_digest="e" * 64)
    html = report_page(
        replace(material, collection_digest="0" * 64, look=replace(material.look, source=other)), "en", RUNS
    )
    assert html.count("was made with other prompts") == 3 and "different data" in html


def test_a_faultless_model_has_a_page_too(material: Material) -> None:
    assert material.errors and material.stress and material.look
    errors = replace(material.errors, kinds={}, confusions=[], growth=[], worst=[], groups=[])
    stress = replace(material.stress, conditions=[], robustness=[], consistency=[], baseline=None)
    nobody = Share(None, None, None, 0)
    look = replace(material.look, verdicts=[], overlays=[], difference=nobody, cer_looking=nobody)
    tested = [replace(one, values={**one.values, "cer": 0.0}, interval="exact") for one in material.selection.test]
    fields = [replace(one, test=None) for one in material.selection.fields]
    bare = replace(material, errors=errors, stress=stress, look=look)
    bare = replace(bare, selection=replace(material.selection, test=tested, fields=fields))
    html = report_page(bare, "ru", RUNS)
    assert "нет ни одной ошибки" in html and "Ошибок нет, расти здесь некуда" in html
    untested = replace(bare, selection=replace(bare.selection, test=[], types=[]))
    assert "итоговой ошибки нет" in report_page(untested, "ru", RUNS)


def test_a_lone_answerer_is_not_ranked_against_anybody(root: Path, material: Material) -> None:
    own = selection_file.read(root / "selection" / NAME / "selection.json")
    html = report_page(replace(material, leaderboard=replace(material.leaderboard, records=(own,))), "ru", RUNS)
    assert "только для одной модели" in html and "Other-VL-7B" not in html


def test_pictures_share_their_room(tmp_path: Path) -> None:
    paths = [tmp_path / f"{place}.png" for place in range(6)]
    for path in paths:
        Image.effect_noise((900, 1200), 90).save(path)
    (tmp_path / "broken.png").write_bytes(b"nothing")
    wide = album([*paths, paths[0], tmp_path / "broken.png"], 10_000_000)
    assert list(wide) == paths and {one.height for one in wide.values()} == {720}
    assert wide[paths[0]].scale == 0.6
    room = sum(len(one.address) for one in wide.values()) // 4
    assert {one.height for one in album(paths, room).values()} == {320}
    assert list(album(paths, 30_000)) == paths[: len(album(paths, 30_000))], "the last ones are left out"


def test_fields_that_are_never_read_are_not_said_to_break(material: Material) -> None:
    assert material.stress
    clean = {field: replace(one, cer=0.7) for field, one in material.stress.clean_fields.items()}
    some = {**material.stress.clean_fields, **dict(list(clean.items())[:2])}
    told = [
        " ".join(texts(report_page(replace(material, stress=replace(material.stress, clean_fields=fields)), "ru", "")))
        for fields in (clean, some)
    ]
    all_, two = (text.replace("\N{NO-BREAK SPACE}", " ") for text in told)
    assert "Уже на чистых изображениях 17 полей не читаются" in all_ and "перестают читаться (" not in all_
    assert "Уже на чистых изображениях 2 поля не читаются" in two and "15 полей перестают читаться" in two


def test_the_page_opens_with_what_was_and_what_is(material: Material, russian: str) -> None:
    english = report_page(material, "en", RUNS)
    first = next(text for text in texts(english) if text.startswith("From "))
    assert first.startswith("From 21% to ") and "own question" in first and "“large”" in first
    assert "(change −16.8\N{NO-BREAK SPACE}pp, 95%: −19 … −14)" in first
    assert next(text for text in texts(russian) if text.startswith("Было 21")), "the better baseline"
    story = english.index("From 21% to")
    assert english.index("The studies below are on other documents") > story, "two figures, and why they differ"
    assert "“diverse”" in english and english.count("“large”") >= 3


def test_what_was_taken_and_why_is_said(material: Material) -> None:
    english = report_page(material, "en", RUNS)
    assert "The collection “edits” was taken as a whole" in english and "as good and cheaper" in english
    mixed = replace(material.selection, mixing=[replace(material.selection.mixing[0], mixed=True, gain=0.004)])
    assert "out of sample this mix beats" in report_page(replace(material, selection=mixed), "en", RUNS)


def test_what_makes_it_again_is_what_made_it(material: Material) -> None:
    english = report_page(material, "en", RUNS)
    commands = english.rpartition("<pre>")[2].partition("</pre>")[0].strip().split("\n")
    assert commands == [
        f"promptfit select model={NAME} &#39;field=[СНИЛС]&#39; racing=off",
        f"promptfit stress model={NAME} documents=30",
        f"promptfit report model={NAME}",
    ]
    assert "bbbbbbbbbbbb-dirty" in english
    assert "weak prompts were dropped early" in english
    fields = [replace(one, requests=one.full_requests) for one in material.selection.fields]
    whole = report_page(replace(material, selection=replace(material.selection, fields=fields)), "en", RUNS)
    assert "dropped early" not in whole and "every prompt was asked of every document" in whole


@pytest.mark.parametrize("file", ["errors.json picture", "look.json heat", "look.json covered", "look.json elsewhere"])
@pytest.mark.parametrize("name", ["../../../passport.png", "/ABSOLUTE", "look/link.png", "linked/passport.png"])
def test_a_study_s_pictures_lie_beside_it(file: str, name: str, root: Path, tmp_path: Path) -> None:
    """A record that was handed over put any image of the disk into the page."""
    shutil.copytree(root, tmp_path / "root")
    study, (record, key) = tmp_path / "root/study" / NAME, file.split()
    passport = tmp_path / "passport.png"
    Image.new("RGB", (9, 9), (1, 2, 3)).save(passport)
    (study / "look/link.png").symlink_to(passport)
    (study / "linked").symlink_to(tmp_path)
    name = name.replace("/ABSOLUTE", str(passport))
    text = re.sub(rf'("{key}": ")[^"]*', lambda found: found[1] + name, (study / record).read_text("utf-8"))
    (study / record).write_text(text, "utf-8")
    with pytest.raises(PromptfitError, match=rf"{record}: its picture .* lies outside"):
        gather(tmp_path / "root", NAME)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((0.01, 0.03), "Looking pays"),
        ((-0.03, -0.01), "error lower by 2"),
        ((-0.01, 0.03), "no difference in error"),
    ],
)
def test_what_looking_is_worth_is_said_as_its_interval_has_it(
    material: Material, ends: tuple[float, float], told: str
) -> None:
    value = 0.02 if ends[1] > 0 else -0.02
    assert material.look
    look = replace(material.look, difference=Share(value, *ends, 90))
    sentences = [one for one in texts(report_page(replace(material, look=look), "en", RUNS)) if "right place" in one]
    assert sum(told in one for one in sentences) == 1
    silent = replace(material.look, difference=Share(value, None, None, 90))
    page = report_page(replace(material, look=silent), "en", RUNS)
    assert not any(word in page for word in ("Looking pays", "error lower by", "no difference in error is"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ru", ("не хуже вызова на каждое поле для 2 из 3", "отдельно «passport Имя»", "закрыто", "7,5")),
        ("en", ("as good as a call a field for 2 of 3", "and “passport Имя” alone", "covered", "7.5")),
    ],
)
def test_one_call_or_many_has_a_section_of_its_own(material: Material, code: str, said: tuple[str, ...]) -> None:
    assert 'id="records"' not in report_page(material, code, RUNS), "none where nothing was compared"
    found = replace(material, calls=scripted_calls.calls_record(NAME), influence=scripted_calls.INFLUENCE)
    page = report_page(found, code, RUNS)
    assert 'id="records"' in page and "<script" not in page
    whole = " ".join(html.unescape(text) for text in texts(page)).replace("\N{NO-BREAK SPACE}", " ")
    for words in said:
        assert words in whole


def test_a_comparison_is_read_from_its_file(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "root")
    FILE.write(tmp_path / "root" / "selection" / NAME / "calls.json", scripted_calls.calls_record(NAME))
    found = gather(tmp_path / "root", NAME)
    assert found.calls and found.calls.types[0].plans[1].alone == ["passport Имя"]
