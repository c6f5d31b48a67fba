"""Functions of GREL and IDLab's library by the names that mappings for other engines use: which of ours each one is, what
their parameters are called here, and which are not offered.

The functions are those of http://users.ugent.be/~bjdmeest/function/grel.ttl and of https://w3id.org/imec/idlab/function.
A parameter goes by its own name or by the predicate that stands for it, as FnO has both (``grel:param_find`` is
``grel:p_string_find``).

>>> FUNCTIONS[f"{GREL}string_replace"], PARAMETERS[f"{GREL}param_find"]
('replaceText', ('find',))
"""

from __future__ import annotations

__all__ = ["FUNCTIONS", "GREL", "IDLAB", "IDLAB_EXAMPLE", "NOT_OFFERED", "OUTPUTS", "PARAMETERS", "outputs"]

GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
IDLAB = "https://w3id.org/imec/idlab/function#"
IDLAB_EXAMPLE = "http://example.com/idlab/function/"

_GREL = {
    "array_get": "get",
    "array_join": "join",
    "array_length": "count",
    "array_reverse": "reverse",
    "array_slice": "slice",
    "array_sort": "sort",
    "array_sum": "sum",
    "array_uniques": "unique",
    "boolean_and": "and",
    "boolean_not": "not",
    "boolean_or": "or",
    "boolean_xor": "xor",
    "controls_if": "choose",
    "date_datePart": "datePart",
    "date_toDate": "toDate",
    "escape": "escape",
    "math_abs": "abs",
    "math_ceil": "ceil",
    "math_floor": "floor",
    "math_max": "max",
    "math_min": "min",
    "math_mod": "mod",
    "math_round": "round",
    "other_coalesce": "first",
    "string_chomp": "chomp",
    "string_contains": "contains",
    "string_diff": "diff",
    "string_endsWith": "endsWith",
    "string_indexOf": "indexOf",
    "string_lastIndexOf": "lastIndexOf",
    "string_length": "length",
    "string_match": "match",
    "string_md5": "md5",
    "string_partition": "partition",
    "string_replace": "replaceText",
    "string_replaceChars": "replaceChars",
    "string_rpartition": "rpartition",
    "string_sha1": "sha1",
    "string_smartSplit": "smartSplit",
    "string_split": "splitText",
    "string_splitByCharType": "splitByCharType",
    "string_startsWith": "startsWith",
    "string_substring": "substring",
    "string_toNumber": "number",
    "string_toString": "constant",
    "string_toTitlecase": "title",
    "string_trim": "trim",
    "string_unescape": "unescape",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    # written so by older mappings and by the examples of RML-FNML
    "concat": "concat",
    "replace": "replaceText",
    "split": "splitText",
    "string_escape": "escape",
    "string_toLowerCase": "lower",
    "string_toUpperCase": "upper",
    "toLowercase": "lower",
    "toTitleCase": "title",
    "toUppercase": "upper",
    "trim": "trim",
}
_IDLAB = {
    "concat": "joinTwo",
    "concatSequence": "concat",
    "crossConcatSequence": "concat",
    "decide": "decide",
    "equal": "equal",
    "inRange": "inRange",
    "isNull": "absent",
    "listContainsElement": "in",
    "normalizeDate": "date",
    "normalizeDateTime": "dateTime",
    "normalizeDateTimeWithLang": "dateTime",
    "normalizeDateWithLang": "date",
    "notEqual": "notEqual",
    "slugify": "slug",
    "stringContainsOtherString": "isListed",
    "toUpperCase": "upper",
    "toUpperCaseURL": "upperURL",
    "trueCondition": "choose",
}
_IDLABS = (IDLAB, IDLAB_EXAMPLE)

FUNCTIONS = {f"{GREL}{name}": own for name, own in _GREL.items()} | {
    f"{space}{name}": own for space in _IDLABS for name, own in _IDLAB.items()
}
"""IRI of a function: our name of it."""

_GREL_PARAMETERS = {
    "valueParam valueParameter valueParam1 valueParameter1": "value left values *values",
    "valueParam2 valueParameter2": "other right *values",
    "param_a p_array_a": "values *values",
    "param_string_sep p_string_sep param_opt_sep p_opt_sep": "separator part",
    "param_b bool_b": "condition",
    "bool_array_b param_rep_b p_rep_b": "*conditions",
    "param_true any_true": "then",
    "param_false any_false": "otherwise",
    "param_string_sub string_sub": "part",
    "p_int_i_from param_int_i_from": "start",
    "p_int_i_opt_to param_int_i_opt_to": "end",
    "param_find p_string_find": "find",
    "param_replace p_string_replace": "new",
    "param_regex p_string_regex": "pattern",
    "param_any_e p_any_e": "value",
    "param_rep_e param_any_rep_e p_any_rep_e": "*values",
    "param_fragment p_fragment": "part",
    "param_bool_opt_b p_bool_opt_b": "omit",
    "modeParam modeParameter": "mode",
    "param_dec_n param_n p_dec_n param_int_i p_int_i": "value *values",
    "param_dec_n2 param_n2 p_dec_n2 param_int_i2 p_int_i2": "other *values",
    "param_format param_string_pattern p_string_pattern p_string_format": "format",
    "param_d param_date_d p_date_d p_datetime_d": "value",
    "param_unit param_time_unit p_string_unit p_string_timeunit": "unit",
}
_IDLAB_PARAMETERS = {
    "str _str": "value then",
    "otherStr _otherStr": "part other",
    "list _list": "*choices",
    "delimiter _delimiter": "separator",
    "expectedStr _expectedStr": "expected",
    "result _result": "then",
    "strBoolean _strBoolean": "condition",
    "p_test _test": "value",
    "p_from _from": "start",
    "p_to _to": "end",
    "strDate _strDate": "value",
    "pattern _pattern": "format",
    "lang _lang": "language",
}


def _parameters() -> dict[str, tuple[str, ...]]:
    tables = [((GREL,), _GREL_PARAMETERS), (_IDLABS, _IDLAB_PARAMETERS)]
    return {
        f"{space}{name}": tuple(own.split())
        for spaces, table in tables
        for names, own in table.items()
        for name in names.split()
        for space in spaces
    }


PARAMETERS = _parameters()
"""IRI of a parameter: what it may be called here; the first name that the function has is meant."""

_GREL_OUTPUTS = {
    "text": "stringOut stringOutput",
    "boolean": "output_bool o_bool",
    "number": "output_number o_number",
    "list": "output_array o_array",
    "date": "output_date o_date output_datetime o_datetime",
    "any": "output_any o_any",
}
_IDLAB_OUTPUTS = {"text": "_stringOut stringOut", "boolean": "_boolOut o_boolOut", "list": "_listOut listOut"}
_RETURNED = {
    "text": "chomp concat constant date dateTime decide diff escape hash join joinTwo lower md5 replaceChars replaceText sha1"
    " slug substring title trim unescape upper upperURL",
    "boolean": "absent and contains endsWith equal in inRange isListed not notEqual or startsWith xor",
    "number": "abs ceil count floor indexOf lastIndexOf length max min mod number round slice sum",
    "list": "concat get match partition reverse rpartition slice smartSplit sort splitByCharType splitText unique",
    "date": "toDate",
}
"""What functions of ours give, as those that they stand for say; ``slice`` is said there to give a number."""

OUTPUTS = {
    f"{space}{name}": kind
    for spaces, table in (((GREL,), _GREL_OUTPUTS), (_IDLABS, _IDLAB_OUTPUTS))
    for kind, names in table.items()
    for name in names.split()
    for space in spaces
}
"""IRI of an output, or the predicate that stands for it: of which kind it is."""


def outputs(function: str) -> list[str]:
    """IRIs of the outputs that a function of ours has; those of all kinds where nothing is said of it.

    >>> f"{GREL}output_bool" in outputs("equal"), f"{GREL}stringOut" in outputs("equal"), f"{GREL}o_any" in outputs("choose")
    (True, False, True)
    """
    kinds = {kind for kind, names in _RETURNED.items() if function in names.split()}
    return [iri for iri, kind in OUTPUTS.items() if not kinds or kind in kinds or kind == "any"]


CHANCE = "it would give other bytes at every run"
ROUNDED = "it gives rounded numbers, and a value is not to change unseen"
_REASONS = {
    GREL: {
        CHANCE: "date_now math_randomNumber",
        ROUNDED: "math_acos math_asin math_atan math_atan2 math_combin math_cos math_cosh math_degrees math_even math_exp"
        " math_fact math_factn math_gcd math_lcm math_ln math_log math_multinomial math_odd math_pow math_quotient"
        " math_radians math_sin math_sinh math_tan math_tanh",
        "dates are not reckoned with here": "date_diff date_inc",
        "a text has neither type nor fields": "other_hasField other_type",
        "lengths are cut out with mg:substring": "string_splitByLengths",
        "mg:demojibake mends wrong decoding": "string_reinterpret",
        "it loses what the text said": "string_mqlKeyUnquote string_phonetic string_unicode",
    },
    IDLAB: {
        CHANCE: "random",
        "nothing is fetched": "dbpediaSpotlight",
        "what a mapping reads are its sources": "readFile",
        "a table is declared under lookups, or another source is joined": "lookup lookupWithDelimiter",
        "no state is kept between runs; mg:key mints keys": "createUniqueIRI explicitCreate explicitDelete explicitUpdate"
        " generateUniqueIRI implicitCreate implicitDelete implicitUpdate updateUniqueIRI",
        "a suffix does not tell what a file holds": "getMIMEType",
        "it is for tests of engines": "alwaysReturnsABC",
    },
}
NOT_OFFERED = {
    f"{space}{name}": reason for space, reasons in _REASONS.items() for reason, names in reasons.items() for name in names.split()
}
"""IRI of a function that is known and not offered: why, and what to write instead."""
