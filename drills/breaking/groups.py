"""Faults in groups."""

from .mutation import Mutation

GROUPS = [
    Mutation(
        "a group to which two act at once", "forum/operations/grouping.py",
        "Group.objects.select_for_update(no_key=True).get(", "Group.objects.get(", "forum/tests/test_group_races.py",
    ),
    Mutation(
        "the last owner leaves", "forum/operations/grouping.py",
        "    if theirs.role == Role.OWNER and not others.exists():\n        raise LastOwner\n", "", "forum/tests/test_groups.py",
    ),
    Mutation(
        "everybody keeps every group", "forum/operations/grouping.py",
        '    if not by.has_perm("forum.change_group"):\n        raise NotAKeeper\n', "", "forum/tests/test_groups.py",
    ),
    Mutation(
        "who was taken out walks back in", "forum/operations/grouping.py",
        "    JoinRequest.objects.create(group=group, user=user, refused_at=timezone.now())\n", "", "forum/tests/test_groups.py",
    ),
    Mutation(
        "who left goes on hearing", "forum/operations/grouping.py",
        "    sending.recheck(user_id=user_id)\n", "", "community/tests/test_closed_at_once.py",
    ),
    Mutation(
        "an invitation opens what is said", "forum/audience.py",
        'Value("invited:")', 'Value("group:")', "forum/tests/test_groups.py community/tests/paywall/test_groups.py",
    ),
    Mutation(
        "what was meant for a group is shown to all", "forum/forms.py",
        '(boards or self.data.get("board"))', "boards", "forum/tests/test_group_pages.py",
    ),
    Mutation(
        "a seat is one for ever", "forum/models/groups.py",
        'self.filter(Q(is_bought=False) | held(user="user", key=seat))', "self", "forum/tests/test_seats.py",
    ),
    Mutation(
        "who was taken out buys their way back", "forum/operations/seating.py",
        " and not is_unwelcome(group, user)", "", "forum/tests/test_seats.py",
    ),
    Mutation(
        "who sits down while the money goes back", "forum/operations/seating.py",
        ".select_for_update(no_key=True)", "", "forum/tests/test_group_races.py",
    ),
    Mutation(
        "a membership drops a seat and nobody hears of it", "payments/operations/joining.py",
        "        fulfilment.tell_of_exclusion(product)\n", "", "forum/tests/test_seats.py",
    ),
    Mutation(
        "seats are held by a clock that stands still", "payments/queries/access.py",
        "Entitlement.objects.live(at=Now())", "Entitlement.objects.live()", "recsys/tests/test_groups.py",
    ),
    Mutation(
        "a group joined by a seat lets everybody in", "forum/operations/grouping.py",
        " and not holds(user=by, key=group.seat_key)", ' and group.entry != "paid"', "forum/tests/test_seats.py",
    ),
    Mutation(
        "who joins while a group is changed is not counted", "forum/operations/grouping.py",
        "group.save(update_fields=CHANGEABLE)", "group.save()", "forum/tests/test_groups.py",
    ),
]  # fmt: skip
