"""Log in by fingerprint, face or PIN: a key that stays in the device, here one that the browser plays."""

import pytest
from playwright.sync_api import expect

from . import story

pytestmark = pytest.mark.journey

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def robin(newcomer):
    """A member who has a password."""
    user = newcomer("Robin")
    user.set_password(story.PASSWORD)
    user.save(update_fields=["password"])
    return user


def with_a_device(visitor):
    """Somebody whose device keeps keys, and what to tell it."""
    member = visitor()
    device = member.page.context.new_cdp_session(member.page)
    device.send("WebAuthn.enable")
    added = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return member, lambda is_owner: device.send(
        "WebAuthn.setUserVerified", {"authenticatorId": added["authenticatorId"], "isUserVerified": is_owner}
    )


def logs_in_by_password(member, robin):
    member.opens("/account/login/")
    member.writes("Email address", robin.email)
    member.writes("Password", story.PASSWORD)
    member.presses("Log in", within=member.page.locator("main"))
    member.page.wait_for_url(lambda url: "/account/" not in url)


def test_it_is_made_once_and_opens_the_door_alone(visitor, robin):
    member, device_knows = with_a_device(visitor)
    logs_in_by_password(member, robin)
    member.opens("/account/2fa/")
    member.presses("Add one", within=member.page.locator("main"))
    # What comes next matters, so it is asked once more who one is.
    member.writes("Password", story.PASSWORD)
    member.presses("Go on")
    member.writes("Name of this passkey", "The phone in my pocket")
    member.hands.tick(member.page.locator("input[name=passwordless]"))
    member.presses("Make the passkey")
    member.page.wait_for_url(lambda url: "/add/" not in url)
    member.page.context.clear_cookies()

    member.opens("/account/login/?next=/points/")
    device_knows(False)
    member.presses("Log in with a passkey")
    expect(member.page.locator("passkey-form [role=alert]")).to_be_visible()
    device_knows(True)
    member.presses("Log in with a passkey")
    member.page.wait_for_url(lambda url: "/account/" not in url)
    assert member.path() == "/points/"
    member.opens("/account/2fa/webauthn/")
    member.sees_text("The phone in my pocket")
