"""What stands in the journeys' school: three courses in each language, and what people have asked about them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Book:
    """A course as it is written down: lessons by title, the first of them free, and threads by the number of their lesson."""

    teacher: str
    topic: str
    title: str
    summary: str
    outcomes: tuple[str, ...]
    for_whom: tuple[str, ...]
    price_minor: int
    section: str
    lessons: dict[str, str]
    threads: dict[str, tuple[int, str, str]]
    """By title: the lesson it came from, what was asked, what was answered."""
    review: str


TOPICS = {
    "making": ("动手", "Making", {"python": ("Python", "Python"), "writing": ("写作", "Writing")}),
    "keeping": ("经营", "Keeping shop", {"books": ("记账", "Bookkeeping")}),
}

BOOKS = {
    "en": (
        Book(
            teacher="ada", topic="python", title="Python from the first line", price_minor=19_900, section="First steps",
            summary="Four sittings, and the month's receipts add themselves up.",
            outcomes=("Write a script that adds up a folder of receipts",),
            for_whom=("People who have never written a program",),
            lessons={
                "Names and values": "A name is a label on a value. `total = 0` hangs the label `total` on the number nought.",
                "Loops that end": "A loop does the same for each thing in a row, and stops when the row does.",
                "Functions with a reason": "A function is a piece of work with a name, so that you say it once.",
                "Files without fear": "A file is a row of lines. Open it, read it, and it closes itself.",
            },
            threads={
                "Why is my total a word and not a number?": (0, "I read it from a file.", "Wrap it in `int(…)`: what you read is text."),
                "Two names for one list, and both change": (0, "I only changed one.", "Both are labels on the same list; copy it first."),
                "My loop skips every second receipt": (1, "I remove them while I go.", "Do not take things out of the row you walk along."),
                "How do I leave a loop early?": (1, "I have found what I want.", "With `break`, and say in a comment why."),
                "Counting from nought or from one?": (0, "The first line is number 0.", "`enumerate(lines, 1)` counts as people do."),
                "A loop inside a loop is slow": (1, "A thousand receipts take a minute.", "Look things up in a dictionary instead."),
                "While or for, which is the right one?": (1, "Both seem to work.", "Use `for` when you know the row, `while` when you do not."),
                "My loop never begins": (1, "It prints nothing at all.", "The row is empty: print how long it is."),
                "Can a loop run backwards?": (1, "I want the newest receipt first.", "`reversed(receipts)` walks from the end."),
                "Two rows at once": (1, "Dates in one list, sums in the other.", "`zip(dates, sums)` takes them by the hand."),
                "Does the name live on after the loop?": (0, "I can still print it.", "Yes, it keeps the last one."),
                "Skipping the first line": (0, "It holds the headings.", "`for line in lines[1:]`, or `next(lines)` once."),
                "Why does `range(5)` stop at four?": (1, "I wanted five.", "It counts five numbers, and begins with nought."),
                "Adding up without a loop": (0, "Is there a shorter way?", "`sum(amounts)`; it walks the row for you."),
                "When is a function too long?": (2, "Mine has forty lines.", "When you need the word “and” to say what it does."),
            },
            review="After the second lesson my receipts were done in one evening.",
        ),
        Book(
            teacher="vera", topic="writing", title="Letters that get answers", price_minor=9_900, section="One page",
            summary="How to ask a stranger for something, on one page.",
            outcomes=("Write a request that a busy person answers",),
            for_whom=("Everybody whose letters are left lying",),
            lessons={
                "The first sentence asks": "Say what you want in the first sentence. The rest is why.",
                "One page, one thing": "Two requests in one letter get one answer, to the smaller of them.",
                "The second letter": "After a week write again, shorter, and without a word of reproach.",
            },
            threads={
                "How do I begin without a name?": (0, "There is only an office address.", "With what you want: they are grateful for it."),
                "Is it rude to number my questions?": (1, "It looks like a form.", "It is kind: they can answer by number."),
                "They answered half of it": (1, "I asked for three things.", "Thank them for that half and ask for the second."),
                "When may I write again?": (2, "It has been four days.", "After a week; before that it is pressing."),
                "A letter that says no": (2, "How short may it be?", "Three sentences: no, why, and what instead."),
            },
            review="The council answered on the second day.",
        ),
        Book(
            teacher="omar", topic="books", title="Books for a small shop", price_minor=14_900, section="One drawer",
            summary="Know on the last evening of the month what is yours.",
            outcomes=("Close a month in an hour",),
            for_whom=("People with a counter and a drawer of slips",),
            lessons={
                "The drawer and the bank": "Money is in two places, and each has a page of its own.",
                "What is owed": "What you have sold and not been paid for is yours and not yet there.",
                "Closing the month": "Draw a line under it, and never write above that line again.",
            },
            threads={
                "The drawer is four short": (0, "Every evening a little.", "Count it twice a day for a week, then you know when."),
                "Where do I put the deposit on bottles?": (1, "It is not income.", "On a page of its own: you owe it back."),
                "A customer pays in three parts": (1, "How do I write that?", "The whole sum as owed, then each part as it comes."),
                "I found an error in March": (2, "And it is May.", "Write it in May with a note. March stays as it is."),
                "How long do I keep the slips?": (2, "The drawer is full.", "As long as the tax office may ask: look that up once."),
            },
            review="I closed April at the kitchen table, in an hour.",
        ),
    ),
    "zh-hans": (
        Book(
            teacher="ling", topic="python", title="从第一行写 Python", price_minor=19_900, section="起步",
            summary="坐下来四次，一个月的小票自己加起来。",
            outcomes=("写一个把一文件夹小票加起来的脚本",),
            for_whom=("从没写过程序的人",),
            lessons={
                "名字和值": "名字是贴在值上的标签。`total = 0` 把 `total` 这张标签贴在零上。",
                "会停下来的循环": "循环对一排东西逐个做同一件事，这一排走完就停。",
                "有来由的函数": "函数是一件起了名字的活，这样只用说一遍。",
                "不怕文件": "文件是一行一行的字。打开，读完，它自己合上。",
            },
            threads={
                "为什么我的合计是文字不是数字？": (0, "我是从文件里读的。", "套上 `int(…)`：读进来的都是文字。"),
                "一个列表两个名字，两边都变了": (0, "我只改了一个。", "两张标签贴在同一个列表上，先复制一份。"),
                "循环隔一张漏一张小票": (1, "我一边走一边删。", "正在走的那一排，别往外拿东西。"),
                "怎么提前离开循环？": (1, "要找的已经找到了。", "用 `break`，再写一句为什么。"),
                "从零数还是从一数？": (0, "第一行的编号是 0。", "`enumerate(lines, 1)` 按人的习惯数。"),
                "循环套循环太慢了": (1, "一千张小票要一分钟。", "换成查字典。"),
                "while 和 for 用哪个？": (1, "好像都行。", "知道有哪些就用 `for`，不知道就用 `while`。"),
                "循环根本没开始": (1, "什么都没打印。", "那一排是空的：先打印它的长度。"),
                "循环能倒着走吗？": (1, "想先看最新的小票。", "`reversed(receipts)` 从尾巴走起。"),
                "两排一起走": (1, "日期一个列表，金额一个列表。", "`zip(dates, sums)` 让它们牵着手走。"),
                "循环完了名字还在？": (0, "还能打印出来。", "在，留着最后一个。"),
                "跳过第一行": (0, "第一行是表头。", "`for line in lines[1:]`，或先 `next(lines)` 一次。"),
                "`range(5)` 为什么到四就停？": (1, "我要五个。", "它数五个数，从零数起。"),
                "不用循环能加吗？": (0, "有没有短一点的写法？", "`sum(amounts)`，它替你走那一排。"),
                "函数多长算太长？": (2, "我的有四十行。", "要用“而且”才说得清它做什么的时候。"),
            },
            review="学完第二课，一个晚上就把小票算完了。",
        ),
        Book(
            teacher="vera", topic="writing", title="写给别人看的信", price_minor=9_900, section="一页纸",
            summary="怎么在一页纸上向陌生人开口。",
            outcomes=("写一封忙人也会回的信",),
            for_whom=("信总是石沉大海的人",),
            lessons={
                "第一句就开口": "第一句说要什么，后面说为什么。",
                "一页只说一件事": "一封信求两件事，只会得到小的那件的答复。",
                "第二封信": "过一周再写，更短，一句埋怨也没有。",
            },
            threads={
                "不知道名字怎么开头？": (0, "只有单位地址。", "从你要什么写起，他们会感谢你。"),
                "给问题编号失礼吗？": (1, "看着像表格。", "是体贴：对方可以按号回。"),
                "对方只答了一半": (1, "我问了三件事。", "先谢这一半，再问第二件。"),
                "多久可以再写一封？": (2, "已经四天了。", "一周以后；再早就是催了。"),
                "拒绝的信怎么写？": (2, "可以多短？", "三句：不行，为什么，可以怎样。"),
            },
            review="第二天街道办就回了。",
        ),
        Book(
            teacher="omar", topic="books", title="小店的账", price_minor=14_900, section="一个抽屉",
            summary="月底那一晚，知道哪些是自己的。",
            outcomes=("一小时结完一个月的账",),
            for_whom=("有柜台、有一抽屉小票的人",),
            lessons={
                "抽屉和银行": "钱在两个地方，各有各的一页。",
                "别人欠的": "卖了还没收到的钱是你的，只是还没到。",
                "结一个月": "在下面画一条线，线以上再也不写。",
            },
            threads={
                "抽屉少四块": (0, "每晚都少一点。", "一周里一天点两次，就知道是什么时候。"),
                "酒瓶押金记在哪？": (1, "这不算收入。", "单独一页：这是要还的。"),
                "客人分三次付": (1, "怎么记？", "全款先记欠，来一笔销一笔。"),
                "三月有个错": (2, "现在五月了。", "在五月写一笔并注明，三月不动。"),
                "小票留多久？": (2, "抽屉满了。", "税务可能查多久就留多久，查一次就知道。"),
            },
            review="四月的账，在饭桌上一小时就结了。",
        ),
    ),
}  # fmt: skip

CROWD = {
    "en": (
        "Alma Reed", "Bruno Falk", "Carla Voss", "Dina Moor", "Edgar Pohl", "Flora Quist", "Gus Tarr", "Hanna Lund",
        "Ivo Brandt", "Jana Weir", "Karl Osten", "Lena Marsh", "Milo Crane", "Nora Field", "Oscar Wynn", "Pia Holt",
    ),
    "zh-hans": (
        "安之", "白露", "陈果", "丁宁", "方圆", "顾南", "何田", "江月", "康宁", "林木", "马原", "宁远", "潘石", "秦川", "任重", "沈舟",
    ),
}  # fmt: skip
