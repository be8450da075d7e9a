"""A policy pack that records every request of the engine, so that the mutation test can patch and replay
them.

In the folder named by RECORDED_REQUESTS it writes one file for each run, `preview` or `update`. The file
holds the requests one after the other: a letter (R for a resource, S for the stack), the length in four
bytes, and the protobuf message. Beside it, `preview.config` or `update.config` holds the stack's
configuration as the pack received it.
"""

import os
import sys
import time
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

RUN = "preview" if os.environ.get("PULUMI_DRY_RUN") == "true" else "update"
LARGEST = 400 * 1024 * 1024  # In bytes; the engine's limit.


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers each request without findings."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        self._file.write_bytes(b"")
        self._file.with_suffix(".config").write_text(os.environ.get("PULUMI_CONFIG", ""), encoding="utf-8")

    def _write(self, kind: bytes, request: Message) -> None:
        message = request.SerializeToString()
        with self._lock, self._file.open("ab") as file:
            file.write(kind + len(message).to_bytes(4, "big") + message)

    def Analyze(self, request: Any, _context: object) -> Any:
        """Record one resource's inputs."""
        self._write(b"R", request)
        return proto.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, _context: object) -> Any:
        """Record the outputs of all resources."""
        self._write(b"S", request)
        return proto.AnalyzeResponse()

    def Remediate(self, _request: object, _context: object) -> Any:
        """Remediate nothing."""
        return proto.RemediateResponse()

    def GetAnalyzerInfo(self, _request: object, _context: object) -> Any:
        """Return the name of this pack."""
        return proto.AnalyzerInfo(name="recorder", version="1.0.0", supportsConfig=True)

    def GetPluginInfo(self, _request: object, _context: object) -> Any:
        """Return the version of this pack."""
        return proto.PluginInfo(version="1.0.0")

    def Configure(self, _request: object, _context: object) -> Any:
        """Ignore the configuration; the recorder has none."""
        return empty_pb2.Empty()

    def ConfigureStack(self, _request: object, _context: object) -> Any:
        """Ignore the stack; the recording is the same for every stack."""
        return proto.AnalyzerStackConfigureResponse()


def serve() -> None:
    """Print the port and serve until the engine ends this process."""
    folder = Path(os.environ["RECORDED_REQUESTS"])
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", LARGEST)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Recorder(folder / RUN), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


serve()
