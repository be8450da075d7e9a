"""The replaced sample's loop, in our words: what it sends, so that it can be compared. Its waits are left
out.

One request at a time, not streamed, no prompt cache. Every computer action answers with a screenshot. All
but the newest 10 screenshots are taken out, in chunks of 10.
"""

from __future__ import annotations

from typing import Any

import httpx2

KEPT = 10
CHUNK = 10
MAX_TOKENS = 4096


def run(
    api: str, api_key: str, desktop: str, token: str, model: str, tools: list[Any], system: str, prompt: str
) -> None:
    """Run one task to its end."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"type": "text", "text": prompt}]}]
    betas = {"anthropic-beta": "computer-use-2025-11-24"}
    with httpx2.Client(timeout=60) as client:
        while True:
            _keep_newest(messages)
            body = {
                "model": model,
                "max_tokens": MAX_TOKENS,
                "system": system,
                "tools": tools,
                "messages": messages,
            }
            headers = {"authorization": f"Bearer {api_key}", **betas}
            answer = client.post(f"{api}/v1/messages", json=body, headers=headers)
            answer.raise_for_status()
            content = answer.json()["content"]
            messages.append({"role": "assistant", "content": content})
            results = [
                _result(client, desktop, token, block) for block in content if block["type"] == "tool_use"
            ]
            if not results:
                return
            messages.append({"role": "user", "content": results})


def _result(client: httpx2.Client, desktop: str, token: str, block: dict[str, Any]) -> dict[str, Any]:
    body = {"tool": block["name"], "input": block["input"]}
    answer = client.post(f"{desktop}/execute", json=body, headers={"authorization": f"Bearer {token}"}).json()
    content: list[dict[str, Any]] = []
    if answer["output"]:
        content.append({"type": "text", "text": answer["output"]})
    if answer["base64_image"]:
        source = {"type": "base64", "media_type": "image/png", "data": answer["base64_image"]}
        content.append({"type": "image", "source": source})
    return {"type": "tool_result", "tool_use_id": block["id"], "content": content, "is_error": False}


def _keep_newest(messages: list[dict[str, Any]]) -> None:
    results = [
        block for message in messages for block in message["content"] if block["type"] == "tool_result"
    ]
    total = sum(part["type"] == "image" for result in results for part in result["content"])
    remove = max(0, total - KEPT)
    remove -= remove % CHUNK
    for result in results:
        kept = []
        for part in result["content"]:
            if part["type"] == "image" and remove > 0:
                remove -= 1
                continue
            kept.append(part)
        result["content"] = kept
