"""What can go wrong with a request to the model, and what a person can do about each kind of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import anthropic

from orchestration.agent.backoff import RETRYABLE_STATUS, retry_after
from orchestration.agent.model_ids import base

LONGEST_MESSAGE = 600
STATUS_OF_ERROR_TYPE: Mapping[str, int] = {
    "overloaded_error": 529,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "throttlingException": 429,
    "modelTimeoutException": 408,
    "internalServerException": 500,
    "modelStreamErrorException": 500,
    "serviceUnavailableException": 503,
    "validationException": 400,
}
KIND_OF_STATUS: Mapping[int, str] = {
    401: "key",
    402: "credit",
    403: "access",
    404: "model",
    413: "too_long",
    429: "rate",
    529: "overloaded",
}
# (kind, what the message says), the first that fits wins. The phrases are the API's and AWS's own.
_PHRASES: tuple[tuple[str, str], ...] = (
    ("bound", "bound to a different conversation"),
    ("too_long", "prompt is too long"),
    ("too_long", "exceed context limit"),
    ("credit", "credit balance"),
    ("credit", "spend limit"),
    ("tool", "does not support tool types"),
    ("form", "use case details"),
    ("agreement", "aws-marketplace"),
    ("agreement", "model access is denied"),
    ("profile", "on-demand throughput"),
    ("profile", "model identifier is invalid"),
    ("policy", "is not authorized to perform"),
    ("access", "don't have access to the model"),
)
BEDROCK_FORM = (
    "Bedrock asks each account once for a use-case form: the deployer sends it with `aws bedrock "
    "put-use-case-for-model-access --form-data fileb://form.json`."
)
BEDROCK_AGREEMENT = (
    "The account has not agreed to this model's offer yet: the deployer runs `aws bedrock "
    "list-foundation-model-agreement-offers --model-id MODEL` and, with the token it shows, `aws bedrock "
    "create-foundation-model-agreement --model-id MODEL --offer-token TOKEN`."
)
NEXT_STEP: Mapping[str, str] = {
    "key": "Enter a valid API key, or have the deployer set `anthropicApiKey`.",
    "credit": "Top up credit or raise the spend limit in the Claude Console, then continue.",
    "access": "Ask the owner of the account for access to this model, or choose another one.",
    "model": "Choose a model that exists for this account and region.",
    "too_long": "Start a new conversation.",
    "tool": "Choose another tool version in the sidebar.",
    "rate": "Wait, or ask for a higher rate limit, then continue.",
    "overloaded": "Wait a while, then continue.",
    "network": "Look whether the model's API is on the allowlist and reachable, then continue.",
    "malformed": "Continue; if it happens again, choose another model.",
    "bound": "Continue: the model's earlier thinking is left out then.",
    "form": BEDROCK_FORM,
    "agreement": BEDROCK_AGREEMENT,
    "profile": "Name an inference profile, such as us.anthropic.claude-sonnet-5-5, in place of the model.",
    "policy": "Name the model in `bedrockModels` and deploy again, or choose one that is named there.",
    "credentials": "On AWS the task's role is used; elsewhere set the usual AWS variables.",
    "request": "Choose other settings or another model; the log of HTTP exchanges shows the request.",
}


class ModelFailure(Exception):
    """A request to the model failed.

    `kind` is a key of `NEXT_STEP`; `fault` names it for the record (`status 429`, `connection`, `timeout`,
    `malformed`, `credentials`); `text` tells a person what happened and what to do; `retryable` says whether
    the same request may work later; `wait` is what the server asked for, in seconds.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        retryable: bool,
        wait: float | None = None,
        fault: str | None = None,
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.fault = fault or kind
        self.text = text
        self.retryable = retryable
        self.wait = wait


def failure(kind: str, what: str, retryable: bool, fault: str | None = None) -> ModelFailure:
    """A failure of a kind, with the next step of that kind."""
    return ModelFailure(kind, f"{what} {NEXT_STEP[kind]}", retryable, fault=fault)


def explained(error: anthropic.APIStatusError, provider: str, model_id: str) -> ModelFailure:
    """What an error answer of the API means, in its own words and with the next step."""
    body = _body(error.body)
    named = error_type(body)
    status = error.status_code
    if status == 200:
        # An error event inside a stream that had begun well.
        status = STATUS_OF_ERROR_TYPE.get(named, 500)
    return _explain(status, named, message_of(body), provider, model_id, retry_after(error.response.headers))


def broken_off(error: anthropic.APIError, provider: str, model_id: str) -> ModelFailure:
    """What an error in the middle of a stream means."""
    body = _body(error.body)
    named = error_type(body)
    status = STATUS_OF_ERROR_TYPE.get(named, 500)
    return _explain(status, named, message_of(body), provider, model_id, None)


def _explain(
    status: int, named: str, said: str, provider: str, model_id: str, wait: float | None
) -> ModelFailure:
    kind = kind_of(status, said)
    words = f"The model's API answered {status}{f' ({named})' if named else ''}"
    words += f": {said}" if said else ""
    words += "" if words.endswith((".", "!", "?")) else "."
    step = NEXT_STEP[kind].replace("MODEL", base(model_id))
    if kind == "key" and provider == "bedrock":
        step = NEXT_STEP["credentials"]
    return ModelFailure(kind, f"{words} {step}", status in RETRYABLE_STATUS, wait, f"status {status}")


def kind_of(status: int, said: str) -> str:
    """The kind of an error answer, by its message first and its status second."""
    lowered = said.lower().replace("\u2019", "'")
    for kind, phrase in _PHRASES:
        if phrase in lowered:
            return kind
    if status in KIND_OF_STATUS:
        return KIND_OF_STATUS[status]
    return "overloaded" if status >= 500 or status in RETRYABLE_STATUS else "request"


def message_of(body: object) -> str:
    """The API's own message on one line, as long as a person will read; empty when there is none."""
    if not isinstance(body, dict):
        return ""
    inner = body.get("error")
    said = inner.get("message") if isinstance(inner, dict) else body.get("message") or body.get("Message")
    if not isinstance(said, str):
        return ""
    line = " ".join(said.split())
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"


def error_type(body: object) -> str:
    """The API's name for the error, or an empty text."""
    if not isinstance(body, dict):
        return ""
    inner = body.get("error")
    kind = inner.get("type") if isinstance(inner, dict) else body.get("type")
    plain = isinstance(kind, str) and kind.isascii() and kind.replace("_", "").isalnum()
    return str(kind)[:60] if plain else ""


def _body(body: object) -> object:
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return None
