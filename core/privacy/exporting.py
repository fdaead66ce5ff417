"""The making of an export: a ZIP of JSON files, one for each model, and the files that belong to them."""

import json
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from . import registry
from .registry import Attachment, Row


def write(*, user: Any, target: Path) -> None:
    """
    Write all that the exporters say about ``user`` to ``target``, at once or not at all.

    ``manifest.json`` counts the rows of each file and gives the reason for each model that is left out.
    """
    unfinished = target.with_suffix(".part")
    with unfinished.open("xb") as file:
        unfinished.chmod(0o600)
        _fill(user, file)
    unfinished.rename(target)


def _fill(user: Any, file: BinaryIO) -> None:
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, transaction.atomic():
        for model, cover in sorted(registry.known().items(), key=lambda item: _folder(item[0])):
            if cover.exporter:
                rows = _attach(archive, _folder(model), cover.exporter(user))
                archive.writestr(f"{_folder(model)}.json", _json(rows))
                counts[_folder(model)] = len(rows)
        archive.writestr("manifest.json", _json({"made_at": timezone.now(), "rows": counts, "left_out": _left_out()}))


def _attach(archive: zipfile.ZipFile, folder: str, parts: Iterable[Row | Attachment]) -> list[Row]:
    rows: list[Row] = []
    for part in parts:
        if isinstance(part, Attachment):
            # A name from an upload must not climb out of its folder when the archive is unpacked.
            name = PurePosixPath(part.name.replace("\\", "/")).name or "file"
            with part.open() as source, archive.open(f"{folder}/{len(archive.namelist())}-{name}", "w") as target:
                shutil.copyfileobj(source, target)
        else:
            rows.append(part)
    return rows


def _left_out() -> dict[str, str]:
    return {_folder(model): cover.not_exported for model, cover in registry.known().items() if not cover.exporter}


def _folder(model: type[Model]) -> str:
    return f"{model._meta.app_label}/{model._meta.model_name}"  # noqa: SLF001 - documented by Django


def _json(content: Any) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
