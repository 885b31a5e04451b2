"""Identities: the bytes under which answers are kept must not change."""

from promptfit.support.canonical import canonical_json


def test_the_bytes_of_an_identity() -> None:
    parts = {"model": "Модель", "batch": {"b": 1, "a": [1.0, None, True]}, "answerer": "x"}
    expected = '{"answerer":"x","batch":{"a":[1.0,null,true],"b":1},"model":"Модель"}'
    assert canonical_json(parts) == expected
    assert canonical_json(dict(reversed(parts.items()))) == expected
