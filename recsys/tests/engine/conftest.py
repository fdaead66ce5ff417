import pytest

from recsys.engine import synthetic


@pytest.fixture(scope="session")
def world():
    return synthetic.world(members=400, items=80, interactions=6000, topics=8, seed=3)


@pytest.fixture(scope="session")
def matrices(world):
    return world.dataset.matrices()
