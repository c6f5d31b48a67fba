"""The canonical shape of Turtle written by hand: nothing said is lost, no comment either, and twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdf_strategies as rdf
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.canonical import canonical
from mitigraph.errors import InputError
from mitigraph.formats import format_named
from mitigraph.layout import format_turtle
from mitigraph.parse import parse
from mitigraph.serialise import prove, to_turtle
from mitigraph.terms import Triple

HAND_WRITTEN = """# The file's head,
#   in two lines.

# A second paragraph.
@prefix sh: <http://www.w3.org/ns/shacl#> .   # on a prefix line
@prefix owl: <http://www.w3.org/2002/07/owl#> .
PREFIX ex: <http://example.org/>
@prefix unused: <http://unused.example/> .

#### Shapes ####

# about b
ex:b a sh:NodeShape ; # inside b
   sh:property [ sh:path ex:p ; sh:minCount 1 ; # deeper in b
      sh:in ( 1 "# no comment" true ) ] ,
     [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ] . # behind b
<http://example.org/onto> a owl:Ontology. # behind the ontology
# about the disjoint ones
[] a owl:AllDisjointClasses ; owl:members ( ex:a ex:b ) .
# about a
ex:a ex:see <http://example.org/x#y> , _:shared ; ex:text '''two
# no comment either
lines''' .
ex:c ex:see _:shared .
# about the shared one
_:shared ex:n 1.5 .
# the end
"""
CANONICAL = r"""# The file's head,
#   in two lines.

# A second paragraph.
# on a prefix line

@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix unused: <http://unused.example/> .

# behind the ontology
ex:onto
    a owl:Ontology ;
.

# about a
ex:a
    ex:see <http://example.org/x#y> ;
    ex:see _:c14n1 ;
    ex:text "two\n# no comment either\nlines" ;
.

#### Shapes ####

# about b
# inside b
# deeper in b
# behind b
ex:b
    a sh:NodeShape ;
    sh:property [
        sh:in ( 1 "# no comment" true ) ;
        sh:minCount 1 ;
        sh:path ex:p ;
    ] ;
    sh:property [
        sh:path (
            ex:p
            [
                sh:inversePath ex:q ;
            ]
        ) ;
    ] ;
.

ex:c
    ex:see _:c14n1 ;
.

# about the shared one
_:c14n1
    ex:n "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> ;
.

# about the disjoint ones
[]
    a owl:AllDisjointClasses ;
    owl:members ( ex:a ex:b ) ;
.

# the end
"""


def test_a_hand_written_file() -> None:
    assert format_turtle(HAND_WRITTEN.encode(), "x.ttl").decode() == CANONICAL
    assert format_turtle(CANONICAL.encode(), "x.ttl").decode() == CANONICAL


def test_line_ends_and_byte_order_mark_make_no_difference() -> None:
    assert (
        format_turtle(
            b"\xef\xbb\xbf"
            + HAND_WRITTEN.replace("\n", "\r\n").replace("two\r\n#", "two\n#").replace("either\r\n", "either\n").encode(),
            "x.ttl",
        ).decode()
        == CANONICAL
    )


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("", ""),
        ("# only\n\n\n\n# comments", "# only\n\n# comments\n"),
        ("# head\n\n# b\n<urn:b> <urn:p> 1 .", "# head\n\n# b\n<urn:b>\n    <urn:p> 1 ;\n.\n"),
        ("# b\n<urn:b> <urn:p> 1 .", "# b\n<urn:b>\n    <urn:p> 1 ;\n.\n"),
        ("@prefix e: <http://e/> .\n# nothing follows", "@prefix e: <http://e/> .\n\n# nothing follows\n"),
        ("@base <http://e/> . <a#b> <p> <c> .", "<http://e/a#b>\n    <http://e/p> <http://e/c> ;\n.\n"),
        (
            "@prefix e: <http://e/>.e:a e:p 1 .e:b e:p e:c.d.#c",
            "@prefix e: <http://e/> .\n\ne:a\n    e:p 1 ;\n.\n\n# c\n".replace("# c\n", "#c\n") + "e:b\n    e:p e:c.d ;\n.\n",
        ),
        ("<urn:b> <urn:p> 1 . # one\n# two\n<urn:b> <urn:q> 1 .", "# one\n# two\n<urn:b>\n    <urn:p> 1 ;\n    <urn:q> 1 ;\n.\n"),
        (
            "<urn:b> <urn:p> _:x .\n# nested\n_:x <urn:q> 1 .",
            "# nested\n<urn:b>\n    <urn:p> [\n        <urn:q> 1 ;\n    ] ;\n.\n",
        ),
        ("@prefix: <http://e/> . # top\n: : : .", "# top\n\n@prefix : <http://e/> .\n\n:\n    : : ;\n.\n"),
        ("# lost?\n_:x <urn:q> _:y . _:y <urn:q> _:x .", None),
    ],
)
def test_where_comments_go(text: str, formatted: str | None) -> None:
    result = format_turtle(text.encode(), "x.ttl").decode()
    assert formatted is None or result == formatted
    assert format_turtle(result.encode(), "x.ttl").decode() == result
    assert text.count("#c") == result.count("#c")


def test_bad_turtle_is_refused() -> None:
    with pytest.raises(InputError, match=r"^x\.ttl:2:1: "):
        format_turtle(b"# fine\ne:a a e:b .", "x.ttl")
    with pytest.raises(InputError, match=r"^x\.ttl:2: not UTF-8 in a comment"):
        format_turtle(b"# fine\n# \xff\n", "x.ttl")


comment = st.sampled_from(["# one", '#two <a> "', "# three ''' . [", "#"])


@given(rdf.triples(), st.lists(st.tuples(st.integers(0, 400), comment), max_size=6))
@settings(deadline=None)
def test_comments_anywhere(rows: list[Triple], notes: list[tuple[int, str]]) -> None:
    lines = to_turtle(rows, {"ex": "http://example.org/"}).decode().split("\n")
    for position, note in notes:
        index = position % len(lines)
        # A line of our Turtle never ends inside a string, so a comment may follow any of them.
        lines[index] += ("\n" if position % 2 else " ") + note
    text = "\n".join(lines)
    result = format_turtle(text.encode(), "x.ttl")
    prove(result, format_named("turtle"), rows)
    assert format_turtle(result, "x.ttl") == result


def test_own_files_keep_their_meaning(root: Path) -> None:
    turtle = format_named("turtle")
    for path in [*root.glob("ontology/**/*.ttl"), *root.glob("shapes/*.ttl")]:
        data = path.read_bytes()
        result = format_turtle(data, path.name)
        assert canonical(parse(result, turtle, "r")) == canonical(parse(data, turtle, path.name))
        assert format_turtle(result, path.name) == result
