"""Fields: what one may fill in, in which form, from which choices, and what will be checked.

>>> actor = Field("actor", "Actor", separators=(";", "|"), choices=(Choice("Developer"), Choice("Deployer")))
>>> actor.parts("Developer | deployer"), actor.choice("DEPLOYER").text
(['Developer', 'deployer'], 'Deployer')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mitigraph.transforms import fold

__all__ = ["Check", "Choice", "Field", "Form"]

MOST_OFFERED = 500
"""More entries of a file than these are not listed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value one may choose: ``text`` is what is written, ``code`` its short name (with its scheme where there are several)."""

    text: str
    code: str = ""
    label: str = ""
    definition: str = ""
    scheme: str = ""

    def names(self) -> tuple[str, ...]:
        """Every text that stands for it, shortest ways first."""
        return tuple(filter(None, (self.text, self.code, self.code.rpartition(":")[2], self.label)))


@dataclass(frozen=True, slots=True)
class Check:
    """What a shape asks of a field's values: the shape's name, its severity and message, and its limits where it has some."""

    rule: str
    severity: str
    message: str
    minimum: int = 0
    maximum: int | None = None
    datatype: str | None = None
    pattern: str | None = None
    least: str | None = None
    most: str | None = None
    of_entry: bool = False
    """Whether it is held against every entry, and not only against what a filled field makes."""


@dataclass(frozen=True)
class Field:
    """One column of the table of entries.

    ``kind`` is ``text``, ``choice``, ``integer``, ``date``, ``link``, ``key`` (the entry's own) or ``entry`` (another entry's
    key); ``separators`` part several values, the first is the one to write; ``is_open``: not only the choices are taken;
    ``verbatim``: white space at the ends belongs to the value; ``default`` is meant where nothing is filled in.
    """

    name: str
    label: str
    help: str = ""
    example: str = ""
    kind: str = "text"
    required: bool = False
    separators: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    is_open: bool = False
    verbatim: bool = False
    default: str | None = None
    checks: tuple[Check, ...] = ()

    @property
    def several(self) -> bool:
        """Whether several values may stand in one cell."""
        return bool(self.separators)

    @property
    def wanted(self) -> str | None:
        """What is said of an entry without it, where that is more than a remark and it may be left out all the same."""
        if self.required:
            return None
        missed = (one for one in self.checks if one.of_entry and one.minimum and one.severity == "warning")
        return next((one.message for one in missed), None)

    @property
    def bounds(self) -> tuple[str | None, str | None]:
        """The least and the greatest value that the shapes let pass."""
        least = next((one.least for one in self.checks if one.least is not None), None)
        return least, next((one.most for one in self.checks if one.most is not None), None)

    def offering(self, entries: Mapping[str, str]) -> Field:
        """The same field with entries to choose from, given as titles by key; as it is where they are too many to be shown."""
        if len(entries) > MOST_OFFERED:
            return self
        return replace(self, choices=tuple(Choice(key, label=title) for key, title in entries.items()), is_open=True)

    @cached_property
    def _by_name(self) -> dict[str, Choice | None]:
        found: dict[str, Choice | None] = {}
        for choice in self.choices:
            for name in {fold(text) for text in choice.names()}:
                found[name] = choice if found.get(name, choice) == choice else None
        # What is written for a choice stands for it alone, whatever else has that as its label.
        return found | {fold(choice.text): choice for choice in self.choices}

    def choice(self, text: str) -> Choice | None:
        """The choice that a text names: what is written for it, its code or its label; None: none, or several."""
        return self._by_name.get(fold(text))

    def parts(self, text: str) -> list[str]:
        """The values in a cell."""
        if not self.separators:
            return [text] if text else []
        return [part.strip() for part in re.split("[" + re.escape("".join(self.separators)) + "]", text) if part.strip()]

    def joined(self, parts: Iterable[str]) -> str:
        """The cell of several values."""
        return f"{self.separators[0]} ".join(parts) if self.separators else "".join(parts)


class Form:
    """All fields of an entry, in the order of their columns.

    >>> Form([Field("id", "Id")]).names
    ['id']
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = {field.name: field for field in fields}

    @property
    def names(self) -> list[str]:
        """The header of the table."""
        return list(self._fields)

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    @property
    def key(self) -> Field:
        """The field of the entry's own key."""
        return next(field for field in self if field.kind == "key")

    @property
    def title(self) -> Field:
        """The field of the entry's name: the first that must be filled in with a text."""
        return next(field for field in self if field.required and field.kind == "text")

    def example(self) -> dict[str, str]:
        """An entry made of the fields' examples, those without left out."""
        return {field.name: field.example for field in self if field.example}
