"""What was fetched, outside the repository: originals by their hash, and a note of each address that was asked.

`<store>/<two>/<sha256>` holds an original, `.json` beside it where it came from; `<store>/asked/` and `<store>/robots/`
hold notes by the hash of an address. No name that somebody else gave is a path here. Every file is whole or not there.
"""

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipeline.collect.fetching import Answer
from pipeline.collect.robots import Robots
from pipeline.known import cache_folder
from pipeline.record import write_text

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class Note:
    """What is known of an address from the last time that it was asked.

    `asked` is the day, `ended` how that ended; `sha256` the original that it last gave, `retrieved` the day of that;
    `missing_since` the first day of a 404 or 410; `converter` the version that last read the original; `files` the
    addresses of documents that the page names and that were fetched with it.
    """

    url: str
    asked: str = ""
    ended: str = ""
    sha256: str = ""
    final_url: str = ""
    retrieved: str = ""
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    missing_since: str = ""
    converter: str = ""
    files: list[str] = field(default_factory=list)

    def conditions(self) -> Mapping[str, str]:
        """The headers with which only a page that has changed is asked for."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in told.items() if value and value.isascii() and value.isprintable()}


@dataclass(frozen=True, slots=True)
class Original:
    """One file as it was fetched: its hash, its bytes on the disk, where and when it came from."""

    sha256: str
    path: Path
    url: str
    final_url: str
    retrieved: str
    content_type: str

    def bytes(self) -> bytes:
        return self.path.read_bytes()


class Store:
    """The folder of all that was fetched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # originals -------------------------------------------------------------------------------------------------------

    def keep(self, url: str, answer: Answer, today: str) -> Original:
        """Lays the body of an answer down under its hash, and beside it where it came from."""
        sha256 = hashlib.sha256(answer.body).hexdigest()
        path = self._original(sha256)
        if self._sound(sha256) is None:
            _write_bytes(path, answer.body)
        told = {
            "url": url,
            "final_url": str(answer.address),
            "retrieved": today,
            "status": answer.status,
            "bytes": len(answer.body),
            "name": came_as(str(answer.address)),
            **{key.replace("-", "_"): answer.headers.get(key, "") for key in ("content-type", "etag", "last-modified")},
        }
        if not path.with_suffix(".json").exists():
            write_text(path.with_suffix(".json"), _json(told))
        return Original(sha256, path, url, str(answer.address), today, answer.headers.get("content-type", ""))

    def original(self, note: Note) -> Original | None:
        """The file that an address last gave, where it still lies there whole."""
        path = self._sound(note.sha256)
        if path is None:
            return None
        return Original(note.sha256, path, note.url, note.final_url, note.retrieved, note.content_type)

    def _sound(self, sha256: str) -> Path | None:
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._original(sha256)
        with contextlib.suppress(OSError):
            if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
                return path
        return None

    def _original(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    # notes -----------------------------------------------------------------------------------------------------------

    def note(self, url: str) -> Note | None:
        """What is known of an address; None where it was never asked, or the note is no note."""
        told = _read_json(self._at("asked", url))
        found = _made(Note, told)
        return found if found and found.url == url and all(isinstance(one, str) for one in found.files) else None

    def write_note(self, note: Note) -> None:
        write_text(self._at("asked", note.url), _json(asdict(note)))

    def robots(self, origin: str) -> Robots | None:
        """The rules of an origin as they were last read."""
        told = _read_json(self._at("robots", origin))
        return Robots(told["text"], "", told["asked"]) if _is_text(told, ("origin", "text", "asked")) else None

    def keep_robots(self, origin: str, robots: Robots) -> None:
        write_text(self._at("robots", origin), _json({"origin": origin, "text": robots.text, "asked": robots.asked}))

    def _at(self, shelf: str, name: str) -> Path:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / shelf / digest[:2] / f"{digest}.json"


def default_store(environment: Mapping[str, str]) -> Path:
    """Where originals lie when nobody says where: in the person's cache."""
    return cache_folder(environment) / "originals"


def came_as(url: str) -> str:
    """The name that a file came under: the end of its address, cleaned; a word to read, never a path."""
    last = unquote(url.split("?")[0].partition("://")[2].partition("/")[2]).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return plain[-100:]


# files ---------------------------------------------------------------------------------------------------------------


def _write_bytes(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=True, indent=1) + "\n"


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _is_text(told: Any, keys: tuple[str, ...]) -> bool:
    return isinstance(told, dict) and all(isinstance(told.get(key), str) for key in keys)


def _made(kind: type[Note], told: Any) -> Note | None:
    if not isinstance(told, dict) or {*told} != {one.name for one in fields(kind)}:
        return None
    is_right = all(isinstance(value, list if key == "files" else str) for key, value in told.items())
    return kind(**told) if is_right else None
