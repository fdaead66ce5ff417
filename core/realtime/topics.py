"""Signed names of streams, with the number up to which the page already shows them."""

from dataclasses import dataclass

from django.core import signing

from core.web.prepared import Prepared

_SALT = "lyceum.live"
_LONGEST_SECONDS = 7 * 24 * 3600
# Every page of a member asks.
_NUMBERS = Prepared.of_sql("SELECT name, seq FROM realtime_stream WHERE name = ANY (%(names)s)", names="keys")


@dataclass(frozen=True)
class Topic:
    """A stream that a page may ask to listen to."""

    stream: str
    token: str
    seq: int


def open_topics(*streams: str) -> list[Topic]:
    """
    The topics of a page, for its context under ``live_topics``; one query.

    Call it **before** reading the content: what is written in between then arrives twice and is dropped by number, while
    the other way round it would be missed.
    """
    numbers = dict(_NUMBERS.rows(names=list(streams)))
    return [Topic(stream=stream, token=sign(stream), seq=numbers.get(stream, 0)) for stream in streams]


def sign(stream: str) -> str:
    """A token that only we can make."""
    return signing.dumps(stream, salt=_SALT)


def read(token: str) -> str | None:
    """The stream that ``token`` names; None when it is forged or older than a message lives."""
    try:
        stream: str = signing.loads(token, salt=_SALT, max_age=_LONGEST_SECONDS)
    except signing.BadSignature:
        return None
    return stream


def outdated(token: str) -> str | None:
    """The stream of a token of ours that is older than a message lives: its page has to be loaded again."""
    try:
        signing.loads(token, salt=_SALT, max_age=_LONGEST_SECONDS)
    except signing.SignatureExpired:
        stream: str = signing.loads(token, salt=_SALT)
        return stream
    except signing.BadSignature:
        return None
    return None
