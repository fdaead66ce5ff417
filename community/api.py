"""The interface for programs: each room hands in a router, all of them under one description."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from recsys.api import router as recommendations

# The page that ninja draws of the description needs inline scripts, which the policy of this site forbids.
api = NinjaAPI(title="Lyceum", version="1", urls_namespace="api", docs_url=None, openapi_url="/openapi.json")
api.add_router("", recommendations)

_WHAT_TO_SEND = "Send a token that is valid and may do this, as in “Authorization: Bearer lyc_…”. Members make one in their settings, under “For programs”."


@api.exception_handler(AuthenticationError)
def say_what_to_send(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    """Who comes without a token, or with one that does not open this, reads where there is one."""
    answer = api.create_response(request, {"detail": _WHAT_TO_SEND}, status=401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer
