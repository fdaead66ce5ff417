"""What kind of character something is, and the folded form in which texts are compared."""

import re
import unicodedata
from functools import cache

import opencc

HAN = "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, for use between the brackets of a regular expression."""

CJK = HAN + "\u2ff0-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\uac00-\ud7af\ufe30-\ufe4f\uff00-\uffef"
"""Chinese, Japanese and Korean characters with their punctuation and full-width forms."""

_CJK_ONE = re.compile(f"[{CJK}]")
HAN_RUN = re.compile(f"[{HAN}]+")


def is_cjk(character: str) -> bool:
    """Whether ``character`` belongs to a script that writes no spaces between words."""
    return _CJK_ONE.match(character) is not None


def fold(text: str) -> str:
    """The form in which ``text`` is compared: compatibility forms unified, lower case, traditional characters simplified."""
    unified = unicodedata.normalize("NFKC", text).lower()
    return _to_simplified().convert(unified) if HAN_RUN.search(unified) else unified


def fold_in_place(text: str) -> str:
    """Fold each character by itself, so that the result is as long as ``text`` and positions in it stay true."""
    return text.translate(_in_place)


class _InPlace(dict[int, str]):
    """Learns the folded form of each character when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))
        self[code] = folded if len(folded) == 1 else chr(code)
        return self[code]


_in_place = _InPlace()


@cache
def _to_simplified() -> "opencc.OpenCC":
    return opencc.OpenCC("t2s")
