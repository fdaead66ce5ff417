"""Every form of the settings says that it has saved what was sent."""

import pytest

from accounts import settings_pages

pytestmark = pytest.mark.django_db

SAID = {
    "profile": "Your profile is saved.",
    "preferences": "Saved. The pages now come as you want them.",
    "mails": "Saved.",
    "privacy": "Your choices are saved and hold from now on.",
}
BY_BUTTONS = {"security", "interests", "purchases", "data", "tokens"}
"""What is done there is done by links and by buttons of which each has its own test."""


@pytest.fixture
def pages(rf):
    return {page.key: page.url for page in settings_pages.links(request=rf.get("/"))}


def test_these_are_all_of_them(pages):
    assert set(pages) == {*SAID, *BY_BUTTONS}


@pytest.mark.parametrize("key", SAID)
def test_a_form_says_that_it_saved(ben, page_of, pages, key):
    browser, address = page_of(ben), pages[key]
    form = browser.get(address).context["form"]
    kept = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert SAID[key] not in browser.get(address).content.decode()
    assert SAID[key] in browser.post(address, kept, follow=True).content.decode()
