"""The interface for programs: each room hands in a router, all of them under one description."""

from ninja import NinjaAPI

from recsys.api import router as recommendations

# The page that ninja draws of the description needs inline scripts, which the policy of this site forbids.
api = NinjaAPI(title="Lyceum", version="1", urls_namespace="api", docs_url=None, openapi_url="/openapi.json")
api.add_router("", recommendations)
