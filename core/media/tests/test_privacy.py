"""A person's files: all of them in the copy, none left when they leave."""

from core.media.models import Asset
from core.media.operations import store
from core.media.privacy import erase_files, export_files
from core.privacy import Attachment


def test_the_copy_holds_each_file_and_nobody_else_s(people, picture):
    mine = store(file=picture(), purpose="lesson", by=people.ben)
    store(file=picture(), purpose="lesson", by=people.cleo)
    rows = list(export_files(people.ben))
    files = [row for row in rows if isinstance(row, Attachment)]
    assert ([row["key"] for row in rows if isinstance(row, dict)], [file.name for file in files]) == (
        [mine.key],
        [mine.stored_name],
    )
    with files[0].open() as opened:
        assert len(opened.read()) == mine.size


def test_leaving_takes_every_file_away(people, picture):
    store(file=picture(), purpose="lesson", by=people.ben)
    erase_files(people.ben)
    assert not Asset.objects.filter(owner=people.ben, deleted_at=None).exists()
