"""``PYTHON shacl_peers.py NAME DATA SHAPES`` in a peer's own environment: check N-Triples; print the number of results."""

import sys
from pathlib import Path


def pyshacl(data: str, shapes: str) -> int:
    """pySHACL on rdflib, SHACL Core."""
    from pyshacl import validate
    from rdflib import SH, Graph

    _, report, _ = validate(Graph().parse(data, format="nt"), shacl_graph=shapes, inplace=True, do_owl_imports=False)
    return len(set(report.objects(None, SH.result)))


def pyrudof(data: str, shapes: str) -> int:
    """rudof (Rust)."""
    from pyrudof import RDFFormat, Rudof, RudofConfig, ShaclFormat  # type: ignore[import-not-found]

    rudof = Rudof(RudofConfig())
    rudof.read_data(Path(data), RDFFormat.NTriples)
    rudof.read_shacl(Path(shapes), ShaclFormat.Turtle)
    return len(rudof.validate_shacl())


def pyshifty(data: str, shapes: str) -> int:
    """shifty (Rust)."""
    from rdflib import SH
    from shifty import validate  # type: ignore[import-not-found]

    _, report, _ = validate(data, shapes, infer=False)
    return len(set(report.objects(None, SH.result)))


if __name__ == "__main__":
    print({"pyshacl": pyshacl, "pyrudof": pyrudof, "pyshifty": pyshifty}[sys.argv[1]](*sys.argv[2:]))
