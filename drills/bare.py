"""
Starts the site as strangers would, in copies of this tree in a temporary folder, and reports case by case.

Each case ends in success, or in one clear line with an exit code that is not zero and nothing half made.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from drills.starting.cases import CASES, CouldNotRun, Failed
from drills.starting.places import Place

STANDS_ALONE = True


def main() -> int:
    """Run the cases named, or all, and print a line for each; 1 unless every one has passed."""
    parser = argparse.ArgumentParser(prog="./run drills bare")
    parser.add_argument("--only", action="append", choices=[case.__name__ for case in CASES])
    options = parser.parse_args()
    chosen = [case for case in CASES if not options.only or case.__name__ in options.only]
    began = time.monotonic()
    # Not below a folder of somebody's own: an ordinary user must be able to walk there.
    with tempfile.TemporaryDirectory(prefix="lyceum-bare-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        passed = [_play(case, Place(Path(folder))) for case in chosen]
    print(f"\n{len(passed)} cases, {sum(passed)} passed, in {(time.monotonic() - began) / 60:.1f} min")
    return 0 if all(passed) else 1


def _play(case, place):
    started = time.monotonic()
    name = case.__name__.replace("_", " ")
    try:
        said = case(place)
        verdict = "passed"
    except Failed as failed:
        said, verdict = str(failed), "FAILED"
    except CouldNotRun as reason:
        said, verdict = str(reason), "NOT RUN, which counts as failed"
    finally:
        place.clear()
    print(f"{name:<28} {verdict} ({time.monotonic() - started:.0f} s): {said}", flush=True)
    return verdict == "passed"


if __name__ == "__main__":
    sys.exit(main())
