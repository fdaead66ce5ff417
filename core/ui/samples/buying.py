"""Samples for what a guest sees before joining, and for paying."""

from core.ui.samples.learning import courses, currency_and, ledger_course, sections
from core.ui.samples.people import Sample, earlier, lang, lin, ruth, say, tom, trusted, yan


def welcome() -> Sample:
    """Return the front page for guests."""
    return {
        "courses": courses()[:1] + courses()[2:4],
        "question": {
            "title": say("How do I compare two small surveys honestly?", "两份小样本问卷，怎么比才算老实？"),
            "lang": lang(),
            "url": "#",
            "excerpt": say(
                "Forty people answered in spring, thirty-one in autumn. My boss wants a slide that says “up 8 %”.",
                "春天四十个人答，秋天三十一个人答。老板想要一页写着“提升 8%”的幻灯片。",
            ),
        },
        "post": accepted_answer()
        | {"vote_url": "", "reply_url": "", "quote_url": "", "save_url": "", "report_url": ""},
        "tiers": tiers(),
        "answers": _honest_answers(),
    }


def accepted_answer() -> Sample:
    """Return the answer that solved the sample question."""
    body = say(
        "<p>Show the two distributions side by side, and the interval around the difference. With these numbers it reaches"
        " below zero, so the honest sentence is: “we cannot tell yet”. That is a finding, too.</p>",
        "<p>把两次的分布并排画出来，再画出差值的区间。按你的数字，区间跨过了零，所以老实的说法是：“现在还看不出来”。这本身就是一个结论。</p>",
    )
    return {
        "id": 2,
        "author": yan(),
        "at": earlier(hours=2),
        "body_html": trusted(body),
        "lang": lang(),
        "votes": 24,
        "is_accepted": True,
        "vote_url": "#",
        "reply_url": "#",
        "quote_url": "#",
        "save_url": "#",
        "report_url": "#",
    }


def tiers() -> list[Sample]:
    """Return what membership costs and gives."""
    month, year = say("month", "月"), say("year", "年")
    return [
        currency_and(0, 0)
        | {
            "name": say("Guest", "旁听"),
            "note": say("as long as you like", "想待多久都行"),
            "url": "#",
            "label": say("Look around", "先逛逛"),
        }
        | {
            "gives": [
                say("First lesson of every course", "每门课的第一课"),
                say("Read every public question", "公开问答随便看"),
            ]
        },
        currency_and(3900, 1200)
        | {
            "name": say("Member", "会员"),
            "per": month,
            "note": say("stop any month", "随时可停"),
            "url": "#",
            "is_main": True,
        }
        | {"label": say("Start with seven free days", "先免费用七天")}
        | {
            "gives": [
                say("Four courses included", "含四门课"),
                say("Ask, answer, vote", "提问、回答、投票"),
                say("Study groups of eight", "八人学习小组"),
            ]
        },
        currency_and(32900, 9900)
        | {
            "name": say("Patron", "长期会员"),
            "per": year,
            "note": say("the old price stays yours", "续费永远按老价格"),
            "url": "#",
        }
        | {"label": say("Join for a year", "按年加入"), "is_current": True}
        | {
            "gives": [
                say("Everything a member has", "会员的全部内容"),
                say("All courses, new ones too", "全部课程，新课也算"),
                say("Monthly office hour", "每月一次答疑"),
            ]
        },
    ]


def _honest_answers() -> list[Sample]:
    pairs = [
        (
            say("Can I get my money back?", "能退款吗？"),
            say(
                "Within 14 days and before a third is studied, by one click, to where it came from.",
                "十四天内、学习不到三分之一，点一下就退，原路返回。",
            ),
        ),
        (
            say("How long may I read what I bought?", "买了能看多久？"),
            say(
                "As long as the school exists; you can export your notes at any time.",
                "学社在，课就在；你的笔记随时能导出。",
            ),
        ),
        (
            say("Does somebody answer?", "真的有人回答吗？"),
            say(
                "Teachers see every unanswered question in their studio until it has an answer.",
                "没人回答的问题会一直挂在老师的工作台上，直到有了答案。",
            ),
        ),
        (
            say("Will I be mailed all the time?", "会不会老发邮件？"),
            say(
                "Answers to you, and one digest a week if there is something in it. Both can be switched off.",
                "只有回复你的，加上每周一封有内容才发的摘要。两样都能关。",
            ),
        ),
    ]
    return [{"question": question, "answer": answer} for question, answer in pairs]


def course_page() -> Sample:
    """Return the page that sells one course."""
    ticks = [
        ("file", say("12 lessons, 4 hours, 5 exercises", "12 课，4 小时，5 个练习")),
        ("chat", say("Lin answers questions under each lesson", "每课下面，林老师亲自答疑")),
        ("clock", say("Yours for good, at your own pace", "永久有效，按自己的节奏来")),
        ("shield", say("14 days to change your mind", "14 天内反悔可退")),
    ]
    return {
        "course": ledger_course()
        | {
            "summary": say(
                "You will find every double booking in your own books, and know why it happened.",
                "学完，你能在自己的账里找出每一笔重复记账，并说清它是怎么来的。",
            )
        },
        "gains": [
            say("Load any bank export without losing a cent", "读入任何银行流水，不丢一分钱"),
            say("Match refunds with what they refund", "让每笔退款找到它的原单"),
            say("Tell a season from a trend", "分清旺季和趋势"),
            say("Draw one chart that your partner understands", "画一张合伙人看得懂的图"),
        ],
        "sections": sections(),
        "teacher": lin()
        | {
            "note": say("Bookkeeper for eleven small shops", "给十一家小店记账的人"),
            "lang": lang(),
            "courses": 3,
            "learners": 412,
            "answers": 188,
        }
        | {
            "about": say(
                "I learned programming at forty because I was tired of adding the same column three times.",
                "四十岁才学编程，因为同一列数字我实在不想再加第三遍了。",
            )
        },
        "offer": currency_and(12900, 4900)
        | {
            "was": 5900 if lang() == "en" else 15900,
            "url": "#",
            "label": say("Buy this course", "购买课程"),
            "preview_url": "#",
        }
        | {"facts": [{"icon": icon, "text": text} for icon, text in ticks]}
        | {
            "ways": [
                {"text": say("Included in Member, $12 a month", "会员已包含，每月 ¥39"), "url": "#"},
                {"text": say("With 800 points", "用 800 积分兑换"), "url": "#"},
            ]
        },
        "reviews": _reviews(),
    }


def _reviews() -> list[Sample]:
    return [
        {"author": tom(), "stars": 5, "at": earlier(days=3), "lang": lang(), "progress": 100}
        | {
            "body": say(
                "Found 312 dollars that we had refunded twice. The course paid for itself in lesson four.",
                "查出来两千一百块重复退款。学到第四课，课钱就回来了。",
            )
        }
        | {
            "reply": {
                "author": lin()["name"],
                "lang": lang(),
                "body": say("Lesson seven will ask you where the other half went.", "第七课会问你：另一半去哪了？"),
            }
        },
        {"author": ruth(), "stars": 4, "at": earlier(days=12), "lang": lang(), "progress": 58}
        | {
            "body": say(
                "Clear and unhurried. I would like one more exercise about foreign currency.",
                "讲得清楚，不赶。要是再有一道外币的练习就好了。",
            )
        },
    ]


def checkout() -> Sample:
    """Return the page on which one pays."""
    full, less = (4900, -900) if lang() == "en" else (12900, -2000)
    line = {
        "title": ledger_course()["title"],
        "lang": lang(),
        "note": say("12 lessons, yours for good", "12 课，永久有效"),
        "amount": full,
    }
    return {
        "order": {
            "currency": say("USD", "CNY"),
            "lines": [line],
            "discounts": [{"text": say("Coupon SPRING", "优惠券 春日"), "amount": less}],
            "total": full + less,
            "decimals": False,
        },
        "ways": [
            {
                "value": "card",
                "icon": "card",
                "name": say("Card", "微信支付"),
                "note": say("Visa, Mastercard, UnionPay", "扫码或在微信里确认"),
                "is_chosen": True,
            },
            {
                "value": "wallet",
                "icon": "coin",
                "name": say("Wallet", "支付宝"),
                "note": say("Alipay or WeChat Pay", "跳转到支付宝"),
            },
            {
                "value": "transfer",
                "icon": "receipt",
                "name": say("Bank transfer", "银行转账"),
                "note": say("opens within one working day", "一个工作日内开通"),
            },
        ],
    }
