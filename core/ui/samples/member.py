"""Samples for what a member is known by, and what they decide."""

from core.ui.samples import talk
from core.ui.samples.forms import ProfileForm
from core.ui.samples.people import Sample, earlier, lang, mei, say


def badges() -> list[Sample]:
    """Return earned badges and one still to earn."""
    return [
        {
            "name": say("First accepted answer", "第一个被采纳的回答"),
            "icon": "check-circle",
            "rarity": "common",
            "earned_at": earlier(days=2),
        },
        {
            "name": say("Seven days in a row", "连续七天"),
            "icon": "flame",
            "rarity": "common",
            "earned_at": earlier(days=5),
        },
        {"name": say("Patient reader", "耐心的读者"), "icon": "book", "rarity": "rare", "earned_at": earlier(days=40)},
        {"name": say("Lit the lamp", "点灯人"), "icon": "spark", "rarity": "precious", "earned_at": earlier(days=90)},
        {
            "name": say("A hundred answers", "一百个回答"),
            "icon": "trophy",
            "rarity": "rare",
            "earned_at": None,
            "note": "38 / 100",
        },
    ]


def profile() -> Sample:
    """Return somebody's public page."""
    about = say("Keeps the books of a bakery, writes down what went wrong.", "给一家面包店记账，把踩过的坑都写下来。")
    names = [say("Answers", "回答"), say("Courses", "在学"), say("Notes", "笔记"), say("Badges", "勋章")]
    tabs = [
        {"label": name, "url": "#", "count": count, "is_current": not index}
        for index, (name, count) in enumerate(zip(names, [38, 4, 12, 5], strict=True))
    ]
    return {
        "person": mei() | {"about": about, "lang": lang()},
        "badges": badges(),
        "tabs": tabs,
        "threads": talk.rows()[1:],
    }


def settings() -> Sample:
    """Return one room of the settings."""
    items = [
        ("person", say("Profile", "个人资料"), True),
        ("key", say("Account and security", "账号与安全"), False),
        ("globe", say("Language, time, theme", "语言、时区与主题"), False),
        ("bell", say("Notifications", "通知"), False),
        ("shield", say("Privacy", "隐私"), False),
        ("receipt", say("Purchases", "购买记录"), False),
    ]
    return {
        "entries": [
            {"icon": icon, "label": label, "url": "#", "is_current": current} for icon, label, current in items
        ],
        "form": ProfileForm.filled(),
    }


def survey() -> Sample:
    """Return one step of a survey."""
    choices = [
        (say("Read my own figures", "看懂自己的数字"), True),
        (say("Write so that people answer", "写得让人愿意回"), False),
        (say("Run something small well", "把小生意做好"), True),
        (say("Ask better questions", "问出更好的问题"), False),
        (say("Just look around", "先随便看看"), False),
    ]
    return {
        "step": 2,
        "total": 4,
        "question": say("What would you like to be able to do by spring?", "到春天，你想学会做什么？"),
        "hint": say("Choose as many as are true.", "可以多选。"),
        "lang": lang(),
        "choices": [{"text": text, "is_chosen": chosen} for text, chosen in choices],
        "scale_question": say("How sure are you with spreadsheets today?", "你现在用表格有多顺手？"),
        "scale": range(1, 6),
    }
