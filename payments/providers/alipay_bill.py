"""Alipay's list of a day: a ZIP of CSV files in GBK, of which one names every trade and every refund."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping

from . import told
from .interface import Listed, NotUnderstood
from .numbers import reference_of

_NUMBER, _KIND, _PAID, _FEE = "商户订单号", "业务类型", "商家实收（元）", "服务费（元）"
_TRADE, _REFUND = "交易", "退款"
_LARGEST = 256 << 20


def read(packed: bytes) -> list[Listed]:
    """
    The trades and refunds of the list that are ours by their number.

    :raises NotUnderstood: if it is not such a list.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            names = [found for found in archive.infolist() if found.file_size <= _LARGEST]
            texts = [archive.read(found).decode("gb18030") for found in names]
    except (zipfile.BadZipFile, UnicodeDecodeError) as unreadable:
        raise NotUnderstood("not a list of Alipay's") from unreadable
    listed = [_listed(row) for text in texts for row in _rows(text)]
    return [found for found in listed if found is not None]


def _rows(text: str) -> Iterator[Mapping[str, str]]:
    """The lines between the remarks, by the names in the first of them; the sums stand in a file of their own."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or _KIND not in lines[0]:
        return
    for row in csv.DictReader(lines, skipinitialspace=True):
        yield {str(name).strip(): (value or "").strip() for name, value in row.items() if name}


def _listed(row: Mapping[str, str]) -> Listed | None:
    number = row.get(_NUMBER, "")
    try:
        reference = reference_of(number)
    except NotUnderstood:
        # The shop may sell elsewhere by the same account.
        return None
    kind, fee = row.get(_KIND, ""), _amount(row, _FEE)
    if kind not in {_TRADE, _REFUND}:
        raise NotUnderstood(f"a line of kind {kind}")
    amount = _amount(row, _PAID)
    if kind == _TRADE:
        return Listed(reference=reference, provider_id=number, currency="CNY", captured=amount, fee=-fee)
    return Listed(reference=reference, provider_id=number, currency="CNY", returned=-amount, fee=-fee)


def _amount(row: Mapping[str, str], name: str) -> int:
    written = row.get(name, "")
    amount = told.decimal({name: written.lstrip("+-")}, name)
    return -amount if written.startswith("-") else amount
