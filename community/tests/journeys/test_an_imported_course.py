"""The story on a course that somebody else wrote: a folder of small files, brought in, priced, published, sold and studied."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import expect

from courses.models import Course, Lesson

from . import story
from . import world as school

pytestmark = pytest.mark.journey

TITLE = "Small tools in Python"
FILES = 160
TAGS = (
    "list,beginner",
    "list,intermediate",
    "math,beginner",
    "math,list,beginner",
    "date,intermediate",
    "string,regexp,advanced",
)
"""As the files that people share have them: topics and a level in one line, some with more topics than one."""
CODE = """```py
def tool_{n}(values, by = {n}):
  return [value * by for value in values if value]
```

```py
tool_{n}([1, 2, 0]) # [{n}, {twice}]
```"""


@pytest.fixture
def folder(tmp_path):
    snippets = tmp_path / "snippets"
    snippets.mkdir()
    for n in range(FILES):
        write(snippets, n, "Multiplies each value by `{n}`, and leaves out what is nothing.")
    (snippets / "notes.md").write_text("Not a lesson.\n", encoding="utf-8")
    return tmp_path


def write(snippets, n, words):
    matter = f"---\ntitle: tool_{n:03}\ntags: {TAGS[n % len(TAGS)]}\n---\n\n"
    listed = "- Use a list comprehension to walk along `values`.\n- Omit the second argument, `by`, to use a default value.\n\n"
    code = CODE.replace("{n}", str(n)).replace("{twice}", str(2 * n))
    path = snippets / f"tool_{n:03}.md"
    path.write_text(f"{matter}{words.replace('{n}', str(n))}\n\n{listed}{code}\n", encoding="utf-8")


def bring(folder):
    """What the command says, by name: the numbers, and what was skipped."""
    said = io.StringIO()
    call_command("import_course", str(folder), title=TITLE, teacher="ada", stdout=said)
    told = said.getvalue()
    numbers = {name: int(number) for number, name in re.findall(r"^(\d+) (\w+)", told, re.MULTILINE)}
    return numbers, re.findall(r"^  (\S+: .+)$", told, re.MULTILINE)


@pytest.fixture
def course(folder, world):
    """The course as the folder has it, not yet seen by anybody else; it leaves the catalogue when its story is over."""
    assert bring(folder) == (
        {"files": FILES + 1, "lessons": FILES, "sections": 4, "topics": 1, "changed": FILES, "skipped": 1},
        ["snippets/notes.md: no title"],
    )
    yield Course.objects.get(title=TITLE)
    Course.objects.filter(title=TITLE).update(published_at=None)
    school.forget(Course.objects.get(title=TITLE))


def test_it_is_priced_published_sold_studied_and_kept_up_to_date(world, visitor, folder, course):
    teacher, member = visitor(), visitor(width=390)
    teacher_opens_the_shop(teacher, course)
    course.refresh_from_db()
    school.find_learners(world, course)
    member.opens("/courses/")
    story.live_on(course, member, teacher=visitor(), language="en")

    assert bring(folder)[0]["changed"] == 0, "what the teacher has set in the studio is not undone"
    write(folder / "snippets", 0, "Nothing times nothing is still nothing.")
    assert bring(folder)[0]["changed"] == 1
    first = story.lessons_of(course)[0]
    member.opens(first.get_absolute_url())
    member.sees_text("Nothing times nothing is still nothing.")
    expect(member.page.locator(".outline progress").first).to_have_attribute("value", "1")

    before = list(Lesson.objects.filter(course=course).values())
    (folder / "snippets" / "tool_001.md").write_text(
        "---\ntitle: fine\ntags: [unclosed\n---\n\nText.\n", encoding="utf-8"
    )
    write(folder / "snippets", 2, "This would be new.")
    with pytest.raises(CommandError, match=r"tool_001\.md, line 3: .*Nothing was changed"):
        bring(folder)
    assert list(Lesson.objects.filter(course=course).values()) == before


def teacher_opens_the_shop(teacher, course):
    """In the studio: a price, a lesson to try, and into the catalogue."""
    teacher.opens("/")
    teacher.enters_as("Teacher")
    teacher.opens("/studio/")
    teacher.presses_what_is_called(course.title)
    teacher.presses("Change the page")
    teacher.writes("Summary", "One small tool a day.")
    teacher.writes("Price (CNY)", "49")
    teacher.presses("Save")
    teacher.sees("Saved. Learners see it at once.")
    teacher.presses_what_is_called(story.lessons_of(course)[0].title)
    teacher.chooses(teacher.say("Free to try"))
    teacher.presses("Save")
    teacher.sees("Saved. Learners see it at once.")
    teacher.presses("Publish")
    teacher.sees("It stands in the catalogue now.")
