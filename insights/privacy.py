"""What this room stores about people: what they looked for, of those who let us count it."""

from core.privacy import covers

from .models import PhraseSearch, TopicSearch

covers(TopicSearch, exporting=["topic", "day"])
covers(
    PhraseSearch, exporting=["day", "has_found"], omitting={"phrase": "it is a check sum of the words, not the words"}
)
