"""Answers the health check, so that the infrastructure has a container to run while the tools are being built."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Health(BaseHTTPRequestHandler):
    """`GET /healthz` is 503 on purpose: there is no desktop behind it yet."""

    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/healthz" else 404)
        self.end_headers()


HTTPServer(("0.0.0.0", 5000), Health).serve_forever()
