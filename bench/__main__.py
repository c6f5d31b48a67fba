"""``python -m bench``: every speed claim measured, ours and a peer in one run on one machine.

``--full`` gives the slow peers all of the input; names (start, mapping, rml, writing, inference, shacl, against) choose what is
measured: ``start`` how long the commands take to begin, ``mapping`` records to N-Triples, ``writing`` Turtle and N-Triples,
``inference`` the closure, ``shacl`` checking against shapes, ``against`` one new entry beside very many. ``rml`` measures
nothing: it compares what both engines make of the same mappings.
"""

from __future__ import annotations

import argparse
import platform

from bench import against, inference, mapping, rml, shacl, start, writing

BENCHES = {
    "start": start.rows,
    "mapping": mapping.rows,
    "rml": rml.rows,
    "writing": writing.rows,
    "inference": inference.rows,
    "shacl": shacl.rows,
    "against": against.rows,
}


def main() -> None:
    """Print one line for each measurement as it is made."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--full", action="store_true", help="give the slow peers all of the input")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(BENCHES)):
        parser.error(f"no such measurement: {', '.join(unknown)}")
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}", flush=True)
    for name in asked.names or BENCHES:
        for row in BENCHES[name](asked.full):
            print(row, flush=True)


if __name__ == "__main__":
    main()
