"""The same updates for a page without a socket: asked for now and then."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from core.web.numbers import number_in

from . import queries, topics
from .guarding import may_listen


@require_safe
def since(request: HttpRequest) -> JsonResponse:
    """What followed ``?topic=…&seq=…``, as the socket would have sent it."""
    token = request.GET.get("topic", "")
    if topics.outdated(token):
        return JsonResponse({"messages": [], "reload": True})
    stream = topics.read(token)
    seq = number_in(request.GET.get("seq", ""))
    if stream is None or seq is None or not may_listen(request.user, stream):
        return JsonResponse({"refused": True}, status=404)
    missed = queries.since(stream=stream, seq=seq)
    messages = [
        {"stream": stream, "seq": one.seq, "action": one.action, "target": one.target,
         "html": one.html.get(request.LANGUAGE_CODE, "")}
        for one in missed.messages
    ]  # fmt: skip
    return JsonResponse({"messages": messages, "reload": missed.must_reload})
