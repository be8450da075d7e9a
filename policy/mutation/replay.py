"""Shows the served pack the recorded requests, some of them patched, and gathers what it finds.

The pack runs as the engine runs it: its own process, gRPC, the SDK's deserialising and its
proxies. So a mutant is judged exactly as if the Java program had given that input, without
starting a JVM and a provider for each.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from mutation.recording import Recording, Shown, resource_request, stack_request

PACK = Path(__file__).parent.parent


class ServedPack:
    """The pack's process for one run of the engine. Every finding is the name of a mandatory rule."""

    def __init__(self, stub: analyzer_pb2_grpc.AnalyzerStub, recording: Recording) -> None:
        self._stub = stub
        self.recording = recording

    def judge_resource(self, shown: Shown) -> set[str]:
        """Rules that the inputs of one resource break."""
        return {found.policyName for found in self._stub.Analyze(resource_request(shown)).diagnostics}

    def judge_stack(self, outputs: list[Shown]) -> set[str]:
        """Rules that the stack as a whole breaks."""
        return {found.policyName for found in self._stub.AnalyzeStack(stack_request(outputs)).diagnostics}


@contextmanager
def served(recording: Recording) -> Iterator[ServedPack]:
    """Start the pack with the recorded configuration, and end it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI")}
    environment |= {
        "PULUMI_CONFIG": recording.config,
        "PULUMI_PROJECT": "computer-use-sandbox",
        "PULUMI_STACK": "local",
        "PULUMI_DRY_RUN": "true" if recording.run == "preview" else "false",
    }
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    with subprocess.Popen(command, cwd=PACK, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            options = [("grpc.max_send_message_length", -1)]
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
                yield ServedPack(analyzer_pb2_grpc.AnalyzerStub(channel), recording)
        finally:
            process.kill()
