"""What is known of somebody never changes what they pay."""

import pytest

from accounts.enums import Purpose
from accounts.operations import follow_topics, record_consent
from courses import operations as teaching
from payments.operations import set_price
from payments.queries import prices_for
from recsys import operations as recsys
from recsys.models import Interaction, TopicWish
from topics.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(ada):
    topic = Topic.objects.create(slug="knots", name_en="Knots", name_zh="打结")
    made = teaching.create_course(by=ada, title="Knots that hold", language="en", summary="One.", topic_ids=[topic.pk])
    teaching.add_lesson(course=made, section="One", title="A first knot", source="Pull.", is_preview=True)
    set_price(kind="course", subject=made.key, title=made.title, amount=19_900, currency="CNY", creator=ada, by=ada)
    return teaching.publish_course(course=made, by=ada)


@pytest.fixture
def eager(member, course, worker):
    """Reads, follows and wishes for nothing else."""
    one, topic = member("Eager"), course.topics.get()
    follow_topics(user_id=one.pk, topic_ids=[topic.pk])
    recsys.wish(user=one, topic=topic, wish=TopicWish.Wish.MORE)
    teaching.complete_lesson(lesson=course.lessons.get(), by=one)
    worker()
    assert Interaction.objects.filter(user=one).exists()
    return one


@pytest.fixture
def private(member):
    """Lets nothing be learned from them."""
    one = member("Private")
    record_consent(user=one, purpose=Purpose.PERSONALIZATION, is_given=False)
    return one


def test_whoever_longs_for_it_pays_what_anybody_pays(course, eager, private, cleo, page_of):
    offers = [prices_for([course.key], viewer=user)[course.key] for user in (eager, private, cleo)]
    assert [offer.amount for offer in offers] == [19_900] * 3
    path = course.get_absolute_url()
    shown = ["¥199" in page_of(user).get(path).content.decode() for user in (eager, private, cleo, None)]
    assert shown == [True] * 4
