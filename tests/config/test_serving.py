"""The stations' small web server: what its answers look like on the wire."""

import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection

import pytest

from config.serving import BoundedServer, Requests


class Nothing(Requests):
    """Answers with nothing, as to a page that has told something."""

    def do_GET(self) -> None:
        self.send(b"", "text/plain", HTTPStatus.NO_CONTENT)


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    server = BoundedServer(("127.0.0.1", 0), Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    opened = HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    yield opened
    opened.close()
    server.shutdown()
    server.server_close()


def test_no_content_states_no_length_and_the_connection_goes_on(connection: HTTPConnection) -> None:
    for _ in range(2):
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (204, b"")
        assert answer.getheader("Content-Length") is None
        assert answer.getheader("Connection") is None
