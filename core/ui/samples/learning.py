"""Samples for courses and paths."""

from core.ui.samples.people import Sample, lang, lin, ruth, say, yan, zhou


def currency_and(cny: int, usd: int) -> Sample:
    """Return an amount in the currency that suits the language."""
    return {"currency": say("USD", "CNY"), "amount": usd if lang() == "en" else cny}


def ledger_course() -> Sample:
    """Return the course that most samples show."""
    title = say("Read your own books with Python", "用 Python 读懂自己的账本")
    return _course(title, say("Data", "数据"), 12, 245, 4.8, 86, lin()) | currency_and(12900, 4900)


def _course(title: str, topic: str, lessons: int, minutes: int, mean: float, ratings: int, teacher: Sample) -> Sample:
    return {
        "url": "#",
        "title": title,
        "lang": lang(),
        "topic": topic,
        "lessons": lessons,
        "minutes": minutes,
        "mean": mean,
        "ratings": ratings,
        "teacher": teacher,
    }


def courses() -> list[Sample]:
    """Return six courses in the states that a card knows."""
    writing = _course(
        say("Say it plainly: writing for engineers", "把话写清楚：给工程师的写作课"),
        say("Writing", "写作"),
        9,
        180,
        4.9,
        141,
        yan(),
    )
    shop = _course(
        say("A small shop's first dashboard", "小店的第一张仪表盘"), say("Business", "经营"), 7, 150, 4.6, 38, zhou()
    )
    survey = _course(
        say("Ask forty people, learn something", "问四十个人，问出点东西"),
        say("Research", "调研"),
        8,
        165,
        4.7,
        52,
        ruth(),
    )
    editing = _course(say("Editing is the writing", "改出来的才是文章"), say("Writing", "写作"), 7, 140, 4.9, 67, yan())
    budget = _course(
        say("A budget you can read in one minute", "一分钟看懂的预算表"), say("Business", "经营"), 5, 95, 0, 0, lin()
    )
    return [
        ledger_course() | {"was": 5900 if lang() == "en" else 15900},
        writing | currency_and(9900, 3900) | {"done": 4},
        shop | currency_and(6900, 2900),
        survey | currency_and(8900, 3500) | {"is_included": True},
        editing
        | currency_and(9900, 3900)
        | {"why": say("Because you finished “Cut the first paragraph”", "因为你学完了“删掉第一段”")},
        budget | currency_and(0, 0),
    ]


def sections() -> list[Sample]:
    """Return a curriculum with a lesson in every state."""
    rows = [
        (say("One · Get the books in", "一 · 把账读进来"), _lessons_of_one()),
        (say("Two · Reconcile", "二 · 对账"), _lessons_of_two()),
        (say("Three · See the trend", "三 · 看见趋势"), _lessons_of_three()),
    ]
    return [{"title": title, "lang": lang(), "lessons": lessons} for title, lessons in rows]


def _lesson(title: str, minutes: int, state: str, icon: str = "file", how: str = "") -> Sample:
    return {"title": title, "url": "#", "minutes": minutes, "state": state, "icon": icon, "how": how}


def _lessons_of_one() -> list[Sample]:
    return [
        _lesson(say("A ledger is a table", "账本是一张表"), 12, "done"),
        _lesson(say("Where dirty data comes from", "脏数据从哪来"), 18, "done", "play"),
        _lesson(say("A date is always a date", "日期，永远是日期"), 15, "free"),
    ]


def _lessons_of_two() -> list[Sample]:
    return [
        _lesson(say("Why refunds get booked twice", "退款为什么会记两次"), 21, "now"),
        _lesson(say("One cent off: a detective story", "差一分钱的侦探课"), 24, "open", "headphones"),
        _lesson(say("Exercise: your own March", "练习：你自己的三月"), 30, "open", "quiz"),
    ]


def _lessons_of_three() -> list[Sample]:
    how = say("Opens when chapter two is done", "学完第二章后打开")
    return [_lesson(say("Seasons are not trends", "旺季不是趋势"), 26, "locked", how=how)]


def catalogue() -> Sample:
    """Return the list of courses with its filters."""
    topics = [
        (say("All", "全部"), 30),
        (say("Data", "数据"), 9),
        (say("Writing", "写作"), 7),
        (say("Business", "经营"), 8),
        (say("Research", "调研"), 6),
    ]
    return {
        "courses": courses(),
        "paths": paths(),
        "filters": [
            {"label": label, "url": "#", "count": count, "is_current": not index}
            for index, (label, count) in enumerate(topics)
        ],
    }


def paths() -> list[Sample]:
    """Return two learning paths."""
    titles = [course["title"] for course in courses()]
    return [
        {
            "url": "#",
            "title": say("From receipts to decisions", "从流水到决定"),
            "lang": lang(),
            "courses": titles[:3],
            "minutes": 575,
        }
        | {
            "summary": say(
                "For people who run something small and want to know why it earns.",
                "给想弄明白自己为什么赚钱的小店主。",
            ),
            "done": 1,
            "total": 3,
        },
        {
            "url": "#",
            "title": say("Write so that work moves", "写得让事情往前走"),
            "lang": lang(),
            "courses": [titles[1], titles[4]],
            "minutes": 320,
        }
        | {
            "summary": say("Two courses, one habit: cut, then send.", "两门课，一个习惯：先删，再发。"),
            "done": None,
            "total": 2,
        },
    ]
