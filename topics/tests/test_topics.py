"""The tree: loaded, read in two languages, suggested from text, merged without losing a reference."""

import copy

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils import translation

from core.audit.models import AuditEntry
from core.events.testing import published
from topics import merging, queries
from topics.admin import TopicAdmin
from topics.events import TopicMerged
from topics.forms import TopicForm
from topics.models import Topic
from topics.operations import Loaded, load_tree, merge
from topics.rules import CannotMerge, TreeError

TREE = [
    {
        "slug": "data",
        "zh": "数据",
        "en": "Data",
        "synonyms": ["数据分析", "analytics"],
        "children": [
            {"slug": "charts", "zh": "图表", "en": "Charts", "synonyms": ["可视化", "dashboard"]},
            {"slug": "python-data", "zh": "用 Python 处理数据", "en": "Python for data", "synonyms": ["pandas", "csv"]},
        ],
    },
    {"slug": "business", "zh": "经营", "en": "Small business", "synonyms": ["小店"], "children": [
        {"slug": "bookkeeping", "zh": "记账与对账", "en": "Bookkeeping", "synonyms": ["对账", "ledger"]},
    ]},
]  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    load_tree(topics=TREE)
    return {topic.slug: topic for topic in Topic.objects.all()}


def slugs(branches):
    return [(branch.topic.slug, [child.slug for child in branch.children]) for branch in branches]


WHOLE = [("data", ["charts", "python-data"]), ("business", ["bookkeeping"])]


class TestLoading:
    def test_keeps_the_order_of_the_list(self):
        assert load_tree(topics=TREE) == Loaded(["data", "charts", "python-data", "business", "bookkeeping"], [], [])
        assert slugs(queries.tree()) == WHOLE

    def test_again_changes_nothing(self, tree, django_assert_num_queries):
        # The savepoint, the topics, its release.
        with django_assert_num_queries(3):
            loaded = load_tree(topics=TREE)
        assert (loaded.created, loaded.changed, len(loaded.unchanged)) == ([], [], 5)

    def test_changes_what_differs_and_leaves_the_rest(self, tree):
        changed = copy.deepcopy(TREE)
        changed[0]["children"][0]["zh"] = "画图"
        changed[1]["children"].append(changed[0]["children"].pop())
        loaded = load_tree(topics=changed[:1]), load_tree(topics=changed)
        assert [part.changed for part in loaded] == [["charts"], ["python-data"]]
        assert slugs(queries.tree()) == [("data", ["charts"]), ("business", ["bookkeeping", "python-data"])]

    @pytest.mark.parametrize(
        ("topics", "sentence"),
        [
            ([{"slug": "a", "zh": "甲"}], "a needs a name"),
            ([{"slug": "A b", "zh": "甲", "en": "A"}], "a topic has the slug 'A b'"),
            ([{"zh": "甲", "en": "A"}], "a topic has the slug None"),
            ([{"slug": "a", "zh": "甲", "en": "A", "synonims": []}], "a has synonims, which nobody reads"),
            ([{"slug": "a", "zh": "甲", "en": "A"}] * 2, "a is there twice"),
            (
                [{"slug": "a", "zh": "甲", "en": "A", "children": [
                    {"slug": "b", "zh": "乙", "en": "B", "children": [{"slug": "c", "zh": "丙", "en": "C"}]}
                ]}],
                "b is under a and has topics under it",
            ),
        ],
    )  # fmt: skip
    def test_a_wrong_list_is_refused_with_its_place(self, topics, sentence):
        with pytest.raises(TreeError, match=sentence):
            load_tree(topics=[{"slug": "fine", "zh": "好", "en": "Fine"}, *topics])
        assert Topic.objects.count() == 0

    def test_synonyms_are_tidied(self):
        load_tree(
            topics=[
                {
                    "slug": "a",
                    "zh": "甲",
                    "en": "A",
                    "synonyms": [" Excel ", "excel", "ＥＸＣＥＬ", "", "Google  Sheets"],
                }
            ]
        )
        assert Topic.objects.get().synonyms == ["Excel", "Google Sheets"]


class TestReading:
    def test_the_tree_costs_one_query(self, tree, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert slugs(queries.tree()) == WHOLE

    def test_a_name_follows_the_language(self, tree):
        with translation.override("zh-hans"):
            assert str(tree["charts"]) == "图表"
        with translation.override("en"):
            assert str(tree["charts"]) == "Charts"

    def test_a_list_about_a_topic_shows_what_is_below_it(self, tree):
        below = queries.with_those_below(tree["data"])
        assert below == [tree[slug].pk for slug in ("data", "charts", "python-data")]
        assert queries.with_those_below(tree["charts"]) == [tree["charts"].pk]

    @pytest.mark.parametrize("under", ["charts", None])
    def test_postgres_refuses_a_third_level(self, tree, under):
        wrong = Topic(slug="x", name_zh="x", name_en="x", parent=tree[under]) if under else tree["data"]
        wrong.parent = wrong.parent or tree["business"]
        with pytest.raises(IntegrityError, match="two levels"), transaction.atomic():
            wrong.save()


class TestSuggesting:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("怎么用pandas读很大的csv文件？", [("python-data", ("pandas", "csv"))]),
            ("月底对账总是差三分钱", [("bookkeeping", ("对账",))]),
            ("Two DASHBOARDS and a ledger", [("bookkeeping", ("ledger",)), ("charts", ("dashboard",))]),
            ("ｐａｎｄａｓ", [("python-data", ("pandas",))]),
            ("metadata chartered ledgers2", []),
            ("", []),
        ],
    )
    def test_finds_topics_by_their_words(self, tree, text, expected):
        assert [(each.topic.slug, each.because) for each in queries.suggest(text=text)] == expected

    def test_says_it_again_and_again_counts_more_up_to_a_bound(self, tree):
        once, twice, ever = (queries.suggest(text="ledger " * times)[0].score for times in (1, 2, 500))
        assert (once, twice, ever) == (2.0, 3.0, 5.0)

    def test_the_narrower_one_comes_first_on_a_tie_and_the_limit_holds(self, tree):
        found = queries.suggest(text="analytics dashboard csv ledger", limit=3)
        assert [each.topic.slug for each in found] == ["bookkeeping", "charts", "python-data"]

    def test_costs_one_query_and_little_time(self, tree, django_assert_num_queries):
        import time

        tries = []
        for _ in range(3):
            started = time.thread_time()
            with django_assert_num_queries(1):
                queries.suggest(text="ledge" * 200_000)
            tries.append(time.thread_time() - started)
        assert min(tries) < 1

    def test_a_merged_topic_is_not_suggested_and_its_words_live_on(self, tree):
        merge(topic=tree["charts"], into=tree["python-data"], by=None)
        assert [each.topic.slug for each in queries.suggest(text="一个可视化图表")] == ["python-data"]


class TestCalled:
    def test_by_slug_name_or_synonym_whatever_the_case(self, tree):
        found = queries.called(["python-data", "Python for data", "PANDAS", "数据清洗", "nothing"])
        assert {word: topic.slug for word, topic in found.items()} == dict.fromkeys(
            ["python-data", "Python for data", "PANDAS"], "python-data"
        )


class TestMerging:
    @pytest.fixture(autouse=True)
    def _own_moves(self, monkeypatch):
        monkeypatch.setattr(merging, "_moves", dict(merging._moves))

    def test_leads_the_old_address_and_id_to_the_new_topic(self, tree):
        merge(topic=tree["charts"], into=tree["python-data"], by=7)
        into = Topic.objects.get(slug="python-data")
        assert queries.by_slug("charts") == into
        assert queries.by_slugs(["charts", "data", "nothing"]) == {"charts": into, "data": tree["data"]}
        assert queries.called(["Charts", "data"]) == {"Charts": into, "data": tree["data"]}
        assert queries.today([tree["charts"].pk, tree["data"].pk]) == {
            tree["charts"].pk: into.pk,
            tree["data"].pk: tree["data"].pk,
        }
        assert into.synonyms == ["pandas", "csv", "图表", "Charts", "可视化", "dashboard"]
        assert slugs(queries.tree()) == [("data", ["python-data"]), ("business", ["bookkeeping"])]
        assert queries.by_slug("nothing") is None

    def test_is_recorded_and_published(self, tree):
        merge(topic=tree["charts"], into=tree["python-data"], by=7)
        [fact] = published(TopicMerged)
        assert (fact.topic_id, fact.into_id, fact.actor_id) == (tree["charts"].pk, tree["python-data"].pk, 7)
        assert list(AuditEntry.objects.values_list("actor_id", "act", "subject")) == [
            (7, "topics.merge", f"topic:{tree['charts'].pk}")
        ]

    def test_takes_along_what_stands_below_and_what_was_merged_before(self, tree):
        merge(topic=tree["charts"], into=tree["data"], by=7)
        merge(topic=tree["data"], into=tree["business"], by=7)
        assert slugs(queries.tree()) == [("business", ["bookkeeping", "python-data"])]
        assert queries.by_slug("charts").slug == "business"

    @pytest.mark.parametrize(("source", "target"), [("charts", "charts"), ("data", "bookkeeping"), ("data", "charts")])
    def test_is_refused_where_the_tree_would_break(self, tree, source, target):
        with pytest.raises(CannotMerge):
            merge(topic=tree[source], into=tree[target], by=7)

    def test_is_refused_a_second_time(self, tree):
        merge(topic=tree["charts"], into=tree["data"], by=7)
        with pytest.raises(CannotMerge, match="merged already"):
            merge(topic=tree["charts"], into=tree["business"], by=7)
        with pytest.raises(CannotMerge, match="merged already"):
            merge(topic=tree["business"], into=tree["charts"], by=7)
        with pytest.raises(TreeError, match="charts was merged into Data"):
            load_tree(topics=TREE)

    def test_every_reference_to_topics_is_registered(self):
        assert merging.unregistered() == []

    def test_is_refused_while_a_reference_would_be_left_behind(self, tree):
        key = next(iter(merging._moves))
        del merging._moves[key]
        with pytest.raises(CannotMerge, match=f"{key[0]._meta.label}.{key[1]}"):
            merge(topic=tree["charts"], into=tree["data"], by=7)

    def test_moves_references_and_drops_what_would_be_there_twice(self, tree):
        """On a table of its own, so that this room's test leans on no room above it."""

        class Tagging(models.Model):
            thing = models.IntegerField()
            topic = models.ForeignKey(Topic, models.CASCADE, db_constraint=False, related_name="+")

            class Meta:
                app_label = "topics"
                db_table = "tests_tagging"

        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "CREATE TEMPORARY TABLE tests_tagging (id serial PRIMARY KEY, thing int, topic_id bigint, UNIQUE (thing, topic_id)) ON COMMIT DROP"
                )
            charts, data = tree["charts"], tree["data"]
            for thing, topic in ((1, charts), (2, charts), (2, data), (3, data)):
                Tagging.objects.create(thing=thing, topic=topic)
            merging.moves(Tagging, unique_with=["thing"])
            merge(topic=charts, into=data, by=7)
            assert list(Tagging.objects.order_by("thing").values_list("thing", "topic")) == [
                (n, data.pk) for n in (1, 2, 3)
            ]
        finally:
            from django.apps import apps

            del apps.all_models["topics"]["tagging"]
            apps.clear_cache()


class TestDesk:
    @pytest.fixture
    def eli(self, client):
        from django.contrib.auth import get_user_model

        eli = get_user_model().objects.create_superuser("eli@example.test", "p" * 12, username="eli", name="Eli")
        client.force_login(eli)
        return eli

    def form(self, topic, **changed):
        given = {
            "slug": topic.slug,
            "name_zh": topic.name_zh,
            "name_en": topic.name_en,
            "parent": topic.parent_id or "",
            "place": 0,
        }
        return TopicForm({**given, "synonyms": "\n".join(topic.synonyms), **changed}, instance=topic)

    def test_synonyms_are_typed_one_on_each_line(self, tree):
        form = self.form(tree["charts"], synonyms="可视化\n\n  Plots \nplots")
        assert form.is_valid(), form.errors
        assert (form.save().synonyms, form.changed_data) == (["可视化", "Plots"], ["synonyms"])
        assert self.form(tree["charts"]).changed_data == []

    def test_a_third_level_is_refused_with_a_sentence(self, tree):
        form = self.form(tree["data"], parent=tree["business"].pk)
        assert form.errors == {"parent": ["There are topics under it, so it stays on the first level."]}
        with pytest.raises(ValidationError):
            form.fields["parent"].clean(tree["charts"].pk)

    def test_chosen_topics_are_merged_all_or_none(self, tree, rf, eli, monkeypatch):
        said = []
        page = TopicAdmin(Topic, admin.site)
        monkeypatch.setattr(page, "message_user", lambda request, text, *level: said.append(str(text)))
        chosen = Topic.objects.filter(slug__in=["charts", "data"])
        for into in ("", tree["python-data"].pk, tree["business"].pk):
            request = rf.post("/", {"into": into})
            request.user = eli
            page.merge(request, chosen)
        assert said == [
            "Choose the topic that they become part of.",
            "There are topics under it, so it can only become part of a topic of the first level.",
            "2 topics are now part of Small business.",
        ]
        assert slugs(queries.tree()) == [("business", ["bookkeeping", "python-data"])]

    @pytest.mark.urls("topics.tests.urls")
    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", ["Merge into another topic", "Name (Chinese)"]), ("zh-hans", ["合并到另一个主题", "名称（中文）"])],
    )
    def test_pages_are_shown_in_both_languages(self, tree, client, eli, language, words):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        type(eli).objects.filter(pk=eli.pk).update(language=language)
        page = client.get(reverse("admin:topics_topic_changelist"), follow=True)
        assert page.status_code == 200
        assert [word for word in words if word not in page.content.decode()] == []

    def test_a_short_name_that_a_signpost_bears_is_taken(self, tree):
        merge(topic=tree["charts"], into=tree["data"], by=7)
        assert self.form(Topic(slug="charts", name_zh="画", name_en="Drawing")).errors.keys() == {"slug"}
