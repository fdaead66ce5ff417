"""What happens in the community."""

from django.utils.translation import gettext_lazy as _

from core.events import Code, Fact


class ThreadStarted(Fact, called=_("Somebody began a discussion")):
    thread_id: int
    author_id: int


class BoardOpenedAnew(Fact, called=_("Others than before may read a board")):
    """Others may read the board than before, and what stands on it."""

    board_id: int


class ReplyPosted(Fact, called=_("Somebody replied")):
    post_id: int
    thread_id: int
    author_id: int
    thread_author_id: int


class QuestionAsked(Fact, called=_("Somebody asked a question")):
    question_id: int
    author_id: int


class AnswerPosted(Fact, called=_("Somebody answered a question")):
    answer_id: int
    question_id: int
    answerer_id: int
    asker_id: int


class AnswerAccepted(Fact, called=_("Somebody accepted an answer")):
    question_id: int
    answer_id: int
    answerer_id: int
    asker_id: int


class PostVoted(Fact, called=_("Somebody voted, or took it back")):
    """``value`` is 1 for a vote given, 0 for one taken back."""

    post_id: int
    thread_id: int
    voter_id: int
    author_id: int
    value: int


class ThreadViewed(Fact, called=_("Somebody read a thread")):
    thread_id: int
    user_id: int


class PostFlagged(Fact, called=_("Somebody reported a post")):
    flag_id: int
    post_id: int
    flagger_id: int


class PostHidden(Fact, called=_("A moderator hid a post")):
    post_id: int
    author_id: int
    moderator_id: int


class PostRestored(Fact, called=_("A moderator showed a post again")):
    post_id: int
    author_id: int
    moderator_id: int


class GroupOpened(Fact, called=_("A group was opened")):
    group_id: int


class GroupJoined(Fact, called=_("Somebody joined a group")):
    group_id: int
    user_id: int


class GroupLeft(Fact, called=_("Somebody left a group, or was taken out of it")):
    group_id: int
    user_id: int


class GroupRoleChanged(Fact, called=_("Somebody has another role in a group")):
    group_id: int
    user_id: int
    role: Code


class JoiningRequested(Fact, called=_("Somebody asks to be let into a group")):
    request_id: int
    group_id: int
    user_id: int


class JoiningAnswered(Fact, called=_("A request to join a group was answered")):
    request_id: int
    group_id: int
    user_id: int
    is_accepted: bool


class MemberInvited(Fact, called=_("Somebody was invited into a group")):
    invitation_id: int
    group_id: int
    user_id: int
