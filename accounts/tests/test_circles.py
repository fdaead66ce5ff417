"""Following, blocking, muting; and Cleo, who is shut out."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts import operations, queries
from accounts.events import Followed, Unfollowed
from accounts.models import Block, Follow, Profile
from core.audience.keys import forget, hidden_authors
from core.events.testing import published

pytestmark = pytest.mark.django_db


class TestFollowing:
    def test_a_member_follows_another_once(self, ada, ben, logged_in):
        client = logged_in(ben)
        for _ in range(2):
            answer = client.post("/members/ada/follow/")
            assert answer.headers["Location"] == "/members/ada/"
        assert [(fact.follower_id, fact.followed_id) for fact in published(Followed)] == [(ben.pk, ada.pk)]
        assert "Following" in client.get("/members/ada/").content.decode()

    def test_and_no_longer(self, ada, ben, logged_in):
        client = logged_in(ben)
        client.post("/members/ada/follow/")
        client.post("/members/ada/unfollow/")
        client.post("/members/ada/unfollow/")
        assert not Follow.objects.exists()
        assert len(published(Unfollowed)) == 1

    def test_with_htmx_only_the_buttons_come_back(self, ada, ben, logged_in):
        page = logged_in(ben).post("/members/ada/follow/", headers={"HX-Request": "true"}).content.decode()
        assert page.lstrip().startswith('<div class="row" id="acts">')
        assert "Following" in page

    def test_nobody_follows_themselves(self, ada, logged_in):
        logged_in(ada).post("/members/ada/follow/")
        assert not Follow.objects.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(follower=ada, followed=ada)

    def test_a_guest_is_asked_to_log_in(self, ada, client):
        assert client.post("/members/ada/follow/").headers["Location"].startswith("/account/login/?next=")

    def test_an_unknown_act_is_not_found(self, ada, ben, logged_in):
        assert logged_in(ben).post("/members/ada/delete/").status_code == 404


@pytest.mark.leak
class TestBlocking:
    def test_cleo_who_is_blocked_finds_no_profile(self, ada, cleo, logged_in):
        client = logged_in(cleo)
        assert client.get("/members/ada/").status_code == 200
        operations.block(member=cleo, by=ada)
        assert client.get("/members/ada/").status_code == 404
        assert client.post("/members/ada/follow/").status_code == 404
        assert logged_in(ada).get("/members/cleo/").status_code == 200

    def test_neither_sees_the_others_work(self, ada, cleo, ben):
        operations.block(member=cleo, by=ada)
        assert [hidden_authors(viewer) for viewer in (ada, cleo, ben)] == [{cleo.pk}, {ada.pk}, set()]

    def test_it_ends_the_follows_between_the_two(self, ada, cleo):
        operations.follow(member=ada, by=cleo)
        operations.follow(member=cleo, by=ada)
        operations.block(member=cleo, by=ada)
        assert not Follow.objects.exists()
        with pytest.raises(operations.ShutOut):
            operations.follow(member=ada, by=cleo)

    def test_a_moderator_sees_who_blocks_them(self, ada, cleo):
        cleo.is_staff = True
        cleo.save()
        operations.block(member=cleo, by=ada)
        assert hidden_authors(cleo) == set()

    def test_taking_it_back_shows_everything_again(self, ada, cleo):
        operations.block(member=cleo, by=ada)
        hidden_authors(cleo)
        operations.unblock(member=cleo, by=ada)
        forget(cleo)
        assert hidden_authors(cleo) == set()
        assert not Block.objects.exists()

    def test_a_mute_hides_one_way_only(self, ada, cleo):
        operations.mute(member=cleo, by=ada)
        assert (hidden_authors(ada), hidden_authors(cleo)) == ({cleo.pk}, set())


class TestMessages:
    @pytest.mark.parametrize(("wish", "is_followed", "may"), [
        ("members", False, True), ("followed", False, False), ("followed", True, True), ("nobody", True, False),
    ])  # fmt: skip
    def test_who_may_write(self, ada, ben, wish, is_followed, may):
        Profile.objects.filter(user=ada).update(messages_from=wish)
        if is_followed:
            operations.follow(member=ben, by=ada)
        assert queries.may_message(receiver=ada, sender=ben) is may

    def test_never_across_a_block_and_never_a_guest(self, ada, ben):
        assert not queries.may_message(receiver=ada, sender=AnonymousUser())
        operations.block(member=ada, by=ben)
        assert not queries.may_message(receiver=ada, sender=ben)
        assert not queries.may_message(receiver=ben, sender=ada)
