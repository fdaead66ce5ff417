"""Two schools may use one Redis server, each with databases of its own: neither hears what the other says."""

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis

from community.environment import redis_address, redis_number
from core.realtime import sending

from .conftest import house, live  # noqa: F401 - fixtures

pytestmark = [pytest.mark.commits, pytest.mark.leak]


@pytest.mark.parametrize(("address", "number"), [
    ("redis://cache:6379/2", 2), ("rediss://:word@cache/17", 17), ("redis://cache", 0), ("redis://cache?db=5", 5),
    ("unix:///run/redis.sock?db=6", 6), ("unix:///run/redis.sock", 0),
])  # fmt: skip
def test_the_number_of_a_database_stands_in_its_address(address, number):
    assert redis_number(address) == number


def test_what_a_neighbor_says_is_not_heard(live):  # noqa: F811
    ours = live.join()
    stream, number = f"user:{ours.pk}", redis_number(settings.CHANNELS_URL)
    page = live.open(live.enter(ours))
    page.listen(stream)
    own = sending._channel(stream)
    neighbors = own.replace(f"lyceum-{number}", f"lyceum-{number + 1}")
    # Another database of the same server, where the neighbor speaks: what it publishes comes to this one too.
    server = Redis.from_url(redis_address(settings.CHANNELS_URL, number=number + 1))
    said = get_channel_layer().serialize({"type": "stream.present", "stream": stream, "count": 1})
    assert (server.publish(own, said), server.publish(neighbors, said)) == (1, 0)
