"""Starts the provider: ``python -m sandbox --port 8010 --state FOLDER``."""

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox.environment import Refused, Settings, stay_in_the_playground
from sandbox.provider import Provider
from sandbox.server import Server
from sandbox.store import FolderInUse


def main() -> int:
    """Serve until asked to stop; give 2 where the environment, the state folder or the port refuse."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        stay_in_the_playground(os.environ)
        _serve(options)
    except (Refused, FolderInUse, OSError) as refused:
        print(f"sandbox: {refused}", file=sys.stderr)
        return 2
    return 0


def _serve(options: argparse.Namespace) -> None:
    pace = {"slow_after": options.slow, "dispute_after": options.dispute, "retry_after": options.retry}
    public_url = options.public_url or f"http://127.0.0.1:{options.port}"
    settings = Settings.from_environment(os.environ, public_url=public_url, attempts=options.attempts, **pace)
    provider = Provider(folder=options.state, settings=settings)
    try:
        _listen(provider, options.port)
    finally:
        provider.close()


def _listen(provider: Provider, port: int) -> None:
    with Server(provider=provider, port=port) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            # `shutdown` waits for the loop below, so that it must not be called from the loop's own thread.
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        provider.open()
        print(f"sandbox: listening on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever(poll_interval=0.1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8010, choices=range(1, 65536), metavar="PORT")
    parser.add_argument("--state", type=Path, required=True, metavar="FOLDER", help="where payments are kept")
    parser.add_argument("--public-url", help="where browsers find the hosted pages, if not at 127.0.0.1")
    parser.add_argument("--slow", type=float, default=20.0, metavar="SECONDS", help="how late a late notice leaves")
    parser.add_argument("--dispute", type=float, default=5.0, metavar="SECONDS", help="how soon a chargeback follows")
    parser.add_argument("--retry", type=float, default=1.0, metavar="SECONDS", help="the first pause, then doubled")
    parser.add_argument("--attempts", type=int, default=12, help="how often a notice is tried")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
