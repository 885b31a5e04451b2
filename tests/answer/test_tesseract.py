from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from PIL import Image

from parted import parted
from promptfit.answer.tesseract.labels import Label, asked_for, entries_of, read_by_label
from promptfit.answer.tesseract.ocr_answerer import OcrAnswerer
from promptfit.build import instantiate
from promptfit.data.reader import load
from promptfit.docvlm.skills import ASK, NAMES
from promptfit.paths import home
from promptfit.types import PromptfitError, Request

CONFIG = OmegaConf.load(Path(__file__).parents[2] / "conf" / "model" / "tesseract.yaml").answerer
ENTRIES = entries_of(OmegaConf.to_container(CONFIG)["fields"])
TSV = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\t")
PASSPORT = ["РОССИЙСКАЯ ФЕДЕРАЦИЯ", "1723 597419", "ра Фамилия ДОЛГОПЯТ", "Имя СВЯТОСЛАВ", "Дэтз рождения 15.06.1940"]
SNILS = ["снилс 208-689-282 08", "Фио. РИМСКИЙ", "ЕФРЕМ", "ДИМИТРИЕВИЧ", "Дата рождения", "19 марта 1992 года"]
INVOICE = ["Счет-фактура №М-31 39/14", "от 11 января 2026 г.", "Продавец: ЗАО «Шестой»", "Всего к оплате: 871 763,72"]


@pytest.mark.parametrize("question", NAMES)
@pytest.mark.parametrize("ask", [*ASK, "Пожалуйста, укажи {q}. Пример: ООО Заря", "Какие {q} у паспорта?"])
def test_a_field_is_known_by_each_of_its_names(question: str, ask: str) -> None:
    own = asked_for(question or "СНИЛС", ENTRIES)
    assert own is not None and own.names[0] == (question or "СНИЛС")
    for name in NAMES[question]:
        assert asked_for(ask.format(q=name), ENTRIES) == own, name


@pytest.mark.parametrize("prompt", ["", "Что тут написано?", "Прочитай поле. Ответь полным словом", "???"])
def test_a_prompt_without_a_field_is_known_as_such(prompt: str) -> None:
    assert asked_for(prompt, ENTRIES) is None


@pytest.mark.parametrize(
    ("page", "prompt", "value"),
    [
        (PASSPORT, "Серия и номер паспорта", "1723 597419"),
        (PASSPORT, "Фамилия", "ДОЛГОПЯТ"),
        (PASSPORT, "Дата рождения", "15.06.1940"),
        (PASSPORT, "Место рождения", ""),
        (SNILS, "СНИЛС", "208-689-282 08"),
        (SNILS, "Фамилия", "РИМСКИЙ"),
        (SNILS, "Имя", "ЕФРЕМ"),
        (SNILS, "Отчество", "ДИМИТРИЕВИЧ"),
        (SNILS, "Дата рождения", "19 марта 1992 года"),
        (SNILS[:-1], "Дата рождения", ""),
        (INVOICE, "Номер счет-фактуры", "М-31 39/14"),
        (INVOICE, "Дата счет-фактуры", "11 января 2026 г."),
        (INVOICE, "Продавец", "ЗАО «Шестой»"),
        (INVOICE, "Сумма", "871 763,72"),
        (["Датарождени 10.09.1967", "Месторождения ГОР. БОБРОВ"], "Дата рождения", "10.09.1967"),
        (["Датарождени 10.09.1967", "Месторождения ГОР. БОБРОВ"], "Место рождения", "ГОР. БОБРОВ"),
        (["ФИ.0. КОХ", "ИУЛИАН"], "Имя", "ИУЛИАН"),
        ([], "Сумма", ""),
    ],
)
def test_the_value_stands_right_of_its_label_or_below(page: list[str], prompt: str, value: str) -> None:
    entry = asked_for(prompt, ENTRIES)
    assert entry is not None
    assert read_by_label([line.split() for line in page], entry.labels) == value


def test_a_clear_label_comes_before_a_blurred_one() -> None:
    lines = [["Продавев", "А"], ["Продавец", "Б"]]
    assert read_by_label(lines, [Label("Продавец")]) == "Б"


def test_faults_of_the_configuration_are_named() -> None:
    wrong: tuple[Any, ...] = ([{"names": ["x"]}], [{"names": ["x"], "labels": [{"text": "x", "below": 1}]}], [3])
    for fields in wrong:
        with pytest.raises(PromptfitError, match="each needs `names` and `labels`"):
            entries_of(fields)


@pytest.fixture
def scripted_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the program: it notes each image that it is given, and reads the same in all but one."""
    program, data = tmp_path / "bin" / "tesseract", tmp_path / "tessdata"
    program.parent.mkdir()
    data.mkdir()
    (data / "rus.traineddata").write_bytes(b"data")
    rows = [TSV, *(f"5\t1\t1\t1\t{y}\t1\t0\t0\t9\t9\t90\t{w}" for y, line in enumerate(PASSPORT) for w in line.split())]
    (tmp_path / "page.tsv").write_text("\n".join(rows), "utf-8")
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        "--version) echo 'tesseract 5.9 (scripted)';;\n"
        f"--list-langs) echo 'List of available languages in \"{data}/\" (1):'; echo rus;;\n"
        f"*) cat > {tmp_path}/image.$$.seen\n"
        f'   [ $(wc -c < {tmp_path}/image.$$.seen) -lt 100000 ] && {{ echo "Error in pixRead" >&2; exit 1; }}\n'
        f"   cat {tmp_path}/page.tsv;;\nesac\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


OLD = """#!/bin/sh
case "$1" in
--version) printf 'tesseract 4.1.1\\n leptonica-1.82.0\\n' {to};;
--list-langs) printf 'List of available languages (3):\\neng\\nosd\\nrus\\n' {to};;
*) echo 'Error opening data file {data}/no_language.traineddata' >&2; exit 1;;
esac
"""
"""As Ubuntu 22.04 has it; before 4.1 it spoke on standard error."""


@pytest.mark.parametrize("to", ["", ">&2"])
def test_a_list_of_languages_without_their_folder_is_read(scripted_tesseract: Path, to: str) -> None:
    new = instantiate(CONFIG).identity
    (program,) = scripted_tesseract.rglob("tesseract")
    data = scripted_tesseract / "tessdata"
    program.write_text(OLD.format(data=data, to=to))
    said = json.loads(instantiate(CONFIG).identity)
    assert said["version"] == "tesseract 4.1.1"
    assert said["data"] == json.loads(new)["data"] == {"rus": sha256(b"data").hexdigest()}
    (data / "rus.traineddata").unlink()
    with pytest.raises(PromptfitError, match="apt-get install tesseract-ocr tesseract-ocr-rus"):
        _ = instantiate(CONFIG).identity


def test_each_image_is_read_once_for_all_its_prompts(
    scripted_tesseract: Path, picture: Callable[..., tuple[Path, str]]
) -> None:
    one, other = picture(1), picture(2)
    prompts = ("Фамилия", "Имя", "Место рождения")
    requests = [Request(*drawn, prompt) for prompt in prompts for drawn in (one, other)]
    answers = dict(instantiate(CONFIG).answer(requests))
    assert [answers[index].text for index in range(6)] == ["ДОЛГОПЯТ"] * 2 + ["СВЯТОСЛАВ"] * 2 + [""] * 2
    assert len(list(scripted_tesseract.glob("*.seen"))) == 2


def test_what_it_cannot_answer_is_named_and_the_rest_goes_on(
    scripted_tesseract: Path, picture: Callable[..., tuple[Path, str]], tmp_path: Path
) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (64, 48)).save(plain)
    requests = [Request(plain, "0", "Имя"), Request(tmp_path / "none.png", "1", "Имя"), Request(*picture(1), "Что?")]
    requests.append(Request(*picture(2), "Имя"))
    got, reasons = parted(instantiate(CONFIG).answer(requests))
    assert list(got) == [3]
    assert reasons[0] == f"{plain}: tesseract fails: Error in pixRead"
    assert "none.png: the image is missing" in reasons[1]
    assert "names no field" in reasons[2]


def test_the_identity_names_version_data_and_settings(scripted_tesseract: Path) -> None:
    def identity(**changes: Any) -> str:
        return OcrAnswerer(**{"fields": [{"names": ["x"], "labels": ["x"]}], **changes}).identity

    base = identity()
    assert json.loads(base)["version"] == "tesseract 5.9 (scripted)"
    changes: list[dict[str, Any]] = [{"layout": 4}, {"enlarge": 0}, {"fields": [{"names": ["x"], "labels": ["y"]}]}]
    others = [identity(**change) for change in changes]
    (scripted_tesseract / "tessdata" / "rus.traineddata").write_bytes(b"other data")
    assert len({base, *others, identity()}) == 5


def test_a_missing_program_or_language_is_named_with_its_remedy(
    scripted_tesseract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PromptfitError, match=r"no data of the language deu_latf.*apt-get install .*-deu-latf`"):
        assert OcrAnswerer([], languages=["rus", "deu_latf"]).identity
    monkeypatch.setenv("PATH", str(tmp_path))
    for ask in (lambda one: one.identity, lambda one: list(one.answer([]))):
        with pytest.raises(PromptfitError, match=r"not installed.*`apt-get install tesseract-ocr tesseract-ocr-rus`"):
            ask(instantiate(CONFIG))


@pytest.mark.slow
def test_the_real_one_reads_documents() -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-rus")
    if not (home() / "data" / "mini").exists():
        pytest.skip("data/mini is not here: dvc pull data.dvc")
    samples = [s for s in load(home() / "data" / "mini").samples if s.field.name == "СНИЛС"][:10]
    answers = dict(instantiate(CONFIG).answer([Request(s.image, s.image_digest, "Номер СНИЛС") for s in samples]))
    assert sum(answers[index].text == sample.answer for index, sample in enumerate(samples)) >= 7
