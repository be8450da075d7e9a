"""`python3 -m launcher COMMAND`, with `testbench/` on PYTHONPATH; the Makefile says how."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an older Python is to be told so, not to fail at an import
    sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]} ({sys.executable}).")

from launcher.arguments import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
