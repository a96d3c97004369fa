"""The container of a .docx: its parts as XML, each within bounds, whatever the container claims of them."""

import posixpath
from dataclasses import dataclass, field

from lxml import etree

from pipeline.document import UnreadableSource
from pipeline.readers.archive import Allowance, Archive

MOST_UNPACKED = 20_000_000
MOST_BYTES_OF_PART = 8_000_000
"""The text of a real report has well below one million bytes of XML."""

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": WORD[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
}
"""A strict document has the same elements under other names."""

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(slots=True)
class Package:
    """The parts of a .docx; `main` is the name of the part with the text."""

    archive: Archive
    main: str = "word/document.xml"
    relations: dict[str, str] = field(default_factory=dict)

    def part(self, kind: str, usual: str) -> etree._Element | None:
        """The root of the part that the text names as its `styles`, `numbering`…; None where there is none."""
        name = self.relations.get(kind, posixpath.join(posixpath.dirname(self.main), usual))
        return self.xml(name) if self.archive.find(name) else None

    def xml(self, name: str) -> etree._Element:
        """The root element of a part. Raises UnreadableSource where it is not there or no sound XML."""
        data = self._bytes(name)
        if b"purl.oclc.org/ooxml" in data:
            for strict, usual in _STRICT.items():
                data = data.replace(strict, usual)
        return parse(data, name)

    def _bytes(self, name: str) -> bytes:
        held = self.archive.find(name)
        if held is None:
            raise UnreadableSource(f"the file has no part {name}: it is no Word document, or a damaged one")
        data = self.archive.read(held)
        if len(data) > MOST_BYTES_OF_PART:
            raise UnreadableSource(f"the part {name} of the file has more than {MOST_BYTES_OF_PART:,} bytes")
        return data


def parse(data: bytes, name: str) -> etree._Element:
    """The root element of XML without entities, comments and outside parts. Raises UnreadableSource."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableSource(f"the part {name} of the file is no sound XML: {error}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise UnreadableSource(f"the part {name} of the file declares entities, as no Word document does")
    return root


def open_package(data: bytes) -> Package:
    """The container in the bytes of a file. Raises UnreadableSource."""
    package = Package(Archive(data, Allowance(MOST_UNPACKED)))
    package.main = _relations(package, "").get("officeDocument", package.main)
    package.relations = _relations(package, package.main)
    return package


def _relations(package: Package, part: str) -> dict[str, str]:
    """What a part (or the container, "") names as its styles, numbering…: the last word of the type -> part."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    if package.archive.find(listed) is None:
        return {}
    found = [one for one in package.xml(listed).iter(_RELATION) if one.get("TargetMode") != "External"]
    return {
        one.get("Type", "").rpartition("/")[2]: posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))[
            1:
        ]
        for one in found
    }
