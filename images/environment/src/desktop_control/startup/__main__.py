"""The container's entry point: checks the configuration, prepares the files and becomes the supervisor.

Runs as the control user, or as root outside a container, and then becomes the control user.
"""

import os
import shutil
import sys

from desktop_control.human import HumanActivity
from desktop_control.process_lifetime import adopt_orphans
from desktop_control.runtime import INSTALLATION, Runtime, Users, is_control_user
from desktop_control.settings import ConfigurationError, Settings
from desktop_control.startup.folders import become_control, prepare_as_control, prepare_as_root
from desktop_control.startup.secrets import NAMES, Secrets
from desktop_control.startup.sockets import free_display, open_sockets
from desktop_control.startup.xauthority import write_cookie

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/games"
_PASSED_ON = (
    "DISPLAY_WIDTH",
    "DISPLAY_HEIGHT",
    "VIEWER",
    "HUMAN_PAUSE_SECONDS",
    "BASH_TIMEOUT_SECONDS",
    "DESKTOP_MAX_PROCESSES",
    "QUEUE_BOUND",
    "TZ",
)


def main() -> None:
    """Start, or say on standard error what is wrong with the configuration and exit with status 78
    (EX_CONFIG)."""
    try:
        settings = Settings.from_environment(os.environ)
        secrets = Secrets.from_environment(os.environ)
        _start(settings, secrets)
    except ConfigurationError as error:
        sys.stderr.write(f"environment: {error}\n")
        sys.exit(78)


def _start(settings: Settings, secrets: Secrets) -> None:
    users = Users.read()
    runtime = Runtime(settings.runtime_directory)
    if os.geteuid() == 0:
        prepare_as_root(runtime, users, settings.desktop_home)
        become_control(users)
    if not is_control_user(users):
        sys.exit(
            f"environment: start this as user {users.control} (control) or root; this is user {os.getuid()}"
        )
    prepare_as_control(runtime, users)
    _choose_viewer(settings, runtime)
    secrets.store(runtime)
    HumanActivity(runtime.human_activity)
    write_cookie(runtime.cookie)
    open_sockets(settings)
    _become_supervisor(settings, runtime)


def _choose_viewer(settings: Settings, runtime: Runtime) -> None:
    """Leave only the chosen viewer's service."""
    if settings.viewer == "dcv" and shutil.which("dcvserver", path=_PATH + ":/usr/sbin") is None:
        raise ConfigurationError(
            "VIEWER", "is 'dcv', but this image holds no DCV; build it with --target dcv"
        )
    for viewer in {"novnc", "dcv"} - {settings.viewer}:
        shutil.rmtree(runtime.services / f"viewer-{viewer}")


def _become_supervisor(settings: Settings, runtime: Runtime) -> None:
    """Replace this process by s6-svscan. Its environment, and so that of all services, holds no secret."""
    number = settings.display_number or free_display()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ and name not in NAMES}
    environment |= {
        "PATH": _PATH,
        "LANG": "C.UTF-8",
        "DISPLAY": f":{number}",
        "XAUTHORITY": str(runtime.cookie),
        "RUNTIME_DIRECTORY": str(runtime.directory),
        "DESKTOP_HOME": str(settings.desktop_home),
        "INSTALLATION": str(INSTALLATION),
        "DISPLAY_WIDTH": str(settings.display_width),
        "DISPLAY_HEIGHT": str(settings.display_height),
        "VNC_SOCKET": str(runtime.vnc_socket),
        "PYTHON": sys.executable,
    }
    adopt_orphans()
    os.chdir("/")
    os.execvpe("s6-svscan", ["s6-svscan", str(runtime.services)], environment)


main()
