"""Samples for what a member comes home to: the feed, the week, the board."""

from core.ui.samples import learning
from core.ui.samples.news import notes
from core.ui.samples.people import Sample, lang, lin, mei, ruth, say, tom, yan, zhou


def feed() -> list[Sample]:
    """Return cards of the feed, each with its reason."""
    course, question, thread = say("Course", "课程"), say("Question", "问题"), say("Discussion", "讨论")
    return [
        {
            "why": say("Because you finished “Cut the first paragraph” yesterday", "因为你昨天学完了“删掉第一段”"),
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
