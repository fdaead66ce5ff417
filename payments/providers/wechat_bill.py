"""WeChat's list of a day: CSV in UTF-8 whose cells begin with a backquote, two lines of sums at the end."""

from collections.abc import Mapping

from . import told
from .interface import Listed, NotUnderstood
from .numbers import reference_of

_NUMBER, _STATE, _CURRENCY = "商户订单号", "交易状态", "货币种类"
_TOTAL, _BACK, _FEE = "订单金额", "申请退款金额", "手续费"
_HOW_BACK = "退款状态"


def read(bill: bytes) -> list[Listed]:
    """
    The trades and refunds of the list that are ours by their number.

    :raises NotUnderstood: if it is not such a list.
    """
    try:
        lines = bill.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as unreadable:
        raise NotUnderstood("not a list of WeChat's") from unreadable
    if not lines or _NUMBER not in lines[0]:
        raise NotUnderstood("not a list of WeChat's")
    names = [name.strip() for name in lines[0].split(",")]
    # Cells begin with a backquote and may hold commas; the line of names of the sums has none.
    rows = [line[1:].split(",`") for line in lines[1:] if line.startswith("`")]
    listed = [_listed(dict(zip(names, row, strict=True))) for row in rows if len(row) == len(names)]
    return [found for found in listed if found is not None]


def _listed(row: Mapping[str, str]) -> Listed | None:
    number = row[_NUMBER].strip()
    try:
        reference = reference_of(number)
    except NotUnderstood:
        # The shop may sell elsewhere by the same account.
        return None
    is_refund = row[_STATE].strip() == "REFUND"
    if is_refund and row[_HOW_BACK].strip() != "SUCCESS":
        # It was asked for that day; whether it arrives, another day's list says.
        return None
    fee = _amount(row, _FEE)
    return Listed(
        reference=reference,
        provider_id=number,
        currency=row[_CURRENCY].strip(),
        captured=0 if is_refund else _amount(row, _TOTAL),
        returned=_amount(row, _BACK) if is_refund else 0,
        fee=fee,
    )


def _amount(row: Mapping[str, str], name: str) -> int:
    """An amount of the list; fees are told to the hundredth of a cent and rounded, as they are charged."""
    written = row[name].strip()
    whole, _, rest = written.lstrip("-").partition(".")
    cents = told.decimal({name: f"{whole}.{rest[:2] or '0'}"}, name)
    return -cents if written.startswith("-") else cents
