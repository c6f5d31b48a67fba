"""Regular expressions that would never end are known by their form; those that end are let through."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.patterns import effort, refusal

ENDLESS = [
    r"(a+)+$",
    r"(a*)*b",
    r"(a|a)*b",
    r"(?:a|ab|b)*c",
    r"(a?b?)*c",
    r"(\w+\s?)*!",
    r"([a-z]+)*@",
    r"(x+x+)+y",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(\d+|\w+)*!",
    r"(a{1,3})*b",
    r"(?i:(?:ab|Ab)*)c",
    r"(\s*a\s*)*b",
    r"(.*,)*x",
    r"(?P<n>a+)+(?P=n)",
]
QUICK = [
    r"(a|b)*c",
    r"(a{3})*b",
    r"\w+(\s\w+)*!",
    r"(?s).{151,}",
    r"^.*?([0-9]{4}-[0-9]{2}-[0-9]{2}).*$",
    r"[a-z]+:.*|[a-z0-9.-]{3,}/[^ /]+",
    r"(?:[^\W\d_](?:[^0-9]*[^0-9])?)?([0-9]{4})[a-z]?",
    r"(\d|[a-c])*x",
    r"(?=a)b(?!c)",
    r"(a)?(?(1)b|c)",
    r"",
]


@pytest.mark.parametrize("pattern", ENDLESS)
def test_endless_ones_are_refused(pattern: str) -> None:
    assert refusal(pattern)


@pytest.mark.parametrize("pattern", QUICK)
def test_quick_ones_are_not(pattern: str) -> None:
    assert refusal(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "power"), [("a+", 1), ("a+b+", 1), (".*a", 1), (".*:.*", 2), (r"\s*x\s*", 1), (r".*/.*/.*", 3), ("(a+,)+", 1)]
)
def test_effort(pattern: str, power: int) -> None:
    assert effort(pattern) == power


def test_what_is_too_large_is_refused() -> None:
    assert refusal("(" * 12 + "a{30}" + "){30}" * 12) == "it is too large to be sure that it comes to an end"
    assert effort("a{40}" * 100) == 9


def test_no_expression() -> None:
    with pytest.raises(re.error):
        refusal("(")


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", r"\w", "ab", "a?", "b*"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS)
def test_what_is_let_through_ends(pattern: str) -> None:
    if refusal(pattern) is None and effort(pattern) < 3:
        compiled = re.compile(pattern)
        for text in ("a" * 200 + "!", "ab" * 100 + "!", "b" * 200 + "!"):
            before = time.process_time()
            compiled.fullmatch(text)
            assert time.process_time() - before < 2
