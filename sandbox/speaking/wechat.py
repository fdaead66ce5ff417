"""WeChat Pay's API v3 under ``/wechat``: native and H5, queries, refunds, and the list of a day."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta, timezone
from functools import wraps
from typing import Any, cast

from sandbox import addresses, operations
from sandbox import books as ledger
from sandbox.books import NotThere, Payment
from sandbox.money import fee
from sandbox.provider import Provider
from sandbox.signing import ciphers
from sandbox.signing import wechat as scheme
from sandbox.speaking import common
from sandbox.web import Handler, Request, Response, Route, see_other

_EAST = timezone(timedelta(hours=8))
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')
_COLUMNS = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
]
_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


class Fault(Exception):
    """Refused in WeChat's words."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def routes() -> list[Route]:
    return [
        Route("POST", "/wechat/v3/pay/transactions/native", _for_shops(native)),
        Route("POST", "/wechat/v3/pay/transactions/h5", _for_shops(h5)),
        Route("GET", "/wechat/v3/pay/transactions/out-trade-no/<number>", _for_shops(query)),
        Route("POST", "/wechat/v3/refund/domestic/refunds", _for_shops(refund)),
        Route("GET", "/wechat/v3/bill/tradebill", _for_shops(bill_address)),
        Route("GET", "/wechat/v3/billdownload/file", _for_shops(bill)),
        Route("GET", "/wechat/h5/<id>", to_the_page),
    ]


def native(provider: Provider, request: Request) -> Response:
    payment = _opened(provider, _sent(request))
    # A real code begins with weixin:// and opens the app; this one leads whoever scans it to the hosted page.
    return _signed(provider, {"code_url": common.hosted(provider, payment)})


def h5(provider: Provider, request: Request) -> Response:
    sent = _sent(request)
    if not _at(sent, "scene_info", "payer_client_ip") or not _at(sent, "scene_info", "h5_info", "type"):
        raise Fault(400, "PARAM_ERROR")
    payment = _opened(provider, sent)
    return _signed(provider, {"h5_url": f"{provider.settings.public_url}/wechat/h5/{payment.id}"})


def to_the_page(provider: Provider, request: Request, id: str) -> Response:
    """Meet a phone, and remember where it wants to go back to."""
    try:
        way_back = addresses.way_back(request.query.get("redirect_url"))
        with provider.writing() as books:
            payment = ledger.payment(books, id=id)
            books.db.execute("UPDATE payments SET return_url = ? WHERE id = ?", (way_back, id))
    except (addresses.Unfit, NotThere) as refused:
        return Response(400, str(refused).encode(), "text/plain; charset=utf-8")
    return see_other(common.hosted(provider, payment))


def query(provider: Provider, request: Request, number: str) -> Response:
    if request.query.get("mchid") != _scheme(provider).mch_id:
        raise Fault(400, "PARAM_ERROR")
    with provider.reading() as books:
        payment = common.by_number(books, number, scheme="wechat")
    return _signed(provider, _scheme(provider).transaction(common.shown(payment)))


def refund(provider: Provider, request: Request) -> Response:
    sent = _sent(request)
    amount, number = _at(sent, "amount", "refund"), str(sent.get("out_refund_no", ""))
    if type(amount) is not int or amount < 1 or not number:
        raise Fault(400, "PARAM_ERROR")
    with provider.writing() as books:
        payment = common.by_number(books, sent.get("out_trade_no"), scheme="wechat")
        if _at(sent, "amount", "total") != payment.amount or _at(sent, "amount", "currency") != payment.currency:
            raise Fault(400, "INVALID_REQUEST")

        def create() -> str:
            return operations.refund(books, payment, amount=amount, reason=str(sent.get("reason", ""))[:200])

        id = common.once(books, f"wechat:{number}", json.dumps(sent, sort_keys=True), create)
    shown = {
        "refund_id": scheme.refund_id(id),
        "out_refund_no": number,
        "out_trade_no": payment.order_reference,
        "transaction_id": scheme.transaction_id(common.shown(payment)),
        "channel": "ORIGINAL",
        "status": "SUCCESS",
        "amount": {"total": payment.amount, "refund": amount, "currency": payment.currency},
    }
    return _signed(provider, shown)


def bill_address(provider: Provider, request: Request) -> Response:
    day = request.query.get("bill_date", "")
    written = _bill(provider, day)
    return _signed(
        provider,
        {
            "download_url": f"{provider.settings.public_url}/wechat/v3/billdownload/file?token={day}",
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(written, usedforsecurity=False).hexdigest(),
        },
    )


def bill(provider: Provider, request: Request) -> Response:
    return Response(200, _bill(provider, request.query.get("token", "")), "text/plain")


def _bill(provider: Provider, day: str) -> bytes:
    since, until = common.day_of(day, _EAST)
    with provider.reading() as books:
        taken = [
            _line(provider, payment) for payment in common.taken_on(books, scheme="wechat", since=since, until=until)
        ]
        back = common.refunds_on(books, scheme="wechat", since=since, until=until)
    rows = [*taken, *(_line(provider, payment, back=row) for payment, row in back)]
    lines = [",".join(f"`{row.get(name, '')}" for name in _COLUMNS) for row in rows]
    return "\r\n".join([",".join(_COLUMNS), *lines, _SUMS, f"`{len(rows)}" + ",`0.00" * 6, ""]).encode("utf-8-sig")


def _line(provider: Provider, payment: Payment, *, back: Any = None) -> dict[str, str]:
    own, shown = _scheme(provider), common.shown(payment)
    line = {
        "交易时间": scheme.written_time(payment.paid_at or 0)[:19].replace("T", " "),
        "公众账号ID": own.app_id,
        "商户号": own.mch_id,
        "微信订单号": scheme.transaction_id(shown),
        "商户订单号": payment.order_reference,
        "交易类型": "NATIVE",
        "交易状态": "SUCCESS" if back is None else "REFUND",
        "货币种类": payment.currency,
        "商品名称": payment.description.replace(",`", ", "),
        "订单金额": _yuan(payment.amount) if back is None else "0.00",
        "申请退款金额": "0.00" if back is None else _yuan(back["amount"]),
        "手续费": _yuan(fee(payment.amount)) + "000" if back is None else "0.00000",
        "费率": "0.60%",
    }
    return line if back is None else line | {"微信退款单号": scheme.refund_id(back["id"]), "退款状态": "SUCCESS"}


def _for_shops(handler: Handler) -> Handler:
    @wraps(handler)
    def answer(provider: Provider, request: Request, **named: str) -> Response:
        try:
            _require_signature(provider, request)
            return handler(provider, request, **named)
        except Fault as fault:
            return _error(fault.status, fault.code)
        except NotThere:
            return _error(404, "ORDER_NOT_EXIST")
        except common.KeyReused:
            return _error(400, "INVALID_REQUEST")
        except (operations.NotAllowed, operations.TooMuch):
            return _error(403, "NOT_ENOUGH")
        except addresses.Unfit:
            return _error(400, "PARAM_ERROR")

    return answer


def _require_signature(provider: Provider, request: Request) -> None:
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    said = dict(_AUTHORIZATION.findall(rest))
    target = request.target.removeprefix("/wechat")
    parts = [request.method, target, said.get("timestamp", ""), said.get("nonce_str", ""), request.body.decode(), ""]
    own = _scheme(provider)
    is_signed = ciphers.is_signed("\n".join(parts).encode(), said.get("signature", ""), own.shop_key)
    if kind != scheme.SCHEME or said.get("mchid") != own.mch_id or not is_signed:
        raise Fault(401, "SIGN_ERROR")


def _opened(provider: Provider, sent: Mapping[str, Any]) -> Payment:
    own, amount = _scheme(provider), _at(sent, "amount", "total")
    if sent.get("appid") != own.app_id or sent.get("mchid") != own.mch_id or _at(sent, "amount", "currency") != "CNY":
        raise Fault(400, "APPID_MCHID_NOT_MATCH")
    if type(amount) is not int or amount < 1 or not sent.get("description"):
        raise Fault(400, "PARAM_ERROR")
    with provider.writing() as books:
        payment = common.opened(
            books,
            scheme="wechat",
            number=str(sent.get("out_trade_no", "")),
            amount=amount,
            currency="CNY",
            description=str(sent["description"]),
            return_url="",
            notify_url=str(sent.get("notify_url", "")),
        )
    if payment.paid_at is not None or payment.amount != amount:
        raise Fault(400, "ORDERPAID" if payment.paid_at is not None else "INVALID_REQUEST")
    return payment


def _scheme(provider: Provider) -> scheme.WeChatScheme:
    if "wechat" not in provider.settings.schemes:
        raise Fault(401, "SIGN_ERROR")
    return cast("scheme.WeChatScheme", provider.settings.schemes["wechat"])


def _sent(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError as unreadable:
        raise Fault(400, "PARAM_ERROR") from unreadable
    if not isinstance(sent, dict):
        raise Fault(400, "PARAM_ERROR")
    return sent


def _at(sent: Mapping[str, Any], *path: str) -> Any:
    found: Any = sent
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _signed(provider: Provider, value: Mapping[str, Any]) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    with provider.reading() as books:
        now = int(books.now)
    headers = _scheme(provider).signed_headers(body, at=now, nonce=secrets.token_hex(16))
    return Response(200, body, "application/json; charset=utf-8", headers)


def _error(status: int, code: str) -> Response:
    return Response(status, json.dumps({"code": code, "message": code}).encode())


def _yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
