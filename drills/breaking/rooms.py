"""Faults in the rooms."""

from .mutation import Mutation

ROOMS = [
    Mutation(
        "a desk without a second factor", "accounts/desk.py",
        "return not settings.STAFF_NEEDS_SECOND_FACTOR or is_mfa_enabled(request.user)", "return True",
        "accounts/tests/test_desk.py",
    ),
    Mutation(
        "a desk that never closes", "accounts/desk.py",
        " < settings.STAFF_SESSION_SECONDS", " < 10**9", "accounts/tests/test_desk.py",
    ),
    Mutation(
        "a no counts as a yes", "accounts/queries.py",
        'Coalesce(Subquery(said.values("is_given")[:1]), default)).filter(said=True)',
        'Coalesce(Subquery(said.values("is_given")[:1]), default)).filter(said__isnull=False)',
        "recsys/tests/test_wishes.py notifications/tests/test_digest.py",
    ),
    Mutation(
        "any word opens the school", "community/opening/tokens.py",
        "    except signing.BadSignature:\n        return False", "    except signing.BadSignature:\n        return True",
        "community/opening/tests/test_opening.py",
    ),
    Mutation(
        "an answer accepted by two tabs", "forum/operations/accepting.py",
        "Thread.objects.select_for_update().get(", "Thread.objects.get(", "forum/tests/test_races.py",
    ),
    Mutation(
        "a post hidden by two moderators", "forum/operations/moderating.py",
        'Post.objects.select_for_update(of=("self",)).select_related(', "Post.objects.select_related(",
        "forum/tests/test_races.py",
    ),
    Mutation(
        "everybody moderates", "forum/operations/moderating.py",
        '    if not by.has_perm("forum.change_flag"):\n        raise NotAModerator\n', "", "forum/tests/test_questions.py",
    ),
    Mutation(
        "closed threads take replies", "forum/operations/writing.py",
        "    if thread.closed_at is not None:\n        raise ThreadClosed\n", "", "forum/tests/test_questions.py",
    ),
    Mutation(
        "hidden posts are shown", "forum/models/talking.py",
        "shown = Q(hidden_at__isnull=True) | (", "shown = Q(pk__isnull=False) | (", "forum/tests/test_questions.py",
    ),
    Mutation(
        "completed by each click", "courses/operations/learning.py",
        "LessonProgress.objects.select_for_update().get(", "LessonProgress.objects.get(", "courses/tests/test_races.py",
    ),
    Mutation(
        "the last two lessons miss each other", "courses/operations/learning.py",
        "Enrollment.objects.select_for_update().filter(", "Enrollment.objects.filter(", "courses/tests/test_races.py",
    ),
    Mutation(
        "ratings that are lost", "courses/operations/reviewing.py",
        "    Course.objects.select_for_update().get(pk=course.pk)\n", "", "courses/tests/test_races.py",
    ),
    Mutation(
        "two devices forget each other", "courses/operations/watching.py",
        "LessonProgress.objects.select_for_update().get(", "LessonProgress.objects.get(", "courses/tests/test_watching.py",
    ),
    Mutation(
        "faster than time", "courses/operations/watching.py",
        "        raise FasterThanTime\n", "        pass\n", "courses/tests/test_watching.py",
    ),
    Mutation(
        "rated without having studied", "courses/operations/reviewing.py",
        "        raise NotStudiedEnough\n", "        pass\n", "courses/tests/test_learning.py",
    ),
    Mutation(
        "the daily count in two batches", "gamification/operations/tallying.py",
        ".select_for_update(no_key=True).order_by(", ".order_by(", "gamification/tests/test_races.py",
    ),
    Mutation(
        "points are kept when their cause is gone", "gamification/operations/taking_back.py",
        '    journal.reverse(transaction=given, key=f"back:{given.key}")\n', "", "gamification/tests/test_points.py",
    ),
    Mutation(
        "points stay when the money goes", "gamification/apps.py",
        "        fulfilment.when_ended(handlers.take_back_with_the_money)\n", "", "gamification/tests/test_points.py",
    ),
    Mutation(
        "boards keep what was taken back", "gamification/operations/taking_back.py",
        "add({place: SoFar(-points, -1)})", "add({place: SoFar(0, -1)})", "gamification/tests/test_points.py",
    ),
    Mutation(
        "totals forget what a batch adds", "gamification/operations/tallying.py",
        '"points = total.points + excluded.points, times = total.times + excluded.times",',
        '"points = total.points, times = total.times",', "gamification/tests/test_totals.py",
    ),
    Mutation(
        "the night does not look at the books of points", "gamification/verification.py",
        "AND coalesce(total.points, 0) <> coalesce(books.points, 0)", "AND false", "gamification/tests/test_totals.py",
    ),
    Mutation(
        "points for answering oneself", "gamification/handlers.py",
        "        case AnswerAccepted() if fact.answerer_id != fact.asker_id:", "        case AnswerAccepted():",
        "gamification/tests/test_points.py",
    ),
    Mutation(
        "a line of points names what one may not see", "gamification/causes.py",
        "        Post.objects.visible_to, ", "        lambda viewer: Post.objects.all(), ", "gamification/tests/test_points.py",
    ),
    Mutation(
        "read and still counted", "notifications/queries/told.py",
        'filter(user=user, read_at__isnull=True).values_list("user")', 'filter(user=user).values_list("user")',
        "notifications/tests/test_telling.py",
    ),
    Mutation(
        "reading for everybody", "notifications/operations/telling.py",
        "    unread = Notification.objects.filter(user=user, read_at__isnull=True)\n",
        "    unread = Notification.objects.filter(read_at__isnull=True)\n",
        "notifications/tests/test_telling.py",
    ),
    Mutation(
        "told of one's own acts", "notifications/operations/telling.py",
        "if one.actor is None or one.actor.pk != one.user.pk:", "if True:", "notifications/tests/test_telling.py",
    ),
    Mutation(
        "mails that nobody wants", "notifications/operations/telling.py",
        "if one.kind in MUST_ARRIVE or (one.user.pk, one.kind) not in unwanted\n", "if True\n",
        "notifications/tests/test_telling.py",
    ),
    Mutation(
        "digests without consent", "notifications/queries/digests.py",
        "return who_consents(purpose=Purpose.MAIL, before=begun).filter(", "return User.objects.filter(",
        "notifications/tests/test_digest.py",
    ),
    Mutation(
        "a digest twice a week", "notifications/queries/digests.py",
        ".filter(~Exists(written), time_zone__in=zones)", ".filter(time_zone__in=zones)", "notifications/tests/test_digest.py",
    ),
    Mutation(
        "dismissed and shown again", "recsys/queries/knowing.py",
        "for rows in (owned, own, dismissed)]", "for rows in (owned, own)]", "recsys/tests/test_feed.py",
    ),
    Mutation(
        "hidden from a viewer and recommended", "recsys/kinds/loading.py",
        "if not viewer.is_authenticated or hidden_authors(viewer):", "if not viewer.is_authenticated:",
        "recsys/tests/test_whose_rows.py",
    ),
    Mutation(
        "one's own and recommended", "recsys/queries/knowing.py",
        "for rows in (owned, own, dismissed)]", "for rows in (owned, dismissed)]", "recsys/tests/test_feed.py",
    ),
    Mutation(
        "the rest of a feed moves when a card above it is dismissed", "recsys/queries/feed.py",
        "known.without.difference(above).union(without)", "known.without.union(above, without)", "recsys/tests/test_parts.py",
    ),
    Mutation(
        "a longer feed does not begin as the shorter one did", "recsys/queries/places.py",
        "*chosen[: place + 1]", "*chosen[:limit]", "recsys/tests/test_parts.py",
    ),
    Mutation(
        "whoever comes back to the home page finds its first cards alone", "community/views.py",
        "queries.home_with(count))", "queries.home_with(FIRST_CARDS))", "recsys/tests/test_parts.py",
    ),
    Mutation(
        "talk crowds out every course", "recsys/queries/turns.py",
        "due = () if is_there else best_of.get(kind, ())", "due = ()", "recsys/tests/test_turns.py",
    ),
    Mutation(
        "what one member did is another's reason", "recsys/engine/linear.py",
        "if told is not None and np.array_equal(told[0], items) and np.array_equal(told[1], given):", "if told is not None:",
        "recsys/tests/engine/test_contract.py",
    ),
    Mutation(
        "what is for some is lent to all", "recsys/kinds/glimpses.py",
        "kept[2] > lent and not opens_none(kept[1])", "kept[2] > lent", "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "what is lent though old is never looked at anew", "recsys/kinds/registry.py",
        "fresh.update(self._renewed_with(fresh))", "pass", "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "what is hidden is lent to all", "recsys/kinds/loading.py",
        'opened_by=Case(When(hidden_at__isnull=True, then=F("audience")))', 'opened_by="audience"', "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "what was shown yesterday counts as noted", "recsys/queries/knowing.py",
        "| Q(last=today)", "| Q(last__lte=today)", "recsys/tests/test_noting.py",
    ),
    Mutation(
        "what fell away leaves a gap", "recsys/queries/feed.py",
        "_told(listed[: limit + fallen], acts, known) if fallen else told", "told", "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "what fell away leaves a gap in the rest of a feed", "recsys/queries/feed.py",
        "_told_at(rest[: count + fallen], listed, acts, known)", "shown", "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "what was seen a moment ago is named", "recsys/queries/feed.py",
        "list(known.shelf.load(names))[:limit]", "names[:limit]", "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "what was shown for days never rests", "recsys/queries/knowing.py",
        "at = Case(When(days__gte=rules.SHOWN_DAYS, then=None), ", "at = Case(", "recsys/tests/test_new_items.py",
    ),
    Mutation(
        "words of people are markup, since others were", "core/ui/components/feeds.py",
        "@lru_cache(CARDS, typed=True)\ndef _drawn(", "@lru_cache(CARDS)\ndef _drawn(", "core/ui/tests/test_stencils.py",
    ),
    Mutation(
        "a card is remembered in a language of somebody else's", "recsys/kinds/loading.py",
        "with translation.override(read_in[0]):", "if read_in:", "recsys/tests/test_glimpses.py",
    ),
    Mutation(
        "life is claimed where there is none", "recsys/kinds/loading.py",
        "timezone.now() - last_post_at > timedelta(days=rules.LATELY_DAYS)", "not last_post_at", "recsys/tests/test_feed.py",
    ),
    Mutation(
        "one blend drowns what another lets speak", "recsys/engine/blend.py",
        "np.array(mix.shares, dtype=np.float32) / np.float32(mix.step)", "np.array(mix.shares, dtype=np.float32)",
        "recsys/tests/engine/test_models.py",
    ),
    Mutation(
        "an act weighed on another scale", "recsys/engine/factored.py",
        "square - mean**2", "square", "recsys/tests/engine/test_factored.py",
    ),
    Mutation(
        "an overtaken training counts", "recsys/leasing.py",
        "        if self._mine().select_for_update().first() is None:\n            raise LeaseLost\n",
        "        self._mine().select_for_update().first()\n",
        "recsys/tests/test_training.py recsys/tests/test_promotion.py",
    ),
    Mutation(
        "needs of a single person", "insights/rules.py",
        "FEWEST = 5", "FEWEST = 1", "insights/tests/test_needs.py",
    ),
    Mutation(
        "answers of a single person", "surveys/queries.py",
        "    is_shown = len(answers) >= FEWEST", "    is_shown = True", "surveys/tests/test_answering.py",
    ),
    Mutation(
        "a question replaced under its answers", "surveys/operations/building.py",
        "Survey.objects.select_for_update().get(pk=survey.pk).submissions", "Survey.objects.get(pk=survey.pk).submissions",
        "surveys/tests/test_building_races.py",
    ),
]  # fmt: skip
