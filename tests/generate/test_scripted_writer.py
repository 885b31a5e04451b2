"""The stand-in reads what real callers send: our meta-prompts in both languages, TextGrad's calls and GEPA's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import scripted_reading as reading
import scripted_writer
from promptfit.generate.brief import Brief
from promptfit.generate.metaprompt import MetaPrompt
from promptfit.generate.proposals import read
from promptfit.types import Field

CONF = Path(__file__).resolve().parents[2] / "conf" / "metaprompt"
MISTAKE = "- expected: 'Куликов' | answered: 'Фамилия: КУЛИКОВ' | diff: '{+Фамилия: +}К[-уликов-]{+УЛИКОВ+}'"
TOLD = {
    "trials": "- CER 0.9, 0% of 4 answers exact: <prompt>Напиши Фамилия</prompt>",
    "leaders": "- CER 0.5, 0% of 4 answers exact: <prompt>Напиши Фамилия. Value only</prompt>",
    "peers": "- passport Имя: CER 0.1, 90% of 9 answers exact: <prompt>Прочитай Имя. Title case</prompt>",
    "mistakes": MISTAKE,
}


def said(name: str, language: str, **told: object) -> list[dict[str, Any]]:
    settings = yaml.safe_load((CONF / f"{language}.yaml").read_text("utf-8"))
    del settings["_target_"]
    brief = Brief(Field("passport", "Фамилия"), "docvlm-tiny", ("Куликов", "Орлова"), ())
    messages = MetaPrompt(**settings).messages(name, brief, **told)
    return [{"role": message.role, "content": message.text} for message in messages]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_our_meta_prompts(language: str) -> None:
    first = read(scripted_writer.reply(said("propose", language, wanted=4), 0), 4)
    assert len(first.prompts) == 4 and not first.fault
    better = said("improve", language, wanted=3, **TOLD)
    text = "\n".join(scripted_writer.texts(better))
    assert reading.prompts(text) == ["Напиши Фамилия. Value only", "Напиши Фамилия"]
    assert reading.others(text) == ["Прочитай Имя. Title case"]
    assert (reading.field(text), reading.wanted(text)) == ("Фамилия", 3)
    assert reading.habits(reading.mistakes(text)) == {"brief": 1, "title": 1}
    replies = [scripted_writer.reply(better, seed) for seed in (0, 0, 1)]
    assert replies[0] == replies[1] != replies[2]
    assert len(read(replies[0], 3).prompts) == 3 and "Имя" not in replies[0]
    one = scripted_writer.reply(said("reflect", language, prompt="Напиши Фамилия", mistakes=MISTAKE), 0)
    assert len(read(one, 1).prompts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "expected: 12.31 / answered: Сумма: 12,31",
        "| expected | answered | diff |\n|---|---|---|\n| 12.31 | Сумма: 12,31 | x |",
        '{"expected": "12.31", "answered": "Сумма: 12,31"}',
        "<expected>12.31</expected>\n<answered>Сумма: 12,31</answered>",
        "ожидалось: «12.31», модель ответила: «Сумма: 12,31»",
        "## Generated Outputs\nСумма: 12,31\n\n## Feedback\nThe correct answer is '12.31'. Ensure that it is exact.",
        "**Prediction(role: response)**: Сумма: 12,31\n\n**Ground truth answer(role: truth)**: 12.31 </INPUTS>",
    ],
)
def test_mistakes_in_any_layout(text: str) -> None:
    assert reading.mistakes(text) == [("12.31", "Сумма: 12,31")]
    assert reading.habits(reading.mistakes(text)) == {"brief": 1, "point": 1}


def test_textgrad_and_gepa() -> None:
    criticism = scripted_writer.reply(
        [
            {"role": "system", "content": "You are the gradient (feedback) engine."},
            {"role": "user", "content": f"{MISTAKE}\n<VARIABLE> Напиши Фамилия </VARIABLE>"},
        ],
        1,
    )
    assert "value only" in criticism
    step = "<VARIABLE> Напиши Фамилия </VARIABLE>\n<FEEDBACK>{}</FEEDBACK>\n<NEW>{{the improved variable}}</NEW>"
    new = scripted_writer.reply([{"role": "user", "content": step.format(criticism)}], 0)
    assert new.startswith("<NEW>Напиши Фамилия. ") and new.endswith("</NEW>")
    reflection = f"```\nНапиши Фамилия\n```\n{MISTAKE}\nProvide the new instructions within ``` blocks."
    assert "```\nНапиши Фамилия. " in scripted_writer.reply([{"role": "user", "content": reflection}], 0)


def test_what_a_critic_was_told_is_passed_on_to_the_prompt() -> None:
    """TextGrad's chain rule: the second gradient sees the first one, and no mistake."""
    told = "<OBJECTIVE_FUNCTION>address the feedback: - Make the answer contain the value only.</OBJECTIVE_FUNCTION>"
    backward = f"You are the gradient (feedback) engine.\n<LM_OUTPUT> Фамилия: КУЛИКОВ </LM_OUTPUT>\n{told}"
    assert "value only" in scripted_writer.reply([{"role": "user", "content": backward}], 0)


@pytest.mark.parametrize(
    ("question", "topic"),
    [("Какая дата рождения указана в документе?", "Дата рождения"), ("Кто продавец?", "Продавец"), ("Напиши Имя", "")],
)
def test_a_question_can_be_put_in_other_words(question: str, topic: str) -> None:
    assert reading.topic(question) == topic
