"""The rows of the desk: a line for each model, from which follow the rows of its list and forms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from .personas import EVERYBODY, NOBODY, STAFF, Persona
from .rows import DESK, Answer, Door, Row
from .stage import Stage

P = Persona
OWNER = frozenset({P.OWNER})
NOT_AT_THE_DESK = Door(Answer.SENT_ON, Answer.SENT_ON, Answer.NOT_FOUND)
DECIDE = Door(Answer.SENT_ON, Answer.SENT_ON, Answer.FORBIDDEN, but={P.OWNER: Answer.NOT_FOUND})
BATCH = Door(Answer.SENT_ON, Answer.SENT_ON, Answer.FORBIDDEN, but={P.OWNER: Answer.NOT_FOUND})
Who = frozenset[Persona]


@dataclass(frozen=True)
class Desk:
    """Who may read, add, change and delete the rows of a model at the desk; ``which`` gives the number of the one that is looked at."""

    model: str
    read: Who = OWNER
    add: Who = NOBODY
    delete: Who = NOBODY
    list_gives: Answer = Answer.PAGE
    which: Callable[[Stage, type[Model]], str] = Stage.first


# Payments, roles and settings are the owner's: a moderator sees neither money nor who may do what.
DESKS = [
    Desk("accounts.User", add=OWNER),
    Desk("accounts.Consent"),
    Desk("audit.AuditEntry"),
    Desk("auth.Group", add=OWNER, delete=OWNER),
    Desk("community.LegalText", add=OWNER),
    Desk("community.School", list_gives=Answer.SENT_ON),
    Desk("events.DeadLetter"),
    Desk("events.OutboxMessage"),
    Desk("forum.Board", add=OWNER, delete=OWNER),
    Desk("forum.Flag", read=STAFF),
    Desk("forum.Group", add=OWNER, delete=OWNER),
    Desk("forum.Post", read=STAFF),
    Desk("gamification.Badge", add=OWNER),
    Desk("gamification.Level", add=OWNER),
    Desk("gamification.Rule"),
    Desk("ledger.Account"),
    Desk("ledger.Transaction"),
    Desk("payments.Coupon", add=OWNER),
    Desk("payments.Discrepancy"),
    Desk("payments.Entitlement", add=OWNER),
    Desk("payments.Gift"),
    Desk("payments.InvoiceRequest"),
    Desk("payments.Order"),
    Desk("payments.Payment"),
    Desk("payments.Organization", add=OWNER),
    Desk("payments.Payout"),
    Desk("payments.PayoutBatch"),
    Desk("payments.PriceRule", add=OWNER),
    Desk("payments.Product"),
    Desk("payments.Refund"),
    Desk("payments.Subscription"),
    Desk("payments.Tier", add=OWNER),
    Desk("payments.WebhookEvent"),
    Desk("privacy.ErasureRequest"),
    Desk("privacy.ExportRequest"),
    Desk("recsys.TrainedModel"),
    Desk("surveys.Choice", add=OWNER, delete=OWNER, which=Stage.first_unanswered),
    Desk("surveys.Question", add=OWNER, delete=OWNER, which=Stage.first_unanswered),
    Desk("surveys.Survey", add=OWNER, delete=OWNER, which=Stage.first_unanswered),
    Desk("topics.Topic", add=OWNER),
]

FRONT = [
    Row(name="admin:index", may=STAFF, door=DESK, seen_by=P.OWNER, is_main=True),
    Row(name="admin:index", case="moderator", may=STAFF, door=DESK, seen_by=P.MODERATOR),
    Row(name="admin:login", may=NOBODY, door=Door(Answer.LOG_IN, Answer.SENT_ON)),
    Row(name="admin:logout", method="POST", may=EVERYBODY),
    Row(name="admin:password_change", may=STAFF, door=DESK),
    Row(name="admin:password_change_done", may=STAFF, door=DESK),
    Row(name="admin:autocomplete", may=NOBODY, door=DESK),
    Row(name="admin:jsi18n", may=STAFF, door=DESK),
    Row(name="admin:view_on_site", may=NOBODY, door=NOT_AT_THE_DESK, fill=[0, 0]),
    Row(name="admin:app_list", case="payments", may=OWNER, door=NOT_AT_THE_DESK, fill=["payments"]),
    Row(name=f"{settings.ADMIN_PATH}/(?P<url>.*)$", path=f"/{settings.ADMIN_PATH}/nothing/", may=NOBODY, door=NOT_AT_THE_DESK),
    Row(name="admin:auth_user_password_change", may=OWNER, door=DESK, fill=lambda s: [s.first(apps.get_model("accounts.User"))]),
    Row(name="admin:recsys_trainedmodel_health", may=STAFF, door=DESK, seen_by=P.OWNER),
    Row(name="admin:payments_coupon_batch", case="no such coupon", may=NOBODY, door=BATCH, fill=[0]),
    Row(name="admin:payments_payment_transfer", case="no such transfer", may=NOBODY, door=BATCH, fill=[0]),
    Row(name="admin:payments_coupon_batch", may=OWNER, door=DESK, fill=lambda s: [s.coupon.pk], seen_by=P.OWNER),
    Row(name="admin:payments_payment_transfer", may=OWNER, door=DESK, fill=lambda s: [s.attempt("transfer").pk], seen_by=P.OWNER),
    Row(name="admin:payments_invoicerequest_decide", may=OWNER, door=DESK, fill=lambda s: [s.invoice.pk], seen_by=P.OWNER),
    Row(name="admin:payments_product_bundle", may=OWNER, door=DESK, seen_by=P.OWNER),
    Row(name="admin:payments_invoicerequest_decide", case="no such request", may=NOBODY, door=DECIDE, fill=[0]),
    Row(name="admin:payments_payout_decide", may=OWNER, door=DESK, fill=lambda s: [s.payout.pk], seen_by=P.OWNER),
    Row(name="admin:payments_payoutbatch_decide", may=OWNER, door=DESK, fill=lambda s: [s.batch.pk], seen_by=P.OWNER),
    Row(name="admin:payments_payoutbatch_file", method="POST", may=OWNER, door=DESK, fill=lambda s: [s.batch.pk]),
    Row(name="admin:payments_order_refund", may=OWNER, door=DESK, fill=lambda s: [s.order.pk], seen_by=P.OWNER),
]  # fmt: skip


def desk_rows() -> list[Row]:
    """The front of the desk, then the rows of every model."""
    return [*FRONT, *(row for desk in DESKS for row in _rows(desk))]


def _rows(desk: Desk) -> Iterator[Row]:
    model = apps.get_model(desk.model)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"  # noqa: SLF001 - documented by Django
    path = f"{settings.ADMIN_PATH}/{model._meta.app_label}/{model._meta.model_name}/<path:object_id>/"  # noqa: SLF001
    fill = _numbers(desk, model)
    yield Row(name=f"{name}_changelist", may=desk.read, door=DESK, gives=desk.list_gives, seen_by=P.OWNER)
    yield Row(name=f"{name}_add", may=desk.add, door=DESK, seen_by=P.OWNER if desk.add else None)
    yield Row(name=f"{name}_change", may=desk.read, door=DESK, fill=fill, seen_by=P.OWNER, of=model)
    yield Row(name=f"{name}_history", may=desk.read, door=DESK, fill=fill, of=model)
    yield Row(name=f"{name}_delete", may=desk.delete, door=DESK, fill=fill, of=model)
    yield Row(name=path, path=f"/{path.replace('<path:object_id>', '0')}", may=STAFF, door=DESK, gives=Answer.SENT_ON)


def _numbers(desk: Desk, model: type[Model]) -> Any:
    def fill(stage: Stage) -> list[str]:
        return [desk.which(stage, model)]

    return fill
