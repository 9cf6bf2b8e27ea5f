"""Browsers that take messages, and the push service that they are reached by."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

# Made for the tests: 32 bytes, as the setting takes them.
PRIVATE_KEY = "56odhYqctrAZpxg7rd0k7yzLi0Y5r6TtRA0qj-OT5x4"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Browser:
    """Has keys of its own, and reads what is encrypted for them."""

    secret = b"sixteen letters!"

    def __init__(self, endpoint: str = "https://push.example.org/one"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.endpoint = endpoint

    @property
    def fields(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"public_key": _text(point), "secret": _text(self.secret)}
        return {"endpoint": self.endpoint, **keys}

    def read(self, body: bytes) -> dict[str, Any]:
        text = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)
        return json.loads(text)


class PushService:
    """Takes messages on this machine, and answers as it is told."""

    def __init__(self):
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201
        service = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.taken.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def is_signed(header: str) -> bool:
    """Return whether an Authorization header is signed by the key that it names."""
    return Vapid02.verify(header)
