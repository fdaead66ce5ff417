"""Faults of what takes money in, renews memberships and lets people in."""

from .mutation import Mutation

MONEY = [
    Mutation(
        "another amount is believed", "payments/operations/arriving.py",
        "    return None if seen.amount == amount else Outcome.AMOUNT\n", "    return None\n",
        "payments/tests/test_forgery.py",
    ),
    Mutation(
        "another currency is believed", "payments/operations/arriving.py",
        "    if seen.currency != currency:\n", "    if False:\n", "payments/tests/test_forgery.py",
    ),
    Mutation(
        "money of another account is believed", "payments/operations/arriving.py",
        "    if seen.account != payment.account:\n", "    if False:\n", "payments/tests/test_forgery.py",
    ),
    Mutation(
        "a message about another order is believed", "payments/operations/arriving.py",
        "    if seen.reference != _reference(payment) or not _is_of_its_kind(payment, seen):\n", "    if False:\n",
        "payments/tests/test_forgery.py",
    ),
    Mutation(
        "money that came late is kept", "payments/operations/arriving.py",
        "        _send_back(payment, RefundCause.DOUBLE if order.paid_at else RefundCause.LATE)\n", "",
        "payments/tests/test_buying.py",
    ),
    Mutation(
        "what one has is sold once more", "payments/operations/arriving.py",
        "        refunding.give_back_held(payment=payment, lines=held)\n", "", "payments/tests/test_attacks.py",
    ),
    Mutation(
        "a gift is taken while the own order is paid", "payments/operations/granting.py",
        "    periods.lock(user_id=order.buyer_id)\n", "", "payments/tests/test_two_doors_races.py",
    ),
    Mutation(
        "what went back of a gift is given nevertheless", "payments/operations/giving.py",
        " if not line.is_given_back]", "]", "payments/tests/test_attacks.py",
    ),
    Mutation(
        "the orders of whoever has left wait for money", "payments/privacy.py",
        "        cancel_order(order=order, by=user)\n", "        pass\n", "payments/tests/test_attacks.py",
    ),
    Mutation(
        "a course out of a membership is heard on", "payments/operations/joining.py",
        "        sending.recheck_members(user_ids=members)\n", "", "community/tests/test_closed_at_once.py",
    ),
    Mutation(
        "a part given back by hand is not taken from what is on its way", "payments/operations/refunding.py",
        "        settle(_taken_out(refund, amount))\n        send_anew(refund)\n", "        pass\n", "payments/tests/test_refunds.py",
    ),
    Mutation(
        "nobody asks why a refund was refused", "payments/operations/returning.py",
        "        paying.ask(payment=refund.payment)\n", "        pass\n", "payments/tests/test_refunds.py",
    ),
    Mutation(
        "a late refusal undoes what was sent anew", "payments/operations/returning.py",
        "    if key not in {None, refund.idempotency_key}:\n", "    if False:\n", "payments/tests/test_refunds.py",
    ),
    Mutation(
        "what went back on another day hides what goes back by hand", "payments/operations/reconciling.py",
        "    theirs = _before(provider, day, payment) + line.returned if line.returned else 0\n", "    theirs = line.returned\n",
        "payments/tests/test_reconciling.py",
    ),
    Mutation(
        "a refund that WeChat could not send counts as sent", "payments/providers/wechat_bill.py",
        'row[_HOW_BACK].strip() != "SUCCESS"', "False", "payments/tests/test_bills.py",
    ),
    Mutation(
        "what is stored is what was typed", "payments/forms.py",
        "int(amount * SMALLEST_IN_WHOLE)", "int(amount)", "payments/tests/test_amounts.py",
    ),
    Mutation(
        "who has paid waits for a worker", "payments/views/webhook.py",
        "            operations.work_off_at_once(event_id=event_id)\n", "            pass\n", "payments/tests/test_at_once.py",
    ),
    Mutation(
        "messages take every thread", "payments/views/webhook.py",
        "    if _HANDS.acquire(blocking=False):\n", "    if _HANDS.acquire(blocking=False) or True:\n", "payments/tests/test_at_once.py",
    ),
    Mutation(
        "a refund stands behind the digests", "core/events/outbox.py",
        "    tried = _relay(limit, kind__in=_first)\n", "    tried = 0\n", "core/events/tests/test_crash.py",
    ),
    Mutation(
        "what a worker is at is begun again", "core/events/outbox.py",
        "OutboxMessage.objects.filter(free, done_at__isnull=True,", "OutboxMessage.objects.filter(done_at__isnull=True,",
        "payments/tests/test_at_once.py",
    ),
    Mutation(
        "what Alipay does not confirm is believed", "payments/operations/webhooks.py",
        "    if not is_asked and not provider.signs_time and mismatch(payment, seen) is None:\n", "    if False:\n",
        "payments/tests/test_real_forgery.py",
    ),
    Mutation(
        "Stripe's message of yesterday accepted", "payments/providers/stripe.py",
        "    if abs(at.timestamp() - moment) > TOLERANCE_SECONDS:\n", "    if False:\n", "payments/tests/test_real_forgery.py",
    ),
    Mutation(
        "Stripe's signature not compared", "payments/providers/stripe.py",
        "        stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None)\n", "        pass\n",
        "payments/tests/test_oracles.py payments/tests/test_real_forgery.py",
    ),
    Mutation(
        "a doubled header of Stripe's accepted", "payments/providers/stripe.py",
        "    if len(found) != len(parts) or len(times) != 1 or len(signatures) not in _SIGNATURES:\n", "    if not times:\n",
        "payments/tests/test_oracles.py",
    ),
    Mutation(
        "Stripe is told which machine this is", "payments/providers/stripe_calls.py",
        " if name in _SENT}", "}", "payments/tests/test_oracles.py",
    ),
    Mutation(
        "WeChat's notice of yesterday accepted", "payments/providers/wechat.py",
        "        if abs(at.timestamp() - int(moment)) > TOLERANCE_SECONDS:\n", "        if False:\n", "payments/tests/test_oracles.py",
    ),
    Mutation(
        "a signature of WeChat's read with what does not belong there", "payments/providers/wechat.py",
        "        _require_base64(signature)\n", "        pass\n", "payments/tests/test_oracles.py",
    ),
    Mutation(
        "what was given back renews itself", "payments/operations/subscribing.py",
        "    if not later.exists():\n        end_soon(payment.subscription_id)\n", "", "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "two memberships renew beside each other", "payments/operations/arriving.py",
        "        subscribing.supersede(order)\n", "        pass\n", "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "anybody stops a membership", "payments/operations/subscribing.py",
        "    if by is not None and found.user_id != by.pk:\n", "    if False:\n", "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "who has stopped has days of grace", "payments/operations/subscribing.py",
        "(rules.GRACE if goes_on else timedelta())", "rules.GRACE", "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "a wish is forgotten at the next message", "payments/operations/subscribing.py",
        "    if not subscription.wish:\n", "    if True:\n", "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "a renewal of another amount is heard", "payments/operations/renewing.py",
        "    return None if bill.amount == due else Outcome.AMOUNT\n", "    return None\n",
        "payments/tests/test_subscriptions.py payments/tests/test_renewal_forgery.py",
    ),
    Mutation(
        "a renewal that Stripe does not confirm is heard", "payments/operations/renewing.py",
        "    if told is None or not _is_confirmed(notice, told):\n", "    if told is None:\n",
        "payments/tests/test_renewal_forgery.py",
    ),
    Mutation(
        "news of the past counts", "payments/operations/subscribing.py",
        "    if subscription.told_at is not None and as_of < subscription.told_at:\n        return False\n", "",
        "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "entries come after the commit", "ledger/migrations/0004_one_call.py",
        "        WHERE (SELECT xid FROM ledger_transaction WHERE ledger_transaction.id = added.transaction_id) <> pg_current_xact_id()\n",
        "        WHERE false\n", "ledger/tests/test_guards.py",
    ),
    Mutation(
        "what has ended opens all the same", "payments/models/access.py",
        "return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), ended_at__isnull=True)",
        "return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))", "community/tests/paywall/test_surfaces.py",
    ),
    Mutation(
        "whose time is over stays in", "payments/models/access.py",
        "return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), ended_at__isnull=True)",
        "return self.filter(ended_at__isnull=True)", "community/tests/paywall/test_surfaces.py",
    ),
    Mutation(
        "the clock of keys stands still", "payments/audience.py", "live(at=now)", "live()", "payments/tests/test_subscriptions.py",
    ),
    Mutation(
        "a tier opens what is not included", "payments/audience.py",
        'Inclusion.objects.filter(tier__key__in=held.values("key"))', "Inclusion.objects.all()", "payments/tests/test_tiers.py",
    ),
    Mutation(
        "a coupon has no total", "payments/operations/redeeming.py",
        'is_free = Q(total_cap__isnull=True) | Q(used__lt=F("total_cap"))', "is_free = Q()", "payments/tests/test_coupons.py",
    ),
    Mutation(
        "a given up order keeps its use", "payments/operations/redeeming.py",
        '        Coupon.objects.filter(pk=use.coupon_id).update(used=F("used") - 1)\n', "", "payments/tests/test_coupons.py",
    ),
    Mutation(
        "everybody is of every organization", "payments/queries/prices.py",
        "Organization.objects.filter(domains__overlap=sorted(confirmed_domains(buyer)))", "Organization.objects.all()",
        "payments/tests/test_reductions.py",
    ),
    Mutation(
        "a part is dearer in a bundle than by itself", "payments/queries/prices.py",
        "min(bundle.price_minor, sum(weights))", "bundle.price_minor", "payments/tests/test_gifts.py",
    ),
    Mutation(
        "a bundle sells what is not sold any more", "payments/queries/prices.py",
        "        if part.is_on_sale and part.key not in owned\n", "        if part.key not in owned\n", "payments/tests/test_gifts.py",
    ),
    Mutation(
        "staff give themselves their money back", "payments/operations/refunding.py",
        "    if order.buyer_id == by.pk:\n        raise OwnOrder\n", "", "payments/tests/test_refunds.py",
    ),
    Mutation(
        "only what was marked as done counts for a refund", "courses/references.py",
        "    opened = queries.paid_lessons_opened(user=user, course_id=found.pk)\n",
        "    opened = len(queries.completed_lessons(viewer=user, course=found))\n", "courses/tests/test_memberships.py",
    ),
    Mutation(
        "an address that nobody has confirmed counts", "accounts/queries.py",
        "EmailAddress.objects.filter(user=user, verified=True)", "EmailAddress.objects.filter(user=user)",
        "payments/tests/test_reductions.py",
    ),
    Mutation(
        "what is in a batch is paid by itself too", "payments/operations/paying_out.py",
        "    if payout.batch_id is not None and payout.state == PayoutState.APPROVED:\n        raise InABatch\n", "",
        "payments/tests/test_batches.py",
    ),
    Mutation(
        "a payout is gathered twice", "payments/operations/batching.py",
        "    if payout.state != PayoutState.APPROVED or payout.batch_id is not None:\n", "    if payout.state != PayoutState.APPROVED:\n",
        "payments/tests/test_batches.py",
    ),
    Mutation(
        "a large batch is paid by whoever approved it", "payments/operations/batching.py",
        "        _require_another(held, by)\n", "        pass\n", "payments/tests/test_batches.py",
    ),
]  # fmt: skip
