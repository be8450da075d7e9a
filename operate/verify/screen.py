"""Takes one picture of the desktop through the viewer's stream after signing in, without sending input."""

from collections.abc import Iterator
from pathlib import Path

from operate.findings import Finding, failure, ok, warning
from operate.verify import png
from operate.verify.certificate import closed, sites
from operate.verify.deployment import Deployment, DeploymentCheck
from operate.verify.pages import PageFailure, Site
from operate.verify.rfb import Picture, RfbFailure, Stream, take_picture
from operate.verify.websocket import WebSocket

FILE = "screen.png"


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    nobody = closed(deployment)
    if nobody:
        yield nobody
    elif deployment.stack.settings.text("viewer") == "dcv":
        yield warning("not checked, because DCV uses its own protocol", "look at the viewer in a browser")
    else:
        yield from _look(deployment)


def _look(deployment: Deployment) -> Iterator[Finding]:
    viewer = sites(deployment)[-1]
    try:
        picture = take(viewer, deployment.output("username"), deployment.output("password"))
    except (PageFailure, RfbFailure) as problem:
        yield failure(
            f"no picture of the desktop: {problem}",
            "see the check sign-in above and the environment's container log",
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
    """Sign in, take the picture, sign out. Raises PageFailure or RfbFailure."""
    cookie = viewer.sign_in(username, password).cookie
    if not cookie:
        raise PageFailure(f"{viewer.host} does not accept the stack's password")
    try:
        socket = WebSocket(viewer, "/websocket", cookie)
        try:
            return take_picture(Stream(socket.receive, socket.send))
        finally:
            socket.close()
    finally:
        viewer.sign_out(cookie)


CHECK = DeploymentCheck("screen", "The viewer shows the desktop.", find)
