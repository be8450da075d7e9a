"""One request to the model over the Claude API or Amazon Bedrock. Retries are the loop's business."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncAnthropicBedrock
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from orchestration.agent.answer import Answer, MalformedAnswer, Progress, StreamReader, from_message
from orchestration.agent.describe import Descriptions
from orchestration.agent.exchanges import ExchangeLog, LoggingTransport
from orchestration.agent.failures import broken_off, explained, failure
from orchestration.agent.models import Model
from orchestration.agent.tool_versions import Fit

# What AWS documents for Claude through InvokeModel. The SDK's own, newer version is refused by older models.
BEDROCK_VERSION = "bedrock-2023-05-31"
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 90.0
WHOLE_ANSWER_SECONDS = 600.0
END_OF_BODY_SECONDS = 1.0
_KEY = re.compile(r"[!-~]{8,4096}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a provider needs to know the caller. Bedrock's come from the task's role and need nothing here."""

    api_key: str | None = None
    aws_region: str = "us-west-2"

    def __repr__(self) -> str:
        return f"Credentials(aws_region={self.aws_region!r}, …)"


Client = AsyncAnthropic | AsyncAnthropicBedrock


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
            ModelFailure: the provider needs an API key, and there is none or it cannot be one.
        """
        self._fit = fit
        self._silence_seconds = silence_seconds
        self._http = http_client(log)
        self._client = client(fit.provider, credentials, self._http)
        # The same method on both, but typed for each client's own class; the answer is checked by us.
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
        fit = self._fit
        body = {**parameters, "model": fit.model_id}
        if fit.provider == "bedrock":
            body["extra_body"] = {"anthropic_version": BEDROCK_VERSION}
        progress("restart", "")
        try:
            return await (self._stream(body, progress) if streaming else self._whole(body, progress))
        except MalformedAnswer as error:
            raise failure("malformed", f"The model's answer was malformed: {error}.", True) from None
        except anthropic.APIStatusError as error:
            raise explained(error, fit.provider, fit.model_id) from None
        except (anthropic.APITimeoutError, httpx2.TimeoutException):
            raise failure("network", "The model did not answer in time.", True, "timeout") from None
        except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
            what = f"The connection to the model failed ({type(error).__name__})."
            raise failure("network", what, True, "connection") from None
        except anthropic.APIError as error:
            raise broken_off(error, fit.provider, fit.model_id) from None
        except (anthropic.AnthropicError, RuntimeError, TypeError) as error:
            what = f"The request could not be made ({type(error).__name__}): are there credentials?"
            raise failure("credentials", what, False) from None
        except ValueError:
            # The SDK's decoders raise plain ValueErrors for JSON or event-stream frames that make no sense.
            raise failure("malformed", "The model's answer could not be decoded.", True) from None
        except Exception as error:
            if type(error).__module__.startswith("botocore"):
                what = f"The model's stream was damaged ({type(error).__name__})."
                raise failure("malformed", what, True) from None
            raise

    async def _stream(self, body: dict[str, Any], progress: Progress) -> Answer:
        timeout = httpx2.Timeout(self._silence_seconds, connect=CONNECT_SECONDS)
        stream = await self._create(**body, stream=True, timeout=timeout)
        reader = StreamReader(progress)
        async with stream:
            async for event in stream:
                reader.take(_plain(event))
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
        answer = from_message(_plain(message))
        for block in answer.content:
            if block["type"] in ("text", "thinking"):
                progress(block["type"], block[block["type"]])
        return answer


def http_client(log: ExchangeLog) -> httpx2.AsyncClient:
    """A client whose exchanges are logged."""
    transport = LoggingTransport(
        "model", log, httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=4))
    )
    return httpx2.AsyncClient(transport=transport, headers={"accept-encoding": "identity"})


def client(provider: str, credentials: Credentials, http: httpx2.AsyncClient) -> Client:
    """The SDK's client for a provider.

    Raises:
        ModelFailure: there is no API key, or what is given cannot be one.
    """
    if provider == "bedrock":
        region = credentials.aws_region
        return AsyncAnthropicBedrock(
            aws_region=region, base_url=bedrock_url(region), max_retries=0, http_client=http
        )
    if not credentials.api_key:
        raise failure("key", "The Claude API needs an API key.", False, "credentials")
    if not _KEY.fullmatch(credentials.api_key):
        what = "The API key holds a line break, a blank or another character that no key has."
        raise failure("key", what, False, "credentials")
    return AsyncAnthropic(api_key=credentials.api_key, max_retries=0, http_client=http)


async def describing(
    provider: str, model_id: str, credentials: Credentials, log: ExchangeLog, said: Descriptions
) -> Model | None:
    """What a model says of itself, or None where it cannot be asked: Bedrock has no Models API.

    Raises:
        ModelFailure: there is no such model, or no key to ask with.
    """
    if provider != "anthropic":
        return None
    async with http_client(log) as http:
        asked = client(provider, credentials, http)
        return await said.of(asked, model_id) if isinstance(asked, AsyncAnthropic) else None


@cache
def bedrock_url(region: str) -> str | None:
    """Bedrock's address in a region's partition; None leaves it to the SDK, which knows `amazonaws.com` and
    its own variable for another address.
    """
    resolver = EndpointResolver(Loader().load_data("endpoints"))
    suffix = resolver.get_partition_dns_suffix(resolver.get_partition_for_region(region))
    return None if suffix == "amazonaws.com" else f"https://bedrock-runtime.{region}.{suffix}"


def _plain(value: Any) -> dict[str, Any]:
    data: dict[str, Any] = value.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
    return data
