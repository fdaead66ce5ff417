"""
Boards, threads, questions, groups, chat and moderation; knows nothing of courses.

Owns boards, threads, posts, questions, answers, votes, flags.
Publishes ThreadStarted, ReplyPosted, QuestionAsked, AnswerPosted, AnswerAccepted, PostVoted, PostHidden, PostRestored, PostFlagged.
Listens to nothing.
"""
