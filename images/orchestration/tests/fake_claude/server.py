"""The HTTP server: reads a request, checks it, and answers it with the script's next step."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from fake_claude import binding, catalogue, context, rules, sending
from fake_claude.parameters import BINDING
from fake_claude.script import Script
from fake_claude.tokens import PromptCache, block_tokens, request_tokens

# AWS, "InvokeModel" with Claude: the only value that the page names.
BEDROCK_VERSION = "bedrock-2023-05-31"
BEDROCK_LARGEST = 13_000_000
MESSAGES = "/v1/messages"
MODELS = "/v1/models/"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came: `wire` is `anthropic` or `bedrock`, `bytes` the body's size; `applied` are the
    edits of its context.
    """

    wire: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    bytes: int
    usage: dict[str, Any]
    applied: list[dict[str, Any]]


@dataclass(slots=True)
class FakeClaude:
    """Serves a script on 127.0.0.1 in a thread of its own. Use as a context manager; then `url` is set.

    `api_key` is what the Claude API's callers must show; `requests` are those that were well-formed,
    `refused` the messages of those that were not; `described` the ids that a description was asked of.
    `undescribed` makes it a server without the Models API; `windows` gives models a smaller window; `without`
    names parameters that it does not take; with `unique_ids` each answer's tool calls get ids of their own,
    as the real API gives them.
    """

    script: Script
    api_key: str | None = None
    port: int = 0
    undescribed: bool = False
    windows: dict[str, int] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    unique_ids: bool = False
    requests: list[Received] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    _cache: PromptCache = field(default_factory=PromptCache)
    _paused: set[str] = field(default_factory=set)
    _count: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _stopped: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """The base URL for every client."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FakeClaude:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the fake did not start")
        return self

    def __exit__(self, *error: object) -> None:
        assert self._loop is not None and self._stopped is not None and self._thread is not None
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def serve(self, ready: threading.Event | None = None) -> None:
        """Serve until stopped or cancelled."""
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, limit=64_000_000)
        self.port = server.sockets[0].getsockname()[1]
        if ready is not None:
            ready.set()
        await self._stopped.wait()
        server.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request, *lines = head.decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = request.split(" ")
                if method == "GET":
                    self._describe(path.partition("?")[0], headers, writer)
                else:
                    await self._answer(path, headers, body, writer)
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()

    def _describe(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        """`GET /v1/models/{id}` (SDK: BetaModelInfo)."""
        name = unquote(path.removeprefix(MODELS))
        self.described.append(name)
        shown = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if self.api_key is not None and shown != self.api_key:
            sending.error(writer, False, 401, "invalid x-api-key")
            return
        said = None if self.undescribed or not path.startswith(MODELS) else catalogue.description(name)
        if said is None:
            sending.error(writer, False, 404, f"model: {name}")
            return
        said["max_input_tokens"] = self.windows.get(name, said["max_input_tokens"])
        data = json.dumps(said).encode()
        sending.head(writer, 200, "application/json", {"content-length": str(len(data))})
        writer.write(data)

    async def _answer(
        self, path: str, headers: dict[str, str], raw: bytes, writer: asyncio.StreamWriter
    ) -> None:
        self._count += 1
        kind = _wire_of(path)
        try:
            if kind is None:
                raise _Error(404, "no such endpoint")
            body = json.loads(raw)
            betas = _betas(body, headers)
            model = unquote(path.split("/")[2]) if kind == "bedrock" else body.get("model") or ""
            walk = self._admit(kind, headers, body, raw, model, betas)
        except _Error as error:
            self.refused.append(error.text)
            sending.error(writer, kind == "bedrock", error.status, error.text, code=error.code)
            return
        seen, applied = context.edited(body)
        usage: dict[str, Any] = self._cache.count(seen)
        self.requests.append(Received(kind, path, headers, body, len(raw), usage, applied))
        extra: dict[str, Any] = {"context_management": {"applied_edits": applied}} if applied else {}
        if BINDING in betas:
            extra["input_transformations"] = _transformations(walk)
        streaming = body.get("stream", False) or path.endswith("/invoke-with-response-stream")
        reply = sending.Reply(
            writer, kind == "bedrock", streaming, f"msg_{self._count:06d}", model, [], None, usage, extra
        )
        if "compaction" in body:
            _summarize(reply, walk)
            await reply.send(None)
            return
        step, fault = sending.chosen(*self.script.next(walk.answers))
        content = [dict(block) for block in step.content]
        for block in content:
            if self.unique_ids and "id" in block:
                block["id"] = f"{block['id']}_{self._count}"
        reply.content = binding.signed(content, model, walk)
        reply.stop, reply.seconds = step.stop_reason, step.seconds
        if step.details is not None:
            extra["stop_details"] = step.details
        if step.stop_reason == "pause_turn":
            self._paused.add(json.dumps(reply.content, sort_keys=True))
        usage["output_tokens"] = sum(block_tokens(block) for block in reply.content)
        await reply.send(fault)

    def _admit(
        self,
        kind: str,
        headers: dict[str, str],
        body: dict[str, Any],
        raw: bytes,
        model: str,
        betas: list[str],
    ) -> binding.Walk:
        bedrock = kind == "bedrock"
        if bedrock and not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            raise _Error(403, "the request is not signed")
        shown = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if not bedrock and self.api_key is not None and shown != self.api_key:
            raise _Error(401, "invalid x-api-key")
        if bedrock and body.get("anthropic_version") != BEDROCK_VERSION:
            raise _Error(400, f"anthropic_version: must be {BEDROCK_VERSION}")
        # AWS re:Post and public reports: these models have no on-demand throughput of their own.
        if bedrock and model.startswith("anthropic."):
            raise _Error(
                400,
                f"Invocation of model ID {model} with on-demand throughput isn\u2019t supported. Retry your "
                "request with the ID or ARN of an inference profile that contains this model.",
            )
        if len(raw) > (BEDROCK_LARGEST if bedrock else rules.LARGEST_BODY):
            raise _Error(413, "the request is too large")
        for name in self.without & set(body):
            raise _Error(400, f"{name}: Extra inputs are not permitted")
        served = catalogue.find(model)
        if served is None:
            raise _Error(404, f"model: {model}")
        last = body["messages"][-1] if body.get("messages") else {}
        goes_on = json.dumps(_unmarked(last.get("content")), sort_keys=True) in self._paused
        try:
            rules.check(body, betas, bedrock, model, served, goes_on)
            walk = binding.walk(body, model)
        except rules.Refused as refused:
            raise _Error(400, str(refused), refused.code) from None
        except binding.BadSignature as bad:
            raise _Error(400, f"{bad}: Invalid `signature` in `thinking` block") from None
        behaviour = ((body.get("thinking") or {}).get("block_binding") or {}).get("prefix_mismatch_behavior")
        if served.bound and walk.broken and behaviour != "drop_block":
            raise _Error(400, f"{walk.broken[0]}: {binding.BOUND}")
        window = self.windows.get(model, served.window)
        size = request_tokens(context.edited(body)[0])
        if size > window:
            # Page "Context windows".
            raise _Error(400, f"prompt is too long: {size} tokens > {window} maximum")
        return walk


def _summarize(reply: sending.Reply, walk: binding.Walk) -> None:
    """The answer to a compaction request: one signed block, and its tokens under `iterations` only (page
    "Compaction on demand", counting usage).
    """
    summary = f"Summary of {walk.answers} answers."
    reply.content = [{"type": "compaction", "content": summary, "signature": binding.seal(walk, summary)}]
    reply.stop = "compaction"
    spent = {**reply.usage, "output_tokens": block_tokens(reply.content[0]), "type": "compaction"}
    reply.usage.clear()
    reply.usage |= {"input_tokens": 0, "output_tokens": 0, "iterations": [spent]}


def _transformations(walk: binding.Walk) -> list[dict[str, str]]:
    reasons = [(path, "prefix_binding_mismatch") for path in walk.broken]
    reasons += [(path, "model_binding_mismatch") for path in walk.unreadable]
    return [{"type": "thinking_dropped", "path": path, "reason": reason} for path, reason in reasons]


def _betas(body: dict[str, Any], headers: dict[str, str]) -> list[str]:
    betas = body.get("anthropic_beta") or headers.get("anthropic-beta", "").split(",")
    return [beta.strip() for beta in betas]


def _unmarked(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    return [{name: value for name, value in block.items() if name != "cache_control"} for block in content]


def _wire_of(path: str) -> str | None:
    plain = path.partition("?")[0]
    if plain.startswith("/model/") and plain.endswith(("/invoke", "/invoke-with-response-stream")):
        return "bedrock"
    return "anthropic" if plain == MESSAGES else None


class _Error(Exception):
    def __init__(self, status: int, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = code
