"""Those who say something: writers in threads of their own, several streams in one transaction, some of them rolled back."""

import random
import threading
import time

from django.db import connection, transaction


def write_in_the_background(
    *, writers: int, messages: int, streams: list[str], seconds: float
) -> list[threading.Thread]:
    """Let ``writers`` say ``messages`` things in all, at an even pace over ``seconds``."""
    threads = [
        threading.Thread(target=_write, args=(number, messages // writers, streams, seconds), daemon=True)
        for number in range(writers)
    ]
    for thread in threads:
        thread.start()
    return threads


def _write(number: int, messages: int, streams: list[str], seconds: float) -> None:
    from core.realtime.sending import Said, send_many

    chance, began = random.Random(number), time.monotonic()
    try:
        said = 0
        while said < messages:
            wanted = min(chance.choice([1, 1, 1, 2, 3]), messages - said)
            with transaction.atomic():
                texts = [f"{number}.{said + n}" for n in range(wanted)]
                send_many([
                    Said(stream=chance.choice(streams), action="append", target="list", html={"en": f"<p>{text}</p>"})
                    for text in texts
                ])  # fmt: skip
                if chance.random() < 0.05:
                    # Their numbers must leave no gap.
                    transaction.set_rollback(True)
                    wanted = 0
            said += wanted
            time.sleep(max(0.0, began + seconds * said / messages - time.monotonic()))
    finally:
        connection.close()
