"""What the page of components shows."""

from django.core.paginator import Paginator

from core.ui.drawing import INKS
from core.ui.icons import PATHS
from core.ui.samples import buying, home, learning, member, news, studio, talk
from core.ui.samples.forms import ProfileForm
from core.ui.samples.people import Sample, earlier, mei, say


def components() -> Sample:
    """Return one of everything."""
    return {
        "courses": learning.courses(),
        "paths": learning.paths(),
        "tiers": buying.tiers(),
        "sections": learning.sections(),
        "threads": talk.rows(),
        "answer": buying.accepted_answer(),
        "feed": home.feed(),
        "week": home.week(),
        "board": home.near_me(),
        "notes": news.notes(),
        "badges": member.badges(),
        "studio": studio.studio(),
        "sample_chips": learning.catalogue()["filters"],
        "sample_tabs": talk.board()["tabs"],
        "form": ProfileForm.filled(),
        "page": Paginator(range(240), 20).page(4),
        "moment": earlier(hours=3),
        "icons": sorted(PATHS),
        "inks": INKS,
        "viewer": mei(),
        "colors": ["paper", "sheet", "sunk", "line", "edge", "ink", "ink-2", "ink-3", "go", "go-soft", "seal", "gold"],
        "spaces": range(1, 9),
        "cover_titles": [
            say("Read your own books with Python", "用 Python 读懂自己的账本"),
            say("Say it plainly", "把话写清楚"),
            say("A small shop's first dashboard", "小店的第一张仪表盘"),
            say("Ask forty people", "问四十个人"),
            say("Seasons are not trends", "旺季不是趋势"),
            say("Editing is the writing", "改出来的才是文章"),
            say("Where dirty data comes from", "脏数据从哪来"),
            say("Your own March", "你自己的三月"),
        ],
    }
