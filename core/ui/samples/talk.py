"""Samples for threads and questions."""

from core.ui.samples.buying import accepted_answer
from core.ui.samples.people import Sample, earlier, lang, lin, ruth, say, tom, trusted, yan, zhou


def rows() -> list[Sample]:
    """Return rows of a board in the states that a row knows."""
    return [
        _row(
            say("Before you ask: how to get an answer here", "提问之前：怎样在这里得到答案"),
            zhou(),
            21,
            earlier(days=2),
        )
        | {"is_pinned": True},
        _row(
            say("How do I compare two small surveys honestly?", "两份小样本问卷，怎么比才算老实？"),
            ruth(),
            3,
            earlier(minutes=41),
        )
        | {"is_question": True, "is_solved": True, "is_unread": True, "topic": say("Data", "数据")}
        | {
            "excerpt": say(
                "Forty people answered in spring, thirty-one in autumn. What can I really claim?",
                "春天四十个人答，秋天三十一个人答。我到底能说什么？",
            )
        },
        _row(
            say("Refund in another month than the sale: which month loses it?", "退款和销售不在同一个月，算谁的？"),
            tom(),
            0,
            earlier(hours=3),
        )
        | {"is_question": True, "bounty": 40, "topic": say("Bookkeeping", "记账")},
        _row(say("A budget you can read in one minute", "一分钟看懂的预算表"), yan(), 18, earlier(hours=20))
        | {"topic": say("Business", "经营")},
    ]


def _row(title: str, author: Sample, replies: int, last_at: object) -> Sample:
    return {"url": "#", "title": title, "lang": lang(), "author": author, "replies": replies, "last_at": last_at}


def board() -> Sample:
    """Return a list of threads and questions."""
    names = [
        say("All", "全部"),
        say("Questions", "问答"),
        say("Unanswered", "待回答"),
        say("Discussions", "讨论"),
        say("Following", "我关注的"),
    ]
    counts = [1284, 640, 12, 644, None]
    return {
        "threads": rows(),
        "tabs": [
            {"label": name, "url": "#", "count": count, "is_current": not index}
            for index, (name, count) in enumerate(zip(names, counts, strict=True))
        ],
        "topics": [
            {"label": label, "url": "#"}
            for label in (
                say("Data", "数据"),
                say("Writing", "写作"),
                say("Business", "经营"),
                say("Bookkeeping", "记账"),
            )
        ],
    }


def question() -> Sample:
    """Return the post that asks."""
    body = say(
        "<p>Forty people answered in spring, thirty-one in autumn. Satisfaction rose from 3.8 to 4.1 and my boss wants a slide"
        " that says “up 8 %”. What can I really claim?</p>",
        "<p>春天四十个人答，秋天三十一个人答。满意度从 3.8 升到 4.1，老板想要一页写着“提升 8%”的幻灯片。我到底能说什么？</p>",
    )
    return accepted_answer() | {
        "id": 1,
        "author": ruth(),
        "at": earlier(hours=3),
        "votes": 12,
        "is_accepted": False,
        "body_html": trusted(body),
    }


def thread() -> Sample:
    """Return a question with its answers."""
    second = say(
        '<p>And ask the same people twice next time. Pairing buys you more than doubling the sample:</p><pre tabindex="0"><code>diff = after - before'
        "\nlow, high = bootstrap(diff.mean, rounds=10_000)</code></pre>",
        '<p>下次请问同一批人两遍。配对比把样本翻一倍更划算：</p><pre tabindex="0"><code>diff = after - before\nlow, high = bootstrap(diff.mean, rounds=10_000)</code></pre>',
    )
    third = say(
        "<p>Or stop at “3.8 and 4.1, forty and thirty-one people”. Figures that small can speak for themselves.</p>",
        "<p>或者就写“3.8 和 4.1，四十人和三十一人”。这么小的数，让它自己说话就好。</p>",
    )
    answers = [
        accepted_answer(),
        question()
        | {
            "id": 3,
            "author": tom(),
            "at": earlier(minutes=41),
            "votes": 6,
            "is_voted": True,
            "accept_url": "#",
            "body_html": trusted(second),
        },
        question()
        | {
            "id": 4,
            "author": lin(),
            "at": earlier(minutes=9),
            "votes": 1,
            "accept_url": "#",
            "edited_at": earlier(minutes=2),
            "body_html": trusted(third),
        },
    ]
    return {
        "title": rows()[1]["title"],
        "lang": lang(),
        "topic": say("Data", "数据"),
        "views": 214,
        "question": question(),
        "answers": answers,
        "similar": rows()[2:],
    }
