"""Two merges of the same pair at once."""

import threading

from django.db import connection

from topics import operations
from topics.models import Topic
from topics.operations import load_tree
from topics.rules import CannotMerge

PAIR = [{"slug": "charts", "zh": "图表", "en": "Charts"}, {"slug": "graphs", "zh": "图", "en": "Graphs"}]


def test_two_merges_against_each_other_wait(own_database):
    """Both name the same pair; one wins, the other is told so, and neither deadlocks."""
    load_tree(topics=PAIR)
    charts, graphs = Topic.objects.get(slug="charts"), Topic.objects.get(slug="graphs")
    barrier, outcomes = threading.Barrier(2), []

    def run(topic, into):
        try:
            barrier.wait(timeout=20)
            operations.merge(topic=topic, into=into, by=7)
            outcomes.append("merged")
        except CannotMerge:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((charts, graphs), (graphs, charts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["merged", "refused"]
