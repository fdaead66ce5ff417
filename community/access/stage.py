"""The world in which the table is tried: which people stand for the personas, and what fills the addresses."""

from functools import cached_property
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from django.db.models import Model, QuerySet

from accounts.models import User
from community.demo.world.people import MODERATOR, NEWCOMER, OWNER
from core.privacy.models import ExportRequest
from core.realtime.topics import sign
from courses.models import Course, Figure, Lesson
from forum.models import Group, JoinRequest, Post, Thread
from notifications.models import Notification
from payments.models import Coupon, Gift, InvoiceRequest, Order, Payment, Payout, PayoutBatch, Product
from payments.queries.statements import months
from payments.rules import PayoutState
from surveys.models import Choice, Question, Survey
from topics.models import Topic

from .personas import Persona
from .shop import ACCOUNT, ATTEMPTS, BUNDLE

TEACHER, BUYER = "ada", "ben"
BYSTANDERS = (Persona.MEMBER, Persona.ENDED, Persona.SUSPENDED)
M = TypeVar("M", bound=Model)


class Stage:
    """Finds in a demo world, once it is furnished, what the rows ask for; everything by its place in it, nothing by number."""

    @cached_property
    def people(self) -> dict[Persona, User | None]:
        """Who stands for whom; a guest is nobody."""
        named = {
            Persona.NEWCOMER: NEWCOMER, Persona.ENROLLED: BUYER, Persona.TEACHER: TEACHER, Persona.MODERATOR: MODERATOR,
            Persona.OWNER: OWNER,
        }  # fmt: skip
        cast: dict[Persona, User | None] = {who: User.objects.get(username=name) for who, name in named.items()}
        others = self.bystanders()
        return {Persona.GUEST: None, **cast, **dict(zip(BYSTANDERS, others, strict=True))}

    def bystanders(self) -> list[User]:
        """Three members who neither teach nor work here nor bought the course from which the rows take their lessons."""
        apart = {TEACHER, BUYER, NEWCOMER, MODERATOR, OWNER}
        # What the stage itself has let them order does not count: whoever comes back finds the same people.
        orders = Order.objects.filter(lines__product__subject=self.course.key).exclude(payments__account=ACCOUNT)
        took = orders.values("buyer")
        quiet = User.objects.exclude(username__in=apart).exclude(pk__in=took)
        return list(quiet.exclude(pk__in=Course.objects.values("teacher")).order_by("pk")[: len(BYSTANDERS)])

    @cached_property
    def course(self) -> Course:
        """A course that costs something, by the teacher of the cast."""
        paid = Product.objects.on_sale().filter(price_minor__gt=0).values_list("subject", flat=True)
        mine = Course.objects.published().filter(teacher__username=TEACHER).order_by("pk")
        return next(one for one in list[Course](mine) if one.key in set(paid))

    @cached_property
    def product(self) -> Product:
        """What it costs."""
        return Product.objects.get(subject=self.course.key)

    @cached_property
    def preview(self) -> Lesson:
        """A lesson of it that is free."""
        return _first(Lesson, Lesson.objects.filter(course=self.course, is_preview=True).in_order())

    @cached_property
    def lesson(self) -> Lesson:
        """A lesson of it that is not."""
        return _first(
            Lesson, Lesson.objects.filter(course=self.course, is_preview=False, kind=Lesson.Kind.ARTICLE).in_order()
        )

    def lesson_of(self, kind: str) -> Lesson:
        """A paid lesson of it that is played, shown or handed out; there once the stage is furnished."""
        return _first(Lesson, Lesson.objects.filter(course=self.course, is_preview=False, kind=kind).in_order())

    @cached_property
    def free_figure(self) -> Figure:
        """A drawing that a free lesson shows."""
        return next(one for one in Figure.objects.order_by("pk") if self._is_shown_free(one))

    @cached_property
    def paid_figure(self) -> Figure:
        """A drawing of the course that only paid lessons show."""
        drawings = Figure.objects.filter(course=self.course).order_by("pk")
        return next(one for one in drawings if not self._is_shown_free(one))

    def _is_shown_free(self, figure: Figure) -> bool:
        free = Lesson.objects.filter(course=figure.course_id, is_preview=True)
        return free.filter(html__contains=figure.get_absolute_url()).exists()

    @cached_property
    def order(self) -> Order:
        """What the buyer paid for."""
        own = Order.objects.filter(buyer__username=BUYER, total_minor__gt=0, gift__isnull=True)
        return _first(Order, own.order_by("pk"))

    def attempt(self, name: str) -> Payment:
        """The last try of an order that waits, by how it stands; there once the stage is furnished."""
        how = {key: value for key, value in ATTEMPTS[name].items() if key != "qr"}
        return _first(Payment, Payment.objects.filter(account=ACCOUNT, **how).select_related("order").order_by("pk"))

    @cached_property
    def gift(self) -> Gift:
        """A gift that nobody has taken yet."""
        return _first(Gift, Gift.objects.filter(order__payments__account=ACCOUNT).order_by("pk"))

    @property
    def bundle(self) -> str:
        """The name of a bundle that is on sale."""
        return BUNDLE

    @cached_property
    def invoice(self) -> InvoiceRequest:
        """An invoice that somebody asked for."""
        return _first(InvoiceRequest, InvoiceRequest.objects.order_by("pk"))

    @cached_property
    def payout(self) -> Payout:
        """What the teacher asked for and nobody has decided on."""
        waiting = Payout.objects.filter(creator__username=TEACHER, state=PayoutState.ASKED)
        return _first(Payout, waiting.order_by("pk"))

    @cached_property
    def batch(self) -> PayoutBatch:
        """What waits for its transfer."""
        return _first(PayoutBatch, PayoutBatch.objects.filter(paid_at__isnull=True).order_by("pk"))

    @cached_property
    def coupon(self) -> Coupon:
        """One that the teacher made for what they sell."""
        return _first(Coupon, Coupon.objects.filter(creator__username=TEACHER).order_by("pk"))

    @cached_property
    def statement(self) -> list[int]:
        """The year and month of the teacher's last statement."""
        teacher = self.people[Persona.TEACHER]
        assert teacher is not None, "only a guest is nobody"
        latest = months(creator=teacher)[0]
        return [latest.year, latest.month]

    @cached_property
    def question(self) -> Thread:
        """A question in the open, with its accepted answer."""
        answered = Thread.objects.filter(accepted_answer__isnull=False, audience__contains=["public"])
        return _first(Thread, answered.order_by("-reply_count", "pk"))

    @cached_property
    def discussion(self) -> Thread:
        """A talk in the open."""
        return _first(
            Thread,
            Thread.objects.filter(kind="discussion", audience__contains=["public"]).order_by("-reply_count", "pk"),
        )

    @cached_property
    def inside(self) -> Thread:
        """A question among those who bought the course."""
        return _first(Thread, Thread.objects.filter(audience__contains=[self.course.key]).order_by("pk"))

    def group(self, entry: str) -> Group:
        """A group that is joined in this way."""
        return _first(Group, Group.objects.filter(entry=entry).in_order())

    @cached_property
    def inside_group(self) -> Thread:
        """A talk among those who were invited into a group."""
        return _first(Thread, Thread.objects.filter(board__group=self.group("invited")).order_by("pk"))

    @cached_property
    def request(self) -> JoinRequest:
        """Somebody who asks to be let into a group."""
        waiting = JoinRequest.objects.filter(group=self.group("request"), refused_at__isnull=True)
        return _first(JoinRequest, waiting.order_by("pk"))

    @cached_property
    def post(self) -> Post:
        """Something that the buyer wrote in the open."""
        own = Post.objects.filter(author__username=BUYER, thread__audience__contains=["public"], hidden_at=None)
        return _first(Post, own.order_by("pk"))

    @cached_property
    def notification(self) -> Notification:
        """Something that the buyer was told."""
        return _first(Notification, Notification.objects.filter(user__username=BUYER).order_by("pk"))

    @cached_property
    def topic(self) -> Topic:
        """A topic."""
        return _first(Topic, Topic.objects.order_by("pk"))

    @cached_property
    def survey(self) -> Survey:
        """The school's survey."""
        return _first(Survey, Survey.objects.order_by("pk"))

    @cached_property
    def survey_question(self) -> Question:
        """A question of it."""
        return _first(Question, self.survey.questions.order_by("place", "pk"))

    @cached_property
    def copy(self) -> ExportRequest:
        """The copy that the buyer asked for."""
        return _first(
            ExportRequest, ExportRequest.objects.filter(user__username=BUYER, made_at__isnull=False).order_by("-pk")
        )

    @cached_property
    def passkey(self) -> Authenticator:
        """The teacher's passkey."""
        own = Authenticator.objects.filter(user__username=TEACHER, type=Authenticator.Type.WEBAUTHN)
        return _first(Authenticator, own.order_by("pk"))

    @cached_property
    def live_topic(self) -> str:
        """The signed name of the stream of the question."""
        return sign(f"thread:{self.question.pk}")

    def first(self, model: type[Model]) -> str:
        """The number of the first row of ``model``; 0 where there is none."""
        return _number(model._default_manager.all())  # noqa: SLF001 - documented by Django

    def first_unanswered(self, model: type[Model]) -> str:
        """The same among surveys that nobody has answered yet, their questions and choices: what has answers is not taken out."""
        to_survey = {Survey: "", Question: "survey__", Choice: "question__survey__"}[model]
        return _number(model._default_manager.filter(**{f"{to_survey}submissions__isnull": True}))  # noqa: SLF001 - documented by Django


def _number(rows: QuerySet[Any]) -> str:
    return str(rows.order_by("pk").values_list("pk", flat=True).first() or 0)


def _first(kind: type[M], rows: QuerySet[Any]) -> M:
    found = rows.first()
    if not isinstance(found, kind):
        raise LookupError(f"The world holds no {kind.__name__} that the table could show.")  # noqa: TRY004
    return found
