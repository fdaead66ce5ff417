"""Amounts in the smallest unit, and how they are read by people."""

SMALLEST_AMOUNT = 1
LARGEST_AMOUNT = 99_999_999_999

# Sign and number of decimals (ISO 4217).
CURRENCIES = {
    "CNY": ("¥", 2),
    "EUR": ("€", 2),
    "GBP": ("£", 2),
    "HKD": ("HK$", 2),
    "JPY": ("¥", 0),
    "SGD": ("S$", 2),
    "TWD": ("NT$", 2),
    "USD": ("$", 2),
}


def fee(amount: int) -> int:
    """Give what the provider keeps of ``amount``: 0.6 %, half a unit rounded up."""
    return (amount * 6 + 500) // 1000


def off_by_one(amount: int) -> int:
    """Give the nearest amount that is not ``amount``, below it where there is one."""
    return amount - 1 if amount > SMALLEST_AMOUNT else amount + 1


def written(amount: int, currency: str) -> str:
    sign, decimals = CURRENCIES[currency]
    whole, rest = divmod(amount, 10**decimals)
    return f"{sign}{whole:,}.{rest:0{decimals}d}" if decimals else f"{sign}{whole:,}"
