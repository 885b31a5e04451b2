"""How the scripted writer reads messages: it finds prompts and mistakes in a text whatever its layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

EXPECTED = (
    r"expected|ground truth(?: answer)?|truth|true answers?|correct (?:answer|result|value)|reference(?: answer)?"
    r"|should be"
    r"|верн(?:ый|о|ое)(?: ответ| значение)?|правильн(?:ый|о|ое)(?: ответ| значение)?|эталон|истина|истинный ответ"
    r"|ожидал(?:ось|ся)|ожидается|ожидаемый ответ|надо было"
)
ANSWERED = (
    r"answered|(?:generated|model|actual) outputs?|(?:the )?(?:model|assistant)(?:'s)? (?:answer|response)"
    r"|prediction(?: to evaluate)?|response|got|LM_OUTPUT|OUTPUT_OF_FUNCTION|full_assistant_response"
    r"|отвечено|ответила?|модель ответила|ответ модели|получен(?:о|ный ответ)|прочитано"
)
NOT_BEFORE = r"(?:(?<=^)|(?<=[^\w/]))"
MARK = re.compile(
    rf"{NOT_BEFORE}(?:(?P<expected>{EXPECTED})|(?P<answered>{ANSWERED}))\b"
    r"(?:\(role:[^)\n]*\))?(?:[>\"'*_]*\s*(?:[:=>→]|\n|(?<=[a-z]) is (?=['\"«]))\s*)",
    re.IGNORECASE,
)
END = re.compile(r"\n|\s[|/;]\s|</|[;,]\s+(?=\w+\s*[:=])|\.\s+(?=Ensure|Here|The )|\"\s*[,}]")
QUOTES = {'"': '"', "'": "'", "«": "»", "“": "”", "`": "`"}
PROMPT = re.compile(r"<(?:prompt|промпт)(?P<attributes>[^<>\n]*)>(?P<text>.*?)</(?:prompt|промпт)>", re.DOTALL)
NAMED = re.compile(r"(?:^|\n|\s)(?:prompt|промпт|instruction)\s*:\s*[«\"]?([^\n»\"]{4,})", re.IGNORECASE)
TO_READ = re.compile(r"(?:что нужно прочитать|what to read)\s*:\s*([^\n]{2,80})", re.IGNORECASE)
FIELD = re.compile(r"(?:^|[\s(])(?:поле|field|вопрос|question)\s*[:=]\s*[«\"]?([^\n«»\"|;]{2,80})", re.IGNORECASE)
COUNT = re.compile(r"(?:prompts?|промпт\w*)[^\d\n.<]{0,30}:\s*(\d{1,2})\b", re.IGNORECASE)
COUNTED = re.compile(r"\b(\d{1,2})\b[^\d\n.:<]{0,40}?(?:prompt|промпт|вариант|candidate|формулиров)", re.IGNORECASE)
QUESTION = re.compile(r"(?:Как\w*|Кто|Что) (.+?)(?: (?:указан|выставлен|написан)\w*.*| (?:у|в|на) \w+)?\?")
UNKNOWN = 9.0
CER = re.compile(r"CER[^\d\n]{0,12}(\d+(?:[.,]\d+)?)", re.IGNORECASE)


def unquoted(value: str) -> str:
    """The value without what surrounds it."""
    value = value.strip().strip("*_").strip()
    while len(value) > 1 and QUOTES.get(value[0]) == value[-1]:
        value = value[1:-1].strip()
    return value


def mistakes(text: str) -> list[tuple[str, str]]:
    """All (expected, answered) pairs: in lines, sections, tags, JSON, or tables with a head."""
    pairs, waiting = _rows(text), {}  # type: list[tuple[str, str]], dict[str, str]
    marks = list(MARK.finditer(text))
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        value = text[mark.end() : stop]
        kind = "expected" if mark["expected"] else "answered"
        waiting[kind] = _value(value)
        if len(waiting) == 2:
            pairs.append((waiting["expected"], waiting["answered"]))
            waiting = {}
    return [(expected, answered) for expected, answered in pairs if expected and expected != answered]


def _value(text: str) -> str:
    """What the text starts with: a quotation, or the rest of the phrase."""
    quoted = re.match(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`\n]*)`|«([^\n]*)»|“([^\n]*)”", text)
    if quoted:
        return next(group for group in quoted.groups() if group is not None).strip()
    return unquoted(END.split(text, maxsplit=1)[0]).rstrip(",;")


def _rows(text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    columns: tuple[int, int, int] | None = None
    for line in text.splitlines():
        cells = [unquoted(cell) for cell in re.split(r"\s*[|\t]\s*", line.strip().strip("|"))]
        kinds = [
            next((kind for kind in (EXPECTED, ANSWERED) if re.fullmatch(kind, cell, re.IGNORECASE)), "")
            for cell in cells
        ]
        if EXPECTED in kinds and ANSWERED in kinds:
            columns = (kinds.index(EXPECTED), kinds.index(ANSWERED), len(cells))
        elif columns and len(cells) == columns[2]:
            if any(cell.strip("-: ") for cell in cells):
                pairs.append((cells[columns[0]], cells[columns[1]]))
        else:
            columns = None
    return pairs


def prompts(text: str) -> list[str]:
    """The prompts that the text shows for this field, the best of known CER first, then those of none in order."""
    found: dict[str, float] = {}
    for name, cer, words in _shown(text):
        if not name:
            found.setdefault(words, cer)
    if not found:
        found = {unquoted(match[1]): UNKNOWN for match in NAMED.finditer(text)}
    return sorted(found, key=lambda words: found[words])


def others(text: str) -> list[str]:
    """The prompts that the text shows for other fields: their lines begin with the field's name."""
    return [words for name, _, words in _shown(text) if name]


def _shown(text: str) -> Iterator[tuple[str, float, str]]:
    """What stands in front of the figure in a block's line (another field's name), the CER, the words."""
    for block in PROMPT.finditer(text):
        words = block["text"].strip()
        if len(words) > 3:
            line = text[text.rfind("\n", 0, block.start()) + 1 : block.start()].rpartition("</prompt>")[2]
            after = text[block.end() : block.end() + 80].split("\n")[0]
            near = CER.search(block["attributes"]) or CER.search(line) or CER.search(after)
            name = line[: near.start()].strip(" -*0123456789.:") if near and near.string == line else ""
            yield name, float(near[1].replace(",", ".")) if near else UNKNOWN, words


def field(text: str) -> str:
    """The question type or question that is talked about, empty if none is named."""
    found = TO_READ.search(text) or FIELD.search(text)
    return unquoted(found[1]).rstrip(".,") if found else ""


def topic(question: str) -> str:
    """What a question asks for, as a field's name: a person who rewords it would see that, too."""
    found = QUESTION.fullmatch(question.strip())
    return found[1][0].upper() + found[1][1:] if found else ""


def wanted(text: str) -> int:
    """How many prompts are asked for."""
    counts = [int(match[1]) for match in COUNT.finditer(text)] or [int(m[1]) for m in COUNTED.finditer(text)]
    return max(1, min(counts[-1], 16)) if counts else 1


def habits(pairs: list[tuple[str, str]]) -> Counter[str]:
    """What would mend the mistakes, by how many of them it would: the names of the writer's phrases."""
    hints: Counter[str] = Counter()
    for expected, answered in pairs:
        value = answered.rpartition(": ")[2]
        digits = re.sub(r"\D", "", value)
        hints["brief"] += len(answered) > len(expected) + 3
        hints["iso"] += bool(re.fullmatch(r"\d{4}-\d\d-\d\d", expected)) and expected not in answered
        hints["dotted"] += bool(re.fullmatch(r"\d\d\.\d\d\.\d{4}", expected)) and expected not in answered
        hints["digits"] += expected.isdigit() and not value.isdigit() and digits[:3] == expected[:3]
        hints["point"] += bool(re.fullmatch(r"\d+\.\d\d?", expected)) and "," in value
        hints["title"] += expected != value and expected.casefold() == value.casefold() and value.isupper()
        hints["printed"] += expected.isupper() and not value.isupper()
        hints["plain"] += bool(set('«»"') & set(value)) and not set('«»"') & set(expected)
        hints["word"] += expected.isalpha() and value.endswith(".") and len(expected) > len(value)
        hints["letter"] += len(expected) == 1 < len(value)
    return +hints
