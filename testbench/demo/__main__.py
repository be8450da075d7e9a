"""`python3 -m demo`, with `testbench/` on PYTHONPATH: what `make demo` runs."""

import sys

from demo import play
from launcher.arguments import perform

if __name__ == "__main__":
    sys.exit(perform("demo", play.play, exclusive=True))
