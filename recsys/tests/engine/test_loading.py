import numpy as np
import pytest

from recsys.engine import BadInput, loading, synthetic
from recsys.engine.dataset import Dataset


def written(tmp_path, text):
    path = tmp_path / "interactions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_in_any_order_and_two_kinds_of_time(tmp_path):
    path = written(tmp_path, "item,weight,user,timestamp\n苹果,2,ada,1970-01-01T00:01:00\nb,0.5,ben,30\nb,1,ada,90.5\n")
    found = loading.read_csv(path)
    assert found.user_ids == ("ada", "ben")
    assert found.item_ids == ("苹果", "b")
    assert found.times.tolist() == [60.0, 90.5, 30.0]
    assert found.weights.tolist() == [2.0, 1.0, 0.5]


def test_without_weights_each_line_counts_one(tmp_path):
    found = loading.read_csv(written(tmp_path, "user,item,timestamp\n1,2,3\n1,2,5\n"))
    assert (found.weights.tolist(), found.times.tolist()) == ([2.0], [5.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing: user, item, timestamp"),
        ("user,item\n1,2\n", "missing: timestamp"),
        ("user,item,timestamp\n", "no interactions"),
        ("user,item,timestamp\n1,,3\n", "line 2: user and item must not be empty"),
        ("user,item,timestamp\n1,2,3\n1,2,soon\n", "line 3: the timestamp 'soon'"),
        ("user,item,timestamp\n1,2,nan\n", "line 2: the timestamp 'nan'"),
        ("user,item,timestamp\n1,2\n", "line 2: 2 values instead of 3"),
        ("user,item,timestamp,weight\n1,2,3,nan\n", "line 2: the weight 'nan'"),
        ("user,item,timestamp,weight\n1,2,3,-1\n", "line 2: the weight '-1'"),
        ("user,item,timestamp,weight\n1,2,3,much\n", "line 2: the weight 'much'"),
    ],
)
def test_what_cannot_be_read_is_refused_by_line(tmp_path, text, message):
    with pytest.raises(BadInput, match=message):
        loading.read_csv(written(tmp_path, text))


def lines(dataset, spoil=None):
    ages = dataset.ages()
    for number in range(len(dataset)):
        item = dataset.items[number] if spoil is None else spoil(dataset.items[number], ages[number])
        yield f"{dataset.users[number]},{item},{dataset.times[number]}"


def test_a_healthy_file_passes_the_check_of_positions(tmp_path, world):
    path = written(tmp_path, "user,item,timestamp\n" + "\n".join(lines(world.dataset)))
    assert len(loading.read_csv(path)) == len(world.dataset)


@pytest.mark.parametrize(
    ("spoil", "measure"),
    [
        (lambda item, age: f"other-{item}" if age == 1 else item, "0% of its items occur elsewhere"),
        (lambda item, age: int(np.random.default_rng(int(item)).integers(80)) if age == 0 else item, "percentile"),
    ],
)
def test_a_position_numbered_by_another_table_is_refused(tmp_path, world, spoil, measure):
    path = written(tmp_path, "user,item,timestamp\n" + "\n".join(lines(world.dataset, spoil)))
    with pytest.raises(BadInput, match=rf"position \d counted from the newest looks corrupt.*{measure}"):
        loading.read_csv(path)
    assert len(loading.read_csv(path, check=False)) > 1000


def changed(dataset, **columns):
    parts = {"users": dataset.users, "items": dataset.items, "times": dataset.times} | columns
    return Dataset.of(**parts, member_count=dataset.shape[0], item_count=dataset.shape[1])


def shuffled_among_members(dataset, position):
    """The items at one position dealt out anew among all members: as popular as before, and nobody's own."""
    items, here = dataset.items.copy(), dataset.ages() == position
    items[here] = np.random.default_rng(4).permutation(items[here])
    return changed(dataset, items=items)


@pytest.fixture(scope="module")
def large():
    return synthetic.world(members=1500, items=150, interactions=30_000, topics=8, seed=11).dataset


@pytest.mark.parametrize("position", [0, 2])
def test_a_position_that_was_dealt_out_anew_among_the_members_is_refused(large, position):
    loading.check_positions(large)
    with pytest.raises(
        BadInput, match=rf"position {position} counted .* suit the rest of their histories in (49|5\d)%"
    ):
        loading.check_positions(shuffled_among_members(large, position))


def test_where_all_items_are_equally_popular_nothing_is_made_of_it():
    lots = np.random.default_rng(8)
    users, items = np.divmod(np.arange(600 * 40), 40)
    kept = lots.random(len(users)) < 0.3
    found = Dataset.of(users=users[kept], items=items[kept], times=lots.random(int(kept.sum())))
    loading.check_positions(found)


def test_times_that_were_shuffled_are_told(large):
    lots = np.random.default_rng(9)
    loading.check_order(large)
    for times in (lots.permutation(large.times), lots.random(len(large)) + large.users):
        with pytest.raises(BadInput, match="was the column shuffled"):
            loading.check_order(changed(large, times=times))


SMALL = [(1_000, 300, 13_000, 12), (800, 400, 13_000, 20), (2_000, 600, 13_000, 12), (300, 100, 5_000, 8)]


@pytest.mark.parametrize(("members", "items", "interactions", "topics"), SMALL)
def test_a_small_file_in_order_is_taken_and_shuffled_it_is_told(members, items, interactions, topics):
    lots = np.random.default_rng(9)
    for seed in range(4):
        small = synthetic.world(
            members=members, items=items, interactions=interactions, topics=topics, seed=seed
        ).dataset
        loading.check_order(small)
        with pytest.raises(BadInput, match="was the column shuffled"):
            loading.check_order(changed(small, times=lots.permutation(small.times)))


def test_of_few_entries_a_lot_is_not_told(world):
    few = world.dataset.chosen(world.dataset.users < 60)
    loading.check_order(changed(few, times=np.random.default_rng(1).permutation(few.times)))


@pytest.mark.parametrize(
    ("times", "column"),
    [
        (lambda user, item: 7, "user"),
        (lambda user, item: user, "user"),
        (lambda user, item: item, "item"),
        (lambda user, item: 1_000 * item + 3, "item"),
    ],
)
def test_times_that_put_nothing_in_order_are_told(tmp_path, world, times, column):
    rows = [f"{u},{i},{times(int(u), int(i))}" for u, i in zip(world.dataset.users, world.dataset.items, strict=True)]
    found = loading.read_csv(written(tmp_path, "user,item,timestamp\n" + "\n".join(rows)), check=False)
    with pytest.raises(BadInput, match=f"follow from the {column} and put nothing in order"):
        loading.check_order(found)


def test_times_that_order_most_histories_are_taken(world):
    loading.check_order(world.dataset)
