"""What a batch of facts is about, read once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from accounts.models import User
from core.events import Fact
from forum.events import AnswerAccepted, AnswerPosted, JoiningRequested, ReplyPosted
from forum.models import Group, Post
from forum.queries import whom_to_ask
from payments.models import Order

POSTS = ("post_id", "answer_id")
USERS = ("user_id", "asker_id", "answerer_id", "thread_author_id")
ORDERS = ("order_id",)
GROUPS = ("group_id",)
"""The fields of facts that name what has to be read."""


class Found:
    """Posts, members, orders and groups by id; a member is one object however many facts name them, so their keys are worked out once."""

    posts: Mapping[int, Post]
    """Hidden ones too, each with its author, its thread and who began that."""
    users: Mapping[int, User]
    orders: Mapping[int, Order]
    """Each with its buyer and its lines."""
    groups: Mapping[int, Group]
    keepers: Mapping[int, list[User]]
    """By group that somebody wants into: those who let people in."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        posts = Post.objects.filter(pk__in=_ids(facts, POSTS)).select_related("author", "thread__author")
        orders = Order.objects.filter(pk__in=_ids(facts, ORDERS)).select_related("buyer").prefetch_related("lines")
        self.posts = {post.pk: post for post in posts}
        self.users = {user.pk: user for user in User.objects.filter(pk__in=_ids(facts, USERS))}
        self.orders = {order.pk: order for order in orders}
        self.groups = Group.objects.in_bulk(_ids(facts, GROUPS))
        self.keepers = whom_to_ask(group_ids={one.group_id for one in facts if isinstance(one, JoiningRequested)})
        self._concerning = _by_reader(facts)
        self._visible: dict[int, frozenset[int]] = {}

    def may_see(self, reader: User, post: Post) -> bool:
        """Whether ``reader`` may see ``post``, by the one rule; asked once for all posts that the reader would be told of."""
        if reader.pk not in self._visible:
            mine = Post.objects.visible_to(reader).filter(pk__in=self._concerning[reader.pk])
            self._visible[reader.pk] = frozenset(mine.values_list("pk", flat=True))
        return post.pk in self._visible[reader.pk]


def _by_reader(facts: Sequence[Fact]) -> Mapping[int, set[int]]:
    posts: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        match fact:
            case AnswerPosted():
                posts[fact.asker_id].add(fact.answer_id)
            case AnswerAccepted():
                posts[fact.answerer_id].add(fact.answer_id)
            case ReplyPosted():
                posts[fact.thread_author_id].add(fact.post_id)
    return posts


def _ids(facts: Sequence[Fact], fields: Sequence[str]) -> set[int]:
    return {getattr(fact, field) for fact in facts for field in fields if hasattr(fact, field)}
