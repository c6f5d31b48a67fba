"""Vocabularies that hold what they hold and nothing else: RDF, RDF Schema and the datatypes of XML Schema.

>>> "seeAlso" in CLOSED[RDFS], "seeAlso" in names_for(RDFS, "class"), "HTML" in names_for(RDF, "class")
(True, False, True)
"""

from __future__ import annotations

from mitigraph.terms import RDF, RDFS, XSD

__all__ = ["CLOSED", "names_for"]

_WORDS = {
    (RDF, "property"): "type value first rest subject predicate object language direction reifies",
    (RDF, "class"): "Statement Property List Bag Seq Alt CompoundLiteral",
    (RDF, "datatype"): "langString dirLangString HTML XMLLiteral JSON PlainLiteral",
    (RDF, "individual"): "nil",
    (RDFS, "property"): "label comment seeAlso isDefinedBy subClassOf subPropertyOf domain range member",
    (RDFS, "class"): "Class Resource Literal Datatype Container ContainerMembershipProperty",
    (XSD, "datatype"): """string boolean decimal integer double float date time dateTime dateTimeStamp gYear gMonth gDay
        gYearMonth gMonthDay duration yearMonthDuration dayTimeDuration byte short int long unsignedByte unsignedShort unsignedInt
        unsignedLong positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger hexBinary base64Binary anyURI
        language normalizedString token NMTOKEN Name NCName ID IDREF ENTITY QName NOTATION anyType anySimpleType
        anyAtomicType""",
}
_NAMES = {key: frozenset(words.split()) for key, words in _WORDS.items()}
_FIT = {"property": ("property",), "class": ("class", "datatype"), "datatype": ("datatype",)}

CLOSED = {
    space: frozenset(name for (other, _), names in _NAMES.items() if other == space for name in names)
    for space in (RDF, RDFS, XSD)
}
"""Namespace → the names in it."""


def names_for(space: str, role: str) -> frozenset[str]:
    """The names of a namespace that can be a property, a class or a datatype; for any other role, all of them."""
    if role not in _FIT:
        return CLOSED[space]
    return frozenset(name for kind in _FIT[role] for name in _NAMES.get((space, kind), ()))
