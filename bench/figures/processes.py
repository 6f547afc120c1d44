"""What work costs in a process of its own, where nothing of an earlier one is kept in memory."""

import gc
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable

# Runs one command and prints its wall time and peak memory, measured from outside it.
MEASURED = """
import resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code)
"""


def measure(*command: str) -> tuple[float, float]:
    """The seconds that a feedsvc command takes, and its peak memory in MB."""
    result = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=True)
    seconds, peak_kb, code = result.stdout.split()
    if code not in ("0", "1"):
        sys.exit(f"{' '.join(command)} ended with {code}")
    return float(seconds), float(peak_kb) / 1024


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time of a piece of work in a fork of this process, so that what it caches is gone with it."""
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()
    process = context.Process(target=lambda: told.put(_timed(work)))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit("what was to be measured failed")
    return told.get()


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    gc.freeze()  # or looking for cycles would go through all that this process was forked with
    started = time.process_time()
    work()
    return time.process_time() - started
