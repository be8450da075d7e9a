"""Serves the viewer over TLS on the socket that the supervisor holds."""

import asyncio
import logging
import os
import signal
import socket
import ssl

from aiohttp import web

from desktop_control.human import HumanActivity
from desktop_control.json_log import start_logging
from desktop_control.process_lifetime import die_with_supervisor
from desktop_control.runtime import INSTALLATION, VIEWER_SOCKET, Runtime
from desktop_control.settings import Settings
from desktop_control.viewer.app import Viewer
from desktop_control.viewer.gateway import Gateway
from desktop_control.viewer.login import Login
from desktop_control.viewer.sessions import Sessions

_SHUTDOWN_SECONDS = 1.0


async def serve() -> None:
    """Serve until SIGTERM."""
    runtime = Runtime(Settings.from_environment(os.environ).runtime_directory)
    gateway = Gateway(runtime.vnc_socket, HumanActivity(runtime.human_activity))
    viewer = Viewer(Login.from_file(runtime.login), Sessions(runtime.sessions), gateway)
    runner = web.AppRunner(
        viewer.application(INSTALLATION / "novnc"), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
    )
    await runner.setup()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.load_cert_chain(runtime.certificate, runtime.private_key)
    await web.SockSite(runner, socket.socket(fileno=VIEWER_SOCKET), ssl_context=tls).start()
    logging.getLogger(__name__).info("ready")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await runner.cleanup()


die_with_supervisor()
start_logging("viewer")
asyncio.run(serve())
