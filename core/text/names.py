"""Names that people give themselves and things: readable, told apart, not somebody else's."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_NAME = 60
LONGEST_SLUG = 60


class NameRefused(ValidationError):
    """A name cannot be taken; its message says why, in the language of who asked."""


RESERVED = frozenset({
    "admin", "administrator", "moderator", "mod", "owner", "root", "staff", "support", "system", "official", "help",
    "security", "lyceum", "webmaster", "postmaster", "hostmaster", "abuse", "billing", "payment", "payments", "me", "you",
    "everyone", "here", "null", "undefined", "none", "anonymous", "guest", "deleted", "settings", "account",
    "accounts", "login", "logout", "signup", "api", "live", "static", "media", "members", "courses", "community", "search",
    "管理员", "版主", "站长", "官方", "客服", "系统", "学园", "所有人", "全体成员", "匿名", "游客", "已注销", "支付", "财务",
})  # fmt: skip

# Letters of other scripts that most fonts draw like a Latin one, and digits that pass for letters.
_LOOKALIKES = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ғ": "f", "г": "r", "һ": "h", "н": "h", "і": "i", "ј": "j",
        "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "у": "y", "ѵ": "v",
        "ѡ": "w", "ԝ": "w", "х": "x", "ү": "y", "з": "3", "б": "6",
        "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ο": "o", "ρ": "p", "σ": "o",
        "τ": "t", "υ": "u", "χ": "x", "ω": "w", "γ": "y", "ϲ": "c", "ϳ": "j", "ζ": "z",
        "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g", "ք": "p", "զ": "q", "ա": "w",
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ƒ": "f", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʏ": "y",
        "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ʟ": "l",
        "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z",
        "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮋ": "h", "Ꭻ": "j", "Ꮶ": "k", "Ꮇ": "m", "Ꮲ": "p", "Ꮪ": "s",
        "0": "o", "1": "l", "|": "l", "!": "l", "〇": "o", "○": "o", "ー": "一", "—": "一", "囗": "口",
    }
)  # fmt: skip
_SEPARATORS = re.compile(r"[\s._\-·•‧・'’`,]+")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])I")
_SLUG_BREAK = re.compile(r"[^\w]+|_+")


def clean_name(text: str, *, longest: int = LONGEST_NAME, may_be_reserved: bool = False) -> str:
    """
    ``text`` as it is stored: compatibility forms unified, no invisible characters, single spaces.

    :raises NameRefused: if nothing readable is left, or it is too long, or reserved for the house.
    """
    name = " ".join(unified_marks(text).split())
    _check_length(name, longest)
    if not may_be_reserved and is_reserved(name):
        raise NameRefused(_("This name is reserved. Choose another one."))
    return name


def skeleton(text: str) -> str:
    """
    What ``text`` looks like: two names with the same skeleton cannot be told apart, so a unique column holds it.

    The idea is Unicode's (UTS 39); the table is small and for names beside Latin and Chinese ones.
    """
    # A capital i inside small letters is drawn like a small L.
    unified = unicodedata.normalize("NFKD", _CAPITAL_INSIDE.sub("l", unified_marks(text))).casefold()
    bare = "".join(character for character in unified if not unicodedata.combining(character))
    return _SEPARATORS.sub("", bare.translate(_LOOKALIKES)).replace("rn", "m").replace("vv", "w")


def is_reserved(name: str) -> bool:
    """Whether ``name`` looks like one that the house keeps for itself."""
    return _loosely(name) in _RESERVED


def slug(text: str, *, longest: int = LONGEST_SLUG) -> str:
    """
    ``text`` as a part of an address: lower case, words joined by hyphens, Chinese kept as it is; may be empty.

    Pinyin was refused: its readers cannot tell 视频 from 食品, and search engines read the characters themselves.
    """
    words = _SLUG_BREAK.sub("-", unicodedata.normalize("NFKC", text).lower()).strip("-")
    return words if len(words) <= longest else (words[: longest + 1].rpartition("-")[0] or words)[:longest].strip("-")


def unified_marks(text: str) -> str:
    """``text`` in unified form, without invisible characters."""
    return "".join(filter(_is_visible, unicodedata.normalize("NFKC", text)))


def _check_length(name: str, longest: int) -> None:
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise NameRefused(_("A name needs at least one letter or digit."))
    if len(name) > longest:
        raise NameRefused(_("This name is too long: at most %(most)s characters.") % {"most": longest})


# Drawn as nothing although Unicode counts them as letters.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u180e")


def _is_visible(character: str) -> bool:
    if character in _BLANK or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return False
    # Control, format (bidi and zero-width among them), surrogates, private use, unassigned; line and paragraph breaks.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or character in "\t\n"


def _loosely(name: str) -> str:
    # Here a digit one may stand for an i as well as for an l.
    return skeleton(name.casefold()).replace("i", "l")


_RESERVED = frozenset(_loosely(word) for word in RESERVED)
