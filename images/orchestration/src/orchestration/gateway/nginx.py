"""nginx's configuration: TLS on the public port, the gate behind it on a Unix socket nobody else can open."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from orchestration.gateway.headers import NOTHING, SECURITY_HEADERS

# A browser's connection takes two of nginx's, the second towards the gate. A client has HEADER_SECONDS for
# the TLS handshake and a whole request header, so thousands of clients that never finish one do no harm.
MOST_CONNECTIONS = 20_000
HEADER_SECONDS = 10
FILES_BESIDE_CONNECTIONS = 100
LARGEST_BODY = "64k"


def configuration(
    folder: Path, address: str, port: int, certificate: str, private_key: str, gate_socket: Path
) -> str:
    """The whole configuration file.

    Args:
        folder: a private, writable folder for nginx's temporary files.
        certificate, private_key: paths; those of memory files (`/dev/fd/N`) do.
        gate_socket: where the gate listens.
    """
    headers = "\n".join(
        f'    add_header {name} "{value}" always;' for name, value in SECURITY_HEADERS.items()
    )
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    connections = max(512, min(MOST_CONNECTIONS, files - FILES_BESIDE_CONNECTIONS))
    # As root (a local run, never the image) the workers would change to a user who cannot read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_rlimit_nofile {files};
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    server_tokens off;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size {LARGEST_BODY};
    client_header_timeout {HEADER_SECONDS}s;
    client_body_timeout {HEADER_SECONDS}s;
    # The gate's own answers have a content policy; nginx's error pages get this one.
    map $upstream_http_content_security_policy $error_page_policy {{ '' "{NOTHING}"; default ''; }}
    large_client_header_buffers 4 16k;
    limit_conn_zone $binary_remote_addr zone=sources:1m;
    limit_conn sources 200;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    upstream gate {{ server unix:{gate_socket}; keepalive 16; }}
    server {{
        listen {address}:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {private_key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
        ssl_session_cache shared:tls:1m;
        ssl_session_tickets off;
        # A request in clear text on this port is sent to TLS instead of getting an error page.
        error_page 497 =301 https://$http_host$request_uri;
{headers}
        add_header Content-Security-Policy $error_page_policy always;
        location / {{
            proxy_pass http://gate;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For "";
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_buffering off;
            proxy_read_timeout 75s;
            proxy_send_timeout 75s;
        }}
        location /static/ {{
            proxy_pass http://gate;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header Connection "";
            gzip on;
            gzip_proxied any;
            gzip_comp_level 4;
            gzip_types text/javascript application/javascript text/css;
        }}
    }}
}}
"""
