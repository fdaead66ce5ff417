"""A picture of oneself: what is shown of it is chosen before it is sent, and is what everybody sees."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

ON_THE_CANVAS = (
    """(canvas) => [8, 152].map((x) => [...canvas.getContext("2d").getImageData(x, 80, 1, 1).data.slice(0, 3)])"""
)


def wide():
    """Twice as wide as high: red on the left, blue on the right."""
    image = Image.new("RGB", (400, 200), "red")
    image.paste(Image.new("RGB", (200, 200), "blue"), (200, 0))
    body = BytesIO()
    image.save(body, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": body.getvalue()}


def named(colors):
    return ["red" if red > 200 > blue else "blue" for red, _, blue in colors]


def face_of(member):
    return member.page.locator(".face-form img").get_attribute("src")


def test_the_part_that_one_chose_is_what_is_shown(visitor, buyer):
    member = visitor()
    member.becomes(buyer)
    member.opens("/settings/profile/")
    sliders = member.page.locator("face-crop fieldset")
    expect(sliders).to_be_hidden()
    member.page.locator("face-crop [type=file]").set_input_files(wide())
    expect(sliders).to_be_visible()
    seen = member.page.locator("face-crop canvas")
    assert named(seen.evaluate(ON_THE_CANVAS)) == ["red", "blue"]
    sliders.locator("[data-part=across]").press("Home")
    assert named(seen.evaluate(ON_THE_CANVAS)) == ["red", "red"]
    member.presses("Save the picture")
    member.sees("Your picture is saved.")
    with BytesIO(member.page.request.get(face_of(member)).body()) as body:
        face = Image.open(body).convert("RGB")
        width, height = face.size
        assert width == height
        assert named([face.getpixel((5, height // 2)), face.getpixel((width - 5, height // 2))]) == ["red", "red"]


def test_what_is_no_picture_is_said_beside_the_field(visitor, buyer):
    member = visitor()
    member.becomes(buyer)
    member.opens("/settings/profile/")
    letter = {"name": "me.png", "mimeType": "image/png", "buffer": b"I am a letter."}
    member.page.locator("face-crop [type=file]").set_input_files(letter)
    expect(member.page.locator("face-crop fieldset")).to_be_hidden()
    member.presses("Save the picture")
    member.sees("Files of this type are not taken here.")
