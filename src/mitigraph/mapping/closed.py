"""Vocabularies that hold what they hold and nothing else: RDF, RDF Schema and the datatypes of XML Schema.

>>> "seeAlso" in CLOSED["http://www.w3.org/2000/01/rdf-schema#"]
True
"""

from __future__ import annotations

from mitigraph.terms import RDF, RDFS, XSD

__all__ = ["CLOSED"]

_WORDS = {
    RDF: """type value first rest nil subject predicate object language direction reifies Statement Property List Bag Seq Alt
        CompoundLiteral langString dirLangString HTML XMLLiteral JSON PlainLiteral""",
    RDFS: """label comment seeAlso isDefinedBy subClassOf subPropertyOf domain range member Class Resource Literal Datatype
        Container ContainerMembershipProperty""",
    XSD: """string boolean decimal integer double float date time dateTime dateTimeStamp gYear gMonth gDay gYearMonth
        gMonthDay duration yearMonthDuration dayTimeDuration byte short int long unsignedByte unsignedShort unsignedInt
        unsignedLong positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger hexBinary base64Binary anyURI
        language normalizedString token NMTOKEN Name NCName ID IDREF ENTITY QName NOTATION anyType anySimpleType
        anyAtomicType""",
}
CLOSED = {space: frozenset(words.split()) for space, words in _WORDS.items()}
"""Namespace → the names in it."""
