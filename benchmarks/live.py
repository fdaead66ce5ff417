"""
Measure the fan-out of live messages to two hundred sockets, beside bare channels_redis in the same process.

Run as ``./run bench live``. Both carry the same text through the same broker, in alternating rounds; ours also stores and numbers the messages,
keeps their order and picks each page's language. The goal is ≥ 0.8×, and the exit code says whether it is met.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from drills.ground.databases import migrated
from drills.ground.processes import free_port, running, uvicorn, wait_until_open

SOCKETS, MESSAGES, GOAL = 200, 60, 0.8
ORIGIN = "http://localhost:8000"
HTML = "<article>" + "A lantern gives what it has. " * 30 + "</article>"
STREAM = "bench:1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the line of the table, and judge."""
    parser = argparse.ArgumentParser(prog="./run bench live")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    with migrated("bench_live") as env, tempfile.TemporaryDirectory() as folder:
        os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "community.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"})
        import django

        django.setup()
        port = free_port()
        served = uvicorn("benchmarks.fanning.house:application", port)
        with running(served, {"LIVE_ORIGINS": ORIGIN}, log=Path(folder) / "live.log") as process:
            wait_until_open(port, process)
            bare, ours = asyncio.run(_measure(port, options.rounds))
    return _report(bare, ours)


def _report(bare: list[float], ours: list[float]) -> int:
    median = statistics.median
    ratio = median(ours) / median(bare)
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    print(f"load average {os.getloadavg()[1]:.0f}, {os.cpu_count()} cores")
    print("| sockets | bare messages/s | ours | ratio |\n|---:|---:|---:|---:|")
    print(
        f"| {SOCKETS} | {median(bare):,.1f} | {median(ours):,.1f} | **{ratio:.2f}×** ({min(ratios):.2f} to {max(ratios):.2f}) |"
    )
    print("goal met" if ratio >= GOAL else f"goal missed: {ratio:.2f}× < {GOAL}×")
    return 0 if ratio >= GOAL else 1


async def _measure(port: int, rounds: int) -> tuple[list[float], list[float]]:
    bare, ours = [], []
    async with AsyncExitStack() as stack:
        plain = await _many(lambda: _open(stack, port, "bare"))
        pages = await _many(lambda: _listening(stack, port))
        print(f"· {SOCKETS} bare sockets and {SOCKETS} of ours listen", flush=True)
        await _round(plain, _publish_bare)
        await _round(pages, _publish_ours)
        for _ in range(rounds):
            bare.append(await _round(plain, _publish_bare))
            ours.append(await _round(pages, _publish_ours))
            print(f"· bare {bare[-1]:.1f} messages/s, ours {ours[-1]:.1f}", flush=True)
    return bare, ours


async def _many(one: Callable[[], Awaitable[Any]]) -> list[Any]:
    few = asyncio.Semaphore(20)

    async def opened() -> Any:
        async with few:
            return await one()

    return await asyncio.gather(*(opened() for _ in range(SOCKETS)))


async def _open(stack: AsyncExitStack, port: int, path: str) -> Any:
    from websockets.asyncio.client import connect

    address = f"ws://127.0.0.1:{port}/{path}/"
    return await stack.enter_async_context(
        connect(address, origin=ORIGIN, compression=None, max_queue=None, ping_interval=None, open_timeout=60)
    )


async def _listening(stack: AsyncExitStack, port: int) -> Any:
    from core.realtime import queries, topics

    socket = await _open(stack, port, "live")
    seq = (await asyncio.to_thread(queries.last_numbers, [STREAM])).get(STREAM, 0)
    await socket.send(json.dumps({"listen": [[topics.sign(STREAM), seq]], "language": "en"}))
    while "listening" not in json.loads(await socket.recv()):
        pass
    return socket


async def _round(sockets: list[Any], publish: Any) -> float:
    """How many messages a second reached every socket."""
    began = time.perf_counter()
    hearing = [asyncio.create_task(_hear(socket)) for socket in sockets]
    await publish()
    await asyncio.gather(*hearing)
    return MESSAGES / (time.perf_counter() - began)


async def _hear(socket: Any) -> None:
    heard = 0
    while heard < MESSAGES:
        said = json.loads(await socket.recv())
        if "html" in said:
            heard += 1
            if said["html"] != HTML:
                raise RuntimeError(f"another body arrived: {said}")


async def _publish_bare() -> None:
    from channels.layers import get_channel_layer

    from benchmarks.fanning.house import GROUP

    text = json.dumps({"stream": STREAM, "seq": 1, "action": "append", "target": "list", "html": HTML})
    for _ in range(MESSAGES):
        await get_channel_layer().group_send(GROUP, {"type": "bare.message", "text": text})


async def _publish_ours() -> None:
    await asyncio.to_thread(_say)


def _say() -> None:
    from django.db import connection, transaction

    from core.realtime.sending import Said, send_many

    # As an operation does, a transaction for each; the reader's language is one of two.
    for _ in range(MESSAGES):
        with transaction.atomic():
            send_many([Said(stream=STREAM, action="append", target="list", html={"en": HTML, "zh-hans": HTML})])
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
