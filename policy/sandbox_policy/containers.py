"""Reads the container definitions of a task definition, which Pulumi passes as one JSON string."""

import json
from collections.abc import Mapping

from sandbox_policy.model import Context, Resource
from sandbox_policy.values import MalformedInputError, mapping, read

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"


def containers_of(task: Resource, context: Context) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """Return (label, definition) of each container, or nothing if a preview does not know the JSON yet.

    Raises MalformedInputError if the JSON is missing or is not a list of containers.
    """
    value = read(task.properties, "containerDefinitions")
    if context.awaits(value, "containerDefinitions"):
        return ()
    if not isinstance(value, str):
        raise MalformedInputError(f"containerDefinitions is not a JSON string: {value!r}")
    try:
        document = json.loads(value)
    except ValueError as error:
        raise MalformedInputError(f"containerDefinitions is not valid JSON: {error}") from error
    if not isinstance(document, list) or not document:
        raise MalformedInputError("containerDefinitions is not a list with at least one container")
    found = []
    for index, element in enumerate(document):
        definition = mapping(element, f"container {index + 1}")
        name = definition.get("name")
        if not isinstance(name, str) or not name:
            raise MalformedInputError(f"container {index + 1} has no name")
        found.append((f"container {name}", definition))
    return tuple(found)
