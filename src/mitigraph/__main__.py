"""``python -m mitigraph`` is the command line."""

from mitigraph.cli import main

main()
