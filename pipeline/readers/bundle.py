"""Files that hold others: zip archives, saved web pages in one file, messages, and web pages with files beside them.

Nothing is ever unpacked to a disk. What a bundle holds is read one after the other; what cannot be read is kept as a
reason. Pictures are read only where nothing else is there: a web page is full of them.
"""

import email
import email.policy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path, PurePosixPath
from typing import cast
from urllib.parse import unquote

from lxml import etree

from pipeline.document import Block, Cell, Document, ReportError, Table, UnreadableSource
from pipeline.readers import MOST_BYTES, Held, kind, to_document
from pipeline.readers.archive import Allowance, Archive
from pipeline.readers.encoding import decode

MOST_DOCUMENTS = 60
MOST_PICTURES = 10
MOST_PARTS = 2_000

_PICTURES = (".jpg", ".jpeg", ".png")
_FURNITURE = (
    *(".css", ".js", ".json", ".map", ".woff", ".woff2", ".ttf", ".eot", ".otf", ".svg", ".ico", ".gif", ".webp"),
    *(".bmp", ".db", ".ini", ".lnk", ".url", ".mp3", ".mp4", ".swf", ".xsd", ".dtd", ".ds_store"),
)
"""Suffixes of what belongs to a page or to a system and is no document."""

_PARTS_OF_PAGES = ("image/", "text/css", "text/javascript", "application/javascript", "font/", "audio/", "video/")
_LINKS = "//a/@href | //iframe/@src | //frame/@src | //embed/@src | //object/@data"

Member = tuple[str, Callable[[], bytes]]
"""The name of a file in a bundle, and how to get its bytes."""


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document of a bundle that holds but one. Raises UnreadableSource where it holds none or several."""
    held = read_all(data, file, sha256)
    if len(held.documents) > 1:
        raise UnreadableSource(f"the file holds {len(held.documents)} documents: {_names(held)}")
    return held.documents[0]


def read_all(data: bytes, file: str, sha256: str) -> Held:
    """Every document of a bundle. Raises UnreadableSource where there is none."""
    found = _Found(file, sha256)
    _read_members(_members(data, found.allowance), found)
    held = found.held
    if not held.documents:
        reasons = "; ".join(f"{name}: {error.says}" for name, error in held.unread[:5])
        raise UnreadableSource(f"nothing in the file is a document that can be read{': ' * bool(reasons)}{reasons}")
    return held


def read_beside(data: bytes, path: Path, sha256: str) -> Held:
    """The documents that a web page names and that lie beside it or in its folder."""
    found = _Found(path.name, sha256)
    _read_members([(name, _opening(one)) for name, one in _beside(data, path)], found)
    return found.held


def _names(held: Held) -> str:
    return ", ".join(document.file for document in held.documents[:5])


# members -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """What was found so far in a bundle of that name."""

    file: str
    sha256: str
    documents: list[Document] = field(default_factory=list)
    unread: list[tuple[str, ReportError]] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)
    inside: bool = False

    @property
    def held(self) -> Held:
        return Held(tuple(self.documents), tuple(self.unread))


def _read_members(members: Iterable[Member], found: _Found) -> None:
    pictures: list[Member] = []
    for name, opened in members:
        path = PurePosixPath(name)
        if _is_furniture(path):
            continue
        if path.suffix.lower() in _PICTURES:
            pictures.append((name, opened))
            continue
        if len(found.documents) + len(found.unread) >= MOST_DOCUMENTS:
            raise UnreadableSource(f"the file holds more than {MOST_DOCUMENTS} documents")
        _read_member(name, opened, found)
    for number, (name, opened) in enumerate(pictures):
        if found.documents or found.inside or number >= MOST_PICTURES:
            found.unread.append((name, UnreadableSource("a picture among documents is not read")))
        else:
            _read_member(name, opened, found)


def _is_furniture(path: PurePosixPath) -> bool:
    """Whether a file belongs to a page or a system; files whose name begins with `~$` or a point are remains."""
    hidden = path.name.startswith((".", "~$")) or "__MACOSX" in path.parts
    return hidden or path.suffix.lower() in _FURNITURE or path.name.lower() == "thumbs.db"


def _read_member(name: str, opened: Callable[[], bytes], found: _Found) -> None:
    try:
        data = opened()
        if len(data) > MOST_BYTES:
            raise UnreadableSource(f"it has {len(data):,} bytes; no report has more than {MOST_BYTES:,}")
        suffix = PurePosixPath(name).suffix.lower()
        if data.strip() and kind(data, suffix) == "bundle":
            _read_inner(name, data, found)
        else:
            document = to_document(data, suffix, f"{found.file}/{name}", found.sha256)
            found.documents.append(_placed(document, name))
    except ReportError as error:
        found.unread.append((name, error))


def _read_inner(name: str, data: bytes, found: _Found) -> None:
    """A bundle inside a bundle; one more inside that is not opened."""
    if found.inside:
        raise UnreadableSource("an archive inside an archive inside another is not opened")
    inner = _Found(found.file, found.sha256, allowance=found.allowance, inside=True)
    _read_members(((f"{name}/{one}", opened) for one, opened in _members(data, found.allowance)), inner)
    found.documents.extend(inner.documents)
    found.unread.extend(inner.unread)


def _placed(document: Document, name: str) -> Document:
    """The document with its name in front of every place."""
    about = tuple(replace(one, place=f"{name}: {one.place}") for one in document.about)
    return replace(document, blocks=tuple(_block(block, name) for block in document.blocks), about=about)


def _block(block: Block, name: str) -> Block:
    if isinstance(block, Table):
        return Table(tuple(tuple(_cell(cell, name) for cell in row) for row in block.rows))
    return replace(block, place=f"{name}: {block.place}")


def _cell(cell: Cell, name: str) -> Cell:
    return Cell(cell.text, f"{name}: {cell.place}", cell.confidence)


# archives and messages -----------------------------------------------------------------------------------------------


def _members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    if not data.startswith(b"PK"):
        yield from _of_message(data)
        return
    archive = Archive(data, allowance)
    for name in archive.entries:
        yield name, _unpacking(archive, name)


def _unpacking(archive: Archive, name: str) -> Callable[[], bytes]:
    return lambda: archive.read(name)


def _of_message(data: bytes) -> Iterator[Member]:
    """The parts of a page saved in one file, or of a message: pages first named by where they came from."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
    except (RecursionError, ValueError, LookupError) as error:
        raise UnreadableSource(f"the parts of the file cannot be told: {error}") from error
    if len(parts) > MOST_PARTS:
        raise UnreadableSource(f"the file has more than {MOST_PARTS:,} parts")
    seen: set[str] = set()
    for number, part in enumerate(parts, start=1):
        if not part.get_content_type().startswith(_PARTS_OF_PAGES):
            name = _part_name(part, number)
            yield f"part {number} {name}" if name in seen else name, _decoding(part)
            seen.add(name)


def _part_name(part: EmailMessage, number: int) -> str:
    """The file name of a part, or the end of its address, or its number."""
    try:
        given = part.get_filename() or str(part.get("Content-Location", ""))
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):  # headers that the library cannot read
        given = ""
    last = PurePosixPath(unquote(given).split("?")[0].replace("\\", "/")).name[:100]
    suffix = {"text/html": ".html", "text/plain": ".txt"}.get(part.get_content_type(), "")
    if not last:
        return f"part {number}{suffix}"
    return last if last.lower().endswith(suffix or last.lower()) else f"{last}{suffix}"


def _decoding(part: EmailMessage) -> Callable[[], bytes]:
    def opened() -> bytes:
        try:
            data = part.get_payload(decode=True)
            charset = (part.get_content_charset() or "").lower()
        except (ValueError, LookupError, AttributeError) as error:
            raise UnreadableSource(f"the part cannot be decoded: {error}") from error
        raw = data if isinstance(data, bytes) else b""
        return raw.decode(charset, "replace").encode() if charset in ("utf-16", "utf-16le", "unicode") else raw

    return opened


# files beside a page -------------------------------------------------------------------------------------------------


def _beside(data: bytes, path: Path) -> list[tuple[str, Path]]:
    """The files that the links of a page name, by their names: within its folder, and no others."""
    folder = path.parent.resolve()
    found: dict[Path, str] = {}
    for link in _links(data):
        for one in _candidates(link, folder, path.stem):
            if one != path.resolve():
                found.setdefault(one, one.relative_to(folder).as_posix())
                break
    if len(found) > MOST_DOCUMENTS:
        raise UnreadableSource(f"the page names more than {MOST_DOCUMENTS} files beside it")
    return [(name, one) for one, name in found.items()]


def _links(data: bytes) -> Sequence[str]:
    parser = etree.HTMLParser(encoding="utf-8")
    try:
        root = etree.fromstring(decode(data).encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return ()
    return [str(one) for one in cast(list[str], root.xpath(_LINKS))][:5_000] if root is not None else ()


def _candidates(link: str, folder: Path, page: str) -> Iterator[Path]:
    """Where the file of a link may lie: where it says, or under its name beside the page or in the page's folder."""
    bare = unquote(link.split("#")[0].split("?")[0]).strip().replace("\\", "/")
    if not bare or bare.lower().startswith(("javascript:", "mailto:", "data:", "tel:", "about:")) or "\x00" in bare:
        return
    name = PurePosixPath(bare).name
    if len(bare) > 1_000 or len(name.encode("utf-8", "replace")) > 250 or not PurePosixPath(name).suffix:
        return
    written = [bare] if ":" not in bare and not bare.startswith("/") else []
    for one in (*written, name, f"{page}_files/{name}", f"{page}.files/{name}"):
        if file := _within(folder, one):
            yield file


def _within(folder: Path, name: str) -> Path | None:
    """The file of that name, unless it lies outside the folder."""
    try:
        file = (folder / name).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _opening(path: Path) -> Callable[[], bytes]:
    def opened() -> bytes:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise UnreadableSource(f"it has more than {MOST_BYTES:,} bytes; no report has")
            return path.read_bytes()
        except OSError as error:
            raise UnreadableSource(f"it cannot be opened: {error.strerror}") from error

    return opened
