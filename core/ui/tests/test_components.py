import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from core.ui import formats
from core.ui.icons import PATHS, draw_icon
from core.ui.samples.forms import ProfileForm


def show(source, **context):
    return Template("{% load ui %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    "source",
    [
        '{% button label="Save" colour="red" %}',
        '{% button "Save" %}',
        "{% button %}",
        '{% card titel="Week" %}{% endcard %}',
        '{% icon name="home" size=3 %}',
        "{% price amount=100 %}",
        '{% empty text="No title" %}',
        '{% dialog title="No id" %}{% enddialog %}',
    ],
)
def test_a_wrong_argument_fails_when_the_template_compiles(source):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load ui %}" + source)


@pytest.mark.parametrize(
    "source",
    [
        '{% button label="Save" kind="green" %}',
        '{% icon name="unicorn" %}',
        '{% tag label="Data" tone="loud" %}',
        '{% cover title="A" shape="round" %}',
        '{% cover title="A" motif="cats" %}',
        '{% notice tone="shout" %}x{% endnotice %}',
        '{% stat label="a" value="b" trend="up" %}',
    ],
)
def test_a_wrong_value_fails_where_it_is_drawn(source):
    with pytest.raises(TemplateSyntaxError):
        show(source)


def test_a_button_without_an_address_is_a_button():
    expected = '<button class="btn btn-go btn-medium" type="submit">Post &lt;it&gt;</button>'
    assert show('{% button label=label kind="go" %}', label="Post <it>") == expected


def test_a_button_with_an_address_is_a_link():
    shown = show('{% button label="Read" href=url %}', url="/a/?b=1&c=2")
    assert shown == '<a class="btn btn-plain btn-medium" href="/a/?b=1&amp;c=2">Read</a>'


def test_a_button_that_opens_a_dialog_sends_no_form():
    expected = '<button class="btn btn-plain btn-medium" type="button" popovertarget="sure">Delete</button>'
    assert show('{% button label="Delete" opens="sure" %}') == expected


def test_a_field_names_its_hint_and_its_error():
    shown = show("{% field field=form.email %}", form=ProfileForm.filled())
    assert 'aria-describedby="id_email_helptext id_email_error"' in shown
    assert 'id="id_email_error"' in shown
    assert 'id="id_email_helptext"' in shown
    assert 'aria-invalid="true"' in shown
    assert "Enter a valid email address." in shown


def test_a_hint_given_to_the_tag_is_read_with_the_field():
    shown = show('{% field field=form.name hint="As on your passport." %}', form=ProfileForm())
    assert 'aria-describedby="id_name_helptext"' in shown
    assert 'id="id_name_helptext">As on your passport.</p>' in shown


class Topics(forms.Form):
    topics = forms.MultipleChoiceField(
        label="Topics", widget=forms.CheckboxSelectMultiple, required=False,
        choices=[("Data", [("1", "Charts"), ("2", "SQL")]), ("Design", [("3", "Color"), ("4", "Type")])],
    )  # fmt: skip


def branches(**data):
    """Each branch of the field: its name, whether it is open, what is ticked in it."""
    shown = show("{% field field=form.topics %}", form=Topics(**data))
    found = re.findall(r'<details class="branch"( open)?><summary><span>(\w+)</span>(.*?)</details>', shown, re.DOTALL)
    return [(name, bool(is_open), re.findall(r'value="(\d)"[^>]* checked', rest)) for is_open, name, rest in found]


def test_choices_in_groups_are_folded_but_for_those_with_something_chosen_which_come_first():
    assert branches() == [("Data", False, []), ("Design", False, [])]
    assert branches(initial={"topics": ["4"]}) == [("Design", True, ["4"]), ("Data", False, [])]


class Crowds(forms.Form):
    crowds = forms.MultipleChoiceField(
        label="Who", widget=forms.CheckboxSelectMultiple, required=False,
        choices=[("all", "Everybody"), ("Courses", [(f"c{n}", f"Course {n}") for n in range(20)])],
    )  # fmt: skip


def test_choices_outside_of_groups_stand_open_before_the_groups():
    shown = show("{% field field=form.crowds %}", form=Crowds(initial={"crowds": ["all", "c7"]}))
    loose, folded = shown.split("<details", 1)
    assert re.findall(r'value="(\w+)" id="\w+"( checked)?>', loose) == [("all", " checked")]
    assert (folded.count('type="checkbox"'), folded.count(" checked")) == (20, 1)


def test_many_choices_can_be_searched_and_few_need_not_be():
    shown = [show("{% field field=field %}", field=field) for field in (Crowds()["crowds"], Topics()["topics"])]
    assert ["<choice-search>" in one for one in shown] == [True, False]
    # The box must not be sent with the form.
    assert re.findall(r"<input type=\"search\"[^>]*name=", shown[0]) == []


def test_what_was_ticked_in_a_fold_is_sent_by_its_own_name():
    shown = show("{% field field=form.topics %}", form=Topics(initial={"topics": ["4"]}))
    assert re.findall(r'<input type="checkbox" name="topics" value="(\d)" id="id_topics_(\d)_(\d)"', shown) == [
        ("3", "1", "0"), ("4", "1", "1"), ("1", "0", "0"), ("2", "0", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "amount", "currency", "written"),
    [
        ("zh-hans", 12900, "CNY", "¥129"),
        ("en", 12950, "CNY", "¥129.50"),
        ("en", 123450000, "USD", "$1,234,500"),
        ("zh-hans", 4900, "USD", "US$49"),
        ("en", 1200, "JPY", "JP¥1,200"),
        ("en", -2000, "EUR", "−€20"),
        ("en", 5, "GBP", "£0.05"),
        ("en", 4900, "CHF", "CHF\u00a049"),
    ],
)
def test_money_is_written_in_the_way_of_the_language(language, amount, currency, written):
    with translation.override(language):
        assert formats.money(amount=amount, currency=currency) == written


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(12900, "CNY", "¥129.00"), (12950, "CNY", "¥129.50"), (-322800, "CNY", "−¥3,228.00"), (0, "USD", "$0.00"), (1200, "JPY", "JP¥1,200")],
)  # fmt: skip
def test_an_amount_of_the_books_has_decimals_always(amount, currency, written):
    assert show("{{ amount|exactly_in:currency }}", amount=amount, currency=currency) == written


@pytest.mark.parametrize(
    ("amounts", "currency", "expected"),
    [([7920, 322800], "CNY", True), ([19900, -19900, 0], "CNY", False), ([-5], "USD", True), ([1250], "JPY", False), ([], "CNY", False)],
)  # fmt: skip
def test_amounts_under_each_other_are_written_alike(amounts, currency, expected):
    assert formats.need_decimals(amounts=amounts, currency=currency) is expected
    shown = [formats.money(amount=amount, currency="CNY", decimals=expected) for amount in amounts]
    assert expected is False or {amount[-3] for amount in shown} == {"."}


def test_a_price_under_others_is_written_as_they_are():
    expected = '<span class="price">¥99.00<s><span class="unseen">before: </span>¥129.00</s></span>'
    assert show('{% price amount=9900 currency="CNY" was=12900 decimals=True %}') == expected


def test_nothing_to_pay_is_called_free():
    assert show('{% price amount=0 currency="CNY" %}') == '<span class="price">Free</span>'


def test_the_price_before_is_named_for_those_who_cannot_see_the_stroke():
    expected = '<span class="price">¥99<s><span class="unseen">before: </span>¥129</s></span>'
    assert show('{% price amount=9900 currency="CNY" was=12900 %}') == expected


@pytest.mark.parametrize(
    ("span", "english"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=7), "14 Mar 2026"),
    ],
)
def test_how_long_ago(span, english):
    now = datetime(2026, 3, 21, 12, tzinfo=UTC)
    assert formats.since(now - span, now=now) == english


def test_a_moment_carries_its_instant():
    moment = timezone.now() - timedelta(hours=3, minutes=1)
    shown = show("{% ago moment=moment %}", moment=moment)
    assert f'datetime="{moment.isoformat(timespec="seconds")}"' in shown
    assert shown.endswith(">3 h ago</time></relative-time>")


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [
        ("en", 9_999, "9,999"),
        ("en", 12_840, "12.8k"),
        ("en", 120_000, "120k"),
        ("zh-hans", 12_840, "1.2 万"),
        ("zh-hans", 120_000, "12 万"),
    ],
)
def test_large_counts_take_little_room(language, number, written):
    with translation.override(language):
        assert formats.compact(number) == written


@pytest.mark.parametrize(("minutes", "written"), [(21, "21 min"), (60, "1 h"), (95, "1.5 h"), (245, "4 h")])
def test_durations_are_rounded_to_half_hours(minutes, written):
    assert formats.duration(minutes) == written


def test_positions_in_a_recording():
    assert [formats.clock(seconds) for seconds in (0, 247, 3847)] == ["0:00", "4:07", "1:04:07"]


def test_a_chart_is_a_table_first():
    shown = show(
        '{% chart caption="Sales" columns=columns rows=rows unit="¥" %}',
        columns=["Month", "Sold"],
        rows=[["March", 1240], ["April", 90]],
    )
    assert '<th scope="row">March</th><td class="num" data-value="1240">' in shown
    assert "<caption>Sales</caption>" in shown


@pytest.mark.parametrize("name", PATHS)
def test_every_icon_is_drawn(name):
    assert draw_icon(name).startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M')


def test_an_icon_with_a_label_is_an_image():
    assert 'role="img" aria-label="&quot;Hi&quot;"' in draw_icon("home", label='"Hi"')


def test_a_long_name_breaks_where_its_parts_meet_and_is_escaped_like_any_other():
    assert show("{{ name|breakable }}", name="a_<b>_c") == "a_<wbr>&lt;b&gt;_<wbr>c"


def test_a_long_run_of_chinese_may_break_between_its_words_and_a_short_one_may_not():
    shown = show("{{ name|breakable }}", name="毛利：卖得多和赚得多是两件事")
    assert shown.replace("<wbr>", "") == "毛利：卖得多和赚得多是两件事"
    assert shown.startswith("毛利：卖")
    assert ("<wbr>" in shown, "两<wbr>件事" in shown) == (True, False)
    assert show("{{ name|breakable }}", name="把话写清楚：给工程师的写作课") == "把话写清楚：给工程师的写作课"


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("先读。 <b>再</b>问。\n你已学习 8%。", "先读。<b>再</b>问。你已学习 8%。"),
        ("Read first. <b>Then</b> ask.", "Read first. <b>Then</b> ask."),
        ("读 Python 的 <i>书</i>", "读 Python 的 <i>书</i>"),
    ],
)
def test_sentences_are_parted_as_their_language_does(source, drawn):
    assert show("{% sentences %}" + source + "{% endsentences %}") == drawn
