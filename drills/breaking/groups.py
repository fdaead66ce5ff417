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
]  # fmt: skip
