"""The folders of a running environment, each with the owner and the mode that keep the two users apart."""

import os
import shutil
from pathlib import Path

from desktop_control.runtime import INSTALLATION, Runtime, Users

_X_SOCKETS = Path("/tmp/.X11-unix")


def prepare_as_root(runtime: Runtime, users: Users, home: Path) -> None:
    """Where no image build has done it: make the runtime folder and the desktop's home, and give them to
    their users."""
    if not _X_SOCKETS.exists():
        _X_SOCKETS.mkdir()
        _X_SOCKETS.chmod(0o1777)
    runtime.directory.mkdir(parents=True, exist_ok=True)
    runtime.directory.chmod(0o711)
    os.chown(runtime.directory, users.control, users.control)
    if not home.exists():
        shutil.copytree(INSTALLATION / "skeleton", home)
        for path in (home, *home.rglob("*")):
            os.chown(path, users.desktop, users.desktop)
    home.chmod(0o755)


def become_control(users: Users) -> None:
    """Give up root for the control user, for good."""
    os.setgroups([users.desktop])
    os.setresgid(users.control, users.control, users.control)
    os.setresuid(users.control, users.control, users.control)


def prepare_as_control(runtime: Runtime, users: Users) -> None:
    """The folders that the control user makes itself, anew at every start. Nothing of an earlier run is
    trusted."""
    os.umask(0o022)
    for folder in (runtime.secrets, runtime.display, runtime.services):
        if folder.exists():
            shutil.rmtree(folder)
    runtime.secrets.mkdir(mode=0o700)
    runtime.sessions.mkdir(mode=0o700)
    runtime.display.mkdir()
    os.chown(runtime.display, -1, users.desktop)
    # Sticky: the desktop's user may add the X server's socket but not replace the cookie. Group inherited by
    # both.
    runtime.display.chmod(0o3770)
    shutil.copytree(INSTALLATION / "services", runtime.services)
    for service in runtime.services.glob("[!.]*"):
        shutil.copytree(runtime.services / ".common", service, dirs_exist_ok=True)
