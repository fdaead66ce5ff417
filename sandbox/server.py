"""The HTTP server: threads, limits and headers around the routes."""

import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox import api, pages, speaking
from sandbox.provider import Provider
from sandbox.web import LARGEST_BODY, Request, Response, Route

logger = logging.getLogger("sandbox.server")


class Server(ThreadingHTTPServer):
    """Listens on the loopback interface only."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, provider: Provider, port: int) -> None:
        self.provider = provider
        self.routes: list[Route] = [*api.routes(), *speaking.routes(), *pages.routes()]
        super().__init__(("127.0.0.1", port), _Handler)

    def answer(self, request: Request) -> Response:
        """Find the route and follow it; HEAD is answered like GET."""
        method = "GET" if request.method == "HEAD" else request.method
        matches = [(route, named) for route in self.routes if (named := route.match(request.path)) is not None]
        for route, named in matches:
            if route.method == method:
                return route.handler(self.provider, request, **named)
        if matches:
            allowed = ", ".join(sorted({route.method for route, _ in matches}))
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": allowed})
        return _plain(HTTPStatus.NOT_FOUND)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    timeout = 30
    # Headers and body leave in one piece; in two, each answer would wait for the peer's delayed acknowledgment.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_DELETE = do_GET

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            return self._send(_plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers={"Connection": "close"}))
        try:
            response = self.server.answer(Request(self.command, self.path, self.headers, body))
        except Exception:
            logger.exception("%s failed", self.command)
            response = _plain(HTTPStatus.INTERNAL_SERVER_ERROR)
        self._send(response)

    def _body(self) -> bytes | None:
        """Read the body, or give None for one that is too long or whose length is not told."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length) > LARGEST_BODY:
            return None
        return self.rfile.read(int(length))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.all_headers().items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, format: str, *values: object) -> None:
        # Only the base class's own lines come here: method, path and status, none of them secret.
        logger.info(format.replace("%s", "%r"), *values)


def _plain(status: HTTPStatus, *, headers: dict[str, str] | None = None) -> Response:
    error = {"error": {"type": status.name.lower(), "message": status.phrase}}
    return Response(int(status), json.dumps(error).encode(), headers=headers or {})
