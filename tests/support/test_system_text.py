"""A prompt of two texts as one, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from promptfit.support.system_text import END, joined, parted

TEXTS = st.text(min_size=1).map(str.strip).filter(lambda text: text and END not in text)


@given(system=TEXTS, user=TEXTS)
def test_it_comes_apart_as_it_was_joined(system: str, user: str) -> None:
    assert parted(joined(system, user)) == (system, user)


@given(user=st.text().filter(lambda text: END not in text))
def test_a_user_text_alone_stays_as_it_is(user: str) -> None:
    assert joined("", user) == joined(" \n", user) == user
    assert parted(user) == ("", user)


def test_what_a_generator_writes_is_taken_apart_too() -> None:
    assert parted("<system>Ты — эксперт.</system> Верни JSON") == ("Ты — эксперт.", "Верни JSON")
    assert parted("Верни <system>JSON</system>") == ("", "Верни <system>JSON</system>")
