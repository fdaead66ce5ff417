"""Samples for a member's own pages and for the studio."""

from typing import Any

from django.utils.html import format_html

from core.ui.samples import learning, talk
from core.ui.samples.forms import ProfileForm
from core.ui.samples.people import Sample, earlier, lang, lin, mei, ruth, say, tom, yan, zhou


def feed() -> list[Sample]:
    """Return cards of the feed, each with its reason."""
    course, question, thread = say("Course", "课程"), say("Question", "问题"), say("Discussion", "讨论")
    return [
        {
            "why": say("Because you finished “Cut the first paragraph” yesterday", "因为你昨天学完了「删掉第一段」"),
            "kind": course,
            "mean": 4.9,
        }
        | _item(
            say("Editing is the writing", "改出来的才是文章"),
            say("7 lessons", "7 课"),
            yan()["name"],
            say("In your membership", "会员已包含"),
        ),
        {
            "why": say("You follow Data, and nobody has answered yet", "你关注数据，而这题还没有人回答"),
            "kind": question,
            "live": say("2 reading now", "2 人正在读"),
        }
        | _item(
            say("How do I compare two small surveys honestly?", "两份小样本问卷，怎么比才算老实？"),
            say("40 points offered", "悬赏 40 积分"),
            say("asked 3 h ago", "3 小时前提问"),
        ),
        {
            "why": say("Three people in your study group liked it", "你的学习小组里有三个人赞过"),
            "kind": thread,
            "other_language": say("Chinese", "英文"),
        }
        | _item(say("A budget you can read in one minute", "一分钟看懂的预算表"), say("18 replies", "18 条回复")),
    ]


def _item(title: str, *facts: str) -> Sample:
    return {
        "url": "#",
        "title": title,
        "lang": lang(),
        "facts": facts,
        "why_url": "#",
        "not_interested_url": "#",
        "known_url": "#",
    }


def week() -> list[Sample]:
    """Return seven days, one of them kept by a freeze."""
    names = say("M T W T F S S", "一 二 三 四 五 六 日").split()
    states = ["on", "on", "kept", "on", "on", "today", "off"]
    return [{"name": name, "state": state} for name, state in zip(names, states, strict=True)]


def near_me() -> list[Sample]:
    """Return the places next to the viewer."""
    return [
        {"place": 11, "points": 412, "move": 2} | tom() | {"note": ""},
        {"place": 12, "points": 398, "move": 5, "is_me": True} | mei(),
        {"place": 13, "points": 371, "move": -1} | ruth(),
    ]


def home() -> Sample:
    """Return a member's home."""
    return {
        "resume": {
            "url": "#",
            "title": say("Cut the first paragraph", "删掉第一段"),
            "lang": lang(),
            "course": say("Say it plainly", "把话写清楚"),
            "number": 4,
            "total": 9,
            "done": 3,
            "cover_title": learning.courses()[1]["title"],
        },
        "feed": feed(),
        "week": week(),
        "near_me": near_me(),
        "waiting": notes()[:2],
    }


def leaderboard() -> Sample:
    """Return this week's board."""
    scores = [(yan(), 1210, 0), (lin(), 986, 1), (zhou(), 871, -1), (tom(), 412, 2), (mei(), 398, 5), (ruth(), 371, -1)]
    rows = [
        {"place": place, "points": points, "move": move, "is_me": person == mei()} | person
        for place, (person, points, move) in enumerate(scores, start=1)
    ]
    spans = [say("7 days", "近 7 天"), say("30 days", "近 30 天"), say("All time", "全部")]
    return {
        "rows": rows,
        "tabs": [{"label": span, "url": "#", "is_current": not index} for index, span in enumerate(spans)],
        "week": week(),
    }


def notes() -> list[Sample]:
    """Return notifications of today and yesterday."""
    return [
        _note(lin(), "chat", "{} answered your question", "{} 回答了你的问题", minutes=2)
        | {
            "is_unread": True,
            "quote": say(
                "The month of the sale. A refund is a correction, not an event.",
                "算销售那个月。退款是更正，不是新的事。",
            ),
        },
        _note(
            yan(), "check", "{} accepted your answer. You have 15 points more", "{} 采纳了你的回答，积分 +15", hours=1
        )
        | {"is_unread": True},
        _note(tom(), "heart", "{} found your note useful", "{} 觉得你的笔记有用", hours=20),
        _note(zhou(), "calendar", "{} starts the evening class in a day", "{} 的晚间课明天开始", hours=26),
    ]


def _note(actor: Sample, icon: str, english: str, chinese: str, **span: int) -> Sample:
    text = format_html(say(english, chinese), actor["name"])
    return {"url": "#", "actor": actor, "icon": icon, "text": text, "at": earlier(**span), "lang": lang()}


def notifications() -> Sample:
    """Return the list of notifications."""
    names = [say("All", "全部"), say("Answers to me", "回复我的"), say("Courses", "课程"), say("Points", "积分")]
    return {
        "days": [
            {"name": say("Today", "今天"), "notes": notes()[:3]},
            {"name": say("Yesterday", "昨天"), "notes": notes()[3:]},
        ]
    } | {
        "tabs": [
            {"label": name, "url": "#", "is_current": not index, "count": 2 if not index else None}
            for index, name in enumerate(names)
        ]
    }


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


def months() -> list[list[Any]]:
    """Return rows for a chart."""
    names = say("Jun Jul Aug Sep Oct Nov", "6月 7月 8月 9月 10月 11月").split()
    return [
        [name, sold, back]
        for name, sold, back in zip(
            names, [1240, 1890, 1610, 2430, 2980, 3420], [80, 120, 60, 210, 90, 140], strict=True
        )
    ]


def studio() -> Sample:
    """Return a teacher's studio."""
    coin = say("$", "¥")
    return {
        "stats": [
            {
                "label": say("Sales today", "今日销售"),
                "value": f"{coin}342",
                "change": say("+2 since yesterday", "比昨天多 2 单"),
                "trend": "good",
            },
            {"label": say("Learners this week", "本周在学"), "value": "186", "change": "+12 %", "trend": "good"},
            {
                "label": say("Unanswered", "待回答"),
                "value": "3",
                "change": say("oldest: 5 h", "最久 5 小时"),
                "trend": "bad",
            },
            {
                "label": say("Mean rating", "平均评分"),
                "value": "4.8",
                "change": say("86 ratings", "86 位学完者评分"),
                "trend": "",
            },
        ],
        "columns": [say("Month", "月份"), say("Sold", "售出"), say("Refunded", "退款")],
        "months": months(),
        "unit": coin,
        "lessons": [
            {"title": lesson["title"], "lang": lang(), "started": started, "finished": finished, "asked": asked}
            for lesson, started, finished, asked in zip(
                learning.sections()[0]["lessons"] + learning.sections()[1]["lessons"],
                [186, 171, 160, 148, 97, 81],
                [180, 166, 151, 101, 90, 44],
                [2, 5, 1, 14, 3, 6],
                strict=True,
            )
        ],
        "waiting": [
            {"title": talk.rows()[2]["title"], "lang": lang(), "url": "#", "author": tom(), "at": earlier(hours=5)},
            {
                "title": say("Does this work with two currencies?", "两种货币也能这么对吗？"),
                "lang": lang(),
                "url": "#",
                "author": ruth(),
                "at": earlier(minutes=18),
            },
        ],
        "checklist": [
            {"label": say("Publish your first course", "发布第一门课"), "state": "done"},
            {
                "label": say("Connect a way to be paid", "接通收款方式"),
                "state": "now",
                "note": say("needed before anything can be sold", "卖课之前必须完成"),
                "url": "#",
            },
            {"label": say("Invite three people", "邀请三个人"), "state": "next", "url": "#"},
        ],
    }
