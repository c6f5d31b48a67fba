"""Logical sources of RML as those of the plan: a file, how it is read, and what is gone through in it (RML-IO).

Only files are read: nothing is fetched, no database is asked, nothing is unpacked.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from pathlib import Path, PurePath
from urllib.parse import unquote

from mitigraph.errors import InputError
from mitigraph.mapping.plan import LogicalSource
from mitigraph.mapping.rml.description import Description, Value, local
from mitigraph.mapping.rml.expressions import Expressions
from mitigraph.mapping.rml.words import FORMULATIONS, csvw, ours, ql, rml, rr
from mitigraph.mapping.rml.words import OPTIONS as CSVW_OPTIONS
from mitigraph.read import FORMATS, format_of
from mitigraph.read.options import OPTIONS as READER_OPTIONS
from mitigraph.read.options import BadOptionError, Options
from mitigraph.read.path import compile_path
from mitigraph.terms import iri_text, is_iri

__all__ = ["TABLES", "Sources"]

TABLES = ("csv", "tsv", "xlsx")
STDIN = "-"
URL = re.compile(r"[a-z][a-z0-9+.-]*://|(?:https?|ftp|file|data|urn|jdbc|mailto):", re.IGNORECASE)
ELSEWHERE = {
    "http://www.w3.org/ns/dcat#": "a DCAT distribution is fetched",
    "http://www.w3.org/ns/sparql-service-description#": "a SPARQL service is asked",
    "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#": "a database is asked",
    "http://www.w3.org/ns/hydra/core#": "a web service is asked",
    "https://www.w3.org/2019/wot/td#": "a web service is asked",
    rr.space: "a database is asked",
}
"""What descriptions of sources in these namespaces would have done."""
NOTHING_FETCHED = "nothing is fetched and no database asked; save the data as a file and name it"
QUERIES = (rml.query, rr.tableName, rr.sqlQuery, rr.sqlVersion)
LOGICAL_SOURCE = (rml.source, rml.referenceFormulation, rml.iterator, *QUERIES)
OWN = "name format match column topLevelKey optional bundled alternativeTo fields condition"
OPTIONS = (*(name for name in READER_OPTIONS if name != "iterator"), "undefined")
OURS = tuple(ours.space + name for name in (*OWN.split(), *OPTIONS))
SOURCE = (rml.path, rml.root, rml.null, rml.encoding, rml.compression, csvw.url, csvw.dialect, csvw.tableSchema, csvw.null)
DIALECT = {word: name for name, word in CSVW_OPTIONS.items() if name != "null"}
"""Words of a dialect → options of readers."""
BOOLEAN = ("doubleQuote", "header", "skipBlankRows", "skipInitialSpace", "trim")
TRUTH = {"1": "true", "0": "false"}


class Sources:
    """Reads logical sources; those that are equal in all they say are one. Problems go to the description."""

    def __init__(self, description: Description, strict: bool) -> None:
        self.description, self.strict = description, strict
        self.found: list[LogicalSource] = []
        self._names: dict[str, str] = {}

    def named(self, owner: Value) -> LogicalSource:
        """The source that a resource describes."""
        if owner.term not in self._names:
            self._names[owner.term] = ""
            made = self.made(owner)
            same = next((one for one in self.found if replace(one, name="", where=made.where) == replace(made, name="")), None)
            if same is None:
                same = replace(made, name=self.name(owner, made))
                self.found.append(same)
            self._names[owner.term] = same.name
        name = self._names[owner.term]
        return next(one for one in self.found if one.name == name)

    def name_of(self, term: str) -> str | None:
        """The name of a source that was read, by its resource."""
        return self._names.get(term)

    def name(self, owner: Value, made: LogicalSource) -> str:
        """A source's name: that of the resource, else the file's, with what tells it from others of that file."""
        known = {one.name for one in self.found}
        if is_iri(owner.term):
            name = unquote(local(iri_text(owner.term))).removesuffix(".source")
        else:
            name = PurePath(made.access).name or "source"
        iterator = made.options.get("iterator")
        tries = (name, f"{name} {iterator}", *(f"{name} ({number})" for number in range(2, len(known) + 3)))
        return next(one for one in tries if one not in known)

    def made(self, owner: Value) -> LogicalSource:
        """A logical source, without its name."""
        told = self.description
        told.only(owner, "a logical source", *LOGICAL_SOURCE, *OURS)
        self.no_query(owner)
        access, options = "", dict[str, object]()
        at = told.one(owner, rml.source)
        if at is not None:
            access, options = self.file(at)
        elif not told.has(owner, *QUERIES):
            told.problem("no-access", "the logical source has no rml:source", owner)
        options |= self.own_options(owner)
        kind = self.format(owner, access)
        self.iterate(owner, kind, options)
        self.refuse_bad_options(owner, options)
        return LogicalSource(
            "",
            told.where(owner),
            access,
            kind,
            match=told.texts(owner, ours.match),
            columns=told.texts(owner, ours.column),
            keys=told.texts(owner, ours.topLevelKey),
            optional=told.texts(owner, ours.optional),
            options=options,
            bundled=told.text(owner, ours.bundled) == "true",
            alternative_to=self.alternative(owner),
            fields=Expressions(told).fields(owner),
            condition=Expressions(told).condition(owner),
        )

    def alternative(self, owner: Value) -> str | None:
        """The source whose entries this one has too."""
        other = self.description.one(owner, ours.alternativeTo)
        if other is None:
            return None
        if self._names.get(other.term) == "":
            self.description.problem("bad-source", "the sources are alternatives to each other in a circle", other)
            return None
        return self.named(other).name

    def no_query(self, owner: Value) -> None:
        for at in self.description.values(owner, *QUERIES):
            self.description.problem("bad-source", f"databases are not read: {NOTHING_FETCHED}", at)

    # -- files -----------------------------------------------------------------------------------------------

    def file(self, at: Value) -> tuple[str, dict[str, object]]:
        """The path of a file and how it is to be read."""
        told = self.description
        if at.is_literal:
            return self.path(at), {}
        for space, what in ELSEWHERE.items():
            if any(word.startswith(space) for word in (*told.types(at), *told.words_of(at))):
                told.problem("bad-source", f"{what}: {NOTHING_FETCHED}", at)
                return "", {}
        if not told.has(at, rml.path, csvw.url):
            told.problem("bad-source", f"no description of a file: {NOTHING_FETCHED}", at, at.text if at.is_iri else None)
            return "", {}
        told.only(at, "a source", *SOURCE)
        place = told.one(at, rml.path, csvw.url)
        access = self.rooted(at, self.path(place)) if place is not None else ""
        return access, self.dialect(at) | self.source_options(at)

    def path(self, at: Value) -> str:
        """A file's path as it is written; an address is none."""
        text = at.text
        if not at.is_literal and not at.is_iri:
            self.description.problem("bad-source", "the path of a file is wanted here", at)
            return ""
        if URL.match(text) or text.startswith("//"):
            self.description.problem("bad-source", f"an address, not a file: {NOTHING_FETCHED}", at, text)
            return ""
        if not text or "\0" in text:
            self.description.problem("bad-source", "the path names nothing", at)
            return ""
        return text

    def rooted(self, source: Value, path: str) -> str:
        """A path with the folder it begins at; without one it is the mapping's own, or that of a csvw:Table."""
        told = self.description
        root = told.one(source, rml.root)
        if not path or path == STDIN or told.has(source, csvw.url):
            return path
        if root is not None and root.is_literal:
            return str(PurePath(root.text) / path)
        word = root.word if root is not None else rml.CurrentWorkingDirectory
        if word == rml.CurrentWorkingDirectory:
            return str(Path.cwd() / path)
        if word != rml.MappingDirectory:
            known = ("CurrentWorkingDirectory", "MappingDirectory")
            shown = root.text if root is not None else None
            told.problem("bad-source", "no such root", root or source, shown, known, wrong=local(word))
        return path

    # -- how it is read --------------------------------------------------------------------------------------

    def source_options(self, source: Value) -> dict[str, object]:
        """What RML says of a source: encoding, null tokens; files are not unpacked."""
        told, options = self.description, dict[str, object]()
        nulls = told.texts(source, rml.null, csvw.null)
        if nulls:
            options["null"] = list(nulls)
        encoding = told.one(source, rml.encoding)
        if encoding is not None:
            name = encoding.text if encoding.is_literal else local(encoding.text)
            options["encoding"] = self.encoding(encoding, name)
        compression = told.one(source, rml.compression)
        if compression is not None and compression.word != rml.none:
            message = "nothing is unpacked: unpack the file and name it"
            told.problem("not-supported", message, compression, local(compression.text))
        return options

    def encoding(self, at: Value, name: str) -> str:
        try:
            codecs.lookup(name)
        except (LookupError, ValueError):
            known = ("utf-8", "utf-16", "windows-1252", "iso-8859-1")
            self.description.problem("bad-source", "no such encoding", at, name, known)
        return name.lower()

    def dialect(self, table: Value) -> dict[str, object]:
        """How a csvw:Table is written, as far as tables are read so."""
        told, options = self.description, dict[str, object]()
        dialect = told.one(table, csvw.dialect)
        if dialect is None:
            return options
        told.only(dialect, "a dialect", *DIALECT)
        for word, name in DIALECT.items():
            found = told.values(dialect, word)
            if name == "lineTerminators" and found:
                options[name] = [one.text for one in found]
                continue
            value = told.one(dialect, word)
            if value is not None:
                options[name] = TRUTH.get(value.text, value.text) if name in BOOLEAN else value.text
            if value is not None and name == "encoding":
                options[name] = self.encoding(value, value.text)
        columns = self.schema(table) if Options.headerless(options) else ()
        return options | ({"columns": list(columns)} if columns else {})

    def schema(self, table: Value) -> tuple[str, ...]:
        """The names of columns, for a table that has no header."""
        told = self.description
        schema = told.one(table, csvw.tableSchema)
        head = told.one(schema, csvw.column) if schema is not None else None
        return tuple(name for one in (told.members(head) if head else []) for name in told.texts(one, csvw.title, csvw.name)[:1])

    def refuse_bad_options(self, owner: Value, options: dict[str, object]) -> None:
        """An option that cannot be meant, at the place where it stands."""
        told = self.description
        try:
            Options.of(options, told.name)
        except BadOptionError as error:
            words = (ours.space + error.key, csvw.space + error.key, rml.space + error.key)
            tables = told.values(owner, rml.source)
            dialects = [one for table in tables for one in told.values(table, csvw.dialect)]
            found = [at for one in (owner, *tables, *dialects) for at in told.values(one, *words)]
            told.problem("bad-option", error.reason, found[0] if found else owner)

    def own_options(self, owner: Value) -> dict[str, object]:
        """Options of readers under their own names, words of ours."""
        found: dict[str, object] = {}
        for name in OPTIONS:
            values = self.description.texts(owner, ours.space + name)
            if values:
                found[name] = list(values) if name == "null" or len(values) > 1 else values[0]
        return found

    def format(self, owner: Value, access: str) -> str:
        """The reader's name: as told outright, else by the file's suffix among those of the reference formulation."""
        told = self.description
        by_suffix = format_of(access)
        outright = told.one(owner, ours.format)
        if outright is not None:
            if outright.text not in FORMATS:
                told.problem("unknown-formulation", "no such format", outright, outright.text, FORMATS)
            return outright.text
        at = told.one(owner, rml.referenceFormulation)
        if at is None:
            if by_suffix is None and access:
                message = "neither the file's name nor a reference formulation says what it is"
                told.problem("unknown-formulation", message, owner, PurePath(access).name)
            return by_suffix or "csv"
        wanted = FORMULATIONS.get(at.word)
        if wanted is None:
            message, known = "no such reference formulation", [local(one) for one in FORMULATIONS]
            if at.text.startswith((rml.space, ql.space)) and local(at.text) in ("XPath", "CSS3", "SQL2008Query", "SQL2008Table"):
                message = "XML, HTML and databases are not read"
            told.problem("unknown-formulation", message, at, at.text, known, wrong=local(at.text))
            return by_suffix or "csv"
        is_table = by_suffix in TABLES
        return by_suffix if by_suffix is not None and is_table == (wanted in TABLES) else wanted

    def iterate(self, owner: Value, kind: str, options: dict[str, object]) -> None:
        """The iterator, and how paths are followed that lead to a list or nowhere."""
        told = self.description
        at = told.one(owner, rml.iterator)
        if kind in TABLES:
            if at is not None and at.text:
                told.problem("bad-path", "a table is gone through row by row: it has no iterator", at, at.text)
            return
        if self.strict:
            options.setdefault("flatten", self.description.is_legacy)
            options["undefined"] = "violation"
        if at is None:
            if self.strict and not self.description.is_legacy and kind != "jsonl":
                options["iterator"] = "$"
            return
        try:
            if compile_path(at.text).climb:
                raise InputError(f"{at.text!r} climbs above the root")
        except InputError as error:
            told.problem("bad-path", str(error), at)
            return
        options["iterator"] = at.text
