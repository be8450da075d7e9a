"""nginx's configuration: TLS on the public port, the gate behind it on a Unix socket nobody else can open."""

from __future__ import annotations

import os
from pathlib import Path

# 'unsafe-inline' for styles only: Streamlit's components set them from scripts. No inline script is allowed.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it browsers send "Origin: null" with the login form, and the gate refuses that.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


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
    # As root (a local run, never the image) the workers would change to a user who cannot read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    server_tokens off;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 128k;
    client_header_timeout 15s;
    client_body_timeout 15s;
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
