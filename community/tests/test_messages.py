"""The catalogues of all rooms are one at run time."""

from community.management.commands import messages

CATALOGUE = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n{}msgid "For whom"\nmsgstr "{}"\n'


def made(folder, name, words, *, context=""):
    path = folder / name / "locale" / messages.LOCALE / "LC_MESSAGES"
    path.mkdir(parents=True)
    (path / "django.po").write_text(CATALOGUE.format(f'msgctxt "{context}"\n' if context else "", words))
    return folder / name


def test_no_message_of_ours_has_two_translations():
    assert messages.collisions(messages.rooms()) == []


def test_one_that_has_two_is_noticed_and_told_apart_by_its_context(tmp_path):
    shop, courses = made(tmp_path, "shop", "送给谁"), made(tmp_path, "courses", "适合谁")
    assert messages.collisions([shop, courses]) == ["(None, 'For whom') is both '送给谁' and '适合谁'"]
    assert messages.collisions([made(tmp_path, "gifts", "送给谁", context="gift"), courses]) == []
