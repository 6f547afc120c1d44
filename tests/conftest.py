"""What every room's tests share: where the shared data lie, when they are there."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages, corpora and date cases; without it the test is skipped."""
    folder = Path(os.environ.get("FEEDSVC_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs the shared data, which are not at {folder}")
    return folder
