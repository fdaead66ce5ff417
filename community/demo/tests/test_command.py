"""The command refuses where a world has no place, and the sign says that one is being made."""

import pytest
from django.core.management import CommandError, call_command

from community.demo.making import AlreadyBeingMade, is_being_made, making


def test_a_site_with_people_is_left_alone(ben):
    with pytest.raises(CommandError, match="people here already"):
        call_command("demo_world")
    call_command("demo_world", "--if-empty")


def test_there_is_no_demo_world_outside_demo_settings(db, settings):
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match="demo settings only"):
        call_command("demo_world")


class TestTheSign:
    @pytest.fixture(autouse=True)
    def _folder(self, settings, tmp_path):
        settings.VAR = tmp_path

    def test_it_is_seen_while_a_world_is_being_made(self):
        assert not is_being_made()
        with making():
            assert is_being_made()
        assert not is_being_made()

    def test_one_world_at_a_time(self):
        with making(), pytest.raises(AlreadyBeingMade), making():
            pass

    def test_a_maker_that_was_killed_takes_it_along(self, tmp_path):
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo" / "making").touch()
        assert not is_being_made()

    def test_every_page_says_so(self, db, page_of):
        with making():
            assert "is being made" in page_of().get("/").content.decode()
            assert "still being made" in page_of().get("/courses/").content.decode()
        assert "being made" not in page_of().get("/courses/").content.decode()
