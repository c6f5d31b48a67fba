"""Sources: files, how they are read, and in every form that YARRRML has for them."""

from __future__ import annotations

import re
from dataclasses import replace

from mitigraph.errors import InputError
from mitigraph.mapping.plan import LogicalSource, Where
from mitigraph.mapping.yarrrml.nodes import Parts
from mitigraph.mapping.yarrrml.values import Values
from mitigraph.mapping.yarrrml.words import READING, SOURCE
from mitigraph.read import FORMATS, format_of
from mitigraph.read.options import OPTIONS, BadOptionError, Options
from mitigraph.read.path import compile_path
from mitigraph.read.tree import Node

__all__ = ["Sources"]

FORMULATIONS = {"csv": ("csv", "tsv", "xlsx"), "jsonpath": ("json", "jsonl", "yaml", "page")}
"""Reference formulations, and the formats that one stands for: the first, unless the file's suffix is that of another."""

OTHER_FORMULATIONS = {
    "xpath": "XML is not read",
    "xquery": "XML is not read",
    "css3": "HTML is not read",
    "sql2008": "databases are not read",
}
"""Reference formulations that YARRRML knows and no reader is there for."""

LOCAL = "localfile"
NOT_LOCAL = "only files are read, and nothing is fetched"
_DOT_BEFORE_BRACKET = re.compile(r"\.(?=\[)")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class Sources(Values):
    """Nodes to logical sources; ``inline`` are those written out in a mapping, under names made from its own."""

    inline: list[LogicalSource]

    def source(self, name: str, node: Node, key: str) -> LogicalSource:
        """A source in its long form, or as ``[access~formulation, iterator]``."""
        where = self.where(node, key)
        if not isinstance(node.value, dict):
            return self.short_source(name, node, where)
        parts = self.keys(node, SOURCE, key)
        self.refuse_services(parts, key)
        access = self.text_of(parts, "access")
        name_of_format = self.format(access, parts, node, key)
        return LogicalSource(
            name,
            where,
            access=access or "",
            format=name_of_format,
            match=self.texts_of(parts, "match"),
            columns=self.texts_of(parts, "columns"),
            keys=self.texts_of(parts, "keys"),
            optional=self.texts_of(parts, "optional"),
            bundled=self.text_of(parts, "bundled") == "true",
            options=self.options(parts, name_of_format, key),
            alternative_to=self.text_of(parts, "alternativeTo"),
            fields=self.fields(parts.get("fields"), f"{key}.fields"),
            condition=self.condition(parts.get("condition"), f"{key}.condition"),
        )

    def short_source(self, name: str, node: Node, where: Where) -> LogicalSource:
        """``file~formulation``, alone or in a list with an iterator."""
        nodes = self.listed(node)
        access, _, formulation = (self.text(nodes[0]) if nodes else "").rpartition("~")
        if not access:
            access, formulation = formulation, ""
        parts = {"access": nodes[0]} if nodes else {}
        self.refuse_services(parts, where.key)
        if len(nodes) > 2:
            self.problem("bad-source", "a short source is [file~formulation, iterator]", node, where.key)
        if formulation:
            parts["referenceFormulation"] = Node(formulation, node.line, node.pointer)
        if len(nodes) > 1:
            parts["iterator"] = nodes[1]
        found = self.format(access, parts, node, where.key)
        return LogicalSource(name, where, access, found, options=self.options(parts, found, where.key))

    def refuse_services(self, parts: Parts, key: str) -> None:
        """Databases, services and what lies on the web are no sources."""
        kind, access = self.text_of(parts, "type"), self.text_of(parts, "access")
        if kind is not None and kind != LOCAL:
            self.problem("bad-source", NOT_LOCAL, parts["type"], f"{key}.type", kind, expected=LOCAL)
        elif access is not None and _REMOTE.match(access):
            self.problem("bad-source", NOT_LOCAL, parts["access"], f"{key}.access", access, expected="a file's name")

    def format(self, access: str | None, parts: Parts, node: Node, key: str) -> str:
        """The reader's name: as told, else by the file's suffix, else by the reference formulation."""
        told, written = self.text_of(parts, "format"), self.text_of(parts, "referenceFormulation")
        if told is not None:
            if told not in FORMATS:
                self.problem("unknown-format", f"no format {told!r}", parts["format"], f"{key}.format", told, FORMATS)
            return told
        formulation = (written or "").lower()
        wanted = FORMULATIONS.get(formulation, ())
        if written is not None and not wanted:
            reason = OTHER_FORMULATIONS.get(formulation)
            message = f"no such reference formulation{': ' * bool(reason)}{reason or ''}"
            self.problem("unknown-formulation", message, node, key, written, () if reason else FORMULATIONS)
        by_suffix = format_of(access or "")
        return by_suffix if by_suffix and (not wanted or by_suffix in wanted) else next(iter(wanted), "csv")

    def options(self, parts: Parts, name_of_format: str, key: str) -> dict[str, object]:
        """What goes to the reader; options that cannot be meant or mean nothing for the format are findings."""
        given = {name: parts[name].plain() for name in sorted(READING & set(parts))}
        for name in given:
            if name_of_format not in OPTIONS[name]:
                message = f"{name!r} means nothing for {name_of_format}"
                self.problem("idle-option", message, parts[name], f"{key}.{name}", severity="warning")
        if given.get("trim") in ("start", "end") and name_of_format in OPTIONS["iterator"]:
            self.problem("bad-option", f"must be true or false for {name_of_format}", parts["trim"], f"{key}.trim")
        try:
            Options.of(given, self.name)
        except BadOptionError as error:
            at = parts.get(error.key)
            if at is not None:
                self.problem("bad-option", error.reason, at, f"{key}.{error.key}")
        if "iterator" in given and name_of_format in OPTIONS["iterator"]:
            given["iterator"] = self.path(parts["iterator"], f"{key}.iterator")
        if Options.headerless(given) and "columns" in parts:
            given["columns"] = self.texts(parts["columns"])
        return given

    def path(self, node: Node, key: str) -> str:
        """A path; the dot that many put before a bracket is left out."""
        text = self.text(node)
        for path in (text, _DOT_BEFORE_BRACKET.sub("", text)):
            try:
                compile_path(path)
            except InputError as error:
                problem = str(error)
            else:
                return path
        self.problem("bad-path", problem, node, key)
        return text

    def source_names(self, node: Node | None, key: str) -> tuple[str, ...]:
        """Names of sources; a source written out in place gets the mapping's name."""
        nodes = self.listed(node)
        if node is not None and self.is_lone_source(nodes):
            nodes = [node]
        return tuple(self.source_name(number, one, key) for number, one in enumerate(nodes, 1))

    def is_lone_source(self, nodes: list[Node]) -> bool:
        """``sources: [file~jsonpath, $.items[*]]``, where a list of such was meant."""
        texts = [one.value for one in nodes]
        return (
            len(texts) == 2
            and isinstance(texts[0], str)
            and isinstance(texts[1], str)
            and "~" in texts[0]
            and texts[1][:1] == "$"
        )

    def source_name(self, number: int, node: Node, key: str) -> str:
        if isinstance(node.value, str) and "~" not in node.value:
            return node.value
        name = f"{key.removeprefix('mappings.')}#{number}"
        source = self.source(name, node, f"{key}.sources[{number}]")
        # The same file read in the same way is one source, so that its records can refer to each other.
        same = next((one for one in self.inline if replace(source, name=one.name, where=one.where) == one), None)
        if same is None:
            self.inline.append(source)
        return (same or source).name
