"""The permissions that a role can hold, in words of the active language."""

from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

ACTS = {
    "view": gettext_noop("see"),
    "add": gettext_noop("add"),
    "change": gettext_noop("change"),
    "delete": gettext_noop("delete"),
}
Choices = list[tuple[str, list[tuple[int, str]]]]


def permissions_to_choose(*, models: Collection[type[Model]], held: Collection[Permission]) -> Choices:
    """
    A group for each kind of thing at the desk, in it what may be done with it; and whatever else is ``held`` already.

    Django's own names for permissions were written into the database in one language, on the day of the migration.
    """
    labels = {(model._meta.app_label, model._meta.model_name): model for model in models}  # noqa: SLF001 - documented
    found: dict[str, list[tuple[int, str]]] = {}
    for one in Permission.objects.select_related("content_type").order_by(
        "content_type__app_label", "content_type__model", "pk"
    ):
        model = labels.get((one.content_type.app_label, one.content_type.model))
        if model is not None or one in held:
            found.setdefault(_kind(one, model), []).append((one.pk, _act(one)))
    return list(found.items())


def _kind(permission: Permission, model: type[Model] | None) -> str:
    return str(model._meta.verbose_name_plural).capitalize() if model else permission.content_type.name  # noqa: SLF001 - documented


def _act(permission: Permission) -> str:
    act = permission.codename.split("_", 1)[0]
    return (
        _(ACTS[act])
        if permission.codename == f"{act}_{permission.content_type.model}" and act in ACTS
        else permission.name
    )
