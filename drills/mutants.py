"""
Breaks the house one line at a time, in copies of this tree, and looks whether the tests of that room notice.

The unbroken copy must be green first. Every fault must be noticed: one that is not means that a test is missing.
"""

import argparse
import queue
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from community.launch.ground import Refused
from community.launch.supervisor import Supervisor
from drills.breaking.copies import Copy, Lost
from drills.breaking.mutations import MUTATIONS

STANDS_ALONE = True
AT_A_TIME = 2


def main() -> int:
    """Play the faults named, or all, print a table and the sum; 1 unless every one was noticed."""
    parser = argparse.ArgumentParser(prog="./run drills mutants")
    parser.add_argument("--only", action="append", metavar="NAME", help="one fault, or several by several options")
    parser.add_argument("--share", type=_share, metavar="N/M", default=(1, 1), help="the nth of m equal parts of them")
    options = parser.parse_args()
    nth, parts = options.share
    chosen = [one for one in MUTATIONS if not options.only or one.name in options.only][nth - 1 :: parts]
    if not chosen:
        sys.exit(f"There is no such fault. There are: {', '.join(one.name for one in MUTATIONS)}")
    folder = Path(tempfile.mkdtemp(prefix="lyceum-mutants-"))
    # A database server of a root-owned start must be able to walk there.
    folder.chmod(0o711)
    try:
        return _verdict(_play(chosen, folder), faults=len(chosen))
    except (Refused, Lost) as refused:
        print(refused)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _share(text):
    """``2/4`` as two numbers, the first within the second."""
    nth, _, parts = text.partition("/")
    if not 1 <= int(nth) <= int(parts):
        raise ValueError(text)
    return int(nth), int(parts)


def _play(chosen, folder):
    copies = [Copy(folder / f"copy{nth}") for nth in range(min(AT_A_TIME, len(chosen)))]
    supervisors = []
    try:
        for copy in copies:
            copy.require(chosen)
            supervisors.append(Supervisor(copy.folder / "var"))
            copy.start(supervisors[-1])
        _control(copies, sorted({path for one in chosen for path in one.tests.split()}))
        return _in_parallel(copies, chosen)
    finally:
        for supervisor in supervisors:
            supervisor.stop()


def _control(copies, tests):
    """Every copy, unbroken, passes what will be asked of it: else a red test would say nothing."""
    began = time.monotonic()
    shares = [tests[nth :: len(copies)] for nth in range(len(copies))]
    codes = _each(
        list(zip(copies, shares, strict=True)), lambda copy, share: copy.test(share, seconds=900) if share else (0, "")
    )
    for copy, (code, said) in zip(copies, codes, strict=True):
        if code:
            raise Lost(f"{copy.last_words}\nThe unbroken copy is not green (exit code {code}): {said}")
    print(
        f"control: {len(tests)} files and folders of tests green without a fault ({time.monotonic() - began:.0f} s)",
        flush=True,
    )


def _in_parallel(copies, chosen):
    waiting = queue.SimpleQueue()
    for one in chosen:
        waiting.put(one)
    noticed = {}

    def work(copy, _):
        while not waiting.empty():
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            began = time.monotonic()
            noticed[one.name], said = copy.notices(one)
            verdict = "noticed" if noticed[one.name] else "NOT NOTICED"
            print(f"{one.name:<44} {verdict:<12} {time.monotonic() - began:4.0f} s  {said}", flush=True)

    _each([(copy, None) for copy in copies], work)
    return noticed


def _each(pairs, work):
    results, faults = [None] * len(pairs), []

    def run(nth, first, second):
        try:
            results[nth] = work(first, second)
        except BaseException as fault:  # noqa: BLE001 - raised again below, in the thread that waits
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(nth, *pair)) for nth, pair in enumerate(pairs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return results


def _verdict(noticed, *, faults):
    print(f"\n{faults} broken, {sum(noticed.values())} noticed")
    return 0 if len(noticed) == faults and all(noticed.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
