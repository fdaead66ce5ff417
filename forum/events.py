"""What happens in the community."""

from core.events import Fact


class ThreadStarted(Fact):
    thread_id: int
    author_id: int


class BoardOpenedAnew(Fact):
    """Others may read the board than before, and what stands on it."""

    board_id: int


class ReplyPosted(Fact):
    post_id: int
    thread_id: int
    author_id: int
    thread_author_id: int


class QuestionAsked(Fact):
    question_id: int
    author_id: int


class AnswerPosted(Fact):
    answer_id: int
    question_id: int
    answerer_id: int
    asker_id: int


class AnswerAccepted(Fact):
    question_id: int
    answer_id: int
    answerer_id: int
    asker_id: int


class PostVoted(Fact):
    """``value`` is 1 for a vote given, 0 for one taken back."""

    post_id: int
    thread_id: int
    voter_id: int
    author_id: int
    value: int


class ThreadViewed(Fact):
    thread_id: int
    user_id: int


class PostFlagged(Fact):
    flag_id: int
    post_id: int
    flagger_id: int


class PostHidden(Fact):
    post_id: int
    author_id: int
    moderator_id: int


class PostRestored(Fact):
    post_id: int
    author_id: int
    moderator_id: int
