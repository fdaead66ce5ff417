import subprocess
import sys


def test_the_engine_needs_neither_django_nor_celery_nor_channels():
    program = (
        "import sys, recsys.engine, recsys.engine.artifacts, recsys.engine.loading, recsys.engine.reasons;"
        "import recsys.engine.synthetic;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'django', 'celery', 'channels'}))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
