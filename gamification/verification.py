"""What recognition adds to ``manage ledger_verify``: figures that are kept beside the journal."""

from ledger.verification import Finding, rows_of, verifies

from .models import Total


@verifies("totals of points that their days add up to")
def totals_equal_days() -> Finding:
    """Look for a member whose total by some rule is not the sum of their days."""
    wrong = rows_of(
        "SELECT user_id, rule_id, coalesce(total.points, 0), coalesce(days.points, 0) FROM gamification_total AS total "
        "FULL JOIN (SELECT user_id, rule_id, sum(points) AS points, sum(times) AS times FROM gamification_tally "
        "GROUP BY user_id, rule_id) AS days USING (user_id, rule_id) "
        "WHERE (total.points, total.times) IS DISTINCT FROM (days.points, days.times) ORDER BY user_id, rule_id"
    )
    violations = [f"user {user} has {total} by rule {rule}, their days {days}" for user, rule, total, days in wrong]
    return Finding(Total.objects.count(), violations)


@verifies("totals of points that the ledger holds")
def totals_equal_entries() -> Finding:
    """Look for a member whose total by some rule is not what the ledger gave and took back; those who were erased have none."""
    wrong = rows_of(
        "SELECT member.id, rule.id, coalesce(total.points, 0), coalesce(books.points, 0) FROM accounts_user AS member "
        "CROSS JOIN gamification_rule AS rule "
        "LEFT JOIN gamification_total AS total ON total.user_id = member.id AND total.rule_id = rule.id "
        "LEFT JOIN (SELECT owner, split_part(moved.kind, '.', 1) AS code, sum(amount) AS points FROM ledger_entry AS entry "
        "JOIN ledger_account AS account ON account.id = account_id JOIN ledger_transaction AS moved ON moved.id = transaction_id "
        "WHERE account.kind = 'points' AND unit = 'PTS' GROUP BY owner, code) AS books "
        "ON books.owner = 'user:' || member.id AND books.code = rule.code "
        "WHERE member.erased_at IS NULL AND coalesce(total.points, 0) <> coalesce(books.points, 0) ORDER BY 1, 2"
    )
    violations = [f"user {user} has {total} by rule {rule}, the ledger {books}" for user, rule, total, books in wrong]
    return Finding(Total.objects.count(), violations)
