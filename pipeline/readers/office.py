"""Older word processors (.doc, .wps, .rtf): turned into .docx and read as one.

A binary Word document is turned by a library; LibreOffice, where it is installed, turns what the library cannot, and RTF.
"""

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.document import Document, UnreadableSource
from pipeline.readers import docx, soffice

DOC, RTF, WORKS = "application/msword", "application/rtf", "application/vnd.ms-works"

_RTF = b"{\\rtf"
_MAIN_STREAM = "WordDocument".encode("utf-16-le")
_HARMLESS = re.compile(
    r"CONVERSION_COMPLETE|BOOKMARK_.*|SECONDARY_STORY_BOOKMARKS_DEFERRED|SUMMARY_INFORMATION_.*|SECTION_.*|HEADER_.*"
    r"|COMMENT_.*|EMPTY_.*|MISSING_ANNOTATION_.*|MISSING_REFERENCED_STYLES|MACRO_STORY_OMITTED|DOCUMENT_PROTECTION_.*"
    r"|TRACK_REVISIONS_REPAIRED|FLOATING_PICTURE_.*|UNNAMED_FONT_SLOT_REPAIRED|UNASSIGNED_.*|EXTRA_LIST_NAMES_IGNORED"
    r"|BREAK_KIND_APPROXIMATED|UNSUPPORTED_(?:SECTION|STYLE_\w+|LIST_LEVEL_\w+|CHARACTER|PARAGRAPH)_SPRMS"
    r"|STYLE_RELATIVE_TOGGLES_RESOLVED|FIELDS_FLATTENED|ACTIVE_FIELDS_FLATTENED|UNKNOWN_FIELD_TYPES"
    r"|UNDECLARED_FIELDS_FLATTENED|BROKEN_(?:STYLE|SEQUENCE|BOOKMARK)_FIELDS_FLATTENED|LIST_NUMBER_FORMAT_APPROXIMATED"
    r"|FIELD_(?:NESTING_FLAG_INCONSISTENT|END_FLAGS_APPROXIMATED)"
)
"""What the library may report without a word or a cell of the text being in doubt; whatever else it reports counts."""

_UNSUPPORTED = re.compile(
    r"(?:INLINE_PICTURE|PICTURES|GROUPED|FLOATING|LINKED|MAIN_TEXTBOX|OLE|OBJECT|OFFICEART)_.*|BROKEN_LISTNUM_.*"
    r"|INLINE_BINARY_DATA_DEFERRED|FIELD_SEPARATOR_FLAG_REPAIRED|FIELD_INSTRUCTION_CONTROLS_REMOVED"
    r"|NOTE_REFERENCE_DEFERRED|STYLE_KINDS_DEFERRED"
)
"""What the library reports of a sound document that it cannot turn whole. All else is the mark of a damaged one, which
no other program may read either: where the marks of hidden or deleted text are wrong, so are the figures."""

_DRAWN = re.compile(r"PlcSpa|PlcftxbxTxt|OfficeArt|header textbox|main textbox|picture", re.IGNORECASE)
"""What a failure is about that leaves the text alone."""

_turned: dict[str, bytes] = {}
"""What LibreOffice has made already of files, by the hash of the file."""


class _Doubtful(Exception):
    """The library turned the document, or did not, in a way that another program should decide."""


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of an RTF file or an old Office file. Raises UnreadableSource."""
    if not data.lstrip().startswith(_RTF):
        return Document(file, _media_type(data), sha256, *docx.read_blocks(_from_word(data)))
    _check_whole(data)
    return Document(file, RTF, sha256, *docx.read_blocks(_from_program(data, "rtf", "the file is RTF")))


def convert_many(paths: Iterable[Path]) -> dict[Path, bytes]:
    """Each file that LibreOffice can read as the bytes of a .docx, all in one run, which is ten times as fast."""
    held: dict[str, Path] = {}
    files: dict[str, bytes] = {}
    for number, path in enumerate(paths):
        data = path.read_bytes()
        name = f"{number}.{_suffix(data)}"
        held[name], files[name] = path, data
    made = soffice.to_docx(files) if files else {}
    return {held[name]: data for name, data in made.items()}


@contextlib.contextmanager
def turned(sha256: str, made: bytes) -> Iterator[None]:
    """Lets `read` take what `convert_many` made of the file with that hash."""
    _turned[sha256] = made
    try:
        yield
    finally:
        del _turned[sha256]


def wants_program(data: bytes) -> bool:
    """Whether only LibreOffice reads a file with these bytes."""
    return data.lstrip().startswith(_RTF) or (data.startswith(b"\xd0\xcf\x11\xe0") and _MAIN_STREAM not in data)


def _suffix(data: bytes) -> str:
    return "rtf" if data.lstrip().startswith(_RTF) else "doc" if _MAIN_STREAM in data else "wps"


def _media_type(data: bytes) -> str:
    return DOC if _MAIN_STREAM in data else WORKS


# binary documents ----------------------------------------------------------------------------------------------------


def _from_word(data: bytes) -> bytes:
    if "worddocument" not in _streams(data):
        return _from_program(data, "wps", "the file is no Word document, but one of another program")
    try:
        return _by_library(data)
    except _Doubtful as doubt:
        return _from_program(data, "doc", f"the document is not wholly understood ({doubt})")


def _streams(data: bytes) -> set[str]:
    """The names of what lies in an old Office file. Raises UnreadableSource where it is damaged."""
    from doc2docx.cfb import CompoundFile  # type: ignore[import-untyped]

    try:
        return {entry.path.strip("/").casefold() for entry in CompoundFile(data).entries}
    except Exception as error:  # damaged bytes make it fail in any way at all
        raise UnreadableSource(f"the document is damaged: {_cut(error)}") from error


def _by_library(data: bytes) -> bytes:
    """A binary Word document as .docx. Raises UnreadableSource where it is damaged, else _Doubtful."""
    import doc2docx  # type: ignore[import-untyped]
    from doc2docx import errors

    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        source, made = Path(folder) / "document.doc", Path(folder) / "document.docx"
        source.write_bytes(data)
        try:
            report = doc2docx.convert(source, made).report
        except errors.EncryptedDocumentError as error:
            raise UnreadableSource("the document is encrypted: save it without a password") from error
        except (errors.StreamNotFound, errors.UnsupportedFeatureError) as error:
            raise _Doubtful(_cut(error)) from error
        except Exception as error:  # damaged bytes make it fail in any way at all
            if isinstance(error, errors.InvalidWordDocument) and _DRAWN.search(str(error)):
                raise _Doubtful(_cut(error)) from error
            raise UnreadableSource(f"the document is damaged: {_cut(error)}") from error
        _judge([(one.code, one.message) for one in report.diagnostics])
        return made.read_bytes()


def _judge(reports: Iterable[tuple[str, str]]) -> None:
    """Raises UnreadableSource where the reports of the library are those of a damaged document, else _Doubtful."""
    doubts = [(code, says) for code, says in reports if not _HARMLESS.fullmatch(code)]
    for code, says in doubts:
        if not _UNSUPPORTED.fullmatch(code):
            raise UnreadableSource(f"the document is damaged: {_cut(says)}")
    if doubts:
        raise _Doubtful(_cut(doubts[0][1]))


def _cut(words: object) -> str:
    return " ".join(str(words).split())[:120]


# the program ---------------------------------------------------------------------------------------------------------


def _from_program(data: bytes, suffix: str, why: str) -> bytes:
    """The file as .docx, turned by LibreOffice. Raises UnreadableSource."""
    if made := _turned.get(hashlib.sha256(data).hexdigest()):
        return made
    if soffice.program() is None:
        raise UnreadableSource(f"{why}, which takes LibreOffice to read; install it, or save the file as .docx")
    name = f"document.{suffix}"
    made = soffice.to_docx({name: data}).get(name)
    if not made:
        raise UnreadableSource(f"{why}, and LibreOffice cannot open it")
    return made


def _check_whole(data: bytes) -> None:
    """An RTF file is one pair of braces; without the last one, the end of the text is missing."""
    depth = 0
    for brace in re.finditer(rb"\\(?:bin(\d{1,9}) ?|[{}\\])|[{}]", data):
        if brace[0] in (b"{", b"}"):
            depth += 1 if brace[0] == b"{" else -1
            if depth <= 0:
                return
        elif brace[1]:  # bytes that may be anything follow
            return
    raise UnreadableSource("the file is RTF and ends in the middle: its closing brace is not there")
