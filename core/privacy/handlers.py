"""What leaves through the outbox: the making of exports and the deletion of their files."""

from django.utils.translation import gettext_lazy as _

from core.events.models import OutboxMessage
from core.events.outbox import delivers

from . import operations
from .models import ExportRequest


@delivers("privacy.export", called=_("Copy of somebody's data"))
def make_export(message: OutboxMessage) -> None:
    """Make the export; the request of somebody erased meanwhile is gone, and so is the wish."""
    request = ExportRequest.objects.filter(pk=message.payload["request_id"]).first()
    if request is not None:
        operations.make_export(request=request)


@delivers("privacy.discard", called=_("Deletion of such a copy"))
def discard(message: OutboxMessage) -> None:
    """Delete the file of an export."""
    (operations.folder() / message.payload["file_name"]).unlink(missing_ok=True)
