"""
Boards, threads, questions, groups, chat and moderation; knows nothing of courses.

Owns boards, threads, posts, questions, answers, votes, flags; groups, who is in them, requests and invitations.
Publishes ThreadStarted, ReplyPosted, QuestionAsked, AnswerPosted, AnswerAccepted, PostVoted, PostHidden, PostRestored, PostFlagged;
GroupOpened, GroupJoined, GroupLeft, GroupRoleChanged, JoiningRequested, JoiningAnswered, MemberInvited.
Listens to nothing but its own facts, for search; payments call its registered fulfilment in their own transaction.
"""
