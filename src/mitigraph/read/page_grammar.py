"""The grammar of mitigation pages: which line of the text is which part of the page.

Only the closed labels of the schemes and the page's own title paths decide; where they leave a choice, the likelier
reading is taken and a finding says so, and a line that belongs nowhere is named in a finding of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read.page_parts import (
    FACETS,
    Code,
    Document,
    Facet,
    Item,
    Line,
    Page,
    byline,
    is_label,
    is_title,
    path_parts,
)
from mitigraph.read.page_vocabulary import PageVocabulary, normal_wording

__all__ = ["PageReader"]

FACET_WINDOW = 6
"""How many lines before the next facet (or the end) a facet's label may stand."""

CODE_LINE = 300
"""How many characters a line with an unknown code label may have; a longer one is running text."""

LIKENESS = 80
"""How like (of 100) a label must be to that of a one-figure code: descriptions begin with figures, too."""

_ALSO_IN = re.compile(r"Also in\s+(\S.*)", re.IGNORECASE)
_REASONING = re.compile(r"Reasoning:?", re.IGNORECASE)
_NO_GLUE = re.compile(r"(?:['’]?s|es)(?![a-z])|\s*[.,;:)\]/–—-]|\s+[^\WA-Z]")
_CODE_LIKE = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2}){0,2}) (.+)")
_SEAM = re.compile(r"(?<=[a-z)])(?=[A-Z])")


class PageReader:
    """Reads the lines of one page with a vocabulary; ``findings`` fills as it goes."""

    def __init__(self, name: str, vocabulary: PageVocabulary) -> None:
        self.name, self.vocabulary = name, vocabulary
        self.findings: list[Finding] = []
        self._roots: set[str] = set()

    def read(self, lines: Sequence[Line]) -> Page:
        """The parts of a page; InputError when the lines are no such page."""
        page = Page()
        also, reasoning = self._marks(lines)
        start = next((at + 1 for at in (reasoning, also) if at is not None), 0)
        blocks, codes = self._blocks(lines[start:])
        tail = self._facet_places(blocks[-1])
        self._refuse_others(also, reasoning, tail)
        self._head(page, lines, also, reasoning)
        self._roots = _roots(line.text for block in blocks for line in block)
        end = min(tail.values(), default=len(blocks[-1]))
        page.facets = self._facets(blocks[-1], tail)
        lead = self._middle(page, [*blocks[:-1], blocks[-1][:end]], codes)
        if reasoning is None:
            page.description = lead
        else:
            page.reasoning = lead
        return page

    def note(
        self, severity: str, code: str, message: str, line: int, value: str | None = None, expected: str | None = None
    ) -> None:
        """Add a finding about a line."""
        self.findings.append(Finding(severity, code, message, Place(self.name, line), value, expected))

    def _unplaced(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.note("warning", "unplaced-line", "this line is no known part of a page", line.number, line.text)

    # where the parts begin

    def _marks(self, lines: Sequence[Line]) -> tuple[int | None, int | None]:
        """The places of ``Also in …`` and ``Reasoning``; of several ``Also in`` the first that names a category."""
        reasoning = next((at for at, line in enumerate(lines) if _REASONING.fullmatch(line.text.strip())), None)
        also = [at for at, line in enumerate(lines[:reasoning]) if _ALSO_IN.fullmatch(line.text.strip())]
        known = {normal_wording(category.label) for category in self.vocabulary.categories}
        named = (at for at in also if normal_wording(_named(lines[at]).text) in known)
        return next(named, next(iter(also), None)), reasoning

    def _facet_places(self, block: Sequence[Line]) -> dict[str, int]:
        """The places of stage, actor and function labels in the last block, found from its end backwards."""
        words = self.vocabulary
        labels = {"stage": words.stages, "actor": words.actors, "function": words.functions}
        places: dict[str, int] = {}
        end = len(block)
        for name in reversed(FACETS):
            known = {normal_wording(label) for label in labels[name]}
            window = range(end - 1, max(end - FACET_WINDOW, 0) - 1, -1)
            place = next((at for at in window if normal_wording(block[at].text) in known), None)
            if place is not None:
                places[name] = end = place
        return places | self._guessed_facets(block, places)

    def _guessed_facets(self, block: Sequence[Line], places: dict[str, int]) -> dict[str, int]:
        """A facet not found whose gap holds just a label and a definition: its label is one the scheme lacks."""
        stage, actor, function = (places.get(name) for name in FACETS)
        guesses: dict[str, int] = {}
        if actor is None and stage is not None and function == stage + 4:
            guesses["actor"] = stage + 2
        if function is None and actor is not None and len(block) == actor + 4:
            guesses["function"] = actor + 2
        if stage is None and actor is not None and actor >= 3 and is_label(block[actor - 2].text):
            guesses["stage"] = actor - 2
        for name, at in guesses.items():
            message = f"the scheme has no {FACETS[name]} of this label"
            self.note("warning", "unknown-label", message, block[at].number, block[at].text)
        return guesses

    def _refuse_others(self, also: int | None, reasoning: int | None, tail: dict[str, int]) -> None:
        if (reasoning is not None and (also is not None or tail)) or (also is not None and len(tail) >= 2):
            return
        absent = [called for name, called in FACETS.items() if name not in tail]
        lacking = [
            *(["'Reasoning' line"] if reasoning is None else []),
            *(["'Also in' line"] if also is None else []),
            *([_listed(absent) + " at its end"] if absent else []),
        ]
        raise InputError(f"{self.name}: not a mitigation page: {_listed(['no ' + part for part in lacking])}")

    # the parts themselves

    def _head(self, page: Page, lines: Sequence[Line], also: int | None, reasoning: int | None) -> None:
        """Notices, category and description; without ``Also in`` only a known definition tells where they part."""
        head = lines[: reasoning if reasoning is not None else (also or 0) + 1]
        if also is not None:
            page.parent = _named(lines[also])
            defined: int | None = also - 1 if also else None
            start = also + 1
        else:
            defined = next((at for at, line in enumerate(head) if self.vocabulary.defined_as(line.text)), None)
            start = _notices(head) if defined is None else defined + 1
        page.definition = None if defined is None else head[defined]
        page.notices = head[: defined if defined is not None else (start if also is None else also)]
        page.description = head[start:]

    def _blocks(self, lines: Sequence[Line]) -> tuple[list[list[Line]], list[Code]]:
        """The lines between printed category codes; what is glued to a code begins the next block."""
        blocks: list[list[Line]] = [[]]
        codes: list[Code] = []
        for line in lines:
            code, rest = self._code(line)
            if code is not None:
                codes.append(code)
                blocks.append([])
            if rest:
                blocks[-1].append(Line(rest, line.number))
        return blocks, codes

    def _code(self, line: Line) -> tuple[Code | None, str]:
        """The code a line begins with and what is glued to it."""
        text = line.text.strip()
        if not "0" <= text[:1] <= "9":
            return None, line.text
        for printed, category in self.vocabulary.printed_codes:
            rest = text[len(printed) :]
            if text.startswith(printed) and not _NO_GLUE.match(rest):
                notation = category.notation
                return Code(notation, printed[len(notation) + 1 :], line.number), rest.strip()
        return self._unknown_code(text, line)

    def _unknown_code(self, text: str, line: Line) -> tuple[Code | None, str]:
        """A code whose label is not in the scheme: cut where a capital is glued to a small letter."""
        match = _CODE_LIKE.fullmatch(text) if len(text) <= CODE_LINE and is_title(text) else None
        notation, words = match.groups() if match else ("", "")
        known = self.vocabulary.by_notation.get(notation)
        cuts = [(words[:at], words[at:]) for at in (seam.start() for seam in _SEAM.finditer(words))]
        if not cuts or (known is None and "." not in notation):
            return None, line.text
        if known is None:
            (label, rest), expected = cuts[0], None
        else:
            label, rest = max(cuts, key=lambda cut: fuzz.ratio(cut[0], known.label))
            expected = f"{notation} {known.label}"
            if "." not in notation and fuzz.ratio(label, known.label) < LIKENESS:
                return None, line.text
        message = f"no category is printed so; read as '{notation} {label}', then the title {rest!r}"
        self.note("warning", "unknown-code", message, line.number, text, expected)
        return Code(notation, label, line.number), rest

    def _middle(self, page: Page, blocks: list[list[Line]], codes: list[Code]) -> list[Line]:
        """The other mitigations and the document into the page; what stands before them is given back."""
        left, page.document = _document(blocks[-1], 0 if codes else 1)
        if not codes:
            self._unplaced(line for line in left[1:] if is_label(line.text))
            return [line for at, line in enumerate(left) if at == 0 or not is_label(line.text)]
        first = self._first_title(blocks[0])
        heading: Line | None = None
        listed = [blocks[0][first:], *blocks[1:-1], left]
        for block, code in zip(listed, [*codes, None], strict=True):
            if block:
                page.items.append(self._item(block, heading, code))
                heading = page.items[-1].heading
            elif code is not None:
                self._unplaced([Line(f"{code.notation} {code.label}", code.number)])
        return blocks[0][:first]

    def _first_title(self, block: Sequence[Line]) -> int:
        """The place in the first block where the first listed mitigation, or its heading, stands."""
        known = next((at for at, line in enumerate(block) if self._is_known_title(line.text)), None)
        if known is not None:
            return known - 1 if known >= 2 and is_label(block[known - 1].text) else known
        likely = next((at for at, line in enumerate(block) if at and is_title(line.text)), None)
        if likely is not None or len(block) < 2:
            return len(block) if likely is None else likely
        guessed = 0 if is_title(block[0].text) else 1
        self.note("warning", "unsure-title", "taken for the title of a mitigation", block[guessed].number, block[guessed].text)
        return guessed

    def _is_known_title(self, text: str) -> bool:
        """Whether a line is a title path, or a title that others on the page hang under."""
        path = path_parts(text)
        return " > ".join(path) in self._roots or (len(path) > 1 and is_title(text))

    def _item(self, block: Sequence[Line], heading: Line | None, code: Code | None) -> Item:
        first, second = block[0], block[1] if len(block) > 1 else None
        headed = second is not None and is_label(first.text) and self._is_known_title(second.text)
        if headed and not self._is_known_title(first.text):
            heading, block = first, block[1:]
        elif second is not None and is_label(second.text):
            message = "taken for the description of a mitigation, may be a heading or a title"
            self.note("info", "unsure-description", message, second.number, second.text)
        if code is None:
            message = "no category is printed under this mitigation"
            self.note("warning", "missing-part", message, block[0].number, block[0].text)
        return Item(block[0], heading, block[1:], code)

    def _facets(self, block: Sequence[Line], places: dict[str, int]) -> dict[str, Facet]:
        """The facets at their places; each label is followed by one line, its definition."""
        facets: dict[str, Facet] = {}
        ordered = sorted(places.items(), key=lambda pair: pair[1])
        ends = [at for _, at in ordered[1:]]
        for (name, at), end in zip(ordered, [*ends, len(block)][: len(ordered)], strict=True):
            facets[name] = Facet(block[at], block[at + 1] if at + 1 < end else None)
            self._unplaced(block[at + 2 : end])
        return facets


def _document(block: Sequence[Line], keep: int) -> tuple[Sequence[Line], Document | None]:
    """The source document at the end of a block and the lines before it; at least ``keep`` lines are before it."""
    found = [(at, parts) for at in range(keep, len(block)) if (parts := byline(block[at].text))]
    if not found:
        return _document_without_authors(block, keep)
    at, parts = min(found, key=lambda pair: pair[1].doubt)
    number = block[at].number
    names = [Line(name, number) for name in parts.names]
    year = None if parts.year is None else Line(parts.year, number)
    title = at - 1 if at > keep else at
    document = Document(block[title] if title < at else None, names, year, block[at + 1 :])
    return block[:title], document


def _document_without_authors(block: Sequence[Line], keep: int) -> tuple[Sequence[Line], Document | None]:
    if keep == 0 and block:
        title = block[0] if is_title(block[0].text) else None
        return (), Document(title, (), None, block[0 if title is None else 1 :])
    title_at = next((at for at in range(keep, len(block) - 1) if is_title(block[at].text)), None)
    if title_at is None:
        return block, None
    return block[:title_at], Document(block[title_at], (), None, block[title_at + 1 :])


def _roots(texts: Iterable[str]) -> set[str]:
    """Every title path that a longer path on the page begins with."""
    paths = (path_parts(text) for text in texts if " > " in text and is_title(text))
    return {" > ".join(path[:length]) for path in paths for length in range(1, len(path))}


def _named(line: Line) -> Line:
    """The label that an ``Also in`` line names."""
    match = _ALSO_IN.fullmatch(line.text.strip())
    return Line(match[1] if match else line.text, line.number)


def _notices(head: Sequence[Line]) -> int:
    """How many lines at the top speak of the page itself."""
    return next((at for at, line in enumerate(head) if "this page" not in line.text.casefold()), len(head))


def _listed(parts: Sequence[str]) -> str:
    """Parts as in speech.

    >>> _listed(["one", "two", "three"])
    'one, two and three'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
