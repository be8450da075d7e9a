"""The proof's expectations come from the settings, never from what was deployed."""

from __future__ import annotations

from launcher.proof import expected


def test_who_may_connect_and_which_models_come_from_the_settings() -> None:
    settings: dict[str, dict[str, object]] = {
        "computer-use-sandbox:deployerIp": {"value": "203.0.113.1"},
        "computer-use-sandbox:bedrockModels": {
            "value": "[]",
            "objectValue": ["us.anthropic.a", "anthropic.b"],
        },
    }
    assert expected(settings) == [
        *("--deployer-ip", "203.0.113.1"),
        *("--bedrock-model", "us.anthropic.a"),
        *("--bedrock-model", "anthropic.b"),
    ]
