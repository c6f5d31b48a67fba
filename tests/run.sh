#!/bin/sh
# Every check and test, given the folder of the environment's programs. Inside a closed network the loopback is brought up first.
set -eu
bin=$1
ip link set lo up 2>/dev/null || true
"$bin/ruff" check src tests bench docs
"$bin/ruff" format --check src tests bench docs
"$bin/mypy"
"$bin/python" -m pytest -p no:cacheprovider
