"""Names for the people whom nobody described."""

from collections.abc import Iterator

from accounts import rules
from core.text import skeleton

from .plan import Plan

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向"
_GIVEN = ["晓雨", "子墨", "思远", "佳音", "若溪", "明哲", "雅文", "志远", "欣然", "立群", "海燕", "春生", "小满", "秋实", "冬梅", "家齐", "婉清", "景行", "乐天", "安然", "书瑶", "立夏", "望舒", "一鸣", "知夏", "文博", "嘉木", "云舒", "清和", "念慈", "可心", "未央", "朝阳", "远航", "静姝", "雨桐", "承志", "惠兰", "阿宁", "大江", "伯言", "仲平", "季安", "晚晴", "初九", "南星", "半夏", "青禾", "向晚", "知秋", "言蹊", "既明", "子衿", "如松", "若谷", "长风", "听雨", "映雪", "怀瑾", "守拙", "亦凡", "沛然", "石榴", "小川"]
_FIRST = ["Amara", "Aisha", "Alba", "Anders", "Beatriz", "Bram", "Callum", "Chiara", "Clara", "Dara", "Dmitri", "Edith", "Elif", "Esme", "Farah", "Femi", "Finn", "Freya", "Gita", "Greta", "Hana", "Hugo", "Ibrahim", "Iris", "Ivan", "Jamal", "Jonas", "Jun", "Kaia", "Kiran", "Lars", "Leila", "Linus", "Lola", "Luca", "Magda", "Malik", "Marek", "Mei", "Milo", "Naomi", "Niamh", "Omar", "Orla", "Pablo", "Petra", "Quinn", "Rafael", "Rosa", "Rowan", "Saira", "Selma", "Silas", "Sofia", "Stellan", "Tariq", "Tess", "Theo", "Uma", "Vera", "Wanda", "Yara", "Yusuf", "Zoe"]
_LAST = ["Abbott", "Adeleke", "Barros", "Bauer", "Bell", "Castro", "Chen", "Clarke", "Costa", "Danso", "Doyle", "Eriksen", "Farrell", "Fontana", "Garcia", "Haas", "Hassan", "Hughes", "Ibarra", "Jansen", "Kaya", "Kelly", "Kowal", "Kumar", "Lowe", "Madsen", "Marsh", "Meyer", "Moreau", "Murphy", "Nilsson", "Obi", "Okafor", "Olsen", "Ortiz", "Osman", "Park", "Patel", "Petrov", "Quist", "Ramos", "Reid", "Rossi", "Sato", "Silva", "Singh", "Sousa", "Stone", "Sutton", "Tan", "Torres", "Varga", "Vogel", "Walsh", "Weber", "West", "Wolff", "Yilmaz", "Young"]


def invented(plan: Plan, *, taken: set[str]) -> Iterator[tuple[str, str, str]]:
    """Names without end, each with a handle that nobody in ``taken`` has and a language; three of five are Chinese."""
    dice = plan.dice("names")
    used = {skeleton(handle) for handle in taken}
    while True:
        language = "zh-hans" if dice.random() < 0.6 else "en"  # noqa: PLR2004 - as the docstring says
        name = dice.choice(_SURNAMES) + dice.choice(_GIVEN) if language == "zh-hans" else f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
        handle = rules.handle_from(name)
        if skeleton(handle) in used:
            handle = f"{handle}{dice.randrange(2, 99)}"
        if skeleton(handle) not in used:
            used.add(skeleton(handle))
            yield name, handle, language
