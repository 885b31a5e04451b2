"""A selection that nobody made: its prompts and figures are scripted."""

from __future__ import annotations

from promptfit.select.selection_record import (
    CandidateRecord,
    FieldSelection,
    Figures,
    GainRecord,
    MixingRecord,
    SelectionRecord,
    TypeRecord,
)

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)> {{ 7*7 }} \u202eдазан\u200b"
TYPES = {
    "СНИЛС": ["", "Фамилия", "Имя", "Отчество", "Дата рождения"],
    "passport": ["Серия и номер паспорта", "Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "Место рождения"],
    "invoice": ["Номер счет-фактуры", "Дата счет-фактуры", "Продавец", "Покупатель", "Сумма"],
}
FIELDS = [f"{kind} {one}".strip() for kind, several in TYPES.items() for one in several]
PROMPTS = {
    field: f"Прочитай поле «{field}» и напиши только его значение, без пояснений." if place else HOSTILE
    for place, field in enumerate(FIELDS)
}


def selection_record(answerer: str, worse: float) -> SelectionRecord:
    """A selection of two labels; one field has no test documents, one no error."""
    fields = [_field(place, name, worse) for place, name in enumerate(FIELDS)]
    return SelectionRecord(
        metrics={"cer": 0.042}, cer_test={}, cer_select={}, answerer=answerer, dataset="large", data_digest="a" * 64,
        seed=0, chain=["strip"], labels=["edits", "GPT4o"], racing=True, test=[_figures(0.042 * worse)],
        types=[TypeRecord(kind, len(own), _figures(0.03 * worse)) for kind, own in TYPES.items()],
        fields=fields, warnings=["prompts/Scripted-VL-2B/old.csv: an unknown field"],
        mixing=[MixingRecord("edits", len(FIELDS), False, -0.0008, 0.21, 0.042, 0.043, 0.3)],
        gains=[
            GainRecord("naive wording", len(FIELDS), _figures(0.9), _figures(0.042 * worse), -0.858, -0.95, -0.77),
            GainRecord("own question", len(FIELDS), _figures(0.21), _figures(0.042 * worse), -0.168, -0.19, -0.14),
        ],
        commit="b" * 40 + "-dirty", command=f"promptfit select model={answerer} 'field=[СНИЛС]' racing=off",
    )  # fmt: skip


def _figures(cer: float) -> Figures:
    if not cer:
        return Figures({"cer": 0.0, "exact": 1.0, "wer": 0.0, "anls": 1.0}, 0.0, 0.03, "exact")
    values = {"cer": cer, "exact": 1 - 4 * cer, "wer": 2 * cer, "anls": 1 - cer}
    return Figures(values, cer * 0.8, cer * 1.25, "studentized")


def _field(place: int, name: str, worse: float) -> FieldSelection:
    cer = worse * 0.0071 * (place % 8)
    candidates = [
        CandidateRecord(PROMPTS[name], ["edits"], cer, _figures(cer), 60, True, False, [(60, cer)]),
        CandidateRecord("Что здесь?", ["GPT4o"], 0.3, _figures(0.3), 20, False, False, [(20, 0.3)]),
    ]
    test = None if place == 4 else _figures(cer)
    return FieldSelection(
        name, name.split()[0], candidates, 0, 1, test, 0.01, 0.04, bool(place % 3), "as good and cheaper", 40, 0.0,
        0.0, 160, 240, [], {"own question": _figures(0.2), "naive wording": _figures(0.9)},
    )  # fmt: skip
