"""Fetching files from the Hugging Face hub: they go on where they broke off, and are what they say.

huggingface_hub starts anew in every process; with files of gigabytes that is not good enough. So
what came is kept beside the target under the file's digest, and becomes the file once it is whole
and its SHA-256 is right.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from fastapply.core.errors import ModelError, WeightsNotFoundError

_SHA256 = re.compile("[0-9a-f]{64}")


def fetch(repo: str, file: str, target: Path, sha256: str = "") -> None:
    """Put `file` of `repo` at `target`, with a progress bar on a terminal.

    Where `sha256` is "" the digest that the hub tells is checked. Raises `WeightsNotFoundError`
    where the hub has no such file, `ModelError` where it cannot be had or is another.
    """
    try:
        from huggingface_hub import get_token, hf_hub_url
        from huggingface_hub.file_download import http_get
    except ImportError as error:
        raise ModelError("downloads need: pip install 'fastapply[llama]'") from error
    url = hf_hub_url(repo, file, endpoint=os.environ.get("HF_ENDPOINT") or None)
    digest, size = _told(url, f"{repo}/{file}")
    part = target.with_name(f"{target.name}.{digest[:16]}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    token = get_token()
    try:
        with part.open("ab") as kept:
            http_get(
                url,
                kept,
                resume_size=kept.tell(),
                headers={"authorization": f"Bearer {token}"} if token else {},
                expected_size=size,
                displayed_filename=target.name,
            )
    except Exception as error:  # of whichever library carries the bytes
        raise ModelError(
            f"cannot fetch {repo}/{file}: {error}. What came is kept: pull again to go on"
        ) from error
    wanted = sha256 or (digest if _SHA256.fullmatch(digest) else "")
    if wanted and _sha256(part) != wanted:
        part.unlink()
        raise ModelError(f"{file} from {repo} is not the file it should be")
    part.replace(target)


def _told(url: str, where: str) -> tuple[str, int | None]:
    """What the hub says of a file: its digest (SHA-256 for large files), and its size."""
    from huggingface_hub import get_hf_file_metadata
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        RepositoryNotFoundError,
    )

    try:
        told = get_hf_file_metadata(url)
    except GatedRepoError as error:
        raise ModelError(
            f"{where} is gated: accept its terms and log in (hf auth login)"
        ) from error
    except (RepositoryNotFoundError, EntryNotFoundError) as error:
        raise WeightsNotFoundError(f"the hub has no {where}") from error
    except HfHubHTTPError as error:
        raise ModelError(f"cannot fetch {where}: {error}") from error
    except Exception as error:  # of whichever library carries the bytes
        raise ModelError(
            f"cannot fetch {where}: no connection. Fetch it elsewhere and name its path"
        ) from error
    return told.etag or "", told.size


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
