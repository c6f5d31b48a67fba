"""Thousands of misspellings and of words that are near nothing; the figures are printed."""

from __future__ import annotations

import os

import pytest
from misspelling import CATEGORIES, answers, far_words, misspellings, schemes

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")


def test_misspelt_labels_are_found_again() -> None:
    given = [(one, *answers(one.text, one.schemes)) for one in misspellings(1_000, seed=5)]
    told = [(one, sure, schemes().find(text, one.schemes) is one.meant) for one, text, sure in given if text is not None]
    right, sure = sum(fits for *_, fits in told), [fits for _, is_sure, fits in told if is_sure]
    print(f"1,000 misspellings: {right} right, {len(told) - right} wrong, {1_000 - len(told)} without suggestion; ", end="")
    print(f"{len(sure)} sure, of these {sure.count(False)} wrong")
    assert right >= 950
    assert sure.count(False) < 0.005 * len(sure)


def test_nothing_is_offered_where_nothing_is_near() -> None:
    asked = [CATEGORIES, *((name,) for name in schemes().schemes)]
    words = far_words(1_000, seed=6)
    offered = {(text, names): near for text in words for names in asked if (near := answers(text, names)[0]) is not None}
    print(f"1,000 words near nothing, each in {len(asked)} vocabularies: {len(offered)} suggestions {list(offered.items())}")
    assert len(offered) <= 1
