"""Whether a model answers, shown by the agent's record in the log or by one question on request.

The agent's record is the better evidence, because it involves the agent's role, its network and its model. A
question from here only shows that the account may invoke the model.
"""

import json
import time
from collections.abc import Iterator
from itertools import islice

from operate.aws import AwsFailure
from operate.findings import Finding, failure, ok, warning
from operate.verify.deployment import Deployment, DeploymentCheck

DAYS = 7
MOST_EVENTS = 5000
# The format in which images/orchestration logs each event of the record.
ANSWERS = '{ $.source = "record" && $.kind = "answer" }'
QUESTION = "Answer with the word ready."
MOST_TOKENS = 16


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    when = _answered(deployment)
    if when:
        yield ok(f"the agent received an answer from its model at {when}")
    elif deployment.stack.settings.text("defaultProvider") == "anthropic":
        yield warning(
            f"the agent has received no answer in the last {DAYS} days",
            "give it a task at the console, then run this again",
        )
    elif not deployment.asks_model:
        yield warning(
            f"the agent has received no answer in the last {DAYS} days",
            "give it a task at the console, or run this with --ask-model: one question of "
            f"{len(QUESTION.split())} words, an answer of at most {MOST_TOKENS} tokens, less than 0.01 USD",
        )
    if deployment.asks_model:
        yield _ask(deployment)


def _answered(deployment: Deployment) -> str | None:
    events = deployment.aws.all(
        "logs",
        "filter_log_events",
        "events",
        logGroupName=deployment.output("logGroupName"),
        logStreamNamePrefix="orchestration/",
        startTime=int((time.time() - DAYS * 86400) * 1000),
        filterPattern=ANSWERS,
    )
    for event in islice(events, MOST_EVENTS):
        try:
            line = json.loads(event["message"])
        except ValueError:
            continue
        if isinstance(line, dict) and (line.get("source"), line.get("kind")) == ("record", "answer"):
            return str(line.get("time", "an unknown time"))
    return None


def _ask(deployment: Deployment) -> Finding:
    model = deployment.stack.settings.text("defaultModel")
    try:
        answer = deployment.aws.ask_model(model, QUESTION, MOST_TOKENS)
    except AwsFailure as problem:
        return failure(
            f"{model} does not answer: {problem}",
            "python -m operate preflight says which step of the model's access is missing",
        )
    used = answer["usage"]
    return ok(f"{model} answers these credentials ({used['inputTokens']} and {used['outputTokens']} tokens)")


CHECK = DeploymentCheck("model", "A model answers.", find)
