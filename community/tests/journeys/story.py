"""The story, step by step; every journey lives it in another way."""

import itertools
import re
import time
from dataclasses import dataclass, field

import numpy as np
from playwright.sync_api import expect

from accounts.models import User
from courses.models import Course, Lesson
from courses.queries import continue_learning
from forum.models import Thread
from gamification.models import Grant
from payments.models import Product
from recsys import matrix, rules, serving
from recsys.models import Interaction
from recsys.queries import picks

from .written import BOOKS

PASSWORD = "a lantern by the third door"
QUESTION = {
    "en": ("Where does the loop end?", "My loop adds up the receipts and then goes on for ever."),
    "zh-hans": ("循环到底在哪里结束？", "我的循环把小票加完以后还一直在转。"),
}
ANSWER = {
    "en": "It walks along a row that you make longer inside it. Walk along a copy.",
    "zh-hans": "它走的那一排，你在里面又加长了。走在副本上就好。",
}
MEMBERSHIP = {
    "en": ("Reader", "2 courses included", "A question hour every month"),
    "zh-hans": ("读者", "含 2 门课", "每月一次答疑"),
}
SETTLED = 9
"""Of ten cards the last is kept for what is new, which every process remembers for a minute."""
_numbers = itertools.count(1)


@dataclass
class Robin:
    """Who lives the story: what they are called, and what they have seen so far."""

    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def name(self):
        return f"Robin {self.number}"

    @property
    def address(self):
        return f"robin{self.number}@reader.test"

    @property
    def user(self):
        return User.objects.get(email=self.address)


def live(world, member, *, teacher, language, is_away=False):
    """From the front page to an accepted answer."""
    guest_reads_the_front_page(member, world, language)
    live_on(world.courses[language][0], member, teacher=teacher, language=language, is_away=is_away)


def live_on(course, member, *, teacher, language, is_away=False):
    """The story on any course: from a list of courses to an accepted answer."""
    robin, lessons = Robin(), lessons_of(course)
    guest_tries_a_lesson(member, course, lessons[0])
    guest_joins(member, robin, wanted=lessons[0].get_absolute_url())
    newcomer_says_what_interests_them(member, course.topics.get())
    twin = somebody_just_like(robin)
    before, twins = feed_of(robin.user), feed_of(twin)
    member_buys(member, robin, course, lessons)
    member_completes_a_lesson(member, lessons)
    feed_follows(member, robin, before, lessons[0])
    assert feed_of(twin) == twins, "who did nothing has another feed"
    member_gets_an_answer(member, robin, course, lessons[1], teacher=teacher, language=language, is_away=is_away)


def lessons_of(course):
    return list(Lesson.objects.filter(course=course).select_related("course").in_order())


def member_gets_an_answer(member, robin, course, lesson, *, teacher, language, is_away=False):
    """Asked under a lesson, answered by its teacher, who saw it come, and accepted."""
    teacher_enters(teacher, course)
    question = member_asks(member, lesson, language)
    if is_away:
        member_reads_what_there_is(member)
    teacher_answers(teacher, question, language)
    if is_away:
        member_finds_the_bell(member, robin, question, language)
    else:
        member_sees_the_answer(member, language)
    member_accepts(member, teacher, course, language)


def guest_reads_the_front_page(guest, world, language):
    guest.opens("/")
    expect(guest.page.locator("h1")).to_have_text(guest.of_the_school("promise"))
    assert guest.is_above_the_fold(guest.control(guest.say("Read the first lesson free")))
    assert guest.is_above_the_fold(guest.page.get_by_text(guest.of_the_school("for_whom")).first)
    assert guest.begins_above_the_fold(guest.page.locator(".hero-art svg").first)
    shown = {card.locator("h3").inner_text(): card for card in guest.page.locator(".course-card").all()}
    assert set(shown) == {book.title for book in BOOKS[language]}
    for book, course in zip(BOOKS[language], world.courses[language], strict=True):
        guest.sees_text(course.teacher.name, within=shown[book.title])
        expect(shown[book.title].locator(".stars")).to_contain_text("5.0")
        expect(shown[book.title].locator(".card-foot")).to_contain_text(f"¥{book.price_minor // 100}")
    guest_reads_what_membership_costs_and_gives(guest, language)
    guest.sees("A question that got its answer")
    expect(guest.page.locator(".showcase .post-best")).to_be_visible()
    guest.sees("Before you decide")
    for question in ("Can I get my money back?", "How long is a course mine?"):
        guest.sees(question)


def guest_reads_what_membership_costs_and_gives(guest, language):
    guest.sees("What membership costs and gives")
    card = guest.page.locator(".tier-card")
    expect(card).to_have_count(1)
    for words in (*MEMBERSHIP[language], "¥39"):
        guest.sees_text(words, within=card)


def guest_tries_a_lesson(guest, course, lesson):
    guest.presses_what_is_called(course.title)
    guest.presses("Read the first lesson free")
    expect(guest.page.locator("h1")).to_have_text(lesson.title)


def guest_joins(guest, robin, *, wanted):
    guest.presses("Join to keep your place")
    guest_signs_up(guest, robin)
    expect(guest.page.locator("h1")).to_be_visible()
    assert guest.path() == wanted


def guest_signs_up(guest, robin):
    guest.writes("Name", robin.name)
    guest.writes("Email address", robin.address)
    guest.writes("Password", PASSWORD)
    guest.presses("Join", within=guest.page.locator("main"))
    guest.sees("Look into your mailbox")
    letter = guest.finds_mail(to=robin.address, about="/account/")
    guest.hands.press(letter.get_by_role("link").first)
    guest.presses("Yes, verify it")
    guest.page.wait_for_url(lambda url: "/account/" not in url)


def newcomer_says_what_interests_them(newcomer, topic):
    """The front page invites them to say it, and begins with it from then on; every card says why it is there."""
    newcomer.presses_home()
    newcomer.presses("Choose what interests you")
    newcomer.chooses(newcomer.in_language(lambda: topic.name))
    newcomer.presses("Send my answers")
    newcomer.sees("For you")
    cards = newcomer.page.locator(".feed-card")
    expect(cards).to_have_count(10)
    newest = newcomer.page.locator("aside .card").filter(has_text=newcomer.say("New in the community"))
    # Over a slow line what stands beside the cards arrives after them.
    expect(newest.locator(".thread-row").first).to_be_visible()
    about_it = {one.title for kind in (Course, Thread) for one in kind.objects.filter(topics=topic)}
    assert cards.first.locator("h3").inner_text() in about_it
    reasons = cards.locator(".why").all_inner_texts()
    assert len(reasons) == 10
    assert all(reasons)
    assert newcomer.page.get_by_text(newcomer.say("Choose what interests you")).count() == 0


def member_buys(member, robin, course, lessons):
    member.presses("Courses")
    member.presses_what_is_called(course.title)
    member.presses("Buy the course")
    member.presses_pay()
    member.approves()
    member.sees("You are in")
    member.presses("Read the first lesson")
    expect(member.page.locator("h1")).to_have_text(lessons[0].title)
    letter = member.finds_mail(to=robin.address, about=course.title)
    price = Product.objects.get(subject=course.key).price_minor // 100
    expect(letter).to_contain_text(f"¥{price}")
    member.presses_home()
    expect(member.page.locator(".resume-card h3")).to_have_text(lessons[0].title)


def member_completes_a_lesson(member, lessons):
    board = lambda: member.page.locator(".board-me").first  # noqa: E731
    member.opens_board()
    assert board().count() == 0
    member.presses_home()
    member.presses("Continue")
    expect(member.page.locator("h1")).to_have_text(lessons[0].title)
    member.presses("Done, next lesson")
    member.sees_points(10)
    expect(member.page.locator("h1")).to_have_text(lessons[1].title)
    expect(member.page.locator(".outline progress").first).to_have_attribute("value", "1")
    member.opens_board()
    if not member.has_scripts:
        # Nothing told them that the points have come, and the page does not change by itself.
        member.looks_again_until(lambda: board().count() > 0)
    expect(board()).to_contain_text("10")


def somebody_just_like(robin):
    """A member who has done and said the same, and does nothing from now on."""
    import accounts.operations
    import surveys.operations
    from surveys.models import Answer
    from surveys.queries import onboarding

    one = robin.user
    twin = User(
        name="Twin", email=f"twin{robin.number}@reader.test", language=one.language, languages_read=one.languages_read
    )
    twin.set_unusable_password()
    accounts.operations.join(user=twin, is_verified=True)
    answers = Answer.objects.filter(submission__user=one).prefetch_related("choices")
    given = {answer.question_id: [choice.pk for choice in answer.choices.all()] for answer in answers}
    surveys.operations.submit(survey=onboarding(), by=twin, answers=given)
    until = time.monotonic() + 20
    while True:
        # The worker may still be reading what Robin did last.
        for seen in Interaction.objects.filter(user=one):
            same = {"weight": seen.weight, "happened_at": seen.happened_at}
            Interaction.objects.update_or_create(user=twin, item=seen.item, defaults=same)
        if feed_of(twin)[:SETTLED] == feed_of(one)[:SETTLED]:
            return twin
        assert time.monotonic() < until, (feed_of(twin), feed_of(one))
        time.sleep(0.2)


def somebody_with(robin, course):
    """Robin, who came and bought before this story begins."""
    import accounts.operations
    import payments.operations
    from payments.enums import Cause

    user = User(name=robin.name, email=robin.address, language=course.language, languages_read=[course.language])
    user.set_unusable_password()
    accounts.operations.join(user=user, is_verified=True)
    payments.operations.grant(
        user=user, key=course.key, cause=Cause.STAFF, by=course.teacher, reason="before this story"
    )
    return user


def feed_of(user):
    return [pick.item.name for pick in picks(viewer=User.objects.get(pk=user.pk), limit=10)]


def feed_follows(member, robin, before, lesson):
    """The member's feed has three new cards, one of which names the lesson and would score lower without it."""
    member.presses_home()
    expect(member.page.locator(".feed-card")).to_have_count(10)
    shown = member.page.locator(".feed-card h3").all_inner_texts()
    # Where they stopped stands above the cards.
    stopped = continue_learning(user=robin.user).lesson
    now = picks(viewer=robin.user, limit=10, without=[f"lesson:{stopped.pk}"])
    assert [pick.item.title for pick in now][:SETTLED] == shown[:SETTLED]
    assert len({pick.item.name for pick in now} - set(before)) >= 3
    named = [pick for pick in now if lesson.title in pick.because]
    assert named
    with_it, without_it = scores(robin.user, named[0].item.name, lesson)
    assert without_it < with_it


def scores(user, item, lesson):
    """What ``item`` scores for ``user``, and what it would if they had read ``lesson`` and not finished it."""
    name = f"lesson:{lesson.pk}"
    return score(user, item), score(user, item, instead={name: rules.VIEWED_LESSON})


def score(user, item, *, instead=None):
    served = serving.current()
    latest = Interaction.objects.filter(user=user).order_by("-happened_at", "item").values_list("item", "weight")
    history = [(one, (instead or {}).get(one, weight)) for one, weight in latest]
    row, ages = matrix.history_row(history, column_of=served.column_of)
    return float(np.asarray(served.model.scores(row, ages=ages))[0, served.column_of[item]])


def teacher_enters(teacher, course):
    """Into the studio, where nobody waits yet."""
    # Whoever taught in an earlier story has it already, and could not gain it in this one.
    Grant.objects.filter(user=course.teacher, badge__code="first_accepted_answer").delete()
    teacher.opens("/")
    teacher.enters(course.teacher)
    teacher.opens("/points/")
    assert teacher.page.get_by_text(teacher.badge("first_accepted_answer"), exact=True).count() == 0
    teacher.opens("/studio/")
    expect(teacher.page.locator("#waiting")).to_be_attached()


def member_asks(member, lesson, language):
    title, body = QUESTION[language]
    member.presses_home()
    member.presses("Continue")
    expect(member.page.locator("h1")).to_have_text(lesson.title)
    member.presses("Ask about this lesson")
    member.writes("Title", title)
    member.writes("Text", body)
    member.presses("Ask it")
    expect(member.page.locator("h1")).to_have_text(title)
    return Thread.objects.get(pk=int(member.path().split("/")[2].split("-")[0]))


def teacher_answers(teacher, question, language):
    """The question has come to the studio by itself; the answer is one press away."""
    waiting = teacher.page.locator(f"#waiting-{question.pk}")
    teacher.sees_arrive(lambda: waiting)
    teacher.presses_what_is_called(question.title, within=waiting)
    teacher.writes("Your answer", ANSWER[language])
    teacher.presses("Post the answer")
    teacher.sees_text(ANSWER[language])


def member_sees_the_answer(member, language):
    answer = member.page.locator("#posts .post").filter(has_text=ANSWER[language])
    member.sees_arrive(lambda: answer)
    expect(member.page.locator("#replies")).to_have_text(re.compile(r"^1 "))


def member_finds_the_bell(member, robin, question, language):
    """Being away, they come back to one thing unread and a letter that quotes it."""
    member.presses_home()
    member.looks_again_until(lambda: member.unread() == "1")
    letter = member.finds_mail(to=robin.address, about=question.title)
    expect(letter).to_contain_text(ANSWER[language])
    member.presses_home()
    waiting = member.page.locator("aside .card").filter(has_text=member.say("Waiting for you"))
    member.sees_text(question.title, within=waiting)
    member.opens_inbox()
    member.presses_part_of(question.title, within=member.page.locator("main"))
    member.sees_text(ANSWER[language])


def member_reads_what_there_is(member):
    """What came before is read, so that the bell counts from nought."""
    member.opens_inbox()
    curious = member.page.get_by_text(
        member.say("You have the badge “{name}”").format(name=member.badge("first_question"))
    )
    member.looks_again_until(lambda: curious.count() > 0)
    member.presses("Mark all as read")
    assert member.unread() in ("", "0")


def member_accepts(member, teacher, course, language):
    """The answer is accepted; the teacher is told at once, and keeps points and a badge."""
    post = member.page.locator(".post").filter(has_text=ANSWER[language]).first
    member.presses("This solved it", within=post)
    member.sees("Accepted. Whoever answered gets the points.")
    expect(member.page.locator(".post-best")).to_contain_text(ANSWER[language])
    teacher.sees_points(25)
    teacher.opens("/points/")
    teacher.sees_text(teacher.badge("first_accepted_answer"))
    expect(teacher.page.locator("main")).to_contain_text("+25")
