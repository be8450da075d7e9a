"""Takes one picture of the desktop through the viewer's own stream, after signing in there, watching only."""

from collections.abc import Iterator
from pathlib import Path

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from operate.findings import Finding, failure, ok, warning
from operate.verify import png
from operate.verify.certificate import closed, sites
from operate.verify.deployment import Deployment, DeploymentCheck
from operate.verify.pages import SECONDS, PageFailure, Site
from operate.verify.rfb import Picture, RfbFailure, Stream, take_picture

FILE = "screen.png"


def find(deployment: Deployment) -> Iterator[Finding]:
    """See the module."""
    nobody = closed(deployment)
    if nobody:
        yield nobody
    elif deployment.stack.settings.text("viewer") == "dcv":
        yield warning("not checked, because DCV has a stream of its own", "look at the viewer in a browser")
    else:
        yield from _look(deployment)


def _look(deployment: Deployment) -> Iterator[Finding]:
    viewer = sites(deployment)[-1]
    try:
        picture = take(viewer, deployment.output("username"), deployment.output("password"))
    except (PageFailure, RfbFailure, WebSocketException, OSError) as problem:
        yield failure(
            f"no picture of the desktop: {problem}", "see sign-in above and the environment's container log"
        )
        return
    deployment.folder.mkdir(parents=True, exist_ok=True)
    file = deployment.folder / FILE
    file.write_bytes(png.encode(picture))
    yield _judge(deployment, picture, file)


def _judge(deployment: Deployment, picture: Picture, file: Path) -> Finding:
    settings = deployment.stack.settings
    wanted = settings.number("displayWidth", 1024), settings.number("displayHeight", 768)
    if (picture.width, picture.height) != wanted:
        return failure(
            f"the screen has {picture.width} by {picture.height} pixels, not {wanted[0]} by {wanted[1]}",
            "deploy again: pulumi up",
        )
    if picture.is_blank:
        return failure(f"the screen has one colour only: {file.name}", "see the environment's container log")
    return ok(f"the desktop shows a picture of {picture.width} by {picture.height} pixels: {file.name}")


def take(viewer: Site, username: str, password: str) -> Picture:
    """Sign in, take the picture, sign out. Raises PageFailure, RfbFailure, WebSocketException or OSError."""
    cookie = viewer.sign_in(username, password).cookie
    if not cookie:
        raise PageFailure(f"{viewer.host} does not let the stack's own password in")
    try:
        secure = viewer.connect()
        # The connection is encrypted and its certificate checked already, hence ws and not wss.
        with connect(
            f"ws://{viewer.host}/websocket",
            sock=secure,
            origin=Origin(viewer.url),
            subprotocols=[Subprotocol("binary")],
            additional_headers={"Cookie": cookie},
            open_timeout=SECONDS,
            close_timeout=1,
            max_size=None,
            compression=None,
            proxy=None,
        ) as socket:
            return take_picture(Stream(lambda: _bytes(socket.recv(SECONDS)), socket.send))
    finally:
        viewer.sign_out(cookie)


def _bytes(message: str | bytes) -> bytes:
    if isinstance(message, str):
        raise RfbFailure("the viewer sends text where the protocol has bytes")
    return message


CHECK = DeploymentCheck("screen", "The viewer shows the desktop.", find)
