"""The picture of a member: sent, cut, shown, replaced, taken away."""

from io import BytesIO

import pytest
from PIL import Image

from accounts import operations
from accounts.models import User
from core.media.models import Asset
from core.privacy.operations import erase

pytestmark = pytest.mark.django_db


def picture(color_left="red", color_right="blue"):
    """Twice as wide as high: the left half in one color, the right in another."""
    image = Image.new("RGB", (400, 200), color_left)
    image.paste(Image.new("RGB", (200, 200), color_right), (200, 0))
    body = BytesIO()
    image.save(body, "PNG")
    body.seek(0)
    body.name = "me.png"
    return body


def shown(user):
    return User.objects.get(pk=user.pk).avatar_url


def colors_of(asset):
    with asset.open() as file:
        image = Image.open(file).convert("RGB")
    width, height = image.size
    return (width, height), image.getpixel((5, height // 2)), image.getpixel((width - 5, height // 2))


def is_red(pixel):
    return pixel[0] > 200 and pixel[2] < 60


def test_a_picture_takes_the_place_of_the_drawn_face(ada, logged_in):
    page = logged_in(ada).post("/settings/profile/picture/", {"picture": picture()}, follow=True).content.decode()
    assert ("Your picture is saved." in page, shown(ada) in page, shown(ada) != "") == (True, True, True)


def test_the_chosen_square_is_what_is_kept(ada, logged_in):
    square = {"left": "0", "top": "0", "side": "0.5"}
    logged_in(ada).post("/settings/profile/picture/", {"picture": picture(), **square})
    size, left, right = colors_of(Asset.objects.get())
    assert (size[0] == size[1], is_red(left), is_red(right)) == (True, True, True)


def test_without_a_choice_it_is_the_middle(ada, logged_in):
    logged_in(ada).post("/settings/profile/picture/", {"picture": picture()})
    _size, left, right = colors_of(Asset.objects.get())
    assert (is_red(left), is_red(right)) == (True, False)


@pytest.mark.parametrize("square", [{"left": "2", "top": "0", "side": "1"}, {"left": "x", "top": "0", "side": "1"}])
def test_a_square_that_is_none_is_refused(ada, logged_in, square):
    answer = logged_in(ada).post("/settings/profile/picture/", {"picture": picture(), **square})
    assert (answer.status_code, shown(ada)) == (422, "")


def test_what_is_no_picture_is_refused_beside_the_field(ada, logged_in):
    words = BytesIO(b"I am a letter.")
    words.name = "me.png"
    page = logged_in(ada).post("/settings/profile/picture/", {"picture": words})
    assert (page.status_code, "Files of this type are not taken here." in page.content.decode(), shown(ada)) == (
        422,
        True,
        "",
    )


def test_a_new_picture_takes_the_old_one_away(ada):
    first = operations.change_face(user=ada, file=picture())
    operations.change_face(user=ada, file=picture("green"))
    assert [asset.deleted_at is None for asset in Asset.objects.order_by("pk")] == [False, True]
    first.refresh_from_db()
    assert shown(ada).endswith(first.key + "/") is False


def test_taken_away_the_face_is_drawn_again(ada, logged_in):
    operations.change_face(user=ada, file=picture())
    logged_in(ada).post("/settings/profile/picture/remove/")
    assert (shown(ada), Asset.objects.filter(deleted_at=None).count()) == ("", 0)


def test_who_leaves_takes_their_picture_along(ada):
    operations.change_face(user=ada, file=picture())
    erase(user_id=ada.pk)
    assert (User.objects.get(pk=ada.pk).face_key, Asset.objects.filter(deleted_at=None).count()) == ("", 0)
