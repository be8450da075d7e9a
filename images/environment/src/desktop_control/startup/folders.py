"""The folders of a running environment, each with the owner and the mode that keep the two users apart."""

import os
import shutil
import stat
from pathlib import Path

from desktop_control.runtime import INSTALLATION, Runtime, Users
from desktop_control.settings import ConfigurationError

_X_SOCKETS = Path("/tmp/.X11-unix")
# The control user owns the folder, the desktop's group may add files, and what is added gets that group.
# Sticky: the desktop's user may add the X server's socket but not replace the cookie.
_SHARED_MODE = 0o3770


def prepare_as_root(runtime: Runtime, users: Users, home: Path) -> None:
    """Where no image build has done it: make the runtime folder and the desktop's home, and give them to
    their users."""
    if not _X_SOCKETS.exists():
        _X_SOCKETS.mkdir()
        _X_SOCKETS.chmod(0o1777)
    runtime.directory.mkdir(parents=True, exist_ok=True)
    runtime.directory.chmod(0o711)
    os.chown(runtime.directory, users.control, users.control)
    runtime.display.mkdir(exist_ok=True)
    os.chown(runtime.display, users.control, users.desktop)
    runtime.display.chmod(_SHARED_MODE)
    if not home.exists():
        shutil.copytree(INSTALLATION / "skeleton", home)
        for path in (home, *home.rglob("*")):
            os.chown(path, users.desktop, users.desktop)
    home.chmod(0o755)


def become_control(users: Users) -> None:
    """Give up root for the control user, for good. No supplementary group stays: not every container runtime
    applies those of the image's /etc/group, so nothing here may need one."""
    os.setgroups([])
    os.setresgid(users.control, users.control, users.control)
    os.setresuid(users.control, users.control, users.control)


def prepare_as_control(runtime: Runtime, users: Users) -> None:
    """The folders that the control user makes itself, anew at every start. Nothing of an earlier run is
    trusted.

    Raises ConfigurationError where the folder that both users share is not as the image makes it: this user
    could not put it right, because only root may give a folder to a group that its owner is not in.
    """
    os.umask(0o022)
    for folder in (runtime.secrets, runtime.services):
        if folder.exists():
            shutil.rmtree(folder)
    runtime.secrets.mkdir(mode=0o700)
    runtime.sessions.mkdir(mode=0o700)
    _empty_shared_folder(runtime.display, users)
    shutil.copytree(INSTALLATION / "services", runtime.services)
    for service in runtime.services.glob("[!.]*"):
        shutil.copytree(runtime.services / ".common", service, dirs_exist_ok=True)


def _empty_shared_folder(folder: Path, users: Users) -> None:
    wanted = (users.control, users.desktop, _SHARED_MODE)
    try:
        status = folder.lstat()
    except FileNotFoundError:
        found = "missing"
    else:
        found = f"owned by {status.st_uid}:{status.st_gid} with mode {stat.S_IMODE(status.st_mode):o}"
        if (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == wanted:
            found = ""
    if found:
        raise ConfigurationError(
            "RUNTIME_DIRECTORY",
            f"{folder} is {found}; it must be a folder of {users.control}:{users.desktop} with mode "
            f"{_SHARED_MODE:o}."
            " The image's build makes it, and so does a start as root: mount no volume there",
        )
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            # What the desktop's user put into a folder of its own this user cannot remove; it is in
            # nobody's way.
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()
