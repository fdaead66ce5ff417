"""What this room stores about people; the points themselves are the ledger's."""

from core.privacy import covers

from .models import BoardPreference, Grant, Tally, Total

covers(Grant, exporting=["badge", "granted_at"])
covers(Tally, exporting=["date", "rule", "points", "times"])
covers(Total, exporting=["rule", "points", "times"])
covers(BoardPreference, exporting=["hidden_at"])
