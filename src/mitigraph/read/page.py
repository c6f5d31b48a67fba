"""Mitigation pages as text: the lines of one page become one tree of mitigations, document and facets.

A page is, in this order: notices; the definition of its category; ``Also in`` and the label above that category;
the description; ``Reasoning``; the reasoning; then other mitigations of the same document, each a title path, a
description and ``code label``, to which the next title is glued; the document's title, ``Authors; Authors (YEAR)``
and abstract; last the lifecycle stage, the actor and the risk-management function, each a label and its definition.

The tree (every value knows its line)::

    key, notices[], mitigations[]: own, key, title, title_path, parent, heading, description, category_definition,
    category_parent, category, category_label, reasoning; document: title, authors[]: name, rank; year, abstract;
    stage, actor, function: label, definition

``parent`` is the whole title path of the mitigation above, so that it equals that mitigation's own ``title_path``.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.read import limits
from mitigraph.read.page_grammar import PageReader
from mitigraph.read.page_parts import FACETS, Document, Facet, Item, Line, Page, path_parts
from mitigraph.read.page_vocabulary import Category, PageVocabulary, normal_wording, page_vocabulary, wording_hash
from mitigraph.read.tree import Node, TreeSource, child_pointer

__all__ = ["Category", "PageVocabulary", "normal_wording", "page_vocabulary", "read_page", "wording_hash"]

_LINE_END = re.compile(r"\r\n|\n|\r")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_YEAR = re.compile(r"[0-9]{4}")

Draft = Line | None | Sequence["Draft"] | Mapping[str, "Draft"]
"""A tree before its nodes are made: texts with their lines, nulls, lists and objects."""


def read_page(data: bytes, name: str, options: Mapping[str, object]) -> TreeSource:
    """The tree of one page; ``options["vocabulary"]`` is a ``PageVocabulary``, ``options["encoding"]`` overrides UTF-8.

    Raises InputError for a file that is no mitigation page or no text. Everything else that is odd is a finding.

    >>> lines = "How models learn.", "Also in Model", "Aim well.", "Reasoning", "It acts in training.", "Deploy"
    >>> page = "\\n".join(lines).encode()
    >>> words = PageVocabulary([Category("1.1.2", "Objectives", "How models learn", "Model")], stages=["Deploy"])
    >>> [record] = read_page(page, "a.txt", {"vocabulary": words, "iterator": "$.mitigations[*]"})
    >>> record.values("category"), record.values("reasoning"), record.values("^.stage.label")
    (['1.1.2'], ['It acts in training.'], ['Deploy'])
    """
    vocabulary = options.get("vocabulary")
    if not isinstance(vocabulary, PageVocabulary):
        raise InputError(f"{name}: a page is read with the schemes' labels, and none were given (option vocabulary)")
    lines = list(_lines(_decoded(data, name, options.get("encoding")), name))
    reader = PageReader(name, vocabulary)
    page = reader.read(lines)
    key = Line(PurePath(name).stem, 1, derived=True)
    tree: Draft = {
        "key": key,
        "notices": [_stripped(line) for line in page.notices],
        "mitigations": [_own_item(page, key, _category(page, reader)), *map(_listed_item, page.items)],
        "document": None if page.document is None else _document(page.document),
        **{facet: _facet(page.facets.get(facet)) for facet in FACETS},
    }
    _note_missing(page, reader, lines[-1].number)
    _note_parents(page, reader)
    return TreeSource(name, _node(tree, "", 1), options, sorted(reader.findings, key=_by_line))


def _decoded(data: bytes, name: str, encoding: object) -> str:
    """The page as NFC text: UTF-8, or what a byte order mark or the option says."""
    if len(data) > limits.FIELD_CHARACTERS:
        raise InputError(f"{name}: not a mitigation page: longer than {limits.FIELD_CHARACTERS:,} bytes")
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), "utf-8")
    codec = encoding if isinstance(encoding, str) and encoding else marked
    try:
        text = data.decode(codec)
    except LookupError as error:
        raise InputError(f"{name}: no encoding is called {codec!r}") from error
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(data[: error.start].decode("latin-1"))) + 1
        raise InputError(f"{name}:{line}: not {codec} text: byte {error.start} cannot be decoded") from error
    if "\0" in text:
        line = len(_LINE_END.findall(text[: text.index("\0")])) + 1
        raise InputError(f"{name}:{line}: not a text: it has a NUL character")
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff"))


def _lines(text: str, name: str) -> Iterator[Line]:
    """The lines that are not blank."""
    if not text.strip():
        raise InputError(f"{name}: not a mitigation page: nothing in it")
    yield from (Line(line, number) for number, line in enumerate(_LINE_END.split(text), 1) if line.strip())


# the category of the page


def _category(page: Page, reader: PageReader) -> Category | None:
    """The category of the definition line under the label it is also in; None, with a finding, if unknown."""
    if page.definition is None:
        return None
    parent = page.parent.text.strip() if page.parent else None
    candidates = reader.vocabulary.under(parent)
    found = reader.vocabulary.defined_as(page.definition.text)
    here = [category for category in found if category in candidates]
    if len(here) == 1:
        return here[0]
    message = f"no category{f' under {parent}' if parent else ''} has this definition"
    if here:
        message = "more than one category has this definition"
    elif found:
        message += f"; {_called(found)} has it"
    expected = f"one of {_called(here or candidates)}" if (here or candidates) and parent else None
    reader.note("warning", "unknown-category", message, page.definition.number, page.definition.text, expected)
    return None


def _called(categories: Sequence[Category]) -> str:
    return ", ".join(f"{category.notation} {category.label}" for category in categories)


# the tree


def _own_item(page: Page, key: Line, category: Category | None) -> Draft:
    line = page.definition.number if page.definition else 1
    return {
        "own": Line("true", line, derived=True),
        "key": key,
        "title": None,
        "title_path": None,
        "parent": None,
        "heading": None,
        "description": _joined(page.description),
        "category_definition": _stripped(page.definition),
        "category_parent": _stripped(page.parent),
        "category": Line(category.notation, line, derived=True) if category else None,
        "category_label": Line(category.label, line, derived=True) if category else None,
        "reasoning": _joined(page.reasoning),
    }


def _listed_item(item: Item) -> Draft:
    path, line = path_parts(item.title.text), item.title.number
    return {
        "own": Line("false", line, derived=True),
        "title": Line(path[-1], line),
        "title_path": Line(" > ".join(path), line),
        "parent": Line(" > ".join(path[:-1]), line) if path[1:] else None,
        "heading": _stripped(item.heading),
        "description": _joined(item.description),
        "category": Line(item.code.notation, item.code.number) if item.code else None,
        "category_label": Line(item.code.label, item.code.number) if item.code else None,
    }


def _document(document: Document) -> Draft:
    ranked = [{"name": name, "rank": Line(str(rank), name.number, derived=True)} for rank, name in enumerate(document.authors, 1)]
    return {
        "title": _stripped(document.title),
        "authors": ranked,
        "year": _year(document),
        "abstract": _joined(document.abstract),
    }


def _year(document: Document) -> Line | None:
    """The year, if it is one: ``n.d.`` is printed where a year should be."""
    return document.year if document.year and _YEAR.fullmatch(document.year.text) else None


def _facet(facet: Facet | None) -> Draft:
    return None if facet is None else {"label": _stripped(facet.label), "definition": _stripped(facet.definition)}


def _stripped(line: Line | None) -> Line | None:
    return line and Line(line.text.strip(), line.number)


def _joined(lines: Sequence[Line]) -> Line | None:
    """Paragraphs as one text, each as it stands."""
    return Line("\n".join(line.text for line in lines), lines[0].number) if lines else None


def _node(draft: Draft, pointer: str, line: int) -> Node:
    """The node of a draft; a list or an object stands where its first text does, a null where its neighbour does."""
    if isinstance(draft, Line):
        return Node(draft.text, draft.number, pointer, "derived" if draft.derived else "string")
    if draft is None:
        return Node(None, line, pointer)
    line = _first_line(draft) or line
    if isinstance(draft, Mapping):
        return Node({key: _node(part, child_pointer(pointer, key), line) for key, part in draft.items()}, line, pointer)
    return Node([_node(part, f"{pointer}/{at}", line) for at, part in enumerate(draft)], line, pointer)


def _first_line(draft: Draft) -> int | None:
    if isinstance(draft, Line):
        return draft.number
    parts = draft.values() if isinstance(draft, Mapping) else draft or ()
    return next((line for line in map(_first_line, parts) if line is not None), None)


# what the page lacks


def _note_missing(page: Page, reader: PageReader, last: int) -> None:
    """A finding for each part a page should have and this one lacks."""
    document = page.document or Document(None, (), None, ())
    year = _year(document)
    parts: list[tuple[str, object]] = [
        ("category definition", page.definition),
        ("'Also in' line", page.parent),
        ("description", page.description),
        ("reasoning", page.reasoning),
        ("source document", page.document),
        *((called, page.facets.get(name)) for name, called in FACETS.items()),
        *((f"definition of the {FACETS[name]}", facet.definition) for name, facet in page.facets.items()),
    ]
    if page.document is not None:
        parts += [
            ("title of the source document", document.title),
            ("authors of the source document", document.authors),
            ("year of the source document", year),
            ("abstract of the source document", document.abstract),
        ]
    for called, part in parts:
        if not part:
            severity = "info" if called.startswith("definition of") else "warning"
            value = document.year.text if document.year and called.startswith("year") else None
            reader.note(severity, "missing-part", f"the page has no {called}", last, value)


def _note_parents(page: Page, reader: PageReader) -> None:
    """A finding for each mitigation whose path begins with one that the page does not list."""
    listed = {" > ".join(path_parts(item.title.text)) for item in page.items}
    for item in page.items:
        parent = " > ".join(path_parts(item.title.text)[:-1])
        if parent and parent not in listed:
            message = "the mitigation above this one is not listed on the page"
            reader.note("warning", "parent-not-listed", message, item.title.number, parent)


def _by_line(finding: Finding) -> int:
    return finding.place.line or 0
