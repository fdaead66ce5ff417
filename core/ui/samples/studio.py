"""Samples for a teacher's studio."""

from typing import Any

from core.ui.samples import learning, talk
from core.ui.samples.people import Sample, earlier, lang, ruth, say, tom


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
