"""What a demo world lacks so that every address has something to show: the course is bought, given back, and so on."""

import secrets
from collections.abc import Callable
from io import BytesIO

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.db import transaction
from PIL import Image

from accounts.models import User
from core.media import testing
from core.privacy.operations import ask_for_erasure, ask_for_export, make_export
from courses.models import Lesson
from courses.operations import attach_file
from notifications.models import Kind
from notifications.operations import notify
from payments.enums import Cause, EndCause
from payments.models import Coupon, Order, Refund, WebhookEvent
from payments.operations import end_entitlement, grant, make_codes, make_coupon, refund_as_staff, share_code
from payments.rules import OrderState
from surveys.models import Question, Survey
from surveys.operations import Offer, create_survey, save_question

from .money import pay_creators, reduce_for_a_college
from .passkey import passkey
from .personas import Persona
from .shop import open_the_shop
from .stage import Stage

FILES: dict[str, Callable[[], bytes]] = {
    Lesson.Kind.VIDEO: lambda: testing.film().read(),
    Lesson.Kind.AUDIO: lambda: testing.tone().read(),
    Lesson.Kind.PDF: lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF",
    Lesson.Kind.IMAGE: lambda: _picture(),  # noqa: PLW0108 - it stands further down
}
"""What the last lessons of the course are given, one kind each."""


@transaction.atomic
def furnish(stage: Stage) -> None:
    """Let the personas be what their names say; doing it again changes nothing that the table looks at."""
    people = stage.people
    owner = _known(people[Persona.OWNER])
    _give_the_course(stage, _known(people[Persona.ENROLLED]), by=owner)
    _take_it_back(stage, _known(people[Persona.ENDED]), by=owner)
    User.objects.filter(pk=_known(people[Persona.SUSPENDED]).pk).update(is_active=False)
    _add_factors(_known(people[Persona.TEACHER]))
    _give_a_password(_known(people[Persona.ENROLLED]))
    _tell(stage, _known(people[Persona.ENROLLED]))
    make_export(request=ask_for_export(by=_known(people[Persona.ENROLLED])))
    _fill_the_desk(stage, owner)
    pay_creators(teacher=_known(people[Persona.TEACHER]), owner=owner)
    reduce_for_a_college(owner=owner)
    _plan_a_survey(owner)
    _make_a_coupon(_known(people[Persona.TEACHER]))
    _hang_up_files(stage, _known(people[Persona.TEACHER]))
    open_the_shop(
        buyer=_known(people[Persona.MEMBER]), late=_known(people[Persona.ENDED]), enrolled=_known(people[Persona.ENROLLED]),
        paid=stage.order, owner=owner,
    )  # fmt: skip


def _give_the_course(stage: Stage, user: User, *, by: User) -> None:
    if not user.entitlements.live().filter(key=stage.course.key).exists():
        grant(user=user, product=stage.product, cause=Cause.STAFF, by=by, reason="table of access")


def _take_it_back(stage: Stage, user: User, *, by: User) -> None:
    if not user.entitlements.filter(key=stage.course.key).exists():
        given = grant(user=user, product=stage.product, cause=Cause.STAFF, by=by, reason="table of access")
        end_entitlement(entitlement=given, cause=EndCause.REFUND, by=by)


def _add_factors(user: User) -> None:
    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
        Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=passkey(name="Phone"))


def _give_a_password(user: User) -> None:
    user.set_password(secrets.token_urlsafe(16))
    user.save(update_fields=["password"])


def _tell(stage: Stage, user: User) -> None:
    answer = stage.question.accepted_answer_id
    notify(
        user=user, kind=Kind.ANSWER, subject_id=answer or 0, key=f"table:{answer}", actor=stage.people[Persona.TEACHER]
    )


def _fill_the_desk(stage: Stage, owner: User) -> None:
    member = _known(stage.people[Persona.ENDED])
    if not Refund.objects.exists():
        order = (
            Order.objects.filter(total_minor__gt=0, state=OrderState.PAID).exclude(pk=stage.order.pk).order_by("pk")[0]
        )
        refund_as_staff(order=order, amount=100, by=owner, reason="table of access")
    ask_for_erasure(by=member)
    Group.objects.get_or_create(name="Night watch")
    WebhookEvent.objects.get_or_create(
        provider="sandbox",
        account="acct_sandbox",
        event_id="evt_table",
        defaults={"kind": "payment.paid", "body": b"{}"},
    )


def _plan_a_survey(owner: User) -> None:
    """One that nobody has answered, so that it may still be taken out."""
    if not Survey.objects.filter(slug="next-season").exists():
        fields = {"title_zh": "下一季", "title_en": "The next season", "audience": ["members"]}
        survey = create_survey(by=owner, slug="next-season", fields=fields)
        save_question(
            survey=survey, by=owner, fields={"kind": Question.Kind.SINGLE, "text_zh": "什么时候上课？", "text_en": "When shall we meet?"},
            offers=[Offer(text_zh="早上", text_en="In the morning"), Offer(text_zh="晚上", text_en="In the evening")],
        )  # fmt: skip


def _make_a_coupon(teacher: User) -> None:
    if not Coupon.objects.filter(creator=teacher).exists():
        coupon = make_coupon(by=teacher, creator=teacher, name="Old friends", percent=20, total_cap=100)
        share_code(coupon=coupon, code="OLDFRIENDS")
        make_codes(coupon=coupon, count=3, by=teacher)


def _hang_up_files(stage: Stage, teacher: User) -> None:
    paid = list(Lesson.objects.filter(course=stage.course, is_preview=False).in_order())
    for lesson, (name, make) in zip(reversed(paid[1:]), FILES.items(), strict=False):
        if lesson.kind == Lesson.Kind.ARTICLE and not Lesson.objects.filter(course=stage.course, kind=name).exists():
            file = BytesIO(make())
            file.name = f"lesson.{name}"
            attach_file(lesson=lesson, file=file, by=teacher)


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (1200, 800), "#17614f").save(out, "PNG")
    return out.getvalue()


def _known(user: User | None) -> User:
    assert user is not None, "only a guest is nobody"
    return user
