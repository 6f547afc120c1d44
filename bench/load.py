"""Seconds, pages a second and peak memory for a first load of scraped text pages, and for a second, unchanged run.

usage: python bench/load.py [FOLDER]     FOLDER holds .txt pages; without one, 4,500 pages are made up
"""

import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

PAGES = 4500
WORDS = "harbour tram flood strike council rovers pier school river vote siren match line bridge gauge ward".split()
# Runs one command and prints its wall time and peak memory, measured from outside it.
MEASURED = """
import resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else invent(Path(scratch, "pages"))
        config = Path(scratch, "feedsvc.toml")
        config.write_text(
            f'[store]\nurl = "sqlite:///bench.db"\n[[sources]]\nname = "b"\nkind = "folder"\npath = "{folder}"\n'
        )
        feedsvc = str(Path(sys.executable).with_name("feedsvc"))
        measure(feedsvc, "migrate", "--config", str(config))
        idle, _ = measure(feedsvc, "--version")
        pages = sum(1 for _ in folder.rglob("*.txt"))
        for name in ("first load", "unchanged run"):
            seconds, peak_mb = measure(feedsvc, "refresh", "--config", str(config))
            print(
                f"{name}: {pages} pages in {seconds:.1f} s ({pages / seconds:,.0f} a second,"
                f" start of Python included), peak {peak_mb:.0f} MB"
            )
        print(f"for comparison, feedsvc --version: {idle:.1f} s")


def measure(*command: str) -> tuple[float, float]:
    result = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=True)
    seconds, peak_kb, code = result.stdout.split()
    if code not in ("0", "1"):
        sys.exit(f"{' '.join(command)} ended with {code}")
    return float(seconds), float(peak_kb) / 1024


def invent(folder: Path) -> Path:
    """Pages in the layout that scraped pages have, each listing ten of the twenty before it."""
    folder.mkdir()
    chance = random.Random(1)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    told: list[tuple[str, str]] = []
    for number in range(PAGES):
        when = start + timedelta(minutes=97 * number)
        title = f"{chance.choice(WORDS).title()} {chance.choice(WORDS)} {number}"
        body = "\n\n".join(" ".join(chance.choices(WORDS, k=60)) + "." for _ in range(5))
        listed = sorted(chance.sample(told[-20:], k=min(10, len(told))), reverse=True)
        related = "\n".join(f"{stamp}\n\n{other}\n\n{stamp}" for other, stamp in listed)
        shown = when.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
        head = f"{title}\n\n{shown}\n{title}\n\nSubtitle.\n\n\nSummary.\n\n\n\n"
        page = f"{head}{body}\n\nMORE ON THEME\n\n{related}\n\nFollow us\n"
        Path(folder, f"{number:05}.txt").write_text(page)
        told.append((title, format_datetime(when, usegmt=True)))
    return folder


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.0f} s")
