"""Each verdict stands once in the table, with what its combinations have in common."""

from __future__ import annotations

from itertools import product

from promptfit.study.by_verdict import by_verdict
from promptfit.study.grounding.occlusion import READ, UNSTEADY, WITHOUT, verdict
from promptfit.study.records.look_json import Verdict


def test_a_row_a_verdict_though_eight_combinations_share_five_names() -> None:
    every = list(product((True, False), repeat=3))
    combinations = [Verdict(verdict(*one), one[0], one[1], one[2], number + 1, {}) for number, one in enumerate(every)]
    rows = {row.verdict: row for row in by_verdict(combinations)}
    assert len(rows) == 5 and sum(row.answers for row in rows.values()) == sum(range(1, 9))
    assert rows[READ].said == (True, True, True)
    assert rows[WITHOUT].said == (True, False, None) and rows[UNSTEADY].said == (None, True, False)
    assert [row.answers for row in by_verdict(combinations)] == sorted((r.answers for r in rows.values()), reverse=True)


def test_combinations_without_answers_say_nothing() -> None:
    only = [Verdict(UNSTEADY, True, True, False, 4, {}), Verdict(UNSTEADY, False, True, False, 0, {})]
    assert [row.said for row in by_verdict(only)] == [(True, True, False)] and by_verdict([]) == []
