"""What this room stores about people: their answers, which go with them."""

from core.privacy import covers

from .models import Answer, Submission

covers(Submission, exporting=["survey__slug", "survey__version", "survey", "is_skipped", "submitted_at"])
covers(Answer, person="submission__user", exporting=["question__text_en", "question", "scale", "text"])
covers(
    Answer.choices.through,
    person="answer__submission__user",
    exporting=["answer__question__text_en", "choice__text_en", "choice"],
)
