"""The words of the pages in each language that there is."""

from __future__ import annotations

from collections.abc import Mapping

from promptfit.types import PromptfitError

WORDS: dict[str, dict[str, str]] = {
    "ru": {
        "title": "Первый взгляд на модели",
        "lead": "Что модели ответили по одним и тем же изображениям, стоит ли подбирать для них промпты",
        "answerer": "модель",
        "verdict": "вердикт",
        "note": "заметка",
        "worth it": "стоит времени",
        "not worth it": "не стоит времени",
        "undecided": "не решено",
        "cer": "CER",
        "record_cer": "CER записей",
        "notes": "замечания",
        "seconds": "с",
        "seconds_each": "секунд на ответ",
        "tokens": "токены: вход / выход",
        "tokens_short": "ток.",
        "cost": "стоимость",
        "answers": "ответы",
        "expected": "верный ответ",
        "exact": "без ошибок",
        "failed": "нет ответа",
        "empty": "пустой ответ",
        "raw": "ответ целиком",
        "no_picture": "изображение не удалось показать",
        "picture_of": "изображение",
        "difference": "разница",
        "extra": "лишнее",
        "missing": "пропущено",
        "more": "… и ещё символов: {}",
        "legend": "Отличия от верного ответа:",
        "about_cer": "CER: правки в символах, делённые на число символов верного ответа; 0 значит «без ошибок», "
        "у многословного ответа бывает больше 1.",
        "about_record": "CER записи: среднее по её полям.",
        "point": ",",
        "ask": "Спросить",
        "drop": "Изображения, от одного до трёх",
        "questions": "Вопросы, по одному в строке",
        "models": "Модели",
        "save": "Сохранить вердикт",
        "saved": "Сохранено",
        "page": "страница",
    },
    "en": {
        "title": "A first look at models",
        "lead": "What the models answered to the same images, and whether fitting prompts to them is worth the time",
        "answerer": "model",
        "verdict": "verdict",
        "note": "note",
        "worth it": "worth it",
        "not worth it": "not worth it",
        "undecided": "undecided",
        "cer": "CER",
        "record_cer": "CER of records",
        "notes": "notes",
        "seconds": "s",
        "seconds_each": "seconds an answer",
        "tokens": "tokens in / out",
        "tokens_short": "tok.",
        "cost": "cost",
        "answers": "answers",
        "expected": "true answer",
        "exact": "exact",
        "failed": "no answer",
        "empty": "empty answer",
        "raw": "the whole answer",
        "no_picture": "the image cannot be shown",
        "picture_of": "image",
        "difference": "difference",
        "extra": "extra",
        "missing": "missing",
        "more": "… and {} more characters",
        "legend": "Differences from the true answer:",
        "about_cer": "CER: edited characters over the characters of the true answer; 0 is no error at all, "
        "and a chatty answer can exceed 1.",
        "about_record": "A record's CER is the mean over its fields.",
        "point": ".",
        "ask": "Ask",
        "drop": "Images, one to three",
        "questions": "Questions, one a line",
        "models": "Models",
        "save": "Keep the verdict",
        "saved": "Kept",
        "page": "page",
    },
}


def words(language: str) -> Mapping[str, str]:
    """The words of a language.

    Raises:
        PromptfitError: There is no such language.
    """
    if language not in WORDS:
        raise PromptfitError(f"language={language}: no such language; there are: {', '.join(WORDS)}")
    return WORDS[language]
