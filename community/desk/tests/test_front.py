"""The desk's front page: true figures, each a link to what was counted, and nothing that is not for whoever looks."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from community.desk.figures import figures
from community.models import LegalText
from core.audit.models import AuditEntry
from core.events import outbox
from core.events.models import OutboxMessage
from core.events.testing import published
from forum.events import PostHidden, PostRestored
from forum.models import Flag, Post
from notifications.models import Notification
from payments.models import Discrepancy, Order, Payout

pytestmark = pytest.mark.django_db


def shown(html):
    """Each figure of the page: code, value, where it leads."""
    found = re.findall(
        r'data-figure="([\w-]+)"><a class="title-link" href="([^"]+)">[^<]*</a><b class="num">([^<]*)</b>', html
    )
    return {code: (value, url.replace("&amp;", "&")) for code, url, value in found}


def rooms(html):
    """Each room of the front page with the lists in it."""
    found = re.findall(r'<h2 id="room-(\w+)"><a [^>]*>([^<]*)</a></h2>\s*<ul>(.*?)</ul>', html, re.DOTALL)
    return {name: re.findall(r"<li><a [^>]*>([^<]*)</a>", lists) for _code, name, lists in found}


def test_roles_stand_with_the_members_and_what_is_the_owner_s_comes_before_the_machinery(eli, desk_of):
    found = rooms(desk_of(eli).get("/desk/", headers={"Accept-Language": "en"}).content.decode())
    assert found["Members"] == ["Consents", "Members", "Groups"]
    assert [*found][:3] == ["School", "Members", "Payments"]
    assert {*[*found][-3:]} == {"Audit log", "Behind the scenes", "Ledger"}


def test_the_owner_sees_today_and_what_waits(eli, desk_of, one_of_each):
    html = desk_of(eli).get("/desk/").content.decode()
    values = {code: value for code, (value, _) in shown(html).items()}
    assert values == {
        "sign-ups": "4", "sales": "¥1", "payouts": "1", "discrepancies": "1", "reports": "1", "failed-jobs": "1", "dead-letters": "1", "needs": "0", "trainings": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "code", ["sign-ups", "sales", "payouts", "discrepancies", "reports", "failed-jobs", "dead-letters", "trainings"]
)
def test_each_figure_leads_to_the_list_of_what_it_counted(eli, desk_of, one_of_each, code):
    page = desk_of(eli)
    _, url = shown(page.get("/desk/").content.decode())[code]
    before = counted(page.get(url))
    out_of_sight()
    assert (before, counted(page.get(url))) == (4 if code == "sign-ups" else 1, 0)


def counted(response):
    assert response.status_code == 200
    return response.context["cl"].result_count


def out_of_sight():
    """Make everything that was counted a thing of the past."""
    long_ago = timezone.now() - timedelta(days=3)
    User.objects.update(joined_at=long_ago)
    Order.objects.update(paid_at=long_ago)
    Payout.objects.update(state="cancelled")
    Discrepancy.objects.update(settled_at=long_ago)
    Flag.objects.update(resolved_at=long_ago)
    OutboxMessage.objects.update(dead_at=None)
    from core.events.models import DeadLetter
    from recsys.models import TrainedModel

    DeadLetter.objects.update(resolved_at=long_ago)
    TrainedModel.objects.update(trained_at=long_ago)


@pytest.mark.leak
def test_a_moderator_sees_reports_and_no_money(dora, desk_of, one_of_each):
    html = desk_of(dora).get("/desk/").content.decode()
    assert {code: value for code, (value, _) in shown(html).items()} == {"reports": "1"}
    lists = set(re.findall(r'href="(/desk/\w+/\w+/)"', html.partition("<main")[2]))
    assert lists == {"/desk/forum/flag/", "/desk/forum/post/"}


@pytest.mark.leak
@pytest.mark.parametrize(
    "address", ["payments/order/", "payments/product/", "ledger/account/", "accounts/user/", "events/outboxmessage/"]
)
def test_a_moderator_opens_no_list_of_money_or_members(dora, eli, desk_of, one_of_each, address):
    assert [desk_of(who).get(f"/desk/{address}").status_code for who in (dora, eli)] == [403, 200]


def test_cleo_is_sent_away(cleo, desk_of, one_of_each):
    assert desk_of(cleo).get("/desk/").status_code == 302


def test_a_day_begins_at_midnight_where_the_owner_is(eli, member):
    early = member("Early", joined_at=datetime(2026, 3, 1, 15, 59, tzinfo=UTC))
    late = member("Late", joined_at=datetime(2026, 3, 1, 16, 1, tzinfo=UTC))
    User.objects.exclude(pk__in=[early.pk, late.pk]).update(joined_at=datetime(2020, 1, 1, tzinfo=UTC))
    with timezone.override("Asia/Shanghai"):
        first = figures(viewer=eli, as_of=datetime(2026, 3, 2, 1, 0, tzinfo=UTC))[0]
    assert (first.code, first.value) == ("sign-ups", "1")


def test_the_front_page_costs_the_same_with_more_to_count(eli, desk_of, one_of_each, django_assert_num_queries, member):
    page = desk_of(eli)
    page.get("/desk/")
    with django_assert_num_queries(23):
        page.get("/desk/")
    for name in ("Ann", "Bob", "Cat"):
        member(name)
    with django_assert_num_queries(23):
        page.get("/desk/")


class TestModeration:
    def test_a_report_shows_the_post_in_its_thread(self, dora, desk_of, reported):
        flag = Flag.objects.get()
        html = desk_of(dora).get(f"/desk/forum/flag/{flag.pk}/change/").content.decode()
        order = [html.index(words) for words in ("太粗了", "调细两格", "便宜豆子", "先称重")]
        assert order == sorted(order)
        assert "广告" in html

    def test_hiding_needs_a_reason_and_keeps_what_was_typed(self, dora, desk_of, reported):
        address = f"/desk/forum/flag/{Flag.objects.get().pk}/change/"
        response = desk_of(dora).post(address, {"act": "hide", "reason": ""})
        assert response.status_code == 422
        assert Post.objects.get(pk=reported.pk).hidden_at is None

    def test_it_is_hidden_the_author_reads_why_and_it_is_restored(self, dora, cleo, desk_of, page_of, reported, worker):
        address = f"/desk/forum/flag/{Flag.objects.get().pk}/change/"
        desk, mine = desk_of(dora), page_of(cleo)
        desk.post(address, {"act": "hide", "reason": "广告请发到集市版"})
        worker()
        assert Flag.objects.get().outcome == "hidden"
        assert "广告请发到集市版" in mine.get("/notifications/").content.decode()
        assert Notification.objects.get(user=cleo).kind == "hidden"
        thread = reported.thread.get_absolute_url()
        assert [("便宜豆子" in page_of(who).get(thread).content.decode()) for who in (None, cleo)] == [False, True]
        desk.post(address, {"act": "restore"})
        assert "便宜豆子" in page_of().get(thread).content.decode()
        assert [fact.name for fact in published(PostHidden, PostRestored)] == ["forum.PostHidden", "forum.PostRestored"]
        acts = AuditEntry.objects.filter(act__startswith="forum.").order_by("pk").values_list("act", "reason")
        assert list(acts) == [("forum.hide_post", "广告请发到集市版"), ("forum.restore_post", "")]

    def test_what_was_hidden_is_found_and_restored_from_the_list_of_posts(self, dora, desk_of, hidden):
        desk = desk_of(dora)
        listed = desk.get("/desk/forum/post/?shown=hidden")
        assert [post.pk for post in listed.context["cl"].result_list] == [hidden.pk]
        desk.post(f"/desk/forum/post/{hidden.pk}/change/", {"act": "restore"})
        assert Post.objects.get(pk=hidden.pk).hidden_at is None

    def test_one_may_decide_that_it_stays(self, dora, desk_of, reported):
        flag = Flag.objects.get()
        desk_of(dora).post(f"/desk/forum/flag/{flag.pk}/change/", {"act": "keep"})
        flag.refresh_from_db()
        assert (flag.outcome, flag.resolved_by_id) == ("kept", dora.pk)

    @pytest.mark.leak
    def test_staff_without_the_right_see_no_reports_and_decide_nothing(self, member, desk_of, reported):
        clerk = desk_of(member("Clerk", is_staff=True))
        address = f"/desk/forum/flag/{Flag.objects.get().pk}/change/"
        answers = [
            clerk.get(address),
            clerk.post(address, {"act": "hide", "reason": "x"}),
            clerk.get("/desk/forum/flag/"),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
        assert Post.objects.get(pk=reported.pk).hidden_at is None


class TestFailures:
    def test_what_was_given_up_is_tried_again(self, eli, desk_of, one_of_each):
        message = OutboxMessage.objects.get(key="k:1")
        desk_of(eli).post("/desk/events/outboxmessage/", {"action": "send_again", "_selected_action": [message.pk]})
        message.refresh_from_db()
        assert (message.dead_at, message.attempts) == (None, 0)

    def test_what_has_left_is_not_sent_twice(self, one_of_each):
        OutboxMessage.objects.update(done_at=timezone.now())
        assert outbox.send_again(OutboxMessage.objects.all()) == 0

    @pytest.mark.leak
    def test_the_content_of_a_mail_is_not_shown(self, eli, desk_of, one_of_each):
        OutboxMessage.objects.update(payload={"text": "the way to a new password"})
        message = OutboxMessage.objects.get(key="k:1")
        html = desk_of(eli).get(f"/desk/events/outboxmessage/{message.pk}/change/").content.decode()
        assert "k:1" in html
        assert "the way to a new password" not in html


def test_a_changed_legal_text_is_the_next_version_and_the_old_one_stays(eli, desk_of, one_of_each):
    terms = LegalText.objects.get(kind="terms", language="en")
    old = terms.source
    desk_of(eli).post(f"/desk/community/legaltext/{terms.pk}/change/", {"source": "# Ours\n\nBe kind."})
    versions = (
        LegalText.objects.filter(kind="terms", language="en").order_by("version").values_list("version", "source")
    )
    assert list(versions) == [(1, old), (2, "# Ours\n\nBe kind.")]
