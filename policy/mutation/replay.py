"""Sends recorded requests, some of them patched, to the served pack and collects its findings.

The pack runs as under the engine: in its own process, over gRPC, with the SDK's deserialisation and proxies.
So a mutant is checked exactly as if the Java program had produced that input, without starting a JVM and
a provider for each mutant.
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
    """The pack's process for one run of the engine. Findings are reported as names of mandatory rules."""

    def __init__(self, stub: analyzer_pb2_grpc.AnalyzerStub, recording: Recording) -> None:
        self._stub = stub
        self.recording = recording

    def judge_resource(self, shown: Shown) -> set[str]:
        """The rules that the inputs of one resource violate."""
        return {found.policyName for found in self._stub.Analyze(resource_request(shown)).diagnostics}

    def judge_stack(self, outputs: list[Shown]) -> set[str]:
        """The rules that the stack as a whole violates."""
        return {found.policyName for found in self._stub.AnalyzeStack(stack_request(outputs)).diagnostics}


@contextmanager
def served(recording: Recording) -> Iterator[ServedPack]:
    """Start the pack with the recorded configuration; it ends with the context."""
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
