"""Who is told of groups: who lets people in, who was let in, who was invited."""

import pytest

from accounts.operations import block
from core.events.models import OutboxMessage
from forum import operations as forum
from forum.models import Group, JoinRequest
from notifications import queries, shapes
from notifications.models import Kind, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(ada, ben):
    """On request; Ada owns it, Ben moderates."""
    words = {
        "name_zh": "豆子小组",
        "name_en": "The bean group",
        "about_zh": "一起磨豆子。",
        "about_en": "We grind together.",
    }
    group = forum.open_group(group=Group(slug="beans", entry="request", **words), by=ada)
    forum.invite(group=group, user=ben, by=ada)
    forum.accept_invitation(group=group, by=ben)
    forum.set_role(group=group, user=ben, role="moderator", by=ada)
    return group


def said_to(user, kind):
    return [row["text"] for one in queries.page_of(user=user) if one.kind == kind and (row := shapes.row(one))]


def test_both_who_keep_it_hear_who_wants_in_once(group, ada, ben, cleo, worker):
    forum.ask_to_join(group=group, by=cleo)
    worker()
    worker()
    for keeper in (ada, ben):
        assert said_to(keeper, Kind.JOINING) == ["<b>Cleo</b> asks to join the group “The bean group”"]
    assert said_to(cleo, Kind.JOINING) == []


def test_a_keeper_whom_the_asker_blocks_hears_nothing_and_the_other_one_does(group, ada, ben, cleo, worker):
    block(member=ben, by=cleo)
    forum.ask_to_join(group=group, by=cleo)
    worker()
    assert (len(said_to(ada, Kind.JOINING)), said_to(ben, Kind.JOINING)) == (1, [])


@pytest.mark.parametrize(
    ("is_accepted", "said"), [(True, ["You were let into the group “The bean group”"]), (False, [])]
)
def test_who_was_let_in_hears_of_it(group, ada, cleo, worker, is_accepted, said):
    asked = forum.ask_to_join(group=group, by=cleo)
    forum.answer_request(request=JoinRequest.objects.get(pk=asked.pk), by=ada, is_accepted=is_accepted)
    worker()
    assert said_to(cleo, Kind.LET_IN) == said


def test_who_is_invited_hears_of_it_and_gets_a_mail_in_their_language(group, ada, cleo, worker, page_of):
    type(cleo).objects.filter(pk=cleo.pk).update(language="zh-hans")
    forum.invite(group=group, user=cleo, by=ada)
    worker(sends=False)
    assert said_to(cleo, Kind.INVITED) == ["You are invited into the group “The bean group”"]
    [letter] = OutboxMessage.objects.filter(kind="mail", key__startswith="mail:notify:invited", payload__to=cleo.email)
    assert "豆子小组" in str(letter.payload)
    one = Notification.objects.get(user=cleo, kind=Kind.INVITED)
    assert page_of(cleo).get(f"/notifications/{one.pk}/").headers["Location"] == group.get_absolute_url()


@pytest.mark.leak
def test_what_was_taken_back_is_not_told_any_more(group, ada, cleo, worker):
    Group.objects.filter(pk=group.pk).update(entry="invited")
    forum.invite(group=group, user=cleo, by=ada)
    worker()
    assert len(said_to(cleo, Kind.INVITED)) == 1
    forum.take_back_invitation(group=group, user=cleo, by=ada)
    type(cleo).objects.get(pk=cleo.pk)
    cleo.__dict__.pop("_audience_keys", None)
    assert said_to(cleo, Kind.INVITED) == []


def test_only_what_comes_by_mail_is_offered_as_mail(ada):
    offered = {kind for kind, _ in queries.mail_preferences(user=ada)}
    assert (Kind.INVITED in offered, Kind.ANSWER in offered, offered & {Kind.JOINING, Kind.LET_IN, Kind.BADGE, Kind.LEVEL}) == (
        True, True, set(),
    )  # fmt: skip
