"""Faults in what all rooms stand on: facts, live messages, files, the ledger, the log of what staff did."""

from .mutation import Mutation

KEEL = [
    Mutation(
        "sequencers no longer alone", "core/events/sequencing.py",
        '"SELECT pg_advisory_xact_lock(%s), set_config(', '"SELECT %s, set_config(', "core/events/tests/test_order.py",
    ),
    Mutation(
        "facts stay in the intake", "core/events/sequencing.py",
        "        DELETE FROM events_intake\n"
        "        WHERE {_SETTLED} AND (xid, id) <= ((SELECT xid FROM last), (SELECT id FROM last))\n"
        "        RETURNING *\n",
        "        SELECT * FROM events_intake\n        WHERE {_SETTLED} AND (xid, id) <= ((SELECT xid FROM last), (SELECT id FROM last))\n",
        "core/events/tests/test_stream.py",
    ),
    Mutation(
        "a portion is all there is", "core/events/sequencing.py",
        " ORDER BY xid, id LIMIT %s", " ORDER BY xid, id OFFSET 0 * %s", "core/events/tests/test_order.py",
    ),
    Mutation(
        "two workers for one listener", "core/events/operations.py",
        "Cursor.objects.select_for_update(skip_locked=True).filter(", "Cursor.objects.filter(", "core/events/tests/test_order.py",
    ),
    Mutation(
        "two relays for one message", "core/events/outbox.py",
        "waiting.select_for_update(skip_locked=True).order_by(", "waiting.order_by(", "core/events/tests/test_crash.py",
    ),
    Mutation(
        "poison stops the stream", "core/events/operations.py",
        "    return _consume(listener, limit, is_careful=True)\n", "    return _consume(listener, limit, is_careful=False)\n",
        "core/events/tests/test_stream.py",
    ),
    Mutation(
        "what may pass is buried", "core/events/operations.py",
        "isinstance(error, OperationalError) and (code is None or code in _PASSING)", "False", "core/events/tests/test_stream.py",
    ),
    Mutation(
        "a replay forgets nothing", "core/events/operations.py",
        "        listener.reset()\n", "", "core/events/tests/test_order.py",
    ),
    Mutation(
        "streams locked in any order", "core/realtime/migrations/0003_said_once.py",
        'ORDER BY stream COLLATE "C", id', "ORDER BY id", "core/realtime/tests/test_seq.py",
    ),
    Mutation(
        "seq without its lock", "core/realtime/migrations/0003_said_once.py",
        "        INSERT INTO realtime_stream (name, seq) VALUES (one.stream, 1)\n"
        "        ON CONFLICT (name) DO UPDATE SET seq = realtime_stream.seq + 1\n"
        "        RETURNING seq INTO last_seq;\n",
        "        SELECT coalesce(max(seq), 0) + 1 INTO last_seq FROM realtime_message WHERE stream = one.stream;\n",
        "core/realtime/tests/test_seq.py",
    ),
    Mutation(
        "names that nobody signed", "core/realtime/topics.py",
        "        return None\n    return stream\n", "        return token\n    return stream\n",
        "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "open sockets outlive the log-out", "core/realtime/consumers.py",
        "        if self.user.is_authenticated and not await self._is_still_logged_in():\n"
        "            await self._end(LOGGED_OUT)\n"
        "            return\n"
        "        allowed",
        "        allowed",
        "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "open sockets keep their first keys", "core/realtime/consumers.py",
        "        keys.forget(self.user)\n", "", "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "a gap is filled for whom it is no longer", "core/realtime/consumers.py",
        "        await self._keep_allowed(streams)\n        async with self._order:", "        async with self._order:",
        "core/realtime/tests/test_sockets.py",
    ),
    Mutation(
        "one name for the streams of all schools on a server", "community/settings/stores.py",
        'f"lyceum-{redis_number(CHANNELS_URL)}"', '"lyceum"', "core/realtime/tests/test_neighbors.py",
    ),
    Mutation(
        "who listens is not asked when a stream closes", "core/realtime/consumers.py",
        ' and event["action"] != CHECK:', ":", "community/tests/test_closed_at_once.py",
    ),
    Mutation(
        "as many sockets as one likes", "core/realtime/presence.py",
        "pipe.zrange(name, 0, -MOST_SOCKETS - 1)", "pipe.zrange(name, 0, -100)", "core/realtime/tests/test_limits.py",
    ),
    Mutation(
        "the books add up wrongly", "ledger/migrations/0004_one_call.py",
        "SET balance = balance + change.amount", "SET balance = balance - change.amount",
        "ledger/tests/test_posting.py",
    ),
    Mutation(
        "only the largest line moves a balance", "ledger/migrations/0004_one_call.py",
        "SELECT account, sum(amount) AS amount FROM line", "SELECT account, max(amount) AS amount FROM line",
        "ledger/tests/test_posting.py",
    ),
    Mutation(
        "entries may be changed", "ledger/migrations/0002_guards.py",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry", "BEFORE TRUNCATE ON ledger_entry", "ledger/tests/test_guards.py",
    ),
    Mutation(
        "an overdraft goes through", "ledger/operations.py",
        "            if balances.get(name, 0) < 0:\n", "            if False:\n", "ledger/tests/test_posting.py",
    ),
    Mutation(
        "the page to log in stands inside a card", "core/web/doors.py",
        "return HttpResponseClientRedirect(log_in.url) if is_part else log_in", "return log_in", "core/web/tests/test_responses.py",
    ),
    Mutation(
        "after the log-in one is led to another site", "core/web/doors.py",
        'return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "/"', "return page", "core/web/tests/test_responses.py",
    ),
    Mutation(
        "everybody owns the school", "core/web/doors.py",
        'return bool(getattr(getattr(request, "user", None), "is_superuser", False))', "return True",
        "insights/tests/test_needs.py surveys/tests/test_building.py",
    ),
    Mutation(
        "formulas in files", "core/web/csv_file.py",
        "return f\"'{text}\" if text.startswith(_BEGINS_A_FORMULA) else text", "return text", "core/web/tests/test_csv_file.py",
    ),
    Mutation(
        "any scope will do", "core/web/api_tokens.py",
        "return scope in token.scopes and (scope not in _for_staff or token.user.is_staff)", "return True",
        "core/web/tests/test_api_tokens.py",
    ),
    Mutation(
        "scripts may be inline", "core/web/headers.py",
        "\"script-src\": [\"'self'\", *_import_map_hash()]",
        "\"script-src\": [\"'self'\", \"'unsafe-inline'\", *_import_map_hash()]",
        "core/web/tests/test_responses.py",
    ),
    Mutation(
        "somebody else's link", "core/media/views.py",
        "is_someone_else = request.user.is_authenticated and request.user.pk != viewer_id", "is_someone_else = False",
        "core/media/tests/test_serving.py",
    ),
    Mutation(
        "quota without its lock", "core/media/operations.py",
        "    _lock_room_of(owner)\n", "", "core/media/tests/test_quota_race.py",
    ),
    Mutation(
        "audit chain without its lock", "core/audit/migrations/0002_guards.py",
        "    PERFORM pg_advisory_xact_lock(7201845332);\n", "", "core/audit/tests/test_audit.py",
    ),
    Mutation(
        "the audit log may be edited", "core/audit/migrations/0002_guards.py",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditentry", "BEFORE TRUNCATE ON audit_auditentry",
        "core/audit/tests/test_audit.py",
    ),
    Mutation(
        "erased before its day", "core/privacy/operations.py",
        "filter(due_at__lte=as_of, withdrawn_at=None, done_at=None)", "filter(withdrawn_at=None, done_at=None)",
        "core/privacy/tests/test_privacy.py",
    ),
    Mutation(
        "nobody stays erased", "core/privacy/operations.py",
        "    Tombstone.objects.bulk_create([Tombstone(erased_id=user_id)], ignore_conflicts=True)\n", "",
        "core/privacy/tests/test_privacy.py",
    ),
]  # fmt: skip
