"""
The faults: each is one line of the house put wrong, and the tests that must notice.

A line that is no longer found is an error: whoever changes it here also says what breaking it means now.
"""

from .groups import GROUPS
from .keel import KEEL
from .money import MONEY
from .mutation import Mutation
from .rooms import ROOMS

MUTATIONS = [
    *KEEL,
    *MONEY,
    *ROOMS,
    *GROUPS,
    Mutation(
        "snapshot bound gone", "core/events/sequencing.py",
        "(xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))", "true",
        "core/events/tests/test_bounds.py",
    ),
    Mutation(
        "cursor stays where it was", "core/events/operations.py",
        "    cursor.position = upto\n", "", "core/events/tests/test_stream.py",
    ),
    Mutation(
        "facts of a rolled back transaction allowed", "core/events/publishing.py",
        '    if not own.in_atomic_block:\n        raise RuntimeError("A fact is published in the transaction that makes it true.")\n    at = ',
        "    at = ", "core/events/tests/test_stream.py",
    ),
    Mutation(
        "outbox lease gone", "core/events/outbox.py",
        "    message.leased_until = now + LEASE\n", "    message.leased_until = None\n", "core/events/tests/test_bounds.py",
    ),
    Mutation(
        "listening from any page", "core/realtime/handshake.py",
        "is_known = len(given) == 1 and ", "is_known = True or ", "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "permission not asked again", "core/realtime/consumers.py",
        "            if stream not in allowed:\n", "            if False:\n", "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "a gap handed on", "core/realtime/consumers.py",
        'if event["seq"] == last + 1 and ', "if ", "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "sent again and again", "core/events/outbox.py",
        'OutboxMessage.objects.filter(pk=message.pk).update(done_at=timezone.now(), leased_until=None, last_error="")', "pass",
        "core/events/tests/test_bounds.py",
    ),
    Mutation(
        "visible to everybody", "core/audience/querysets.py",
        "visible = self.filter(audience__overlap=sorted(keys_of(viewer)))", "visible = self.all()",
        "forum/tests/test_questions.py core/search/tests/test_search.py",
    ),
    Mutation(
        "blocks not asked for", "core/audience/querysets.py",
        "hidden = hidden_authors(viewer) if self.author_field else frozenset()", "hidden = frozenset()",
        "core/search/tests/test_search.py accounts/tests/test_circles.py",
    ),
    Mutation(
        "search finds what is locked", "core/search/queries.py",
        "visible = SearchDocument.objects.visible_to(viewer)", "visible = SearchDocument.objects.all()",
        "core/search/tests/test_search.py",
    ),
    Mutation(
        "entry sign flipped", "ledger/operations.py",
        "                balances[name] += amount\n", "                balances[name] -= amount\n", "ledger/tests/test_posting.py",
    ),
    Mutation(
        "ledger lock gone", "ledger/operations.py",
        " ORDER BY account.id FOR NO KEY UPDATE OF account", " ORDER BY account.id", "ledger/tests/test_races.py",
    ),
    Mutation(
        "reversal gives again", "ledger/operations.py",
        "Line(account, -amount) for account", "Line(account, amount) for account", "ledger/tests/test_posting.py",
    ),
    Mutation(
        "signature check returns true", "payments/providers/sandbox.py",
        "if not hmac.compare_digest(due, found[2]):", "if False:", "payments/tests/test_forgery.py",
    ),
    Mutation(
        "yesterday's signature accepted", "payments/providers/sandbox.py",
        "> TOLERANCE_SECONDS:", "> 10**9:", "payments/tests/test_forgery.py",
    ),
    Mutation(
        "order lock gone", "payments/operations/moving.py",
        'Order.objects.select_for_update(of=("self",)).select_related', "Order.objects.select_related", "payments/tests/test_races.py",
    ),
    Mutation(
        "only who asked accepts", "forum/operations/accepting.py",
        "    if question.author_id != by.pk:\n        raise NotTheAsker\n", "", "forum/tests/test_questions.py",
    ),
    Mutation(
        "votes for oneself", "forum/operations/voting.py",
        "    if post.author_id == by.pk:\n        raise OwnPost\n", "", "forum/tests/test_questions.py",
    ),
    Mutation(
        "a vote taken back counts", "forum/operations/voting.py",
        "(1 if is_useful else -1)", "1", "forum/tests/test_questions.py",
    ),
    Mutation(
        "lessons open to all", "courses/queries/reading.py",
        "return is_teacher or not keys_of(viewer).isdisjoint(lesson.audience)", "return True", "courses/tests/test_learning.py",
    ),
    Mutation(
        "completed again each time", "courses/operations/learning.py",
        "    if progress.completed_at is None:\n", "    if True:\n", "courses/tests/test_learning.py",
    ),
    Mutation(
        "daily cap gone", "gamification/operations/giving.py",
        "rule.points if counted[place] <= rule.times_a_day else 0", "rule.points", "gamification/tests/test_points.py",
    ),
    Mutation(
        "points twice for one act", "gamification/operations/giving.py",
        "return [one for one in merits if one.key not in given and fresh.get(one.key) is one]", "return list(merits)",
        "gamification/tests/test_points.py",
    ),
    Mutation(
        "idempotency key ignored", "core/web/idempotency.py",
        "    if row.result is None:\n", "    if True:\n", "core/web/tests/test_idempotency.py",
    ),
    Mutation(
        "one key for two requests", "core/web/idempotency.py",
        "if row.fingerprint != fingerprint:", "if False:", "core/web/tests/test_idempotency.py",
    ),
    Mutation(
        "limits never reached", "core/web/limits.py",
        "if now + before * rest >= rate.count:", "if False:", "core/web/tests/test_limits.py",
    ),
    Mutation(
        "sanitizer takes any address", "core/text/sanitizing.py",
        'url_schemes={"http", "https", "mailto"}', 'url_schemes={"http", "https", "mailto", "javascript", "data"}',
        "core/text/tests/test_pipeline.py",
    ),
    Mutation(
        "sanitizer takes scripts", "core/text/sanitizing.py",
        "return _cleaner.clean(html)", "return html", "core/text/tests",
    ),
    Mutation(
        "audit chain not hashed", "core/audit/chain.py",
        "return _sha256(before + digest)", "return _sha256(digest)", "core/audit/tests/test_audit.py",
    ),
    Mutation(
        "secrets in the audit log", "core/audit/recording.py",
        "if _SECRET.search(name):", "if False:", "core/audit/tests/test_audit.py",
    ),
    Mutation(
        "private files for who has a link", "core/media/views.py",
        "if viewer is None or is_someone_else or not asset.may_be_read_by(viewer):", "if viewer is None or is_someone_else:",
        "core/media/tests/test_serving.py",
    ),
    Mutation(
        "links that live for ever", "core/media/signing.py",
        "max_age=LIFE_SECONDS", "max_age=None", "core/media/tests/test_serving.py",
    ),
    Mutation(
        "next leads anywhere", "accounts/views/preferences.py",
        "is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())", "is_ours = True",
        "accounts/tests/test_way_back.py",
    ),
    Mutation(
        "refunds after their days", "payments/operations/refunding.py",
        "    if not offer.is_open:\n", "    if False:\n", "payments/tests/test_refunds.py",
    ),
    Mutation(
        "private addresses fetched", "core/web/fetcher.py",
        "return found.is_global and not found.is_multicast and not is_misleading", "return True",
        "core/web/tests/test_fetcher.py",
    ),
    Mutation(
        "payout lock gone", "payments/operations/paying_out.py",
        "    User.objects.select_for_update(no_key=True).get(pk=pk)\n", "    User.objects.get(pk=pk)\n",
        "payments/tests/test_races.py",
    ),
    Mutation(
        "paid out before it has cleared", "payments/queries/earnings.py",
        "return self.total - self.pending", "return self.total", "payments/tests/test_payouts.py",
    ),
    Mutation(
        "an unclaimed gift has cleared", "payments/queries/earnings.py",
        "        waits | Q(order__paid_at", "        Q(order__paid_at", "payments/tests/test_payouts.py",
    ),
    Mutation(
        "one person is enough for a large payout", "payments/operations/paying_out.py",
        "        raise NeedsAnother\n", "        pass\n", "payments/tests/test_payouts.py",
    ),
    Mutation(
        "paid out although it was given back", "payments/operations/paying_out.py",
        "currency=payout.currency).total < 0:", "currency=payout.currency).total < -(10**12):", "payments/tests/test_payouts.py",
    ),
    Mutation(
        "a creator's coupon for what others sell", "payments/views/coupons.py",
        "operations.make_coupon(by=member(request), creator=member(request), **", "operations.make_coupon(by=member(request), **",
        "payments/tests/test_creators_coupons.py",
    ),
    Mutation(
        "a card shows members' prices to everybody", "payments/queries/prices.py",
        "return is_ours and (rule.whose is None or rule.whose.key in held)", "return is_ours", "payments/tests/test_creators_coupons.py",
    ),
]  # fmt: skip
