"""Reading mitigation pages: the grammar part by part, the real pages, the bundled ones, and pages bent out of shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.errors import InputError
from mitigraph.read import Content, open_source
from mitigraph.read.page import Category, PageVocabulary, normal_wording, page_vocabulary, read_page, wording_hash
from mitigraph.read.tree import Node, TreeSource
from mitigraph.terms import Triple

AIM = "Setting what the model is paid for"
WORDS = PageVocabulary(
    categories=[
        Category("1", "AI System"),
        Category("1.1", "Model", "", "AI System"),
        Category("1.1.1", "Training Data", "Choosing what the model reads", "Model"),
        Category("1.1.2", "Learning Objectives", AIM, "Model"),
        Category("1.2.9", "Other", "The rest", "Non-Model"),
        Category("2.2.2", "Testing & Evaluation", "", "Risk & Assurance"),
        Category("99.9", "Other", "The rest", "Other"),
    ],
    stages=["Deploy", "Unable to classify"],
    actors=["Developer", "Deployer", "Unable to classify"],
    functions=["Manage", "Measure", "Unable to classify"],
    wordings={wording_hash("The old wording."): ("1.1.1",)},
)
PAGES = Path(__file__).parent / "pages"
FULL = (PAGES / "full.txt").read_bytes()
SEEDS = ("000_6515abfbafdea9df", "001_0417435366daff1c", "002_f8eae2ad83a96f8d")
EXAMPLES = ("recursive-reward-modelling", "preference-alignment", "harmlessness-training")


def read(data: bytes | str, words: PageVocabulary = WORDS) -> TreeSource:
    return read_page(data if isinstance(data, bytes) else data.encode(), "full.txt", {"vocabulary": words})


def tree(source: TreeSource) -> Any:
    return source.root.plain()


def codes(source: TreeSource) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.place.line) for finding in source.findings]


def messages(source: TreeSource) -> list[str]:
    return [finding.message for finding in source.findings]


def without(*parts: str) -> bytes:
    """The full page without the lines that hold any of these texts."""
    lines = FULL.decode().split("\n")
    return "\n".join(line for line in lines if not any(part in line for part in parts)).encode()


@pytest.fixture(scope="session")
def words(root: Path) -> PageVocabulary:
    """The vocabulary of the real schemes."""
    triples: list[Triple] = []
    for path in sorted((root / "ontology" / "schemes").glob("*.ttl")):
        quads = pyoxigraph.parse(path.read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
        triples += [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]
    return page_vocabulary(triples, (root / "mappings" / "page-wordings.csv").read_bytes())


# a whole page, part by part


def test_every_part_of_a_page_is_placed() -> None:
    source = read(FULL)
    page = tree(source)
    assert source.findings == []
    assert page["key"] == "full"
    assert page["notices"] == ["This page is a sample made for tests."]
    own = page["mitigations"][0]
    assert own == {
        "own": "true",
        "key": "full",
        "title": None,
        "title_path": None,
        "parent": None,
        "heading": None,
        "description": "Two teachers grade the model's homework.\n"
        "They swap the papers half-way, so that neither grows fond of one pupil.",
        "category_definition": "Setting what the model is paid for.",
        "category_parent": "Model",
        "category": "1.1.2",
        "category_label": "Learning Objectives",
        "reasoning": "Grades are rewards.\nSo the measure acts on the aim of training.",
    }
    assert page["document"] == {
        "title": "Drills for Machines: A Primer",
        "authors": [
            {"name": "Quill, Ada", "rank": "1"},
            {"name": "van Dam, Bo", "rank": "2"},
            {"name": "Ng, C.", "rank": "3"},
        ],
        "year": "2021",
        "abstract": "A primer on drills.\nIt has two parts.",
    }
    assert page["stage"] == {"label": "Deploy", "definition": "Handing the thing over"}
    assert page["actor"] == {"label": "Developer", "definition": "The one who builds it"}
    assert page["function"] == {"label": "Manage", "definition": "Doing something about it"}


def test_titles_codes_headings_and_parents_of_the_other_mitigations() -> None:
    keys = ("title", "parent", "heading", "category", "category_label", "description")
    others = [tuple(item[key] for key in keys) for item in tree(read(FULL))["mitigations"][1:]]
    drill = "Everyone leaves by the back stairs.\n3.1 of these stairs are new."
    doors = "Ninety-nine doors are opened.\nOne stays shut."
    assert others == [
        ("Fire Drills", None, "Classroom", "1", "AI System", drill),
        ("3D Drills", "Fire Drills", "Classroom", "1.1", "Model", None),
        ("99 Doors", "Fire Drills > 3D Drills", "Classroom", "99.9", "Other", doors),
        ("Other Drills", None, "Classroom", "1.2.9", "Other", None),
        ("1 Day of Rest", None, "Classroom", "2.2.2", "Testing & Evaluation", "Nobody does anything."),
    ]


def test_every_value_knows_its_line_and_pointer() -> None:
    lines = FULL.decode().split("\n")
    for node in leaves(read(FULL).root):
        assert isinstance(node.value, str)
        derived = node.pointer.endswith(("/key", "/own", "/rank", "/0/category", "/0/category_label"))
        assert derived == (node.kind == "derived")
        steps = [node.value] if " > " not in node.value else node.value.split(" > ")
        assert derived or all(step.split("\n")[0] in lines[node.line - 1] for step in steps)
    records = list(read_page(FULL, "full.txt", {"vocabulary": WORDS, "iterator": "$.mitigations[*]"}))
    assert [record.line for record in records] == [2, 11, 14, 15, 18, 19]
    assert str(records[2].place("category")) == "full.txt:15:/mitigations/2/category"
    names = ("own", "category", "^.key", "^.document.authors[*].rank")
    assert [records[0].written(name) for name in names] == [None] * 4
    assert [records[2].written(name) for name in names] == [None, records[2].values("category")[0], None, None]
    assert records[2].values("^.document.authors[*].name") == ["Quill, Ada", "van Dam, Bo", "Ng, C."]


def leaves(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    elif node.value is not None:
        for child in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from leaves(child)


@pytest.mark.parametrize(
    "data",
    [
        FULL.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + FULL,
        FULL + b"\n\n",
        FULL.decode().encode("utf-16"),
        FULL.replace(b"Reasoning", b"Reasoning:  "),
    ],
    ids=["crlf", "bom", "blank-end", "utf-16", "colon"],
)
def test_line_ends_and_byte_order_marks_do_not_matter(data: bytes) -> None:
    source = read(data)
    assert tree(source) == tree(read(FULL))
    assert source.findings == []


def test_text_is_verbatim_but_nfc() -> None:
    page = FULL.decode().replace("Nobody does anything.", "  Noe\u0301l\u2028said \ufb01sh ")
    assert tree(read(page))["mitigations"][5]["description"] == "  No\u00e9l\u2028said \ufb01sh "


def test_a_page_without_other_mitigations() -> None:
    source = read((PAGES / "no-others.txt").read_bytes())
    page = tree(source)
    assert source.findings == []
    assert len(page["mitigations"]) == 1
    assert page["mitigations"][0]["reasoning"] == "The bell is a reward."
    assert page["document"]["title"] == "Bells and Kindness"
    assert page["document"]["authors"] == [{"name": "Quill, Ada", "rank": "1"}]
    assert page["actor"]["label"] == "Unable to classify"


# what is odd becomes a finding


def test_odd_lines_are_named_and_nothing_else_is_lost() -> None:
    source = read((PAGES / "odd.txt").read_bytes())
    page = tree(source)
    assert [item.get("category") for item in page["mitigations"]] == [None, "2.2.2", "2.2.2"]
    assert [item["title"] for item in page["mitigations"]] == [None, "Colours", "Dark"]
    assert page["document"]["title"] == "Green Models"
    assert page["actor"] is None
    assert ("unknown-category", 1) in codes(source)
    assert ("unknown-code", 8) in codes(source)
    assert ("parent-not-listed", 8) in codes(source)
    unplaced = [finding.value for finding in source.findings if finding.code == "unplaced-line"]
    assert unplaced == ["Share this with a friend", "Painter", "The one with the brush"]
    missing = [finding.message for finding in source.findings if finding.code == "missing-part"]
    assert missing == [
        "the page has no actor",
        "the page has no definition of the risk-management function",
        "the page has no authors of the source document",
        "the page has no year of the source document",
        "the page has no abstract of the source document",
    ]


def test_an_unknown_definition_lists_the_candidates_under_its_parent() -> None:
    source = read((PAGES / "odd.txt").read_bytes())
    finding = next(finding for finding in source.findings if finding.code == "unknown-category")
    assert str(finding) == (
        "full.txt:1: warning[unknown-category] no category under Model has this definition, "
        "found 'Painting the model green.', expected one of 1.1.1 Training Data, 1.1.2 Learning Objectives"
    )


@pytest.mark.parametrize(
    ("wording", "category"),
    [
        ("SETTING  what the model\tis paid for", "1.1.2"),
        ("the old wording", "1.1.1"),
        ("The rest", None),
        ("Setting what the model is not paid for", None),
    ],
)
def test_the_category_is_known_by_its_wording_under_its_parent(wording: str, category: str | None) -> None:
    source = read(FULL.decode().replace(AIM + ".", wording))
    assert tree(source)["mitigations"][0]["category"] == category
    assert [code for code, _ in codes(source)] == ([] if category else ["unknown-category"])


def test_one_wording_of_two_categories_decides_nothing() -> None:
    twins = [Category("1.1.2", "Learning Objectives", AIM, "Model"), Category("1.1.3", "Twin", AIM, "Model")]
    words = PageVocabulary(twins, WORDS.stages, WORDS.actors, WORDS.functions)
    source = read((PAGES / "no-others.txt").read_bytes(), words)
    assert messages(source) == ["more than one category has this definition"]


@pytest.mark.parametrize(
    ("gone", "missing"),
    [
        (["Drills for Machines", "Quill", "primer", "two parts"], ["the page has no source document"]),
        (["Quill"], ["the page has no authors of the source document", "the page has no year of the source document"]),
        (["A primer", "two parts"], ["the page has no abstract of the source document"]),
        (["Manage", "Doing"], ["the page has no risk-management function"]),
        (["Deploy", "Handing"], ["the page has no lifecycle stage"]),
        (["teachers", "swap"], ["the page has no description"]),
        (["Doing"], ["the page has no definition of the risk-management function"]),
    ],
    ids=["document", "authors", "abstract", "function", "stage", "description", "definition"],
)
def test_missing_parts_are_findings(gone: list[str], missing: list[str]) -> None:
    data = without(*gone)
    if "Drills for Machines" in gone:
        data = data.replace(b"Nobody does anything.\n", b"Nobody does anything.\n2.2.2 Testing & Evaluation\n")
    source = read(data)
    assert messages(source) == missing
    assert len(tree(source)["mitigations"]) == 6


@pytest.mark.parametrize(
    ("byline", "names", "year"),
    [
        ("Quill, Ada; Ng, C.", ["Quill, Ada", "Ng, C."], None),
        ("Institute of Drills (2022)", ["Institute of Drills"], "2022"),
        ("(2022)", [], "2022"),
        ("Quill, Ada (n.d.)", ["Quill, Ada"], None),
        ("Quill, Ada", ["Quill, Ada"], None),
    ],
)
def test_authors_and_years(byline: str, names: list[str], year: str | None) -> None:
    source = read(FULL.decode().replace("Quill, Ada; van Dam, Bo; Ng, C. (2021)", byline))
    document = tree(source)["document"]
    assert [author["name"] for author in document["authors"]] == names
    assert document["year"] == year
    assert document["title"] == "Drills for Machines: A Primer"
    assert len(source.findings) == (not names) + (year is None)


def test_a_label_the_scheme_lacks_is_kept_and_named() -> None:
    source = read(FULL.decode().replace("\nDeveloper\n", "\nJanitor\n"))
    assert tree(source)["actor"] == {"label": "Janitor", "definition": "The one who builds it"}
    assert codes(source) == [("unknown-label", 27)]


@pytest.mark.parametrize(
    ("printed", "label", "title"),
    [
        ("1.1.7 Odd LabelTitle of It", "Odd Label", "Title of It"),
        ("1.1 Models & WeightsTitle of It", "Models & Weights", "Title of It"),
        ("2.2.2 OpenAI Testing and EvaluationTitle of It", "OpenAI Testing and Evaluation", "Title of It"),
        ("1 AI SystemsTitle of It", "AI Systems", "Title of It"),
    ],
)
def test_a_label_unlike_that_of_its_code_is_cut_off_with_a_warning(printed: str, label: str, title: str) -> None:
    source = read(FULL.decode().replace("1.2.9 Other1 Day of Rest", printed))
    assert tree(source)["mitigations"][4]["category_label"] == label
    assert tree(source)["mitigations"][5]["title"] == title
    assert codes(source) == [("unknown-code", 19)]


@pytest.mark.parametrize(
    "text",
    [
        "1 AI System, at least, is drilled",
        "1.1 Models of doors",
        "99.9 Other mitigations",
        "1 AI Systems drill McDoors",
        "3 Drills by McDoor",
        "1.2.9 Others said so.",
        "1.1.7 Odd labels: McDoor.",
    ],
)
def test_running_text_that_begins_like_a_code_stays_text(text: str) -> None:
    source = read(FULL.decode().replace("Nobody does anything.", f"Nobody does anything.\n{text}"))
    assert tree(source)["mitigations"][5]["description"] == f"Nobody does anything.\n{text}"
    assert source.findings == []


def test_a_mitigation_without_a_code_is_kept() -> None:
    source = read(FULL.decode().replace("2.2.2 Testing & EvaluationDrills", "Drills"))
    assert tree(source)["mitigations"][5]["category"] is None
    assert tree(source)["document"]["title"] == "Drills for Machines: A Primer"
    assert codes(source) == [("missing-part", 19)]


def test_a_page_without_reasoning_keeps_its_description() -> None:
    source = read(without("Reasoning", "Grades", "So the measure"))
    own = tree(source)["mitigations"][0]
    assert own["description"].startswith("Two teachers")
    assert own["reasoning"] is None
    assert messages(source) == ["the page has no reasoning"]


def test_a_page_without_also_in_is_read_by_its_definition() -> None:
    source = read(without("Also in"))
    own = tree(source)["mitigations"][0]
    assert (own["category"], own["category_parent"]) == ("1.1.2", None)
    assert tree(source)["notices"] == ["This page is a sample made for tests."]
    assert messages(source) == ["the page has no 'Also in' line"]


# what is no page is refused


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"Some article\n\nabout things",
            "not a mitigation page: no 'Reasoning' line, no 'Also in' line and "
            "no lifecycle stage, actor and risk-management function at its end",
        ),
        (b" \n\n", "not a mitigation page: nothing in it"),
        (b"", "not a mitigation page: nothing in it"),
        (
            b"Reasoning\nAlone.",
            "not a mitigation page: no 'Also in' line and no lifecycle stage, actor and risk-management function at its end",
        ),
    ],
)
def test_other_files_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        read(data)
    assert str(refusal.value) == f"full.txt: {message}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"One\n\xff\xfa", "full.txt:2: not utf-8 text: byte 4 cannot be decoded"),
        (b"One\nTwo\x00", "full.txt:2: not a text: it has a NUL character"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read(data)


def test_a_page_needs_a_vocabulary() -> None:
    with pytest.raises(InputError, match="vocabulary"):
        read_page(FULL, "full.txt", {})


# the vocabulary


def test_the_vocabulary_is_built_from_the_schemes(words: PageVocabulary) -> None:
    category = words.by_notation["1.1.2"]
    assert (category.label, category.broader_label) == ("Learning Objectives", "Model")
    assert words.defined_as(category.definition) == [category]
    assert "Build and Use Model" in words.stages
    assert "Other (multiple stages)" in words.stages
    assert "Unable to classify" in words.actors
    assert "Manage" in words.functions


def test_wordings_are_compared_loosely_but_not_too_loosely() -> None:
    assert normal_wording("  A \n Stra\u00dfe. ") == "a strasse"
    assert wording_hash("A b.") == wording_hash("a  B")
    assert wording_hash("a b..") != wording_hash("a b")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"sha256,notation\n", "page-wordings.csv: no column scheme"),
        (b"\xff", "page-wordings.csv: not UTF-8 at byte 0"),
    ],
)
def test_a_broken_table_of_wordings_is_refused(table: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        page_vocabulary([], table)


# the real pages and the bundled ones


def test_the_real_pages_are_read_without_loss(shared: Path, words: PageVocabulary) -> None:
    pages = [read((shared / "seeds" / f"{stem}.txt").read_bytes(), words) for stem in SEEDS]
    assert [source.findings for source in pages] == [[], [], []]
    trees = [tree(source) for source in pages]
    assert [len(page["mitigations"]) for page in trees] == [7, 7, 7]
    for page in trees:
        own, *others = page["mitigations"]
        assert (own["own"], own["category"], own["category_parent"], own["title"]) == ("true", "1.1.2", "Model", None)
        assert {other["own"] for other in others} == {"false"}
        assert page["document"]["year"] == "2024"
        assert [page[facet]["label"] for facet in ("stage", "actor", "function")] == [
            "Build and Use Model",
            "Developer",
            "Manage",
        ]
        assert len(page["notices"]) == 2
    assert [len(page["document"]["authors"]) for page in trees] == [6, 13, 6]
    assert trees[1]["document"]["authors"][12] == {"name": "Xiong, Deyi", "rank": "13"}


REAL = [
    [
        ("Red Teaming", "2.2.2", 9),
        ("Red Teaming > Manual Red Teaming", "2.2.2", 11),
        ("Red Teaming > LLMs as Red Teamers", "2.2.2", 13),
        ("Safety Training", "1.1.2", 15),
        ("Safety Training > Instruction Tuning", "1.1.2", 17),
        ("Safety Training > Reinforcement Learning with Human Feedback", "1.1.2", 19),
    ],
    [
        ("Value Misalignment", "99.9", 10),
        ("Value Misalignment > Mitigating social bias", "1", 11),
        ("Value Misalignment > Privacy protection", "1", 12),
        ("Value Misalignment > Methods for mitigating toxicity", "1", 13),
        ("Value Misalignment > Methods for mitigating LLM amorality", "1", 14),
        ("Robustness to attack", "1", 15),
    ],
    [
        ("Pre-deployment risk assessments", "2.2.1", 9),
        ("Third party pre-deployment model audits", "2.2.3", 11),
        ("External assessment of testing procedure", "2.2.2", 13),
        ("Vetted researcher access", "2.3.1", 15),
        ("Advanced model access for vetted external researchers", "2.2.2", 17),
        ("Data curation", "1.1.1", 19),
    ],
]


@pytest.mark.parametrize("number", range(3))
def test_other_mitigations_of_the_real_pages(shared: Path, words: PageVocabulary, number: int) -> None:
    data = (shared / "seeds" / f"{SEEDS[number]}.txt").read_bytes()
    records = list(read_page(data, "seed.txt", {"vocabulary": words, "iterator": "$.mitigations[*]"}))[1:]
    assert [(r.values("title_path")[0], r.values("category")[0], r.line) for r in records] == REAL[number]
    assert {tuple(r.values("heading")) for r in records} == ({("Training",)} if number == 1 else {()})
    for record in records:
        above = record.values("title_path")[0].split(" > ")[:-1]
        assert record.values("parent") == above


def test_the_web_article_among_the_real_pages_is_refused(shared: Path, words: PageVocabulary) -> None:
    data = (shared / "seeds" / "003_fc58b86153bec0fb.txt").read_bytes()
    with pytest.raises(InputError, match=r"^full\.txt: not a mitigation page: no 'Reasoning' line.*at its end$"):
        read(data, words)


@pytest.mark.parametrize("stem", EXAMPLES)
def test_the_bundled_pages_are_read_without_a_finding(root: Path, words: PageVocabulary, stem: str) -> None:
    data = (root / "examples" / "pages" / f"{stem}.txt").read_bytes()
    source = open_source(Content.of_bytes(data), f"{stem}.txt", "page", {"vocabulary": words, "iterator": "$.mitigations[*]"})
    records = list(source)
    assert (source.findings, source.refused, len(records)) == ([], 0, 7)
    assert records[0].values("key") == [stem]
    assert records[0].values("category") == ["1.1.2"]


@pytest.mark.parametrize("number", range(3))
def test_the_bundled_pages_state_the_facts_of_the_real_ones(shared: Path, root: Path, words: PageVocabulary, number: int) -> None:
    real = read((shared / "seeds" / f"{SEEDS[number]}.txt").read_bytes(), words)
    bundled = read((root / "examples" / "pages" / f"{EXAMPLES[number]}.txt").read_bytes(), words)
    assert bundled.findings == []
    assert facts(tree(bundled)) == facts(tree(real))


PROSE = {"description", "reasoning", "abstract", "definition", "category_definition", "notices"}


def facts(value: Any) -> Any:
    """A page's tree without its prose: of a text only whether it is there."""
    if isinstance(value, dict):
        return {key: bool(part) if key in PROSE else facts(part) for key, part in value.items()}
    return [facts(part) for part in value] if isinstance(value, list) else value


def prose(source: TreeSource) -> list[str]:
    kept = [node for node in leaves(source.root) if PROSE & set(node.pointer.split("/"))]
    return [node.value for node in kept if isinstance(node.value, str)]


def runs(texts: list[str], length: int) -> set[tuple[str, ...]]:
    """Every run of so many words, case and punctuation apart."""
    tokens = [re.findall(r"\w+", text.casefold()) for text in texts]
    return {tuple(words[at : at + length]) for words in tokens for at in range(len(words) - length + 1)}


def test_the_bundled_pages_repeat_no_sentence_of_the_real_ones(shared: Path, root: Path, words: PageVocabulary) -> None:
    real = [text for stem in SEEDS for text in prose(read((shared / "seeds" / f"{stem}.txt").read_bytes(), words))]
    ours = [
        text
        for folder in (root / "examples" / "pages", PAGES)
        for path in sorted(folder.glob("*.txt"))
        for text in prose(read(path.read_bytes(), words))
    ]
    assert len(ours) > 40
    assert runs(ours, 6) & runs(real, 6) == set()


# pages bent out of shape


def bent(page: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for start, length, put in cuts:
        at = start % (len(page) + 1)
        page = page[:at] + put + page[at + length :]
    return page


SPLINTERS = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"\n", b"\r", b" > ", b"1 AI System", b"99.9 Other", b"1.1.7 Some LabelTitle", b";", b"(2024)"]),
    st.sampled_from([b"\nReasoning\n", b"Also in ", b"\nDeploy\n", b"Unable to classify", b"\nManage"]),
)
CUTS = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 200), SPLINTERS), max_size=6)


@settings(max_examples=300, deadline=None)
@given(CUTS, st.sampled_from(["full", "no-others", "odd"]))
def test_a_bent_page_is_read_or_refused(cuts: list[tuple[int, int, bytes]], stem: str) -> None:
    try:
        source = read(bent((PAGES / f"{stem}.txt").read_bytes(), cuts))
    except InputError as refusal:
        assert "\n" not in str(refusal)
        return
    assert all("\n" not in str(finding) for finding in source.findings)
    assert tree(source)["mitigations"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(range(30)), max_size=12), st.permutations(range(30)), st.booleans())
def test_no_line_of_a_page_disappears(gone: list[int], order: list[int], shuffled: bool) -> None:
    lines = FULL.decode().split("\n")
    assert len(lines) == 30
    kept = [lines[at] for at in (order if shuffled else sorted(order)) if at not in gone and lines[at]]
    try:
        source = read("\n".join(kept))
    except InputError:
        return
    told = [*(node.value for node in leaves(source.root)), *(finding.value for finding in source.findings)]
    whole = "\n".join(part for part in told if isinstance(part, str))
    for line in kept:
        assert line in whole or line == "Reasoning" or all(piece.rstrip(")") in whole for piece in pieces(line))


def pieces(line: str) -> list[str]:
    """What a line that is taken apart leaves in the tree."""
    return re.split(r"^[0-9.]+ (?:AI System|Model|Other|Testing & Evaluation)|^Also in |; | \(| > ", line)
