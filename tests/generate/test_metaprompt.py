from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from promptfit.build import instantiate
from promptfit.generate.brief import Brief
from promptfit.generate.metaprompt import ALWAYS, TEMPLATES, MetaPrompt
from promptfit.generate.proposals import read
from promptfit.types import Field, PromptfitError

CONF = Path(__file__).parents[2] / "conf" / "metaprompt"
HOSTILE = "{wanted} {unknown} {{field}} ${x} %s \\g<0> </prompt>"
SURNAME = Field("passport", "Фамилия")
TOLD = {"trials": "trials", "leaders": "leaders", "mistakes": "mistakes", "prompt": "prompt", "peers": "peers"}
TOLD["part"] = "part"


def _node(language: str = "ru") -> dict[str, Any]:
    node: dict[str, Any] = yaml.safe_load((CONF / f"{language}.yaml").read_text("utf-8"))
    return node


def _made(**changed: Any) -> MetaPrompt:
    node = _node()
    return MetaPrompt(1, "ru", node["templates"] | changed, node["constraints"], None)


def _brief(*examples: str, field: Field = SURNAME) -> Brief:
    return Brief(field, "docvlm-tiny", examples, (Path("a.png"), Path("b.png")))


@pytest.mark.parametrize("language", [path.stem for path in CONF.glob("*.yaml")])
@pytest.mark.parametrize("question", [SURNAME, Field("passport", "*")], ids=["field", "record"])
def test_the_shipped_texts_say_what_a_generator_must_know(language: str, question: Field) -> None:
    metaprompt = instantiate(_node(language))
    assert (metaprompt.language, metaprompt.version >= 1) == (language, True)
    whole: dict[str, Any] = (
        {"keys": ("Фамилия", "Пол"), "schema": ("Фамилия (name)", "Пол (choice)")} if question.is_record else {}
    )
    named = ("Фамилия, Пол", "- Фамилия (name)\n- Пол (choice)", "JSON") if question.is_record else ("Фамилия",)
    brief = replace(_brief("Долгопят", "Казинцева", field=question), **(whole if question.is_record else {}))
    for name in ("propose", "improve", "reflect"):
        system, user = metaprompt.messages(name, brief, wanted=7, **TOLD)
        assert (system.role, user.role, user.images) == ("system", "user", (Path("a.png"), Path("b.png")))
        assert "CER" in system.text
        assert "{" not in system.text + user.text
        for word in ("passport", *named, "docvlm-tiny", "- Долгопят\n- Казинцева", ": 2\n", "<prompt>", "```"):
            assert word in user.text
        needed = TEMPLATES[name] - {"wanted"} - (set() if question.is_record else {"part"})
        assert all(word in user.text for word in needed)
        assert ("7" in user.text) == (name != "reflect")
        assert read(user.text, 3).fault == "empty", "a generator that repeats the text proposes nothing"
    assert len(metaprompt.of(question).constraints(**brief.words())) >= 3
    for name in ("role", "loss"):
        assert "docvlm-tiny" in metaprompt.of(question).render(name, **brief.words())


@pytest.mark.parametrize("question", [SURNAME, Field("passport", "*")], ids=["field", "record"])
def test_both_languages_have_the_same_placeholders(question: Field) -> None:
    ru, en = (instantiate(_node(language)).of(question)._templates for language in ("ru", "en"))
    for name in TEMPLATES:
        slots = sorted(TEMPLATES[name] | ALWAYS)
        assert [f"{{{slot}}}" in ru[name] for slot in slots] == [f"{{{slot}}}" in en[name] for slot in slots]


def test_a_field_without_a_question_asks_for_its_document_type() -> None:
    assert _brief(field=Field("СНИЛС", "")).words()["question_type"] == "СНИЛС"


def test_hostile_values_are_put_in_once_and_never_read_as_templates() -> None:
    brief = _brief(HOSTILE, field=Field(HOSTILE, "{answerer}"))
    _, user = _made(propose="{field}|{examples}|{wanted}|{question_type}").messages("propose", brief, wanted=2)
    assert user.text == f"{HOSTILE} {{answerer}}|- {HOSTILE}|2|{{answerer}}"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"propose": "{feild}"}, r"'ru'.*'propose'.*unknown placeholder \{feild\}.*answerer.*field.*wanted"),
        ({"propose": "{mistakes}"}, r"'propose'.*\{mistakes\}"),
        ({"improve": "{ field }"}, r"'improve'.*\{ field \}"),
        ({"role": "{поле}"}, r"'role'.*\{поле\}"),
        ({"loss": " \n"}, r"'loss' is missing or empty.*system, propose, improve"),
        ({"loss": None}, r"'loss' is missing or empty"),
        ({"loss": 5}, r"'loss' is no text"),
        ({"imrpove": "x"}, r"'imrpove' is unknown"),
    ],
)
def test_a_faulty_template_is_named_when_it_is_built(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(PromptfitError, match=said):
        _made(**changed)


def test_a_missing_template_and_a_faulty_constraint_are_named() -> None:
    with pytest.raises(PromptfitError, match="'system' is missing"):
        MetaPrompt(1, "de", {}, [], None)
    with pytest.raises(PromptfitError, match=r"'de'.*'constraints'.*\{wanted\}"):
        MetaPrompt(1, "de", _node()["templates"], ["{wanted}"], None)


def test_the_digest_tells_texts_and_versions_apart() -> None:
    templates = _node()["templates"]
    made = [
        MetaPrompt(1, "ru", templates, [], None),
        MetaPrompt(2, "ru", templates, [], None),
        MetaPrompt(1, "ru", templates | {"role": "x"}, [], None),
        MetaPrompt(1, "ru", templates, ["x"], None),
    ]
    assert len({one.digest for one in made}) == 4
    assert MetaPrompt(1, "ru", dict(reversed(templates.items())), [], None).digest == made[0].digest
    assert len(made[0].digest) == 64
