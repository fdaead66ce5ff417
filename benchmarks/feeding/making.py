"""Make the world: ``python -m benchmarks.feeding.making MEMBERS ITEMS``, in the database that the environment names."""

import os
import sys

import django


def main(members: str, items: str) -> None:
    """Fill it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    django.setup()
    from benchmarks.feeding.world import Size, make

    make(Size(members=int(members), items=int(items)))


if __name__ == "__main__":
    main(*sys.argv[1:])
