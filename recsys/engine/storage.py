"""Saving and loading of models: one ``.npy`` file per array, beside a JSON header that names and seals them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import DamagedModel

FORMAT: Final = 1
HEADER: Final = "model.json"
_CSR_PARTS: Final = ("data", "indices", "indptr")


def save(model: Any, folder: Path | str) -> None:
    """
    Write the fields of the dataclass ``model`` into ``folder``, the header last.

    Each file is replaced in one step, so that processes that have the old ones mapped keep reading the old ones.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    header: dict[str, Any] = {"format": FORMAT, "kind": model.kind, "fields": {}, "files": {}}
    for field in dataclasses.fields(model):
        header["fields"][field.name] = _written(getattr(model, field.name), field.name, folder, header["files"])
    _replace(folder / HEADER, json.dumps(header, indent=1, sort_keys=True).encode())


def load(folder: Path | str, *, kinds: Mapping[str, type[Any]], verify: bool = True) -> Any:
    """
    Rebuild the model in ``folder`` with its arrays memory-mapped and read-only.

    ``verify`` reads every file once to compare its seal (about a second per gigabyte).

    :raises DamagedModel: if anything is missing, altered or unknown.
    """
    folder = Path(folder)
    header = _header(folder)
    if header.get("format") != FORMAT or header.get("kind") not in kinds:
        raise DamagedModel(f"{folder}: format {header.get('format')!r}, kind {header.get('kind')!r} are not known here")
    if verify:
        _verify(folder, header["files"])
    kind = kinds[header["kind"]]
    try:
        values = {name: _read(value, folder, kinds, verify) for name, value in header["fields"].items()}
        return kind(**_with_config(kind, values))
    except (KeyError, TypeError, ValueError, OSError) as broken:
        raise DamagedModel(f"{folder}: {broken}") from broken


def _written(value: Any, name: str, folder: Path, files: dict[str, Any]) -> Any:
    if isinstance(value, np.ndarray):
        return {"array": _write_array(folder / f"{name}.npy", value, files)}
    if sparse.issparse(value):
        parts = {part: _write_array(folder / f"{name}.{part}.npy", getattr(value, part), files) for part in _CSR_PARTS}
        return {"csr": parts, "shape": [int(side) for side in value.shape]}
    if isinstance(value, tuple) and value and hasattr(value[0], "save"):
        for position, part in enumerate(value):
            part.save(folder / f"{name}-{position}")
        return {"models": [f"{name}-{position}" for position in range(len(value))]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"config": dataclasses.asdict(value)}
    return {"value": value}


def _read(stored: dict[str, Any], folder: Path, kinds: Mapping[str, type[Any]], verify: bool) -> Any:
    if "array" in stored:
        return _mapped(folder / stored["array"])
    if "csr" in stored:
        parts = [_mapped(folder / stored["csr"][part]) for part in _CSR_PARTS]
        return sparse.csr_matrix(tuple(parts), shape=tuple(stored["shape"]))
    if "models" in stored:
        return tuple(load(folder / name, kinds=kinds, verify=verify) for name in stored["models"])
    return stored["config"] if "config" in stored else stored["value"]


def _with_config(kind: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    if "config" not in values:
        return values
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in values["config"].items()}
    return {**values, "config": kind.Config(**settings)}


def _header(folder: Path) -> dict[str, Any]:
    try:
        header = json.loads((folder / HEADER).read_bytes())
    except (OSError, ValueError) as missing:
        raise DamagedModel(f"{folder}: no readable {HEADER}") from missing
    if not isinstance(header, dict) or not {"format", "kind", "fields", "files"} <= header.keys():
        raise DamagedModel(f"{folder}: {HEADER} is not a model header")
    return header


def _verify(folder: Path, files: dict[str, str]) -> None:
    for name, seal in files.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as missing:
            raise DamagedModel(f"{folder}: {name} is missing") from missing
        if found != seal:
            raise DamagedModel(f"{folder}: {name} was altered after it was saved")


def _write_array(path: Path, array: NDArray[Any], files: dict[str, str]) -> str:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("wb") as file:
        np.save(file, np.ascontiguousarray(array), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    with partial.open("rb") as file:
        files[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    partial.replace(path)
    return path.name


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _mapped(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, allow_pickle=False, mmap_mode="r")
    # A plain view of the map: numpy's memmap subclass makes every small operation of a request slower.
    return array.view(np.ndarray)
