"""Each check passes for a working deployment, and says what is wrong with a broken one and how to fix it."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from operate.checks import Check
from operate.findings import Outcome, Status
from operate.tests import deployed
from operate.tests.pages import PASSWORD, Pages, make_certificate
from operate.tests.wire import Answer, Call, Fault, Wire
from operate.verify import (
    CHECKS,
    certificate,
    examine,
    images,
    logs,
    model,
    names,
    screen,
    services,
    sign_in,
    targets,
)
from operate.verify.deployment import Deployment
from operate.verify.pages import Site

Client = Callable[[str], Any]


class Scene:
    """A working deployment that a test can break."""

    def __init__(self, wire: Wire, client: Client, folder: Path) -> None:
        self.wire, self.logs, self.folder = wire, client("logs"), folder
        self.key = deployed.prepare(wire, client)
        file, self.fingerprint = make_certificate(folder)
        self.console, self.viewer = Pages(file), Pages(file)
        self.console.logout_method = "GET"
        self.outputs = deployed.outputs(self.console, self.viewer, self.fingerprint)

    def deployment(self, asks: bool = False, **settings: object) -> Deployment:
        return deployed.deployment(self.outputs, self.folder / "report", asks, **settings)

    def find(self, check: Check[Deployment], asks: bool = False, **settings: object) -> Outcome:
        return examine(self.deployment(asks, **settings), (check,))[0]

    def close(self) -> None:
        self.console.close()
        self.viewer.close()


@pytest.fixture
def scene(wire: Wire, client: Client, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(wire, client, tmp_path)
    yield made
    made.close()


def _assert_only(outcome: Outcome, status: Status, *words: str) -> None:
    """Assert that all findings that are not ok have this status, and that one contains these words."""
    other = [finding for finding in outcome.findings if finding.status is not Status.OK]
    assert {finding.status for finding in other} == {status}, outcome
    said = [f"{finding.what} {finding.fix}" for finding in other]
    assert any(all(word in one for word in words) for one in said), said


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.name))
def test_a_good_deployment_passes(scene: Scene, check: Check[Deployment]) -> None:
    outcome = scene.find(check)
    assert {finding.status for finding in outcome.findings} == {Status.OK}, outcome


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.name))
def test_a_stack_without_outputs_fails_with_the_missing_ones_name(
    scene: Scene, check: Check[Deployment]
) -> None:
    scene.outputs.clear()
    _assert_only(scene.find(check), Status.FAILURE, "the stack has no output", "pulumi up")


def test_only_read_only_calls_are_made(scene: Scene) -> None:
    scene.wire.calls.clear()
    examine(scene.deployment())
    assert len(scene.wire.calls) > 15
    reading = ("BatchGet", "Describe", "Filter", "Get", "List")
    assert all(operation.startswith(reading) for _, operation in scene.wire.calls)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.name))
def test_a_denied_call_is_a_warning_that_names_the_permission(scene: Scene, check: Check[Deployment]) -> None:
    scene.wire.calls.clear()
    scene.find(check)
    for call in sorted(set(scene.wire.calls)):
        scene.wire.denied = {call}
        signing = get_session().get_service_model(call[0]).signing_name
        outcome = scene.find(check)
        warnings = [finding.what for finding in outcome.findings if finding.status is Status.WARNING]
        assert any(f"may not call {signing}:{call[1]}" in what for what in warnings), (call, outcome)


class TestServices:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"runningCount": 0}, "0 of 1 tasks"),
            ({"desiredCount": 0, "runningCount": 0}, "0 of 0 tasks"),
            ({"deployments": [{"rolloutState": "IN_PROGRESS"}]}, "IN_PROGRESS"),
            ({"deployments": [{"rolloutState": "COMPLETED"}, {"rolloutState": "FAILED"}]}, "FAILED"),
            (
                {"events": [{"message": "CannotPullContainerError"}], "runningCount": 0},
                "CannotPullContainerError",
            ),
        ],
    )
    def test_a_service_that_is_not_steady_fails_with_its_events(
        self, scene: Scene, changes: Answer, words: str
    ) -> None:
        found = [deployed.service("environment", **changes), deployed.service("orchestration")]
        scene.wire.answers["ecs", "DescribeServices"] = {"services": found}
        _assert_only(scene.find(services.CHECK), Status.FAILURE, "environment", words)

    @pytest.mark.parametrize("status", ["INACTIVE", None])
    def test_a_missing_service_fails(self, scene: Scene, status: str | None) -> None:
        found = [deployed.service("environment")]
        if status:
            found.append(deployed.service("orchestration", status=status))
        scene.wire.answers["ecs", "DescribeServices"] = {"services": found}
        _assert_only(scene.find(services.CHECK), Status.FAILURE, "orchestration-1", "pulumi refresh")


class TestImages:
    OTHER = "sha256:" + "b" * 64

    @staticmethod
    def run_other(scene: Scene, **container: Any) -> None:
        def tasks(parameters: Any) -> Answer:
            return {"tasks": [deployed.task(parameters["tasks"][0], **container)]}

        scene.wire.answers["ecs", "DescribeTasks"] = tasks

    def test_another_image_fails(self, scene: Scene) -> None:
        self.run_other(scene, imageDigest=self.OTHER)
        scene.wire.answers["ecr", "BatchGetImage"] = {"images": []}
        _assert_only(scene.find(images.CHECK), Status.FAILURE, self.OTHER, "CloudTrail")

    def test_one_image_of_the_deployed_index_passes(self, scene: Scene) -> None:
        self.run_other(scene, imageDigest=self.OTHER)
        index = json.dumps({"manifests": [{"digest": self.OTHER}]})
        scene.wire.answers["ecr", "BatchGetImage"] = {"images": [{"imageManifest": index}]}
        assert {finding.status for finding in scene.find(images.CHECK).findings} == {Status.OK}

    def test_an_image_that_was_not_pulled_fails(self, scene: Scene) -> None:
        self.run_other(scene, imageDigest="")
        _assert_only(scene.find(images.CHECK), Status.FAILURE, "has not pulled the image")

    def test_a_task_definition_without_a_digest_fails(self, scene: Scene) -> None:
        scene.wire.answers["ecs", "DescribeTaskDefinition"] = deployed.definition("registry/name:latest")
        _assert_only(scene.find(images.CHECK), Status.FAILURE, "does not name a digest")

    @pytest.mark.parametrize("state", [{"healthStatus": "UNHEALTHY"}, {"lastStatus": "PENDING"}])
    def test_a_container_that_is_not_healthy_fails(self, scene: Scene, state: Answer) -> None:
        self.run_other(scene, **state)
        _assert_only(scene.find(images.CHECK), Status.FAILURE, *state.values())

    def test_no_task_at_all_fails(self, scene: Scene) -> None:
        scene.wire.answers["ecs", "ListTasks"] = {"taskArns": []}
        _assert_only(scene.find(images.CHECK), Status.FAILURE, "no task is running")


class TestTargets:
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (deployed.health("unhealthy"), "unhealthy (because)"),
            ({"TargetHealthDescriptions": []}, "none is registered"),
        ],
    )
    def test_a_port_without_a_healthy_target_fails(self, scene: Scene, answer: Answer, words: str) -> None:
        scene.wire.answers["elbv2", "DescribeTargetHealth"] = answer
        _assert_only(scene.find(targets.CHECK), Status.FAILURE, words)

    def test_services_without_a_target_group_fail(self, scene: Scene) -> None:
        scene.wire.answers["ecs", "DescribeServices"] = {"services": []}
        _assert_only(scene.find(targets.CHECK), Status.FAILURE, "behind the load balancer")


class TestPages:
    @pytest.mark.parametrize(
        "check", [certificate.CHECK, sign_in.CHECK, screen.CHECK], ids=lambda one: str(one.name)
    )
    def test_another_certificate_fails_and_gets_no_password(
        self, scene: Scene, tmp_path: Path, check: Check[Deployment]
    ) -> None:
        scene.outputs["tlsCertificateSha256"] = make_certificate(tmp_path)[1]
        _assert_only(scene.find(check), Status.FAILURE, "presents another certificate")
        assert scene.console.requests == scene.viewer.requests == []

    @pytest.mark.parametrize(
        "check", [certificate.CHECK, sign_in.CHECK, screen.CHECK], ids=lambda one: str(one.name)
    )
    def test_a_page_that_does_not_answer_fails(self, scene: Scene, check: Check[Deployment]) -> None:
        scene.outputs |= {
            "orchestrationUrl": "https://x.localhost:1/",
            "environmentUrl": "https://y.localhost:1/",
        }
        _assert_only(scene.find(check), Status.FAILURE, "does not answer")

    @pytest.mark.parametrize(
        "check", [certificate.CHECK, sign_in.CHECK, screen.CHECK], ids=lambda one: str(one.name)
    )
    def test_it_is_a_warning_if_nobody_may_connect(self, scene: Scene, check: Check[Deployment]) -> None:
        scene.outputs["ingressMode"] = "blocked"
        _assert_only(
            scene.find(check), Status.WARNING, "deployerIp admits nobody", "pulumi config set deployerIp"
        )
        assert scene.console.requests == scene.viewer.requests == []

    def test_a_page_without_sign_in_fails(self, scene: Scene) -> None:
        scene.console.needs_session = False
        _assert_only(
            scene.find(sign_in.CHECK), Status.FAILURE, "without sign-in with status 200", "255.255.255.255"
        )

    def test_a_page_that_accepts_any_password_fails(self, scene: Scene) -> None:
        class Anything:
            def __contains__(self, _: object) -> bool:
                return True

        scene.viewer.accepts = Anything()  # type: ignore[assignment]
        _assert_only(scene.find(sign_in.CHECK), Status.FAILURE, "a wrong password with status 303")

    def test_a_page_that_throttles_fails_with_the_time_to_wait(self, scene: Scene) -> None:
        scene.viewer.status_of_wrong_password = 429
        _assert_only(scene.find(sign_in.CHECK), Status.FAILURE, "throttles", "five minutes")

    def test_a_page_that_refuses_the_password_fails(self, scene: Scene) -> None:
        scene.console.accepts = {"another password"}
        _assert_only(scene.find(sign_in.CHECK), Status.FAILURE, "the stack's own password with status 401")

    def test_every_session_is_signed_out(self, scene: Scene) -> None:
        scene.find(sign_in.CHECK)
        scene.find(screen.CHECK)
        assert "POST /logout" in scene.viewer.requests
        assert "GET /logout" in scene.console.requests
        assert scene.console.sessions == scene.viewer.sessions == set()

    def test_fingerprints_are_compared_regardless_of_notation(self) -> None:
        assert Site.of("https://a/", "AB:CD") == Site.of("https://a", "abcd")


class TestScreen:
    def test_the_picture_shows_the_desktop(self, scene: Scene) -> None:
        scene.find(screen.CHECK)
        width, height, rows = _decode((scene.folder / "report" / screen.FILE).read_bytes())
        assert (width, height) == (64, 48)
        assert rows[0][:3] == b"\x30\x20\x10"
        assert rows[-1][-3:] == b"\x00\x80\xff"

    def test_one_colour_fails(self, scene: Scene) -> None:
        scene.viewer.colours = (b"\0\0\0\0", b"\0\0\0\xff")
        _assert_only(scene.find(screen.CHECK), Status.FAILURE, "one colour only")

    def test_another_size_fails(self, scene: Scene) -> None:
        _assert_only(scene.find(screen.CHECK, displayWidth=1024), Status.FAILURE, "64 by 48", "1024 by 48")

    def test_another_protocol_fails(self, scene: Scene) -> None:
        scene.viewer.version = b"RFB 003.003\n"
        _assert_only(scene.find(screen.CHECK), Status.FAILURE, "does not speak RFB 3.8")

    def test_a_viewer_without_stream_fails(self, scene: Scene) -> None:
        scene.viewer.has_stream = False
        _assert_only(scene.find(screen.CHECK), Status.FAILURE, "401")
        assert scene.viewer.sessions == set()

    def test_a_refused_password_fails(self, scene: Scene) -> None:
        scene.viewer.accepts = set()
        _assert_only(scene.find(screen.CHECK), Status.FAILURE, "does not accept the stack's password")

    def test_dcv_is_a_warning(self, scene: Scene) -> None:
        _assert_only(scene.find(screen.CHECK, viewer="dcv"), Status.WARNING, "in a browser")


def _decode(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a PNG without filters, chunk by chunk, checksums checked."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    position, chunks = 8, {}
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        body = png[position + 4 : position + 8 + length]
        assert zlib.crc32(body) == struct.unpack_from(">I", png, position + 8 + length)[0]
        chunks[body[:4]] = body[4:]
        position += 12 + length
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    data = zlib.decompress(chunks[b"IDAT"])
    step = 1 + 3 * width
    return width, height, [data[row * step + 1 : (row + 1) * step] for row in range(height)]


class TestNames:
    def test_no_blocked_name_is_a_warning(self, scene: Scene) -> None:
        scene.outputs["dnsQueryLogGroupName"] = "/other"
        scene.logs.create_log_group(logGroupName="/other")
        scene.logs.create_log_stream(logGroupName="/other", logStreamName="vpc-1")
        entry = {
            "query_name": "a.",
            "query_timestamp": "now",
            "rcode": "NOERROR",
            "answers": [{"Rdata": "1"}],
        }
        deployed.write(scene.logs, "/other", "vpc-1", json.dumps(entry))
        _assert_only(scene.find(names.CHECK), Status.WARNING, "no blocked name", "example.net")

    @pytest.mark.parametrize(
        "entry",
        [
            {"rcode": "NXDOMAIN", "answers": []},
            {"rcode": "NOERROR", "answers": []},
            {"rcode": "NOERROR", "answers": [{"Rdata": "1"}], "firewall_rule_action": "BLOCK"},
            {"rcode": "SERVFAIL", "answers": [{"Rdata": "1"}]},
        ],
    )
    def test_an_entry_without_an_answer_does_not_count(self, scene: Scene, entry: dict[str, object]) -> None:
        scene.outputs["dnsQueryLogGroupName"] = "/other"
        scene.logs.create_log_group(logGroupName="/other")
        full = {"query_name": "a.", "query_timestamp": "now", **entry}
        deployed.write(scene.logs, "/other", "vpc-1", json.dumps(full))
        deployed.write(scene.logs, "/other", "vpc-1", "not JSON")
        outcome = scene.find(names.CHECK)
        assert outcome.findings[0].status is Status.FAILURE
        assert "describe-resource-policies" in outcome.findings[0].fix


class TestModel:
    @pytest.fixture(autouse=True)
    def no_answer(self, scene: Scene) -> None:
        scene.outputs["logGroupName"] = "/other"
        scene.logs.create_log_group(logGroupName="/other")
        scene.logs.create_log_stream(logGroupName="/other", logStreamName="orchestration/x")

    @staticmethod
    def converse(scene: Scene) -> None:
        scene.wire.answers["bedrock-runtime", "Converse"] = {
            "output": {"message": {"role": "assistant", "content": [{"text": "ready"}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15},
            "metrics": {"latencyMs": 1},
        }

    def test_without_an_answer_it_is_a_warning_that_says_what_asking_costs(self, scene: Scene) -> None:
        _assert_only(scene.find(model.CHECK), Status.WARNING, "--ask-model", "0.01 USD")
        assert ("bedrock-runtime", "Converse") not in scene.wire.calls

    @pytest.mark.parametrize("changes", [{"kind": "prompt"}, {"source": "console"}])
    def test_other_events_do_not_count_as_an_answer(self, scene: Scene, changes: dict[str, object]) -> None:
        deployed.write(scene.logs, "/other", "orchestration/x", deployed.answer_event(**changes))
        deployed.write(scene.logs, "/other", "orchestration/x", '["answer"]')
        _assert_only(scene.find(model.CHECK), Status.WARNING, "no answer")

    def test_a_question_that_is_answered_passes(self, scene: Scene) -> None:
        self.converse(scene)
        outcome = scene.find(model.CHECK, asks=True)
        assert [finding.status for finding in outcome.findings] == [Status.OK]
        assert "12 and 3 tokens" in outcome.findings[0].what

    @pytest.mark.parametrize(
        "code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"]
    )
    def test_a_question_that_is_refused_fails(self, scene: Scene, code: str) -> None:
        scene.wire.answers["bedrock-runtime", "Converse"] = Fault(code)
        _assert_only(scene.find(model.CHECK, asks=True), Status.FAILURE, "m.x does not answer", "preflight")

    def test_the_anthropic_api_can_only_be_tried_at_the_console(self, scene: Scene) -> None:
        _assert_only(scene.find(model.CHECK, defaultProvider="anthropic"), Status.WARNING, "at the console")


class TestLogs:
    @pytest.mark.parametrize("output", logs.OUTPUTS)
    def test_a_missing_group_fails(self, scene: Scene, output: str) -> None:
        scene.outputs[output] = "/nothing"
        _assert_only(scene.find(logs.CHECK), Status.FAILURE, "/nothing does not exist")

    @pytest.mark.parametrize(
        ("is_encrypted", "words"),
        [(False, "not encrypted"), (True, "kept forever")],
    )
    def test_a_group_without_encryption_or_retention_fails(
        self, scene: Scene, is_encrypted: bool, words: str
    ) -> None:
        key = {"kmsKeyId": scene.key} if is_encrypted else {}
        scene.logs.create_log_group(logGroupName="/other", **key)
        deployed.write(scene.logs, "/other", "stream", "entry")
        scene.outputs["flowLogGroupName"] = "/other"
        _assert_only(scene.find(logs.CHECK), Status.FAILURE, "/other", words)

    def test_a_group_without_entries_fails(self, scene: Scene) -> None:
        scene.logs.create_log_group(logGroupName="/other", kmsKeyId=scene.key)
        scene.logs.put_retention_policy(logGroupName="/other", retentionInDays=30)
        scene.outputs["flowLogGroupName"] = "/other"
        _assert_only(scene.find(logs.CHECK), Status.FAILURE, "/other has no entry")

    def test_old_entries_are_a_warning(self, scene: Scene) -> None:
        scene.logs.create_log_group(logGroupName="/other", kmsKeyId=scene.key)
        scene.logs.put_retention_policy(logGroupName="/other", retentionInDays=30)
        deployed.write(scene.logs, "/other", "stream", "entry", hours_ago=5)
        scene.outputs["flowLogGroupName"] = "/other"
        _assert_only(scene.find(logs.CHECK), Status.WARNING, "5 hours ago")

    def test_a_task_that_writes_no_log_fails(self, scene: Scene) -> None:
        scene.logs.delete_log_stream(
            logGroupName=deployed.CONTAINERS, logStreamName="environment/environment/environment-task"
        )
        _assert_only(
            scene.find(logs.CHECK), Status.FAILURE, "no log stream environment/environment/environment-task"
        )


def test_no_finding_contains_the_password(scene: Scene) -> None:
    said = json.dumps([outcome.as_json() for outcome in examine(scene.deployment())])
    assert PASSWORD not in said


def test_every_call_that_fails_is_a_warning(scene: Scene) -> None:
    good = dict(scene.wire.answers)
    scene.wire.calls.clear()
    examine(scene.deployment())
    calls: list[Call] = sorted(set(scene.wire.calls))
    for call in calls:
        scene.wire.answers = {**good, call: Fault("InvalidClientTokenId")}
        found = [finding for outcome in examine(scene.deployment()) for finding in outcome.findings]
        warnings = [finding for finding in found if f"{call[1]} answers InvalidClientTokenId" in finding.what]
        assert warnings, call
        assert all(finding.status is Status.WARNING for finding in warnings)
