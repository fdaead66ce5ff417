import ast
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import sandbox
from sandbox.environment import Refused, Settings
from sandbox.tests.playing import ENVIRONMENT, Client, free_port

ROOM = Path(sandbox.__file__).parent


@contextmanager
def process(folder, *, environment=ENVIRONMENT, port=None):
    port = port or free_port()
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(folder),
        "--slow",
        "1",
        "--retry",
        "0.1",
    ]
    started = subprocess.Popen(
        command, cwd=ROOM.parent, env=bare() | environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield started, port
    finally:
        started.kill()
        started.communicate()


def bare():
    return {name: value for name, value in os.environ.items() if not name.startswith(("LYCEUM_", "SANDBOX_"))}


def until_it_listens(started, port):
    assert started.stdout.readline() == f"sandbox: listening on http://127.0.0.1:{port}\n"


def test_what_was_acknowledged_and_what_was_due_survive_a_kill(tmp_path, shop):
    with process(tmp_path) as (started, port):
        until_it_listens(started, port)
        client = Client(port, shop)
        waiting, paid = client.create(), client.create()
        client.choose(paid, "slow")
        taken = client.fetch(paid)
        started.send_signal(signal.SIGKILL)
        started.wait()
    assert shop.notices == []
    with process(tmp_path, port=port) as (started, port):
        until_it_listens(started, port)
        assert (client.fetch(waiting), client.fetch(paid)) == (waiting, taken)
        again = client.api("POST", "/v1/payments", client.order(), key="create-0001")
        assert (again.json, again.headers["Idempotent-Replayed"]) == (waiting, "true")
        (notice,) = shop.heard(1)
        assert (notice.event["type"], notice.event["payment"]["id"]) == ("payment.paid", paid["id"])
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=5) == 0


def test_a_planned_chargeback_survives_a_restart(open_sandbox, shop):
    with open_sandbox(dispute_after=0.6) as client:
        payment = client.create()
        client.choose(payment, "chargeback")
        shop.heard(1)
    with open_sandbox():
        assert [notice.event["type"] for notice in shop.heard(2)] == ["payment.paid", "payment.disputed"]


@pytest.mark.parametrize("named", ["production", "Demo", "", None])
def test_it_refuses_to_start_outside_a_playground(tmp_path, named):
    others = {name: value for name, value in ENVIRONMENT.items() if name != "LYCEUM_ENVIRONMENT"}
    environment = others | ({} if named is None else {"LYCEUM_ENVIRONMENT": named})
    with process(tmp_path / "state", environment=environment) as (started, _):
        output, error = started.communicate(timeout=10)
    assert (started.returncode, output) == (2, "")
    assert (
        error == f"sandbox: LYCEUM_ENVIRONMENT is {named or ''!r}; the sandbox runs only in: demo, development, test.\n"
    )
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("named", ["demo", "test", "development"])
def test_it_is_content_with_every_playground(named):
    Settings.from_environment(ENVIRONMENT | {"LYCEUM_ENVIRONMENT": named}, public_url="http://127.0.0.1:8010")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_SECRET_KEY", ""),
        ("SANDBOX_SECRET_KEY", "sk_live_0123456789abcdef"),
        ("SANDBOX_SECRET_KEY", "sk_sandbox_short"),
        ("SANDBOX_WEBHOOK_SECRET", ""),
        ("SANDBOX_WEBHOOK_SECRET", "whsec_0123456789abcdef"),
        ("SANDBOX_STRIPE_WEBHOOK_SECRET", "whsec_0123456789abcdef"),
    ],
)
def test_it_refuses_keys_that_are_absent_or_not_its_own(name, value):
    with pytest.raises(Refused, match=name):
        Settings.from_environment(ENVIRONMENT | {name: value}, public_url="http://127.0.0.1:8010")


def test_secrets_do_not_show_in_what_is_printed():
    shown = repr(Settings.from_environment(ENVIRONMENT, public_url="http://127.0.0.1:8010"))
    assert [value for name, value in ENVIRONMENT.items() if "SECRET" in name and value in shown] == []


def test_a_folder_is_held_by_one_process(tmp_path):
    with process(tmp_path) as (started, port):
        until_it_listens(started, port)
        with process(tmp_path) as (second, _):
            _, error = second.communicate(timeout=10)
    assert second.returncode == 2
    assert error == f"sandbox: {tmp_path} is in use by another sandbox.\n"


def test_a_port_in_use_is_refused(tmp_path):
    with process(tmp_path / "a") as (started, port):
        until_it_listens(started, port)
        with process(tmp_path / "b", port=port) as (second, _):
            _, error = second.communicate(timeout=10)
    assert second.returncode == 2
    assert "Address already in use" in error


def test_the_room_imports_itself_the_standard_library_and_one_package_in_one_place():
    allowed = sys.stdlib_module_names | {"sandbox"}
    files = [path for path in ROOM.rglob("*.py") if "tests" not in path.parts]
    strangers = {(path.name, name) for path in files for name in imported(path) if name not in allowed}
    assert len(files) >= 20
    assert strangers == {("ciphers.py", "cryptography")}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module.split(".")[0]
