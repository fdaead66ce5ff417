"""
Races, random machines and forgeries in full: as many rounds as are promised, where the checks play a few of each.

Takes about an hour on two cores. What fails once in many rounds is the fault that these tests look for: nothing is tried again.
"""

import argparse
import sys
import time

from community.launch import environment
from community.launch.workshop import call

MARKS = ("race", "stateful", "forgery")
LONGEST_TEST_SECONDS = 4 * 3600


def main() -> int:
    """Play the marks named, or all three, in full; pytest's exit code is the verdict."""
    parser = argparse.ArgumentParser(prog="./run drills rounds")
    parser.add_argument("--only", action="append", choices=MARKS)
    options = parser.parse_args()
    chosen = " or ".join(options.only or MARKS)
    began = time.monotonic()
    command = [str(environment.PYTHON), "-m", "pytest", "-n", "2", "-m", chosen, "--durations=15"]
    code = call(command, env={"LYCEUM_ROUNDS": "full", "LYCEUM_LONGEST_TEST": str(LONGEST_TEST_SECONDS)})
    print(f"\n{chosen}, in full: {'passed' if code == 0 else 'FAILED'} in {(time.monotonic() - began) / 60:.0f} min")
    return code


if __name__ == "__main__":
    sys.exit(main())
