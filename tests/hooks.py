"""A webhook on this machine, to send things to."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Hook:
    """A webhook on this machine."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status, self.wait = 200, 0.0
        self.headers: dict[str, str] = {}
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                time.sleep(hook.wait)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append({"path": self.path, **json.loads(body)})
                self.send_response(hook.status)
                for name, value in hook.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/services/T000/SECRET"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
