"""The words mappings are written with: what cell functions refuse, and the names that other engines give them."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest

from mitigraph.logic import CellError
from mitigraph.mapping import Lexicon, MappingError, grel, load_mapping
from mitigraph.mapping.keys import KeyRegistry, Owner, likeness
from mitigraph.mapping.names import CONTEXT_FUNCTIONS, MG, PREFIXES, arrange, parameter, parameters, resolve
from mitigraph.transforms import FUNCTIONS

REFUSED = [
    ("date", ("2024-05-03", "DD/MM/YYYY"), "bad-value", None),
    ("date", ("31/02/2024", "DD/MM/YYYY"), "bad-value", None),
    ("date", ("3 Mayy 2024", "D MMMM YYYY"), "bad-value", None),
    ("date", ("ju 3 2024", "MMM D YYYY"), "bad-value", None),
    ("date", ("2024-05-03 07:30", "YYYY-MM-DD HH:mm"), "bad-value", "2024-05-03"),
    ("date", ("01/02/24", "DD/MM/YY"), "bad-pattern", None),
    ("date", ("01/02/2024", "dd/mm/yyyy"), "bad-pattern", None),
    ("date", ("01/02/2024", "DD/MM/YYYY q"), "bad-pattern", None),
    ("date", ("01/01/2024", "DD/DD/YYYY"), "bad-pattern", None),
    ("date", ("1 mai 2024", "D MMMM YYYY", "xx"), "bad-value", None),
    ("dateTime", ("2024-05-03", "YYYY-MM-DD"), "bad-value", None),
    ("dateTime", ("2024-05-03 25:00", "YYYY-MM-DD HH:mm"), "bad-value", None),
    ("dateTime", ("2024-05-03 13:00 pm", "YYYY-MM-DD hh:mm a"), "bad-value", None),
    ("dateTime", ("2024-05-03 10:00+15:00", "YYYY-MM-DD HH:mmZ"), "bad-value", None),
    ("datePart", ("2024-05-03", "century"), "bad-value", None),
    ("datePart", ("May", "month"), "bad-value", None),
    ("pages", ("5-Mar",), "dated-pages", "3-5"),
    ("pages", ("03-May",), "dated-pages", "3-5"),
    ("pages", ("Jan-99",), "dated-pages", "1-99"),
    ("pages", ("2025-03-05 00:00:00",), "dated-pages", "3-5"),
    ("number", ("1,234.5",), "bad-value", "1234.5"),
    ("number", ("3,5",), "bad-value", "3.5"),
    ("number", ("1e3",), "bad-value", None),
    ("abs", ("1" * 1001,), "bad-value", None),
    ("boolean", ("maybe",), "bad-value", None),
    ("mod", ("1", "0.0"), "bad-value", None),
    ("substring", ("abc", "one"), "bad-value", None),
    ("replaceChars", ("abc", "ab", "x"), "bad-value", None),
    ("replaceText", ("abc", "/(/", "x"), "bad-pattern", None),
    ("replaceText", ("abc", "/b/", "$1"), "bad-pattern", None),
    ("replace", ("abc", "[", "x"), "bad-pattern", None),
    ("match", ("abc", "(" * 2000), "bad-pattern", None),
    ("extract", ("abc", "a{99999999999}"), "bad-pattern", None),
    ("splitText", ("abc", "/[/"), "bad-pattern", None),
    ("contains", ("abc", "/*/"), "bad-pattern", None),
    ("extract", ("abc", "(a+)+$"), "slow-pattern", None),
    ("replaceText", ("abc", "/(a|a)*b/", ""), "slow-pattern", None),
    ("escape", ("abc", "sql"), "bad-value", None),
    ("unescape", ("%ff", "url"), "bad-value", None),
    ("unescape", ("\\ud800", "javascript"), "bad-value", None),
    ("escape", ("\ud800", "url"), "bad-value", None),
]
REFUSED_LISTS = [
    ("get", (["a"], ["x"]), "bad-value"),
    ("slice", (["a"], []), "bad-value"),
    ("sum", (["1", "two"],), "bad-value"),
    ("min", (["1"], ["two"]), "bad-value"),
    ("inRange", (["x"], ["1"], ["2"]), "bad-value"),
    ("matches", (["x"], ["("]), "bad-pattern"),
]
DECLARED = {
    "array_join": "param_a p_array_a param_string_sep p_string_sep",
    "boolean_and": "bool_array_b param_rep_b",
    "boolean_not": "param_b bool_b",
    "boolean_or": "bool_array_b param_rep_b",
    "boolean_xor": "bool_array_b param_rep_b",
    "controls_if": "param_b bool_b param_true any_true param_false any_false",
    "escape": "valueParam valueParameter modeParam modeParameter",
    "string_chomp": "valueParam valueParameter param_string_sep p_string_sep",
    "string_contains": "valueParam valueParameter param_string_sub string_sub",
    "string_endsWith": "valueParam valueParameter param_string_sub string_sub",
    "string_indexOf": "valueParam valueParameter param_string_sub string_sub",
    "string_lastIndexOf": "valueParam valueParameter param_string_sub string_sub",
    "string_length": "valueParam valueParameter",
    "string_md5": "valueParam valueParameter",
    "string_replace": "valueParam valueParameter param_find p_string_find param_replace p_string_replace",
    "string_sha1": "valueParam valueParameter",
    "string_split": "valueParam valueParameter param_string_sep p_string_sep",
    "string_startsWith": "valueParam valueParameter param_string_sub string_sub",
    "string_substring": "valueParam valueParameter p_int_i_from param_int_i_from p_int_i_opt_to param_int_i_opt_to",
    "string_toTitlecase": "valueParam valueParameter",
    "string_trim": "valueParam valueParameter",
    "toLowerCase": "valueParam valueParameter",
    "toUpperCase": "valueParam valueParameter",
}
DECLARED_BY_IDLAB = {
    "concat": "_str str _otherStr otherStr _delimiter delimiter",
    "decide": "_str str _expectedStr expectedStr _result result",
    "inRange": "_test p_test _from p_from _to p_to",
    "isNull": "_str str",
    "listContainsElement": "_list list _str str",
    "normalizeDate": "_strDate strDate _pattern pattern",
    "normalizeDateTimeWithLang": "_strDate strDate _pattern pattern _lang lang",
    "slugify": "_str str",
    "stringContainsOtherString": "_str str _otherStr otherStr _delimiter delimiter",
    "toUpperCaseURL": "_str str",
    "trueCondition": "_strBoolean strBoolean _str str",
}


@pytest.mark.parametrize(("name", "arguments", "code", "suggestion"), REFUSED)
def test_what_cannot_be_done_without_loss_is_told(
    name: str, arguments: tuple[str, ...], code: str, suggestion: str | None
) -> None:
    with pytest.raises(CellError) as caught:
        FUNCTIONS[name].call(*arguments)
    assert (caught.value.code, caught.value.suggestion, caught.value.result) == (code, suggestion, None)


@pytest.mark.parametrize(("name", "arguments", "code"), REFUSED_LISTS)
def test_what_a_list_function_cannot_do_is_told(name: str, arguments: tuple[Sequence[str], ...], code: str) -> None:
    with pytest.raises(CellError) as caught:
        FUNCTIONS[name].call(*arguments)
    assert caught.value.code == code


@pytest.mark.parametrize("mode", ["html", "xml", "csv", "url", "javascript"])
def test_what_is_escaped_is_read_back(mode: str) -> None:
    for text in ("a", 'é "x" <b> & \'', "a,b\r\n", "\\n/ \u2028", "😀", '"', "%41+", "&amp;"):
        assert FUNCTIONS["unescape"].call(FUNCTIONS["escape"].call(text, mode), mode) == text


def test_every_function_is_total_on_text() -> None:
    """Whatever the cell holds, a function gives a text, a list or nothing, or says why not."""
    texts = ["", " ", "a", "\x00", "\ud800", "é" * 50, "-", "1.1", "[", "/", "//", "$1", "\\", "٣", "²", "Ⅷ", "'"]
    for name, function in FUNCTIONS.items():
        places = max(function.required, 1)
        for text in texts:
            arguments = [text] * places
            try:
                found = function.call(*([one] for one in arguments)) if function.whole else function.call(*arguments)
            except CellError as error:
                assert error.code
            else:
                assert found is None or isinstance(found, (str, list)), name


@pytest.mark.parametrize("iri", grel.FUNCTIONS)
def test_every_name_of_another_engine_leads_to_a_function(iri: str) -> None:
    found = resolve(iri, {})
    assert (found.suggestions, found.reason) == (None, None)
    assert found.name in FUNCTIONS


@pytest.mark.parametrize(
    ("space", "function", "names"),
    [(grel.GREL, *row) for row in DECLARED.items()] + [(grel.IDLAB, *row) for row in DECLARED_BY_IDLAB.items()],
)
def test_declared_parameters_are_known(space: str, function: str, names: str) -> None:
    """Each parameter that the vocabularies declare for a function is one of ours, and no two are the same."""
    own = resolve(space + function, {}).name
    found = [parameter(own, space + name, {}) for name in names.split()]
    assert None not in found
    assert found[::2] == found[1::2]
    assert len(set(found)) == len(found) // 2
    assert set(found) <= set(parameters(own))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("mg:date($(x), DD/MM/YY)", "bad-pattern"),
        ("mg:toDate($(x), format=dd/mm/yyyy)", "bad-pattern"),
        ("mg:splitText($(x), '/(/')", "bad-pattern"),
        ("mg:replaceText($(x), '/(a+)+b/')", "slow-pattern"),
        ("mg:extract($(x), '(a+)+b')", "slow-pattern"),
        ("mg:concept($(x), every=$(x))", "bad-arguments"),
        ("mg:startsWith($(x))", "bad-arguments"),
        ("mg:substring($(x), from=1)", "unknown-argument"),
        ("grel:date_now()", "unknown-function"),
        ("idlab-fn:random()", "unknown-function"),
    ],
)
def test_a_mapping_is_refused_before_it_runs(call: str, code: str) -> None:
    rule = f'{{p: rdfs:label, o: {{function: "{call}"}}}}'
    text = f"sources: {{s: [a.csv~csv]}}\nmappings: {{m: {{sources: s, s: x/$(x), po: [{rule}]}}}}"
    with pytest.raises(MappingError) as caught:
        load_mapping(text.encode(), "m.yml", Lexicon(prefixes=PREFIXES))
    assert code in {finding.code for finding in caught.value.findings}


def test_the_language_page_names_what_other_engines_have(root: Path) -> None:
    page = (root / "mappings" / "README.md").read_text("utf-8").partition("### Names of other engines")[2]
    declared = {*DECLARED, *DECLARED_BY_IDLAB} - {"normalizeDateTimeWithLang"}
    assert [name for name in sorted(declared) if f"`{name}`" not in page] == []


def test_what_is_not_offered_says_why() -> None:
    for iri in grel.NOT_OFFERED:
        found = resolve(iri, {})
        assert found.suggestions is not None
        assert found.reason
    assert resolve("grel:date_now", PREFIXES).reason == grel.CHANCE
    assert not set(grel.NOT_OFFERED) & set(grel.FUNCTIONS)


def test_names_and_suggestions() -> None:
    assert resolve("trim", {}).name == resolve("mg:trim", PREFIXES).name == resolve(f"{MG}trim", {}).name == "trim"
    assert "grel:toUpperCase" in (resolve("grel:toUppercas", PREFIXES).suggestions or [])
    assert "mg:trim" in (resolve("mg:trimm", PREFIXES).suggestions or [])
    assert "trim" in (resolve("trimm", PREFIXES).suggestions or [])
    assert parameter("nothing", "value", PREFIXES) is None
    assert parameter("split", "table", PREFIXES) == "table"
    assert all(resolve(name, {}).name == name for name in (*FUNCTIONS, *CONTEXT_FUNCTIONS))


def test_arguments_by_name_find_their_places() -> None:
    assert arrange("choose", [("grel:any_false", "c"), ("grel:bool_b", "a")], PREFIXES) == (("a",), (("otherwise", "c"),), ())
    assert arrange("in", [("idlab-fn:_list", "l"), ("idlab-fn:_str", "s")], PREFIXES).arguments == ("s", "l")
    assert arrange("and", [("grel:param_rep_b", "x"), ("grel:param_rep_b", "y")], PREFIXES).arguments == ("x", "y")
    assert arrange("lower", [("grel:nothing", "x")], PREFIXES).unknown == ("grel:nothing",)
    assert arrange("shorten", [("", "x"), ("length", "5")], PREFIXES) == (("x",), (("length", "5"),), ())


NEAR = [
    ("A-1", "A_1", "A 1", "a.1", "A1", "A-1.", "(A-1)", "A\u20111", "a-1 "),
    ("Zürich", "zu\u0308rich", "ZÜRICH"),
    ("straße", "STRASSE"),
    ("MG-4.1-007", "mg_4_1_007", "MG 4.1 007"),
    ("Data privacy", "data-privacy"),
]
FAR = ["1.1", "11", "1.1.0", "1.10", "01.1", "1", "A", "A-1", "A-11", "C", "C++", "C#", "AB", "A-B", "1~a", "+1", "★", "★★"]


def owner(row: int, file: str = "t.csv") -> Owner:
    return Owner("rows", file, row, row + 1, f"{0:016x}{row:016x}{0:032x}")


@pytest.mark.parametrize("group", NEAR)
def test_ids_that_could_be_meant_as_one_are_near(group: Sequence[str]) -> None:
    registry = KeyRegistry()
    outcomes = [registry.mint(("d",), value, owner(row)) for row, value in enumerate(group)]
    assert [one.outcome for one in outcomes] == ["new"] + ["near"] * (len(group) - 1)
    assert [one.key for one in outcomes] == list(group)
    assert {one.owner[:4] for one in outcomes if one.owner} == {owner(0)[:4]}


def test_ids_that_mean_different_things_are_not_near() -> None:
    registry = KeyRegistry()
    assert {registry.mint(("d",), value, owner(row)).outcome for row, value in enumerate(FAR)} == {"new"}
    assert likeness("...") == "..."


def test_a_key_is_never_shared() -> None:
    """Long keys, clashes of clashes, other scopes, and the same record asked again."""
    registry, long = KeyRegistry(), "k" * 500
    assert registry.mint(("d",), long, owner(1)).outcome == "new"
    assert registry.mint(("d",), long, owner(1)).outcome == "same"
    assert registry.mint(("e",), long, owner(1)).outcome == "new"
    clash = registry.mint(("d",), long, owner(2))
    assert (clash.outcome, clash.key, clash.owner and clash.owner.row) == ("clash", f"{long}~00000000", 1)
    assert registry.mint(("d",), long, owner(2)) == clash
    longer = registry.mint(("d",), long, owner(3))
    assert (longer.outcome, longer.key) == ("clash", f"{long}~{'0' * 16}")
    repeated = registry.mint(("d",), long, owner(1, "again.csv"))
    assert (repeated.outcome, repeated.key) == ("repeated", long)
    again = registry.mint(("d",), long, owner(2, "again.csv"))
    assert (again.outcome, again.key) == ("repeated", clash.key)
    assert registry.mint(("d",), long, Owner("other", "t.csv", 9, 9, "9" * 64)).outcome == "alternative"
    assert registry.mint(("d",), "k" * 15 + "\ud800", owner(5)).outcome == "new"


def test_many_ids_that_look_alike_take_no_longer() -> None:
    """Ids of signs only, all alike once their signs are away, are still found at once."""
    registry, signs = KeyRegistry(), random.Random(7)
    ids = {"a" + "".join(signs.choices("-_ .", k=12)) + "b" for _ in range(20_000)}
    outcomes = [registry.mint(("d",), value, owner(row)).outcome for row, value in enumerate(sorted(ids))]
    assert outcomes.count("near") == len(ids) - 1


def test_a_key_takes_little_memory() -> None:
    """A million keys fit in 250 MB: each takes less than 250 bytes."""
    registry, count = KeyRegistry(), 25_000
    tracemalloc.start()
    for row in range(count):
        registry.mint(("d", "rows"), f"MIT-mitigation-of-a-long-name-{row}", owner(row))
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used / count < 250
