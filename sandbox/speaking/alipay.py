"""Alipay's gateway under ``/alipay/gateway.do``: page and wap pay by a signed address, queries and refunds by POST."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any, cast
from urllib.parse import urlencode

from sandbox import addresses, operations
from sandbox.books import NotThere, Payment
from sandbox.money import fee
from sandbox.provider import Provider
from sandbox.signing import alipay as scheme
from sandbox.signing import ciphers
from sandbox.speaking import common
from sandbox.web import Request, Response, Route, see_other

_EAST = timezone(timedelta(hours=8))
_PAGES = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}
_COLUMNS = [
    "支付宝交易号",
    "商户订单号",
    "业务类型",
    "商品名称",
    "创建时间",
    "完成时间",
    "门店编号",
    "门店名称",
    "操作员",
    "终端号",
    "对方账户",
    "订单金额（元）",
    "商家实收（元）",
    "支付宝红包（元）",
    "集分宝（元）",
    "支付宝优惠（元）",
    "商家优惠（元）",
    "券核销金额（元）",
    "券名称",
    "商家红包消费金额（元）",
    "卡消费金额（元）",
    "退款批次号/请求号",
    "服务费（元）",
    "分润（元）",
    "备注",
]


class Fault(Exception):
    """Refused in the gateway's words."""

    def __init__(self, code: str, sub_code: str) -> None:
        super().__init__(sub_code)
        self.code, self.sub_code = code, sub_code


def routes() -> list[Route]:
    return [
        Route("GET", "/alipay/gateway.do", to_the_page),
        Route("POST", "/alipay/gateway.do", gateway),
        Route("GET", "/alipay/bill", bill),
    ]


def to_the_page(provider: Provider, request: Request) -> Response:
    """Meet a buyer who comes with the shop's signed address."""
    try:
        content = _checked(provider, request.query)
        payment = _opened(provider, request.query, content)
    except (Fault, addresses.Unfit) as refused:
        return Response(400, f"Alipay: {refused}".encode(), "text/plain; charset=utf-8")
    return see_other(common.hosted(provider, payment))


def gateway(provider: Provider, request: Request) -> Response:
    sent = request.form_of(limit=60) | request.query
    method = sent.get("method", "")
    try:
        content = _checked(provider, sent)
        answer = {"code": "10000", "msg": "Success", **_answer(provider, method, content)}
    except Fault as fault:
        answer = {"code": fault.code, "msg": "Business Failed", "sub_code": fault.sub_code, "sub_msg": fault.sub_code}
    node = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    signature = ciphers.sign(node.encode(), _scheme(provider).private_key)
    body = f'{{"{method.replace(".", "_")}_response":{node},"sign":"{signature}"}}'
    return Response(200, body.encode(), "text/html;charset=utf-8")


def bill(provider: Provider, request: Request) -> Response:
    """The list of a day, as Alipay packs it; its address is guarded by the signature in it."""
    day = request.query.get("bill_date", "")
    if not ciphers.is_signed(
        day.encode(), request.query.get("token", ""), ciphers.public_of(_scheme(provider).private_key)
    ):
        return Response(403)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2088_业务明细.csv", _details(provider, day).encode("gb18030"))
        archive.writestr("2088_业务明细(汇总).csv", "#支付宝业务汇总查询\r\n门店编号,门店名称\r\n".encode("gb18030"))
    return Response(200, packed.getvalue(), "application/zip")


def _answer(provider: Provider, method: str, content: Mapping[str, Any]) -> dict[str, Any]:
    answers = {
        "alipay.trade.query": _query,
        "alipay.trade.refund": _refund,
        "alipay.trade.fastpay.refund.query": _refund_query,
        "alipay.data.dataservice.bill.downloadurl.query": _bill_address,
    }
    if method not in answers:
        raise Fault("40002", "isv.invalid-method")
    try:
        return answers[method](provider, content)
    except NotThere as missing:
        raise Fault("40004", "ACQ.TRADE_NOT_EXIST") from missing


def _query(provider: Provider, content: Mapping[str, Any]) -> dict[str, Any]:
    with provider.reading() as books:
        payment = common.by_number(books, content.get("out_trade_no"), scheme="alipay")
    shown = common.shown(payment)
    paid = {"send_pay_date": scheme.written_time(payment.paid_at)} if payment.paid_at is not None else {}
    return {
        "buyer_logon_id": "san***@sandbox.test",
        "out_trade_no": payment.order_reference,
        "total_amount": scheme.yuan(payment.amount),
        "trade_no": scheme.trade_number(shown),
        "trade_status": scheme.trade_status(shown),
        **paid,
    }


def _refund(provider: Provider, content: Mapping[str, Any]) -> dict[str, Any]:
    amount, number = _cents(content.get("refund_amount")), str(content.get("out_request_no", ""))
    with provider.writing() as books:
        payment = common.by_number(books, content.get("out_trade_no"), scheme="alipay")
        before = payment.amount_refunded

        def create() -> str:
            return operations.refund(books, payment, amount=amount, reason=str(content.get("refund_reason", ""))[:200])

        try:
            common.once(books, f"alipay:{payment.id}:{number}", json.dumps(content, sort_keys=True), create)
        except operations.NotAllowed as refused:
            raise Fault("40004", "ACQ.TRADE_HAS_CLOSE") from refused
        except operations.TooMuch as refused:
            raise Fault("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL") from refused
        except common.KeyReused as reused:
            raise Fault("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR") from reused
        payment = common.by_number(books, payment.order_reference, scheme="alipay")
    shown = common.shown(payment)
    return {
        "out_trade_no": payment.order_reference,
        "trade_no": scheme.trade_number(shown),
        "refund_fee": scheme.yuan(payment.amount_refunded),
        # A repeat moves nothing, and says so.
        "fund_change": "Y" if payment.amount_refunded > before else "N",
    }


def _refund_query(provider: Provider, content: Mapping[str, Any]) -> dict[str, Any]:
    with provider.reading() as books:
        payment = common.by_number(books, content.get("out_trade_no"), scheme="alipay")
        key = f"alipay:{payment.id}:{content.get('out_request_no', '')}"
        found = books.db.execute("SELECT 1 FROM idempotency_keys WHERE key = ?", (key,)).fetchone()
    return {"out_trade_no": payment.order_reference, **({"refund_status": "REFUND_SUCCESS"} if found else {})}


def _bill_address(provider: Provider, content: Mapping[str, Any]) -> dict[str, Any]:
    day = str(content.get("bill_date", ""))
    token = ciphers.sign(day.encode(), _scheme(provider).private_key)
    asked = urlencode({"bill_date": day, "token": token})
    return {"bill_download_url": f"{provider.settings.public_url}/alipay/bill?{asked}"}


def _details(provider: Provider, day: str) -> str:
    since, until = common.day_of(day, _EAST)
    with provider.reading() as books:
        taken = [
            _line(payment, "交易", payment.amount)
            for payment in common.taken_on(books, scheme="alipay", since=since, until=until)
        ]
        back = common.refunds_on(books, scheme="alipay", since=since, until=until)
    lines = [*taken, *(_line(payment, "退款", -row["amount"], request=row["id"]) for payment, row in back)]
    written = io.StringIO()
    sheet = csv.DictWriter(written, _COLUMNS, restval="", lineterminator="\r\n")
    sheet.writeheader()
    sheet.writerows(lines)
    return f"#支付宝业务明细查询\r\n#账号：[{_scheme(provider).seller_id}]\r\n#----\r\n{written.getvalue()}#----业务明细列表结束----\r\n"


def _line(payment: Payment, kind: str, amount: int, *, request: str = "") -> dict[str, str]:
    shown = common.shown(payment)
    return {
        "支付宝交易号": scheme.trade_number(shown) + "\t",
        "商户订单号": payment.order_reference + "\t",
        "业务类型": kind,
        "商品名称": payment.description,
        "创建时间": scheme.written_time(payment.created_at),
        "完成时间": scheme.written_time(payment.paid_at or 0),
        "订单金额（元）": _signed_yuan(amount),
        "商家实收（元）": _signed_yuan(amount),
        "退款批次号/请求号": request,
        "服务费（元）": _signed_yuan(-fee(amount)) if amount > 0 else "0.00",
    }


def _opened(provider: Provider, sent: Mapping[str, str], content: Mapping[str, Any]) -> Payment:
    method = sent.get("method", "")
    if content.get("product_code") != _PAGES.get(method):
        raise Fault("40004", "ACQ.INVALID_PARAMETER")
    with provider.writing() as books:
        return common.opened(
            books,
            scheme="alipay",
            number=str(content.get("out_trade_no", "")),
            amount=_cents(content.get("total_amount")),
            currency="CNY",
            description=str(content.get("subject", "")),
            return_url=sent.get("return_url", ""),
            notify_url=sent.get("notify_url", ""),
        )


def _checked(provider: Provider, sent: Mapping[str, str]) -> dict[str, Any]:
    """Give what is asked, if it is the shop that asks."""
    signed = scheme.joined(sent, apart_from={"sign"})
    own = _scheme(provider)
    if sent.get("app_id") != own.app_id or sent.get("sign_type") != "RSA2" or sent.get("charset") != "utf-8":
        raise Fault("40002", "isv.invalid-app-id")
    if not ciphers.is_signed(signed, sent.get("sign", ""), own.shop_key):
        raise Fault("40002", "isv.invalid-signature")
    try:
        content: dict[str, Any] = json.loads(sent.get("biz_content", "{}"))
    except ValueError as unreadable:
        raise Fault("40002", "isv.invalid-parameter") from unreadable
    return content


def _scheme(provider: Provider) -> scheme.AlipayScheme:
    if "alipay" not in provider.settings.schemes:
        raise Fault("40002", "isv.invalid-app-id")
    return cast("scheme.AlipayScheme", provider.settings.schemes["alipay"])


def _cents(written: object) -> int:
    whole, _, rest = str(written).partition(".")
    if not whole.isdecimal() or len(rest) > 2 or (rest and not rest.isdecimal()) or int(whole + rest.ljust(2, "0")) < 1:
        raise Fault("40004", "ACQ.TOTAL_FEE_EXCEED")
    return int(whole + rest.ljust(2, "0"))


def _signed_yuan(amount: int) -> str:
    return ("-" if amount < 0 else "") + scheme.yuan(abs(amount))
