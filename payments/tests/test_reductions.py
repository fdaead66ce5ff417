"""Public price rules by organization, and the page on which all of them stand: never a price for one person."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit.models import AuditEntry
from payments import operations, queries
from payments.models import Organization, PriceRule, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def college():
    return Organization.objects.create(
        name_zh="山城学院", name_en="Hill College", domains=["hill.test", "mail.hill.test"]
    )


@pytest.fixture
def rule(ada):
    def made(percent=30, **terms):
        now = datetime.now(UTC)
        span = {"starts_at": now, "ends_at": now + timedelta(days=1)}
        return operations.set_rule(
            label_zh="合作院校", label_en="Partner schools", percent=percent, by=ada, **{**span, **terms}
        )

    return made


def confirmed(user, address, *, verified=True):
    return EmailAddress.objects.create(user=user, email=address, verified=verified)


def costs(buyer, product):
    return queries.quote(products=[product], buyer=buyer).total


class TestByOrganization:
    def test_its_people_are_those_with_a_confirmed_address_of_it(self, ben, cleo, member, sell, rule, college):
        product, dan, eve = sell(amount=10000), member("Dan"), member("Eve")
        rule(organization=college)
        confirmed(ben, "ben@mail.hill.test")
        confirmed(cleo, "cleo@hill.test", verified=False)
        confirmed(dan, "dan@evilhill.test")
        confirmed(eve, "eve@hill.test.evil.test")
        assert [costs(one, product) for one in (ben, cleo, dan, eve)] == [7000, 10000, 10000, 10000]

    def test_the_reason_is_told_and_frozen_and_on_record(self, ada, ben, sell, rule, college):
        made = rule(organization=college)
        address = confirmed(ben, "ben@hill.test")
        order = operations.place_order(buyer=ben, product_ids=[sell(amount=10000).pk])
        [why] = order.lines.get().reductions.all()
        assert (why.kind, why.label, why.amount_minor, why.rule) == ("rule", "Partner schools", 3000, made)
        address.delete()
        order.refresh_from_db()
        assert order.total_minor == 7000
        entry = AuditEntry.objects.get(act="payments.set_rule")
        assert (entry.actor_id, entry.after) == (
            ada.pk, {"rule": made.pk, "percent": 30, "for": college.key, "until": made.ends_at.isoformat()},
        )  # fmt: skip

    def test_a_gift_does_not_take_the_givers_price_along(self, ben, sell, rule, college):
        rule(organization=college)
        confirmed(ben, "ben@hill.test")
        order = operations.place_order(buyer=ben, product_ids=[sell(amount=10000).pk], gift=operations.GiftWish())
        assert order.total_minor == 10000

    def test_who_leaves_it_pays_what_everybody_pays(self, ben, sell, rule, college):
        rule(organization=college)
        address = confirmed(ben, "ben@hill.test")
        product = sell(amount=10000)
        assert costs(ben, product) == 7000
        address.delete()
        assert costs(ben, product) == 10000

    def test_it_is_asked_only_where_a_rule_asks(self, ben, sell, rule, college, django_assert_num_queries):
        product = sell()
        with django_assert_num_queries(1):
            queries.priced(products=[product], buyer=ben)
        rule(organization=college)
        with django_assert_num_queries(3):
            queries.priced(products=[product], buyer=ben)

    def test_for_a_tier_or_for_an_organization_and_not_for_both(self, rule, college):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        with pytest.raises(ValidationError):
            rule(organization=college, tier=tier)
        made = rule(organization=college)
        with pytest.raises(IntegrityError), transaction.atomic():
            PriceRule.objects.filter(pk=made.pk).update(tier=tier)

    @pytest.mark.parametrize("wrong", [[], ["Hill.test"], ["ben@hill.test"], ["hill"], ["*.test"]])
    def test_a_domain_is_a_domain(self, wrong):
        with pytest.raises(ValidationError):
            Organization(name_zh="山", name_en="Hill", domains=wrong).full_clean()


class TestThePage:
    @pytest.fixture
    def lines(self, client):
        """The rules as a guest reads them."""

        def read():
            page = client.get("/reductions/", headers={"accept-language": "en"})
            assert page.status_code == 200
            rows = re.findall(r'<li class="row row-apart">(.*?)</li>', page.content.decode(), re.DOTALL)
            return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]

        return read

    def test_all_of_them_stand_there_for_everybody(self, sell, rule, college, lines):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        soon = datetime.now(UTC) + timedelta(hours=2)
        rule(organization=college, percent=30)
        rule(tier=tier, percent=20, ends_at=soon)
        rule(product=sell(title="Tea"), percent=10, ends_at=soon + timedelta(hours=1))
        assert [re.sub(r" until .* −", " −", line) for line in lines()] == [
            "Partner schools all courses and other single things for members of “Reader” −20%",
            "Partner schools Tea for everybody −10%",
            "Partner schools all courses and other single things for the people of Hill College −30%",
        ]

    def test_neither_what_is_over_nor_what_has_not_begun_nor_what_is_not_sold(self, ada, sell, rule, lines):
        now = datetime.now(UTC)
        rule(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
        rule(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
        operations.end_rule(rule=rule(), by=ada)
        rule(product=sell())
        operations.withdraw(subject="course:42", by=ada)
        assert lines() == []

    def test_the_checkout_leads_to_it(self, ben, enter, sell):
        assert 'href="/reductions/"' in enter(ben).get(sell().get_absolute_url()).content.decode()

    def test_it_costs_the_same_for_one_and_for_three(self, rule, django_assert_num_queries):
        for number in (1, 2, 3):
            rule()
            with django_assert_num_queries(1):
                assert len(queries.reductions_in_force()) == number
