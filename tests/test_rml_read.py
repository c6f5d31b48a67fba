"""Mappings in RDF: what is read of both vocabularies, and that what is wrong is told with its line, key and mend."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from running import run

from mitigraph.mapping import Lexicon, Mapping, MappingError, load_mapping
from mitigraph.mapping.expression import Call, Reference, Template, Text
from mitigraph.mapping.plan import DEFAULT_GRAPH, Join, TermMap

HEAD = """@prefix rml: <http://w3id.org/rml/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix ex: <http://example.com/> .
"""
LEGACY = """@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
@prefix fno: <https://w3id.org/function/ontology#> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix ex: <http://example.com/> .
"""
SOURCE = '<#T> rml:logicalSource [ rml:source "t.csv" ; rml:referenceFormulation rml:CSV ] ;\n'
SUBJECT = '  rml:subjectMap [ rml:template "a/{id}" ] '


def rule(text: str) -> str:
    """A mapping with one rule."""
    return f"{SOURCE}{SUBJECT}; rml:predicateObjectMap [ rml:predicate ex:p ; {text} ] ."


def source(text: str) -> str:
    """A mapping with a source."""
    return f"<#T> rml:logicalSource [ {text} ] ;{SUBJECT}."


def load(text: str, name: str = "m.ttl", head: str = HEAD) -> Mapping:
    return load_mapping((head + text).encode(), name, Lexicon())


def problems(text: str, head: str = HEAD) -> list[str]:
    with pytest.raises(MappingError) as error:
        load(text, head=head)
    return error.value.lines()


def the_object(text: str) -> TermMap:
    mapping = load(rule(text))
    (found,) = mapping.triples_maps[0].rules[0].objects
    assert isinstance(found, TermMap)
    return found


# -- what is read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expression", "kind"),
    [
        ('rml:objectMap [ rml:reference "a" ]', Reference("a"), "literal"),
        ('rml:objectMap [ rml:template "x{a}" ]', Template(("x", Reference("a"))), "iri"),
        ('rml:objectMap [ rml:template "{a}" ; rml:termType rml:URI ]', Template((Reference("a"),)), "uri"),
        ('rml:objectMap [ rml:reference "a" ; rml:termType rml:UnsafeIRI ]', Reference("a"), "unsafe-iri"),
        ('rml:objectMap [ rml:template "{a}" ; rml:termType rml:BlankNode ]', Template((Reference("a"),)), "blank"),
        ("rml:objectMap [ rml:termType rml:BlankNode ]", None, "blank"),
        ("rml:objectMap [ rml:constant ex:c ]", Text("http://example.com/c"), "iri"),
        ('rml:object "c"', Text("c"), "literal"),
        (r'rml:objectMap [ rml:template "\\{{a\\}b}" ; rml:termType rml:Literal ]', Template(("{", Reference("a}b"))), "literal"),
    ],
)
def test_term_maps(text: str, expression: object, kind: str) -> None:
    found = the_object(text)
    assert (found.expression, found.kind) == (expression, kind)


@pytest.mark.parametrize(
    ("text", "datatype", "language"),
    [
        ('rml:objectMap [ rml:reference "a" ; rml:datatype xsd:date ]', Text("http://www.w3.org/2001/XMLSchema#date"), None),
        (
            'rml:objectMap [ rml:reference "a" ; rml:datatypeMap [ rml:template "d/{b}" ] ]',
            Template(("d/", Reference("b"))),
            None,
        ),
        ('rml:objectMap [ rml:reference "a" ; rml:language "en-GB" ]', None, Text("en-GB")),
        ('rml:objectMap [ rml:reference "a" ; rml:languageMap [ rml:reference "l" ] ]', None, Reference("l")),
        ('rml:objectMap [ rml:template "{a}" ; rml:languageMap [ rml:constant "x-own" ] ]', None, Text("x-own")),
        ("rml:object true", Text("http://www.w3.org/2001/XMLSchema#boolean"), None),
        ('rml:object "train"@en', None, Text("en")),
    ],
)
def test_datatypes_and_languages(text: str, datatype: object, language: object) -> None:
    found = the_object(text)
    assert (found.kind, found.datatype, found.language) == ("literal", datatype, language)


def test_a_triples_map_with_all_its_parts() -> None:
    mapping = load("""
<#A> rml:logicalSource <#S> ; rml:baseIRI <http://base.org/> ;
  rml:subjectMap [ rml:template "a/{$.id}" ; rml:class ex:C , ex:D ; rml:graph rml:defaultGraph ] ;
  rml:predicateObjectMap [ rml:predicate ex:p , ex:q ; rml:graphMap [ rml:reference "$.g" ] ;
    rml:objectMap [ rml:reference "$.n" ] , [ rml:parentTriplesMap <#B> ;
      rml:joinCondition [ rml:child "$.b" ; rml:parentMap [ rml:template "{$.id}!" ] ] ] ] .
<#B> rml:logicalSource <#S> ; rml:subject ex:b .
<#S> rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ; rml:path "t.json" ; rml:null "-" , "?" ;
  rml:encoding rml:UTF-16 ] ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$.items[*]" .""")
    first, second = mapping.triples_maps
    classes, rule = first.rules
    assert (first.name, second.name, first.sources, first.base) == ("A", "B", ("S",), "http://base.org/")
    assert [one.expression for one in first.graphs] == [Text(DEFAULT_GRAPH)]
    assert [one.expression for one in classes.objects if isinstance(one, TermMap)] == [
        Text("http://example.com/C"),
        Text("http://example.com/D"),
    ]
    assert len(rule.predicates) == 2
    assert [one.expression for one in rule.graphs] == [Reference("$.g")]
    value, join = rule.objects
    assert isinstance(value, TermMap) and value.natural
    assert isinstance(join, Join)
    assert join.conditions == ((Reference("$.b"), Template((Reference("$.id"), "!"))),)
    (source,) = mapping.sources
    assert (source.name, source.access, source.format) == ("S", "t.json", "json")
    assert source.options["null"] == ["-", "?"]
    assert (source.options["encoding"], source.options["iterator"]) == ("utf-16", "$.items[*]")
    assert (rule.where.line, rule.where.key) == (10, "A.predicateObjectMap")


def test_equal_sources_are_one() -> None:
    second = SOURCE.replace("<#T>", "<#U>")
    mapping = load(
        f"{SOURCE}{SUBJECT}.\n{second}{SUBJECT};\n"
        "rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:parentTriplesMap <#T> ] ] ."
    )
    assert [one.name for one in mapping.sources] == ["t.csv"]


def test_functions_and_conditions() -> None:
    mapping = load(
        SOURCE
        + SUBJECT
        + """; rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [
    rml:condition [ rml:functionExecution [ rml:function grel:string_contains ;
      rml:input [ rml:parameter grel:string_sub ; rml:inputValue "x" ] ,
                [ rml:parameter grel:valueParam ; rml:inputValueMap [ rml:reference "b" ] ] ] ] ;
    rml:functionExecution <#Up> ; rml:return grel:stringOut ] , [ rml:reference "c" ] ] .
<#Up> rml:functionMap [ rml:constant grel:toUpperCase ] ;
  rml:input [ rml:parameterMap [ rml:constant grel:valueParam ] ; rml:inputValueMap [ rml:template "{a}." ] ] ."""
    )
    plain, conditioned = mapping.triples_maps[0].rules
    assert (plain.objects[0].expression, plain.condition) == (Reference("c"), None)  # type: ignore[union-attr]
    assert conditioned.condition == Call("contains", (Reference("b"), Text("x")))
    assert conditioned.objects[0].expression == Call("upper", (Template((Reference("a"), ".")),))  # type: ignore[union-attr]
    assert conditioned.objects[0].kind == "literal"  # type: ignore[union-attr]


def test_the_words_of_before() -> None:
    mapping = load(
        """@base <http://example.com/base/> .
<A> a rr:TriplesMap ; rml:logicalSource [ rml:source "t.json" ; rml:referenceFormulation ql:JSONPath ; rml:iterator "$[*]" ] ;
  rr:subjectMap [ rr:template "{id}" ; rr:termType rr:BlankNode ; rr:class ex:C ; rr:graph rr:defaultGraph ] ;
  rr:predicateObjectMap [ rr:predicate ex:p ; rr:objectMap [ rml:reference "n" ; rr:language "en" ] ] ;
  rr:predicateObjectMap [ rr:predicate ex:q ; rr:objectMap [ fnml:functionValue [
    rr:predicateObjectMap [ rr:predicate fno:executes ; rr:objectMap [ rr:constant grel:toUpperCase ] ] ;
    rr:predicateObjectMap [ rr:predicate grel:valueParameter ; rr:objectMap [ rml:reference "n" ] ] ] ] ] .""",
        head=LEGACY,
    )
    (plan,) = mapping.triples_maps
    assert mapping.base == "http://example.com/base/"
    assert plan.subjects[0].kind == "blank"
    assert [one.expression for one in plan.graphs] == [Text(DEFAULT_GRAPH)]
    assert plan.rules[2].objects[0].expression == Call("upper", (Reference("n"),))  # type: ignore[union-attr]
    assert not plan.rules[1].objects[0].natural  # type: ignore[union-attr]
    assert mapping.sources[0].options["flatten"] is True


@pytest.mark.parametrize(
    ("text", "access", "kind", "options"),
    [
        ('rml:source "a.tsv" ; rml:referenceFormulation rml:CSV', "a.tsv", "tsv", {}),
        ('rml:source "a.dat" ; rml:referenceFormulation rml:CSV', "a.dat", "csv", {}),
        ('rml:source "-" ; rml:referenceFormulation rml:CSV', "-", "csv", {}),
        ('rml:source "../x/a.csv"', "../x/a.csv", "csv", {}),
        ('rml:source [ rml:root "/data" ; rml:path "a.csv" ]', "/data/a.csv", "csv", {}),
        (
            'rml:source [ a csvw:Table ; csvw:url "a.csv" ; csvw:null "-" ; csvw:dialect [ csvw:delimiter ";" ;'
            ' csvw:quoteChar "\'" ; csvw:encoding "latin-1" ; csvw:header true ; csvw:trim "1" ] ]',
            "a.csv",
            "csv",
            {"delimiter": ";", "quoteChar": "'", "encoding": "latin-1", "header": "true", "trim": "true", "null": ["-"]},
        ),
        (
            'rml:source [ csvw:url "a.csv" ; csvw:dialect [ csvw:header "0"^^xsd:boolean ; csvw:commentPrefix "#" ] ;'
            ' csvw:tableSchema [ csvw:column ( [ csvw:title "b" ] [ csvw:name "a" ] ) ] ]',
            "a.csv",
            "csv",
            {"header": "false", "commentPrefix": "#", "columns": ["b", "a"]},
        ),
        (
            'rml:source [ csvw:url "a.csv" ; csvw:tableSchema [] ; csvw:dialect [ csvw:headerRowCount 2 ; csvw:skipRows 1 ;'
            ' csvw:lineTerminators "\\n" , "\\r\\n" ; csvw:skipBlankRows false ] ]',
            "a.csv",
            "csv",
            {"headerRowCount": "2", "lineTerminators": ["\n", "\r\n"], "skipBlankRows": "false", "skipRows": "1"},
        ),
    ],
)
def test_sources(text: str, access: str, kind: str, options: dict[str, object]) -> None:
    (found,) = load(source(text)).sources
    assert (found.access, found.format, dict(found.options)) == (access, kind, options)


def test_a_path_from_the_working_folder() -> None:
    text = '<#T> rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:path "a.csv" ] ] ;' + SUBJECT + "."
    assert load(text).sources[0].access == str(Path.cwd() / "a.csv")


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".rdf", ".jsonld", ".trig"])
def test_other_syntaxes(suffix: str, tmp_path: Path) -> None:
    text = rule("rml:objectMap [ rml:reference 'a' ]")
    turtle, other = tmp_path / "m.ttl", tmp_path / f"m{suffix}"
    turtle.write_text(HEAD.replace("@prefix ex", "@base <http://m.org/> .\n@prefix ex") + text)
    assert run("convert", turtle, "-o", other).code == 0
    (plan,) = load_mapping(other.read_bytes(), other.name, Lexicon()).triples_maps
    assert (plan.name, plan.rules[0].objects[0].expression) == ("T", Reference("a"))  # type: ignore[union-attr]


# -- what is wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"{SOURCE}  rml:subjectMap [ rml:tempalte 'a/{{id}}' ] .",
            "m.ttl:8:T.subjectMap.tempalte: violation[unknown-key] a map of values has no 'tempalte'; did you mean 'template'?",
        ),
        (
            f"{SOURCE}  rml:subjectMapp [ rml:template 'a' ] .",
            "m.ttl:8:T.subjectMapp: violation[unknown-key] a triples map has no 'subjectMapp'; did you mean 'subjectMap'?",
        ),
        (
            f"{SOURCE}  rml:subjectMap [ rml:template 'a/{{id}}' ; rml:termType rml:Iri ] .",
            "violation[bad-term-type] no such term type, found 'http://w3id.org/rml/Iri'; did you mean 'IRI'?",
        ),
        (
            f"{SOURCE}  rml:subjectMap [ rml:template 'a/{{id' ] .",
            "m.ttl:8:T.subjectMap.template: violation[bad-expression] a brace is not closed",
        ),
        (f"{SOURCE}  rml:subjectMap [ rml:template 'a/{{}}' ] .", "violation[bad-expression] braces with nothing in them"),
        (f"{SOURCE}  rml:subjectMap [ rml:template 'a}}' ] .", "violation[bad-expression] a brace is closed that is not open"),
        (
            f"{SOURCE}  rml:subjectMap [ rml:template 'a\\\\b' ] .",
            "a backslash stands only before a brace or a backslash (character 2)",
        ),
        (f"{SOURCE}  rml:subjectMap [ rml:constant [] ] .", "a constant is an IRI or a literal, no blank node"),
        (
            f"{SOURCE}  rml:subjectMap [ rml:reference 'a' ; rml:template 'b' ] .",
            "one of reference, template at most makes the values",
        ),
        (f"{SOURCE}  rml:subjectMap [ rml:class ex:C ] .", "a constant, reference, template or function is missing"),
        (f"{SOURCE}  rml:subjectMap [ rml:reference ex:C ] .", "violation[bad-expression] a text is wanted here"),
        (f"{SOURCE}  rml:subjectMap 'x' .", "a map is wanted here"),
        (
            f"{SOURCE}{SUBJECT}; rml:predicateObjectMap [ rml:predicate ex:p ] .",
            "m.ttl:8:T.predicateObjectMap: violation[bad-rule]",
        ),
        (f"{SOURCE}{SUBJECT}; rml:predicateObjectMap 'x' .", "violation[bad-rule] a predicate-object map is wanted here"),
        (
            f"{SOURCE}{SUBJECT}; rml:predicateObjectMap [ rml:predicate 'p' ; rml:object 'o' ] .",
            "T.predicateObjectMap.predicate: violation[bad-term-type] a predicate is no Literal",
        ),
        (
            rule("rml:objectMap [ rml:parentTriplesMap <#t> ]"),
            "violation[unknown-mapping] no such triples map",
        ),
        (
            rule("rml:objectMap [ rml:parentTriplesMap <#T> ; rml:joinCondition [ rml:child 'a' ] ]"),
            "violation[bad-join] a join condition needs rml:parent",
        ),
        (
            rule("rml:objectMap [ rml:reference 'a' ; rml:datatype xsd:date ; rml:language 'en' ]"),
            "either a datatype or a language",
        ),
        (
            rule("rml:objectMap [ rml:template 'a' ; rml:termType rml:IRI ; rml:language 'en' ]"),
            "only literals have a datatype or a language",
        ),
        (
            rule("rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCas ] ]"),
            "#toUpperCas'; did you mean 'toUpperCase'?",
        ),
        (
            rule(
                "rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCase ;"
                " rml:input [ rml:parameter grel:param_find ; rml:inputValue 'x' ] ] ]"
            ),
            "violation[unknown-argument] upper has no such argument",
        ),
        (
            rule("rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCase ] ;\n rml:return grel:stringOt ]"),
            "m.ttl:9:T.predicateObjectMap.objectMap.return: violation[unknown-output] upper has no such output, found 'http://use",
        ),
        (
            rule("rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCase ] ;\n rml:return grel:stringOt ]"),
            "Ot'; did you mean 'stringOut'?",
        ),
        (
            rule(
                "rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCase ] ; rml:returnMap [ rml:constant ex:o ] ]"
            ),
            "violation[unknown-output] upper has no such output",
        ),
        (
            rule("rml:objectMap [ rml:functionExecution [ rml:function grel:toUpperCase ] ; rml:return 'stringOut' ]"),
            "violation[bad-expression] the IRI of a return is missing",
        ),
        (
            rule("rml:objectMap [ rml:reference 'a' ; rml:return grel:stringOut ]"),
            "violation[unknown-key] a map of values has no 'return'",
        ),
        (f"{SOURCE}{SUBJECT}; rml:logicalTarget [] ; rml:strategy [] .", "violation[not-supported] strategies are not supported"),
        (
            source("rml:referenceFormulation rml:CSV"),
            "violation[no-access] the logical source has no rml:source",
        ),
        (
            source("rml:source 'http://a.org/x.csv'"),
            "violation[bad-source] an address, not a file: nothing is fetched",
        ),
        (
            source("rml:source <http://a.org/x.csv>"),
            "violation[bad-source] no description of a file: nothing is fetched",
        ),
        (
            source(
                "rml:source [ a <http://www.w3.org/ns/dcat#Distribution> ;"
                " <http://www.w3.org/ns/dcat#downloadURL> <http://a.org/x> ]"
            ),
            "violation[bad-source] a DCAT distribution is fetched: nothing is fetched",
        ),
        (
            source("rml:source [ a <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#Database> ] ; rml:query 'SELECT'"),
            "violation[bad-source] databases are not read",
        ),
        (
            source("rml:source [ rml:path 'a.csv' ; rml:compression rml:gzip ]"),
            "violation[not-supported] nothing is unpacked: unpack the file and name it, found 'gzip'",
        ),
        (
            source("rml:source [ rml:path 'a.csv' ; rml:root rml:MappingDir ]"),
            "violation[bad-source] no such root, found 'http://w3id.org/rml/MappingDir'; did you mean 'MappingDirectory'?",
        ),
        (
            source("rml:source [ rml:path 'a.csv' ; rml:encoding 'utf-9' ]"),
            "violation[bad-source] no such encoding, found 'utf-9'; did you mean 'utf-8'?",
        ),
        (
            source("rml:source 'a.xml' ; rml:referenceFormulation rml:XPath"),
            "violation[unknown-formulation] XML, HTML and databases are not read",
        ),
        (
            source("rml:source 'a.csv' ; rml:referenceFormulation rml:CVS"),
            "violation[unknown-formulation] no such reference formulation, found 'http://w3id.org/rml/CVS'; did you mean 'CSV'?",
        ),
        (
            source("rml:source 'a.csv' ; rml:iterator '$'"),
            "violation[bad-path] a table is gone through row by row",
        ),
        (
            source("rml:source [ csvw:url 'a.csv' ;\n csvw:dialect [ csvw:headerRowCount 'two' ] ]"),
            "m.ttl:8:T.logicalSource.source.dialect.headerRowCount: violation[bad-option] must be a whole number from 0, not",
        ),
        (
            source("rml:source [ csvw:url 'a.csv' ; csvw:dialect [ csvw:header false ; csvw:headerRowCount 1 ] ]"),
            "violation[bad-option] must be 0 without a header",
        ),
        (
            source("rml:source [ csvw:url 'a.csv' ; csvw:dialect [ csvw:commentPrefx '#' ] ]"),
            "violation[unknown-key] a dialect has no 'commentPrefx'; did you mean 'commentPrefix'?",
        ),
        (
            "<#T> rml:logicalSource [ rml:source 'a.json' ; rml:iterator '$[*]' ] ; rml:subjectMap [ rml:reference '$.a[' ] .",
            "T.subjectMap: violation[bad-path] '$.a[' is not a path",
        ),
        (f"<#T> {SUBJECT}.", "violation[no-source] rules that read a record need"),
        (
            "@prefix r: <https://w3id.org/rml/> .\n<#T> r:logicalSource [ r:source 'a.csv' ] .",
            "violation[no-mappings] the file has no triples map, as https://w3id.org/rml/ is not the namespace of RML, found "
            "'https://w3id.org/rml/'; did you mean 'http://w3id.org/rml/'?",
        ),
        ("<#T> a <#U>", "violation[bad-rdf]"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    found = problems(text)
    assert any(told in line for line in found), found
    assert all(line.startswith("m.ttl:") for line in found)


def test_what_nests_without_end_is_told() -> None:
    text = (
        f"{SOURCE}  rml:subjectMap _:m . _:m rml:functionExecution _:e . _:e rml:function grel:toUpperCase ; rml:input _:i ."
        " _:i rml:parameter grel:valueParam ; rml:inputValueMap _:m ."
    )
    assert any("functions nested more than 32 deep" in line for line in problems(text))


@pytest.mark.parametrize("output", ["grel:output_bool", "grel:o_bool", "<https://w3id.org/imec/idlab/function#_boolOut>"])
def test_a_function_s_own_output(output: str) -> None:
    value = "rml:input [ rml:parameter grel:bool_b ; rml:inputValueMap [ rml:reference 'a' ] ]"
    negation = f"rml:objectMap [ rml:functionExecution [ rml:function grel:boolean_not ; {value} ] ; rml:return %s ]"
    assert load(rule(negation % output)).findings == []
    (finding,) = load(rule(negation % "grel:stringOut")).findings
    assert (finding.severity, finding.code) == ("warning", "unknown-output")


@pytest.mark.parametrize(
    ("name", "url", "predicate", "value"),
    [("0011", "Venus", "http://VENUS", '"x"'), ("0003", "https://a.org/v", "HTTPS://A.ORG/V", '"x"')],
)
def test_cases_of_rml_fnml(tmp_path: Path, name: str, url: str, predicate: str, value: str) -> None:
    (tmp_path / "t.csv").write_text(f"id,url\n1,{url}\n")
    (tmp_path / "m.ttl").write_text(
        f"""{HEAD}{SOURCE}{SUBJECT}; rml:predicateObjectMap [ rml:object "x" ; rml:predicateMap [ rml:functionExecution <#E> ;
        rml:return <https://w3id.org/imec/idlab/function#_stringOut> ] ] .
        <#E> rml:function <https://w3id.org/imec/idlab/function#toUpperCaseURL> ;
          rml:input [ rml:parameter <https://w3id.org/imec/idlab/function#str> ; rml:inputValueMap [ rml:reference "url" ] ] .""",
        "utf-8",
    )
    done = run("map", "-m", tmp_path / "m.ttl", "--base", "http://base.org/", "-f", "nt")
    assert done.text == f"<http://base.org/a/1> <{predicate}> {value} .\n"


def test_a_target_is_a_warning() -> None:
    mapping = load(f"{SOURCE}  rml:subjectMap [ rml:template 'a/{{id}}' ; rml:class ex:C ] ; rml:logicalTarget [] .")
    assert [(one.severity, one.code) for one in mapping.findings] == [("warning", "not-supported")]


# -- what is run -----------------------------------------------------------------------------------------------


def test_a_path_that_no_record_has(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"name": "a"}, {"name": "b"}]')
    text = "<#T> rml:logicalSource [ rml:source 't.json' ; rml:iterator '$[*]' ] ; rml:subject ex:s ;\n"
    (tmp_path / "m.ttl").write_text(
        f"{HEAD}{text} rml:predicateObjectMap [ rml:predicate ex:p ;\n rml:objectMap [ rml:reference '$.nmae' ] ] ."
    )
    done = run("map", "-m", tmp_path / "m.ttl")
    assert (done.code, done.out) == (1, b"")
    assert done.findings() == [
        f"{tmp_path}/m.ttl:9:T.predicateObjectMap.objectMap: violation[unseen-path] leads to nothing in t.json, found '$.nmae';"
        " did you mean '$.name'?"
    ]


def test_a_missing_column_and_a_missing_file(tmp_path: Path) -> None:
    mapping = tmp_path / "m.ttl"
    mapping.write_text(
        f"{HEAD}{SOURCE}{SUBJECT}; rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference 'Titel' ] ] ."
    )
    assert "violation[missing-file]" in run("map", "-m", mapping).err
    (tmp_path / "t.csv").write_text("id,Title\n1,a\n")
    done = run("map", "-m", mapping)
    assert (done.code, done.out) == (3, b"")
    assert done.findings()[0].endswith("violation[unknown-column] t.csv has no such column, found 'Titel'; did you mean 'Title'?")


def test_mutants_end_without_a_traceback(shared: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    cases = sorted((shared / "suites" / "rml-core" / "test-cases").glob("RMLTC*/mapping.ttl"))
    if not cases:
        pytest.skip("the suite rml-core is not beside this checkout")
    for number in range(150):
        lines = chance.choice(cases).read_text("utf-8").splitlines()
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(lines))
            lines[at] = chance.choice(
                ["", lines[at][::-1], lines[at].replace("rml:", "ex:"), lines[at].replace('"', ""), lines[at - 1]]
            )
        try:
            load_mapping("\n".join(lines).encode(), f"{number}.ttl", Lexicon())
        except MappingError as error:
            assert error.lines()


def test_own_sources_are_read_as_the_mapping_says(tmp_path: Path) -> None:
    """Two files of one name, one of them with a suffix that says nothing, and standard input."""
    (tmp_path / "x").mkdir()
    (tmp_path / "t.dat").write_text("id\n1\n")
    (tmp_path / "x" / "t.dat").write_text("id\n2\n")
    maps = "\n".join(
        f"<#T{number}> rml:logicalSource [ rml:source '{path}' ; rml:referenceFormulation rml:CSV ] ;"
        " rml:subjectMap [ rml:template 'http://a/{id}' ; rml:class ex:C ] ."
        for number, path in enumerate(["t.dat", "x/t.dat", "-"])
    )
    (tmp_path / "m.ttl").write_text(HEAD + maps)
    done = run("map", "-m", tmp_path / "m.ttl", "-f", "nt", stdin=b"id\n3\n")
    assert done.code == 0, done.err
    assert sorted(line.split()[0] for line in done.text.splitlines()) == ["<http://a/1>", "<http://a/2>", "<http://a/3>"]
