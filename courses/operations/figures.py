"""Figures of imported lessons: drawings that came with the folder, kept as files of our own."""

from collections.abc import Callable

from courses.models import Course, Figure


def of(course: Course) -> Callable[[str], str | None]:
    """How the names of figures in a lesson of ``course`` become addresses; a name that was not imported is refused."""
    addresses = {figure.name: figure.get_absolute_url() for figure in Figure.objects.filter(course=course)}

    def address(name: str) -> str | None:
        return addresses.get(name) or (name if name.startswith("/media/") else None)

    return address
