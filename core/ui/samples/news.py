"""Samples for what a member is told."""

from django.utils.html import format_html

from core.ui.samples.people import Sample, earlier, lang, lin, say, tom, yan, zhou


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
