"""ECR: a tag can be pushed again into a MUTABLE repository, and never into an IMMUTABLE one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Aws, Refused


def _manifest(layer: str) -> dict[str, Any]:
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    part = {"mediaType": kind, "size": 1, "digest": f"sha256:{layer * 64}"}
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": part, "layers": [part]}
    return {"imageManifest": json.dumps(manifest)}


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE"])
def test_only_a_mutable_repository_accepts_a_tag_twice(aws: Aws, refused: Refused, mutability: str) -> None:
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="sandbox", imageTagMutability=mutability)
    first = ecr.put_image(repositoryName="sandbox", imageTag="t", **_manifest("1"))["image"]["imageId"]
    again = {"repositoryName": "sandbox", "imageTag": "t", **_manifest("2")}
    if mutability == "IMMUTABLE":
        assert refused(ecr.put_image, **again) == "ImageTagAlreadyExistsException"
        now = first["imageDigest"]
    else:
        now = ecr.put_image(**again)["image"]["imageId"]["imageDigest"]
        assert now != first["imageDigest"]
    found = ecr.describe_images(repositoryName="sandbox", imageIds=[{"imageTag": "t"}])["imageDetails"]
    assert [one["imageDigest"] for one in found] == [now]
