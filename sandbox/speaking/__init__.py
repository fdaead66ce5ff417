"""
The APIs of the real providers, as far as a shop uses them, over the sandbox's own books.

Each module speaks one provider's language: it checks how a request is signed, refuses what that provider would refuse, and
answers in its form. The hosted pages and the books are the same for all.
"""

from sandbox.speaking import alipay, stripe, stripe_billing, wechat
from sandbox.web import Route


def routes() -> list[Route]:
    return [*stripe.routes(), *stripe_billing.routes(), *alipay.routes(), *wechat.routes()]
