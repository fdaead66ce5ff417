"""What runs, what is fetched, and how rooms hear of each other."""

import ast

from .trees import CodeRule, from_outside, imported


def signals(found):
    """Signals between our apps are calls that nobody sees."""
    for node in found:
        about = {name.split(".")[-1] for name in imported(node)} | {
            name for name in imported(node) if "signals" in name
        }
        brought = "receiver" in about or any("signals" in name for name in about)
        if brought or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Signal")):
            yield node


def run_text(found):
    for node in found:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
            yield node


def pickled(found):
    yield from (node for node in found if from_outside(node, "pickle", "cPickle", "dill", "shelve", "marshal"))


def shells(found):
    for node in found:
        if isinstance(node, ast.Call):
            asks = any(keyword.arg == "shell" and not _is_false(keyword.value) for keyword in node.keywords)
            if asks or ast.unparse(node.func) in {"os.system", "os.popen", "subprocess.getoutput"}:
                yield node


def _is_false(node):
    return isinstance(node, ast.Constant) and node.value is False


def fetches(found):
    """Outgoing requests go through core.web.fetcher, and to providers of payments through their one wire."""
    for node in found:
        outside = from_outside(node, "requests", "httpx", "aiohttp", "urllib3")
        if outside or any(name in {"urllib.request", "http.client"} for name in imported(node)):
            yield node


RULES = [
    CodeRule(
        name="signals",
        judge=signals,
        hint="[Ss]ignal|receiver",
        allowed={
            "accounts/handlers.py": "translates the signals of allauth and of log-out into facts, once",
            "core/web/working.py": "Celery tells in no other way that a task begins",
        },
        caught=[
            "from django.db.models.signals import post_save",
            "from django.dispatch import receiver",
            "from django.db.models import signals",
            "done = django.dispatch.Signal()",
        ],
        let_be=[
            "from core import events",
            "from .handlers import told",
        ],
    ),
    CodeRule(
        name="text that runs",
        judge=run_text,
        hint="\\b(eval|exec)\\b",
        caught=[
            "eval(text)",
            "exec(text)",
        ],
        let_be=[
            "broker.eval(script, 1)",
            "evaluate(text)",
        ],
    ),
    CodeRule(
        name="pickle",
        judge=pickled,
        hint="pickle|dill|shelve|marshal",
        caught=[
            "import pickle",
            "from pickle import loads",
            "import marshal",
        ],
        let_be=[
            "import json",
            "from .pickle import x",
        ],
    ),
    CodeRule(
        name="shells",
        judge=shells,
        hint="shell\\s*=|\\bos\\b|getoutput",
        caught=[
            "subprocess.run(line, shell=True)",
            "run(line, shell=wanted)",
            "os.system(line)",
        ],
        let_be=[
            "subprocess.run([line])",
            "subprocess.run([line], shell=False)",
        ],
    ),
    CodeRule(
        name="unguarded fetches",
        judge=fetches,
        hint="requests|httpx|aiohttp|urllib3|urllib\\.request|urllib import|http\\.client",
        allowed={
            "community/launch/site.py": "asks the site's own health on loopback, with the standard library alone",
            "community/screens/place.py": "asks the demo site that it started itself, on loopback",
            "core/web/fetcher.py": "the guarded fetcher",
            "payments/providers/wire.py": "the one wire to providers: addresses from settings, on an exact list",
            "sandbox/couriers.py": "another process, which imports nothing of the house, calls the shop that it was started for",
        },
        caught=[
            "import requests",
            "import httpx",
            "from httpx import Client",
            "import urllib.request",
            "from urllib import request",
        ],
        let_be=[
            "from urllib.parse import quote",
            "from core.web import fetcher",
            "from . import requests",
        ],
    ),
]
