"""Start the emulator: `python -m emulator [--port N] [--state-file FILE] [--exit-with-parent]
[--calls FILE] [--verbose]`.

The first line on standard output is `listening on http://127.0.0.1:PORT`. The log goes to standard error.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from emulator import identity, lifetime
from emulator.http_server import LoopbackServer

# Read by moto when its modules are imported, hence set before. No web page may call this API; nobody starts
# EC2 instances here, and loading their images takes longer than the rest of a start.
os.environ.update(MOTO_DISABLE_GLOBAL_CORS="true", MOTO_EC2_LOAD_DEFAULT_AMIS="false")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0, the default, is any free one")
    parser.add_argument("--state-file", type=Path, help="say here who listens where, as long as it does")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when standard input is closed")
    parser.add_argument("--calls", type=Path, help="write down each call, one JSON object a line")
    parser.add_argument("--verbose", action="store_true", help="log each request")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )

    from emulator.application import build_application  # noqa: PLC0415  moto reads the environment at import

    try:
        server = LoopbackServer(options.port)
    except OSError as error:
        print(f"emulator: cannot listen on 127.0.0.1:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    application = build_application()
    if options.calls:
        from emulator import recorded_calls  # noqa: PLC0415  imports moto too

        recorded_calls.install(options.calls)
    me = identity.Identity(server.server_port, server.url)
    server.application = identity.with_identity(application, me)
    with server:
        lifetime.end_on_signals(server.shutdown)
        if options.exit_with_parent:
            lifetime.end_with_standard_input(server.shutdown)
        if options.state_file:
            identity.announce(me, options.state_file)
        print(f"listening on {server.url}", flush=True)
        server.serve_forever(poll_interval=0.2)
    if options.state_file:
        identity.withdraw(me, options.state_file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
