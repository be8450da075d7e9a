"""Run the tasks of the emulated Fargate: `python -m runner --endpoint URL … `; see `options`.

Ends on SIGTERM, with everything that it started. Of two processes, this one only starts the other, which does
the work, again when it dies: tasks die with it, and come back with it. The state file says who runs, and how.
"""

from __future__ import annotations

import sys

from runner import guard, options, work

if __name__ == "__main__":
    told = options.parse(sys.argv[1:])
    if told.only_clean:
        work.clean(told)
        sys.exit()
    sys.exit(guard.keep(told.folder, lambda: work.run(told)))
