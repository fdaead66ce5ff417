"""Names and handles: which are allowed, and which could be mistaken for another."""

import re
import unicodedata

from pypinyin import lazy_pinyin

LONGEST_HANDLE = 30
HANDLE = re.compile(r"[a-z0-9][a-z0-9_-]{1,29}")

RESERVED = frozenset(
    "about account accounts admin administrator api blog bot community contact courses desk everyone guest help home "
    "info legal live login logout mail me media member members mod moderator moderators money news nobody notifications "
    "null official orders owner pay payment payments points privacy register root school search security service "
    "settings signup site staff static studio support system teacher teachers team terms test undefined user users "
    "welcome www 管理员 版主 官方 客服 系统 系统管理员 站长 老师 团队 学园".split()
)
"""Words that would let a member speak for the school, or that are addresses of it."""

_LOOKALIKES = str.maketrans("асԁеһіјӏорԛѕухѵԝαορνιυχκ01|", "acdehijlopqsyxvwaopviuxkoll")
_HANDLE_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "_": "", "-": ""})


def tidy(text: str) -> str:
    """``text`` in Unicode's NFKC form, without control, direction-changing and invisible characters, spaces made single."""
    normal = unicodedata.normalize("NFKC", text)
    seen = "".join(" " if letter.isspace() else letter for letter in normal if _is_seen(letter))
    return " ".join(seen.split())


def _is_seen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def handle_from(name: str) -> str:
    """The handle that ``name`` suggests: pinyin for Chinese, plain letters for the rest; "member" when nothing is left."""
    letters = " ".join(lazy_pinyin(name)) if _has_han(name) else name
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9]+", "" if _has_han(name) else "-", plain).strip("-_")[: LONGEST_HANDLE - 5].strip("-_")
    return joined if HANDLE.fullmatch(joined) and not is_reserved(joined) else "member"


def handle_skeleton(handle: str) -> str:
    """What is left of a handle when everything that the eye confuses is made the same; two members never share one."""
    plain = handle.lower().translate(_HANDLE_LOOKALIKES)
    return plain.replace("rn", "m").replace("vv", "w")


def name_skeleton(name: str) -> str:
    """What is left of a display name when case, accents, spaces and look-alike letters are made the same."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(letter for letter in folded if letter.isalnum() or letter == "|")
    return plain.translate(_LOOKALIKES)


def is_reserved(name: str) -> bool:
    """Whether a name or handle, however it is dressed up, is a word that speaks for the school."""
    return name_skeleton(name) in _RESERVED_SKELETONS or handle_skeleton(name) in _RESERVED_SKELETONS


def _has_han(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


_RESERVED_SKELETONS = frozenset(name_skeleton(word) for word in RESERVED)
