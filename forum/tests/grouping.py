"""A group, who is in it, and something that is said there."""

from forum import operations
from forum.models import Board, Group


def opened(by, entry="open", slug="beans", **terms):
    group = Group(
        slug=slug, name_zh="豆子小组", name_en="The bean group", about_zh="一起磨豆子。", about_en="We grind together.", entry=entry
    )  # fmt: skip
    return operations.open_group(group=group, by=by, **terms)


def inside(group):
    return {(one.user.username, one.role) for one in group.memberships.select_related("user")}


def said_in(group, by, title="What we say among ourselves"):
    board = Board.objects.get(group=group)
    return operations.start_thread(by=by, title=title, source="The canary sings.", audience=board.audience, board=board)
