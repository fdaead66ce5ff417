"""
Makes the keys of a shop that plays with every scheme: ``python -m sandbox.keys --folder F --url URL --shop URL``.

Prints the environment of both parties as one JSON object; made once for a folder and kept there.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

from sandbox.environment import Refused, stay_in_the_playground
from sandbox.signing import ciphers

KEY_ID = "PUB_KEY_ID_SANDBOX000000000000000001"


def main() -> int:
    """Print them; give 2 outside a playground."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.keys", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--url", required=True, help="where the sandbox listens")
    parser.add_argument("--shop", required=True, help="where the shop listens")
    options = parser.parse_args()
    try:
        stay_in_the_playground(os.environ)
    except Refused as refused:
        print(f"sandbox: {refused}", file=sys.stderr)
        return 2
    print(json.dumps(kept(options.folder) | addresses(options.url.rstrip("/"), options.shop.rstrip("/"))))
    return 0


def kept(folder: Path) -> dict[str, str]:
    """Give the keys in ``folder``, made now where there are none."""
    path = folder / "keys.json"
    if path.exists():
        found: dict[str, str] = json.loads(path.read_text())
        return found
    folder.mkdir(parents=True, exist_ok=True)
    made = make()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file)
    return made


def make() -> dict[str, str]:
    """Make keys that say of themselves that they are the sandbox's, where the scheme leaves room for it."""
    alipay, alipay_shop, wechat, wechat_shop = (ciphers.new_pair() for _ in range(4))
    webhook_secret = f"whsec_sandbox_{secrets.token_hex(16)}"
    return {
        "STRIPE_ACCOUNT_ID": "acct_sandbox",
        "STRIPE_SECRET_KEY": f"sk_test_sandbox_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": webhook_secret,
        "SANDBOX_STRIPE_WEBHOOK_SECRET": webhook_secret,
        "ALIPAY_APP_ID": "9021000000000001",
        "ALIPAY_SELLER_ID": "2088000000000000",
        "ALIPAY_PRIVATE_KEY": alipay_shop[0],
        "ALIPAY_PUBLIC_KEY": alipay[1],
        "SANDBOX_ALIPAY_PRIVATE_KEY": alipay[0],
        "SANDBOX_ALIPAY_SHOP_KEY": alipay_shop[1],
        "WECHAT_APP_ID": "wx0000000000000001",
        "WECHAT_MCH_ID": "1900000001",
        "WECHAT_SERIAL": "5A0000000000000000000000000000000000SAND",
        "WECHAT_PRIVATE_KEY": wechat_shop[0],
        "WECHAT_PLATFORM_KEY_ID": KEY_ID,
        "WECHAT_PLATFORM_PUBLIC_KEY": wechat[1],
        "WECHAT_API_KEY": secrets.token_hex(16),
        "SANDBOX_WECHAT_PRIVATE_KEY": wechat[0],
        "SANDBOX_WECHAT_SHOP_KEY": wechat_shop[1],
    }


def addresses(url: str, shop: str) -> dict[str, str]:
    """Give where each scheme is spoken at ``url``; Stripe alone is told beforehand where the shop listens."""
    return {
        "STRIPE_URL": f"{url}/stripe",
        "ALIPAY_URL": f"{url}/alipay/gateway.do",
        "WECHAT_URL": f"{url}/wechat",
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{shop}/pay/stripe/webhook/",
    }


if __name__ == "__main__":
    sys.exit(main())
