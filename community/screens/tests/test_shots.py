"""Whoever is photographed is somebody who has logged in."""

import re

from django.conf import settings
from django.urls import reverse

from community.screens.shots import session_of


def test_two_devices_are_on_record_however_many_walks_there_were(client, ada):
    session_of(ada)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(ada)
    page = client.get(reverse("usersessions_list"), headers={"Accept-Language": "en"}).content.decode()
    listed = re.findall(r"<h2>(\w+ on \w+)( <span[^>]*>this device</span>)?</h2>", page)
    assert sorted((name, bool(is_this_one)) for name, is_this_one in listed) == [
        ("Chrome on Linux", True),
        ("Safari on iPhone", False),
    ]
