"""Where the parts of a running environment find each other's files."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """Paths below the runtime directory, and of the installation.

    The directory itself may be crossed by everybody; `secrets` only by the control user; `display` is shared
    with the desktop's user, who may add to it but not replace what is there.
    """

    directory: Path

    @property
    def secrets(self) -> Path:
        """Token digest, password hash, TLS key, viewer sessions."""
        return self.directory / "secrets"

    @property
    def display(self) -> Path:
        """The X server's cookie and VNC socket."""
        return self.directory / "display"

    @property
    def services(self) -> Path:
        """The supervisor's scan directory."""
        return self.directory / "services"

    @property
    def token_digest(self) -> Path:
        """SHA-256 of the control token."""
        return self.secrets / "control-token.sha256"

    @property
    def login(self) -> Path:
        """User name and password hash of the viewer, JSON."""
        return self.secrets / "login.json"

    @property
    def certificate(self) -> Path:
        """TLS certificate chain, PEM."""
        return self.secrets / "tls.crt"

    @property
    def private_key(self) -> Path:
        """TLS private key, PEM."""
        return self.secrets / "tls.key"

    @property
    def sessions(self) -> Path:
        """One file for each person signed in at the viewer."""
        return self.secrets / "sessions"

    @property
    def human_activity(self) -> Path:
        """When a person last acted in the viewer."""
        return self.secrets / "human-activity"

    @property
    def cookie(self) -> Path:
        """The X server's authority file."""
        return self.display / "Xauthority"

    @property
    def keyboard_focus(self) -> Path:
        """Which site has the keyboard's focus, as the browser's extension says."""
        return self.display / "keyboard-focus.json"

    @property
    def vnc_socket(self) -> Path:
        """Where the X server speaks RFB."""
        return self.display / "vnc.sock"


# The installation: this package lies in its folder `src`.
INSTALLATION = Path(__file__).absolute().parents[2]
AS_DESKTOP = INSTALLATION / "as-desktop"

# The listening sockets, which the supervisor holds for as long as the container lives.
CONTROL_SOCKET = 10
VIEWER_SOCKET = 11


@dataclass(frozen=True)
class Users:
    """User ids (and group ids, the same numbers) of the two accounts; see users.conf."""

    control: int
    desktop: int

    @classmethod
    def read(cls) -> "Users":
        """The ids that this installation was built with."""
        lines = (INSTALLATION / "users.conf").read_text(encoding="utf-8").splitlines()
        ids = dict(line.split("=") for line in lines if "=" in line and not line.startswith("#"))
        return cls(int(ids["CONTROL_ID"]), int(ids["DESKTOP_ID"]))


def is_control_user(users: Users) -> bool:
    """Whether this process is the one that may read the secrets."""
    return os.getuid() == users.control
