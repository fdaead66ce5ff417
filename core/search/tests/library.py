"""A small school to search in: what is there, what is asked, what must be found, and what must not."""

DOCUMENTS = {
    # Courses and lessons.
    1: ("course", "用 Python 对账：从流水到总账", "从银行流水开始，学会把每一笔交易对上总账，找出重复记账的退款。"),
    2: (
        "course",
        "Plain writing for engineers",
        "Say what you mean in fewer words. Status mails, design notes, error messages.",
    ),
    3: (
        "lesson",
        "退款为什么会记两次",
        "同一笔退款被两个人各记了一次。给每笔流水一个业务号，再按业务号求和，不为零的就是没对上的。",
    ),
    4: (
        "lesson",
        "Why a refund is booked twice",
        "Two people each book the same refund. Group by order number and sum: what is not zero is wrong.",
    ),
    5: ("lesson", "Python 装饰器入门", "装饰器是接受函数并返回函数的函数。用 functools.wraps 保留名字。"),
    6: (
        "lesson",
        "Decorators explained",
        "A decorator takes a function and returns another one. Keep the name with functools.wraps.",
    ),
    7: ("lesson", "浮点数与一分钱的误差", "金额不要用浮点数。用整数的分，或者 decimal 模块，四舍五入只做一次。"),
    8: (
        "lesson",
        "One cent is missing",
        "Never add money as floating point numbers; count whole cents, or use decimal and round once.",
    ),
    9: ("lesson", "机器学习里的过拟合", "模型在训练集上很好，在测试集上很差。用交叉验证和正则化。"),
    10: (
        "lesson",
        "Overfitting in machine learning",
        "The model is good on training data and bad on test data. Cross validation and regularization help.",
    ),
    11: ("lesson", "小样本问卷怎么比较", "四十个人和三十一个人，平均分差了零点三。先画分布，再看置信区间。"),
    12: (
        "lesson",
        "Comparing two small surveys",
        "Forty people and thirty-one. Show both distributions and the confidence interval of the difference.",
    ),
    13: ("lesson", "正则表达式匹配中文标点", "全角逗号和半角逗号不是同一个字符。用 unicodedata 归一化之后再匹配。"),
    14: (
        "lesson",
        "Regular expressions without tears",
        "Match what you mean, not what looks alike. Anchors, groups, and when not to use them.",
    ),
    15: ("lesson", "Git 只给自己用", "第一次提交、查看历史、找回删掉的文件。提交说明写原因。"),
    16: (
        "lesson",
        "Git for one person",
        "First commit, read the history, get a deleted file back. The message says why.",
    ),
    # Questions.
    20: ("question", "会员到期后还能看已买的课程吗？", "我去年买了对账课，会员下个月到期。续费以前能不能继续看？"),
    21: (
        "question",
        "Can I read a course after my membership ends?",
        "I bought the ledger course last year and my membership expires next month.",
    ),
    22: ("question", "pandas 读取 CSV 报 KeyError", "列名前面多了一个 BOM，用 utf-8-sig 打开就好了。"),
    23: (
        "question",
        "KeyError when reading a CSV with pandas",
        "The first column name begins with a BOM. Open the file with utf-8-sig.",
    ),
    24: ("question", "C++ 和 C# 有什么区别", "想学一门写桌面程序的语言。"),
    25: ("question", "Is C++ worth learning in 2026?", "I write small tools for a warehouse."),
    26: ("question", "左连接为什么会丢行", "LEFT JOIN 之后 WHERE 条件写在了右表上。"),
    27: ("question", "LEFT JOIN loses rows", "A condition on the right table in WHERE turns it into an inner join."),
    28: ("question", "怎么开发票", "报销需要增值税电子普通发票，在订单页面申请。"),
    29: ("question", "How do I get an invoice?", "My company wants one with its tax number on it."),
    30: ("thread", "林知远老师的答疑时间改到周四", "本周起，每周四晚上八点。"),
    31: ("thread", "Office hours move to Thursday", "From this week on, Thursdays at eight."),
    32: ("thread", "读书会：费曼物理学讲义", "每周一章，从第一卷开始。"),
    33: ("thread", "Study group for Feynman's lectures", "A chapter a week, starting with volume one."),
    34: ("thread", "買課後多久可以退款？", "規則說是十四天內，學習不到三分之一。"),
    35: ("thread", "Keyboard shortcuts wanted", "Slash for search works; what about next and previous lesson?"),
}

# What is typed: (question, expected among the first three, must not appear).
CHINESE = [
    ("退款记两次", 3, 9),
    ("装饰器", 5, 13),
    ("裝飾器", 5, 22),
    ("怎么开发票", 28, 5),
    ("机器学习 过拟合", 9, 15),
    ("机器学习", 9, 5),
    ("会员到期还能看课吗", 20, 9),
    ("多久可以退款", 34, 20),
    ("林知远", 30, 32),
    ("浮点数 金额", 7, 11),
    ("问卷 置信区间", 11, 7),
    ("左连接丢行", 26, 34),
    ("ＣＳＶ 报错 KeyError", 22, 24),
    ("C#", 24, 25),
    ("Python 对账", 1, 15),
]
ENGLISH = [
    ("refund booked twice", 4, 14),
    ("decorators", 6, 14),
    ("decorat", 6, 12),
    ("how do I get an invoice", 29, 33),
    ("machine learning", 10, 25),
    ("overfit", 10, 8),
    ("membership ends course", 21, 35),
    ("floating point money", 8, 12),
    ("compare surveys", 12, 10),
    ("C++", 25, 33),
    ("csv keyerror", 23, 27),
    ("left join rows", 27, 23),
    ("pyhton decoraters explaned", 6, 10),
    ("Feynman lecture", 33, 31),
    ("thursday office hour", 31, 35),
]
