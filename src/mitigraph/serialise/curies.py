"""IRIs as Turtle writes them: a prefixed name where no character needs an escape, else the IRI in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["Curies", "header"]

# Turtle 1.1, productions 163s-167s. Local names are kept to letters, digits, "_", "-" and inner "."
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PREFIX = (
    rf"(?:[{_BASE}](?:[{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040.-]*"
    rf"[{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040-])?)?"
)
"""Compiled when it is needed: that takes a moment, and most commands write no Turtle."""
_LOCAL = "(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?"
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


class Curies(dict[str, str]):
    """IRI term → its Turtle text, worked out once for each IRI. ``used`` grows with the prefixes that were needed.

    >>> Curies({"ex": "http://example.org/"})["<http://example.org/a>"]
    'ex:a'
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        # Of two prefixes for one namespace the shorter, then the first in the alphabet.
        self._prefix_of = {
            namespace: prefix
            for prefix, namespace in sorted(prefixes.items(), key=lambda item: (len(item[0]), item[0]), reverse=True)
            if re.fullmatch(_PREFIX, prefix) and _NAMESPACE.fullmatch(namespace)
        }
        longest_first = sorted(self._prefix_of, key=lambda namespace: (-len(namespace), namespace))
        namespaces = "|".join(map(re.escape, longest_first)) or "(?!)"
        self._pattern = re.compile(f"<({namespaces})({_LOCAL})>")
        self.used: set[str] = set()

    def __missing__(self, term: str) -> str:
        text = term
        if match := self._pattern.fullmatch(term):
            prefix = self._prefix_of[match[1]]
            self.used.add(prefix)
            text = f"{prefix}:{match[2]}"
        self[term] = text
        return text


def header(prefixes: Mapping[str, str], wanted: Iterable[str]) -> str:
    """The ``@prefix`` lines for some prefixes, sorted.

    >>> header({"ex": "http://example.org/", "foaf": "http://xmlns.com/foaf/0.1/"}, ["ex"])
    '@prefix ex: <http://example.org/> .\\n'
    """
    return "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(wanted))
