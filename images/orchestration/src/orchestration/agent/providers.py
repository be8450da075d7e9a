"""One request to the model over the Claude API or either of Bedrock's endpoints. Retries are the loop's
business.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle

from orchestration.agent.answer import Answer, MalformedAnswer, Progress, StreamReader, from_message
from orchestration.agent.backoff import RETRYABLE_STATUS, retry_after
from orchestration.agent.exchanges import ExchangeLog, LoggingTransport
from orchestration.agent.tool_versions import Fit

LEGACY_BEDROCK_VERSION = "bedrock-2023-05-31"
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 90.0
WHOLE_ANSWER_SECONDS = 600.0
END_OF_BODY_SECONDS = 1.0
STATUS_OF_ERROR_TYPE: Mapping[str, int] = {
    "overloaded_error": 529,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "invalid_request_error": 400,
    "authentication_error": 401,
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


class ModelFailure(Exception):
    """A request to the model failed.

    `fault` names it for the record (`status 429`, `connection`, `timeout`, `malformed`, `credentials`);
    `retryable` says whether the same request may work later; `wait` is what the server asked for, in
    seconds.
    """

    def __init__(self, fault: str, text: str, retryable: bool, wait: float | None = None) -> None:
        super().__init__(text)
        self.fault = fault
        self.text = text
        self.retryable = retryable
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a provider needs to know the caller. Bedrock's come from the task's role and need nothing here."""

    api_key: str | None = None
    aws_region: str = "us-west-2"

    def __repr__(self) -> str:
        return f"Credentials(aws_region={self.aws_region!r}, …)"


Client = AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicBedrockMantle


class ModelClient:
    """Asks one model. Use as an async context manager, in one event loop."""

    def __init__(
        self,
        fit: Fit,
        credentials: Credentials,
        log: ExchangeLog,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        """
        Args:
            silence_seconds: how long a stream may stay silent before the request counts as failed.

        Raises:
            ModelFailure: the provider needs an API key and there is none.
        """
        self._fit = fit
        self._silence_seconds = silence_seconds
        transport = LoggingTransport(
            "model", log, httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=4))
        )
        self._http = httpx2.AsyncClient(transport=transport, headers={"accept-encoding": "identity"})
        self._client = _client(fit.provider, credentials, self._http)
        # The same method on all three, but typed for each client's own class; the answer is checked by us.
        beta: Any = self._client.beta
        self._create = beta.messages.create

    async def __aenter__(self) -> ModelClient:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.close()
        await self._http.aclose()

    async def ask(self, parameters: Mapping[str, Any], streaming: bool, progress: Progress) -> Answer:
        """Send one request and read its answer.

        Args:
            parameters: the body, as the SDK's `beta.messages.create` takes it.
            progress: called with text and thinking as they arrive.

        Raises:
            ModelFailure: whatever went wrong.
        """
        body = {**parameters, "model": self._fit.model_id}
        if self._fit.provider == "bedrock" and self._fit.model.legacy_bedrock_version:
            body["extra_body"] = {"anthropic_version": LEGACY_BEDROCK_VERSION}
        progress("restart", "")
        try:
            return await (self._stream(body, progress) if streaming else self._whole(body, progress))
        except MalformedAnswer as error:
            raise ModelFailure("malformed", f"The model's answer was malformed: {error}.", True) from None
        except anthropic.APIStatusError as error:
            raise _status_failure(error) from None
        except (anthropic.APITimeoutError, httpx2.TimeoutException):
            raise ModelFailure("timeout", "The model did not answer in time.", True) from None
        except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
            raise ModelFailure(
                "connection", f"The connection to the model failed ({type(error).__name__}).", True
            ) from None
        except anthropic.APIError as error:
            raise _stream_failure(error) from None
        except (anthropic.AnthropicError, RuntimeError, TypeError) as error:
            raise ModelFailure(
                "credentials",
                f"The request could not be made ({type(error).__name__}): are there credentials for "
                f"{self._fit.provider}?",
                False,
            ) from None
        except ValueError:
            # The SDK's decoders raise plain ValueErrors for JSON or event-stream frames that make no sense.
            raise ModelFailure("malformed", "The model's answer could not be decoded.", True) from None
        except Exception as error:
            if type(error).__module__.startswith("botocore"):
                raise ModelFailure(
                    "malformed", f"The model's stream was damaged ({type(error).__name__}).", True
                ) from None
            raise

    async def _stream(self, body: dict[str, Any], progress: Progress) -> Answer:
        timeout = httpx2.Timeout(self._silence_seconds, connect=CONNECT_SECONDS)
        stream = await self._create(**body, stream=True, timeout=timeout)
        reader = StreamReader(progress)
        async with stream:
            async for event in stream:
                reader.take(event.model_dump(mode="json", exclude_unset=True, warnings=False))
                if reader.complete:
                    break
            # Read to the end of the body, so that the connection can serve the next request.
            with suppress(Exception):
                async with asyncio.timeout(END_OF_BODY_SECONDS):
                    async for _ in stream:
                        pass
        return reader.answer()

    async def _whole(self, body: dict[str, Any], progress: Progress) -> Answer:
        timeout = httpx2.Timeout(WHOLE_ANSWER_SECONDS, connect=CONNECT_SECONDS)
        message = await self._create(**body, stream=False, timeout=timeout)
        if not hasattr(message, "model_dump"):
            raise MalformedAnswer("the response is not a message")
        answer = from_message(message.model_dump(mode="json", exclude_unset=True, warnings=False))
        for block in answer.content:
            if block["type"] in ("text", "thinking"):
                progress(block["type"], block[block["type"]])
        return answer


def _client(provider: str, credentials: Credentials, http: httpx2.AsyncClient) -> Client:
    if provider == "bedrock":
        return AsyncAnthropicBedrock(aws_region=credentials.aws_region, max_retries=0, http_client=http)
    if provider == "bedrock-mantle":
        return AsyncAnthropicBedrockMantle(aws_region=credentials.aws_region, max_retries=0, http_client=http)
    if not credentials.api_key:
        raise ModelFailure("credentials", "The Claude API needs an API key: enter one in the sidebar.", False)
    return AsyncAnthropic(api_key=credentials.api_key, max_retries=0, http_client=http)


def _status_failure(error: anthropic.APIStatusError) -> ModelFailure:
    status, kind = error.status_code, _error_type(error.body)
    if status == 200:
        # An error event inside a stream that had begun well.
        status = STATUS_OF_ERROR_TYPE.get(kind, 500)
    wait = retry_after(error.response.headers)
    named = f" ({kind})" if kind else ""
    return ModelFailure(
        f"status {status}", f"The model's API answered {status}{named}.", status in RETRYABLE_STATUS, wait
    )


def _stream_failure(error: anthropic.APIError) -> ModelFailure:
    status = STATUS_OF_ERROR_TYPE.get(_error_type(error.body), 500)
    return ModelFailure(
        f"status {status}", f"The model's API broke off with an error ({status}).", status in RETRYABLE_STATUS
    )


def _error_type(body: object) -> str:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return ""
    if isinstance(body, dict):
        inner = body.get("error")
        kind = inner.get("type") if isinstance(inner, dict) else body.get("type")
        if isinstance(kind, str) and kind.isascii() and kind.replace("_", "").isalnum():
            return kind[:60]
    return ""
