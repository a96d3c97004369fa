"""What people changed survives every new conversion: the cases of the contract, by the real command on real files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.corrections import Settled, converted, kind_of, merge, put
from pipeline.explained import explain
from pipeline.record import Record, agency_folder, read_record, record_to_yaml, source_path
from tests import made
from tests.correctable import record_at
from tests.layouts import lay_out

NATURAL = "requests.granted.natural"
TOTAL = "requests.carried_out.total"


def report(natural: Any = 1, **changes: Any) -> Record:
    """What a document prints: a different figure in every cell, and in 予以公开 of natural persons the one asked for."""
    figures = {key: changes.pop(key) for key in list(changes) if "__" in key}
    return made.put(made.record(fill=made.different(), **changes), requests__granted__natural=natural, **figures)


def entry(field: str = NATURAL, was: Any = 1, now: Any = 12, **changes: Any) -> dict[str, Any]:
    told = {"field": field, "kind": "misread", "was": was, "now": now, "evidence": "予以公开\t12"}
    return told | {"reason": "两位数被拆成两格", "by": "github:someone", "date": "2026-03-02"} | changes


def misprint(field: str = TOTAL, printed: Any = 2, should_be: Any = 1) -> dict[str, Any]:
    told = {key: value for key, value in entry(field).items() if key not in ("was", "now")}
    return told | {"kind": "printed_wrong", "printed": printed, "should_be": should_be}


@dataclass
class Ran:
    status: int
    out: str
    err: str

    @property
    def says(self) -> str:
        return self.out + self.err


@dataclass
class House:
    """A folder of records, documents to convert into it, and what lies there."""

    root: Path
    capture: pytest.CaptureFixture[str]

    @property
    def out(self) -> Path:
        return self.root / "agencies"

    @property
    def path(self) -> Path:
        return agency_folder(self.out, made.ID) / "2023.yaml"

    def document(self, printed: Record, name: str = "年报.txt", layout: str = "tab-rows") -> Path:
        path = self.root / name
        path.write_text(lay_out(printed, layout), encoding="utf-8")
        return path

    def convert(self, document: Path, *options: str) -> Ran:
        self.capture.readouterr()
        status = main(["convert", str(document), "--out", str(self.out), *options])
        return Ran(status, *self.capture.readouterr())

    def record(self) -> Record:
        return record_at(self.path)

    def edit(self, change: Callable[[Record], None]) -> None:
        """What a person does to the record, in the editor."""
        record = self.record()
        change(record)
        self.path.write_text(record_to_yaml(record), encoding="utf-8")
        self.record()

    def correct(self, *entries: dict[str, Any]) -> None:
        """Writes corrections, and the corrected figures into the body."""

        def change(record: Record) -> None:
            for one in entries:
                record.corrections.append(one)
                if one["kind"] == "printed_wrong":
                    continue
                if "." in one["field"]:
                    record.set_figure(one["field"], one["now"])
                else:
                    setattr(record, one["field"], one["now"])

        self.edit(change)

    def bytes(self) -> dict[str, tuple[bytes, int]]:
        """Everything that lies there, with the time of its last change."""
        files = sorted(path for path in self.out.rglob("*") if path.is_file())
        return {str(path.relative_to(self.out)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    def quiet(self, document: Path) -> None:
        """Converting once more has nothing to do and nothing to say."""
        before = self.bytes()
        ran = self.convert(document)
        assert (ran.status, ran.err, self.bytes()) == (0, "", before)
        assert ran.out.splitlines() == [f"{document}: unchanged: {self.path}"]
        assert self.unexplained() == []

    def unexplained(self) -> list[str]:
        """What `check` says of figures that neither the kept cells nor a correction explain."""
        looks = explain([read_record(self.path)])
        return [str(look.problem) for look in looks if look.problem.severity == "error"]

    def refused(self, document: Path, *options: str) -> str:
        """The conversion is refused, nothing is converted, and what is said of it."""
        before = self.bytes()
        ran = self.convert(document, *options)
        assert (ran.status, self.bytes()) == (1, before)
        assert "Traceback" not in ran.says
        return ran.says

    def written(self, document: Path, *options: str) -> str:
        ran = self.convert(document, *options)
        assert (ran.status, ran.err) == (0, "")
        assert f"{document}: converted: {self.path}" in ran.out.splitlines()
        return ran.says


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> House:
    """A house that holds one report, whose 予以公开 of natural persons was read as 1."""
    found = House(tmp_path, capsys)
    found.written(found.document(report()))
    return found


@pytest.fixture
def same(house: House) -> Path:
    return house.root / "年报.txt"


# a record without corrections ----------------------------------------------------------------------------------------


def test_the_same_document_again_is_nothing_to_do(house: House, same: Path) -> None:
    """The same figures from the same source: unchanged, status 0, and no byte is touched."""
    house.quiet(same)


def test_the_same_bytes_under_another_name_are_the_same_source(house: House, same: Path) -> None:
    """A document that was renamed or copied has nothing new to say."""
    house.quiet(Path(same.rename(same.with_name("2023 (1).txt"))))
    assert house.record().source.file == "年报.txt"


def test_other_figures_need_again_and_are_shown(house: House) -> None:
    """A second, different document is refused with the difference; `--again` writes it and shows the same."""
    other = house.document(report(3), "b.txt")
    said = house.refused(other)
    assert f"{NATURAL}: 1 -> 3" in said
    assert "--again" in said
    assert f"{NATURAL}: 1 -> 3" in house.written(other, "--again")
    assert house.record().figures()[NATURAL] == 3
    assert house.record().source.file == "b.txt"
    assert "\t3\t" in source_path(house.path).read_text(encoding="utf-8")
    house.quiet(other)


def test_another_source_with_the_same_figures_needs_again(house: House) -> None:
    """The same figures in another file are another source: that is shown, and written only when asked for."""
    other = house.document(report(), "b.txt", layout="pipes")
    assert "source.sha256: " in house.refused(other)
    house.written(other, "--again")
    house.quiet(other)


def test_only_the_figures_that_differ_are_shown(house: House) -> None:
    """The difference names the fields that differ and no others, null and printed texts in words."""
    other = house.document(report(None), "b.txt")
    shown = [line for line in house.refused(other).splitlines() if " -> " in line and "source." not in line]
    assert shown == [f"{other}: {NATURAL}: 1 -> null"]
    other = house.document(report(1, as_written={NATURAL: "１"}), "c.txt")
    shown = [line for line in house.refused(other).splitlines() if " -> " in line and "source." not in line]
    assert shown == [f"{other}: as_written.{NATURAL}: (absent) -> １"]


def test_a_figure_changed_without_an_entry_is_not_lost_silently(house: House, same: Path) -> None:
    """A hand that changed the body alone is shown to the next conversion, which is refused."""
    house.edit(lambda record: record.set_figure(NATURAL, 12))
    assert f"{NATURAL}: 12 -> 1" in house.refused(same)


def test_an_address_once_given_stays(house: House, same: Path) -> None:
    """`--url` and `--retrieved` are kept where a later conversion does not give them again."""
    house.written(same, "--again", "--url", "https://example.org/1", "--retrieved", "2024-02-03")
    house.quiet(same)
    house.written(house.document(report(3), "b.txt"), "--again")
    source = house.record().source
    assert (source.url, source.retrieved, source.file) == ("https://example.org/1", "2024-02-03", "b.txt")


def test_a_new_address_for_the_same_report_is_not_dropped(house: House, same: Path) -> None:
    """An address that the record does not have is a difference: shown, and written when asked for."""
    said = house.refused(same, "--url", "https://example.org/1")
    assert "source.url: null -> https://example.org/1" in said
    house.written(same, "--again", "--url", "https://example.org/1")
    assert house.record().source.url == "https://example.org/1"


def test_a_broken_record_in_the_way_is_left_alone(house: House, same: Path) -> None:
    """A record that cannot be read may hold a person's work: the conversion is refused, also with `--again`."""
    house.path.write_text(house.path.read_text(encoding="utf-8") + "year: 2023\n", encoding="utf-8")
    assert "stands in the way" in house.refused(same, "--again")
    assert f"{house.path}:" in house.refused(same)


# the six cases -------------------------------------------------------------------------------------------------------


def test_case_1_the_same_misreading_keeps_the_correction(house: House, same: Path) -> None:
    """The conversion still says `was` of the same source: the body is `now`, the entry unchanged, nothing to do."""
    house.correct(entry())
    house.quiet(same)
    house.written(same, "--again")
    assert house.record().figures()[NATURAL] == 12
    assert house.record().corrections == [entry()]
    house.quiet(same)


def test_case_2_a_converter_that_caught_up_confirms_the_entry(house: House, same: Path) -> None:
    """The conversion says `now` of the same source: the entry is confirmed without being asked, once."""
    house.correct(entry(was=7, now=1))
    assert NATURAL in house.written(same)
    assert house.record().corrections == [entry(was=7, now=1) | {"confirmed": True}]
    assert house.record().figures()[NATURAL] == 1
    house.quiet(same)


def test_case_2_a_report_published_again_that_says_so_too(house: House) -> None:
    """The conversion says `now` of another source with no other difference: confirmed, status 0, its cells kept."""
    house.correct(entry())
    other = house.document(report(12), "b.txt")
    house.written(other)
    record = house.record()
    assert (record.figures()[NATURAL], record.source.file) == (12, "b.txt")
    assert record.corrections == [entry() | {"confirmed": True}]
    house.quiet(other)


def test_case_2_other_figures_still_need_again(house: House) -> None:
    """A correction that is caught up with opens no door for other figures that changed without a word."""
    house.correct(entry())
    other = house.document(report(12, requests__granted__enterprise=99), "b.txt")
    said = house.refused(other)
    assert "requests.granted.enterprise: " in said
    assert "-> 99" in said
    house.written(other, "--again")
    assert house.record().corrections == [entry() | {"confirmed": True}]
    house.quiet(other)


def test_case_3_a_third_value_waits_for_a_person(house: House, same: Path) -> None:
    """The conversion says neither `was` nor `now` of the same source: drifted, and `--again` does not settle it."""
    house.correct(entry(was=7))
    for options in ((), ("--again",), ("--keep", TOTAL), ("--take", TOTAL)):
        said = house.refused(same, *options)
        assert f"{NATURAL}: drifted: " in said
        assert f"--keep {NATURAL}" in said
        assert f"--take {NATURAL}" in said


def test_case_3_kept(house: House, same: Path) -> None:
    """`--keep` leaves the person's figure, and a new entry guards it against what the conversion says now."""
    house.correct(entry(was=7))
    house.written(same, "--keep", NATURAL)
    assert house.record().figures()[NATURAL] == 12
    assert house.record().corrections == [entry(was=7), entry(was=1)]
    house.quiet(same)


def test_case_3_taken(house: House, same: Path) -> None:
    """`--take` puts the conversion's figure, says by whom and when, and leaves the first entry where it was."""
    house.correct(entry(was=7))
    assert f"{NATURAL}: 12 -> 1 (taken)" in house.written(same, "--take", NATURAL)
    record = house.record()
    assert record.figures()[NATURAL] == 1
    assert record.corrections[0] == entry(was=7)
    last = record.corrections[1]
    assert (last["was"], last["now"], last["confirmed"]) == (12, 1, True)
    assert last["by"].startswith("gongkai ")
    assert last["date"] > "2026-01-01"
    house.quiet(same)


def test_case_4_the_source_is_republished_with_the_same_misreading(house: House) -> None:
    """Another source still says `was`: listed, written with `--again` only, and the body stays `now`."""
    house.correct(entry())
    other = house.document(report(), "b.txt", layout="pipes")
    assert f"{NATURAL}: the source was republished" in house.refused(other)
    assert f"{NATURAL}: the source was republished" in house.written(other, "--again")
    record = house.record()
    assert (record.figures()[NATURAL], record.source.file) == (12, "b.txt")
    assert record.corrections == [entry()]
    house.quiet(other)


def test_case_5_a_conflict_with_another_source_waits_for_a_person(house: House) -> None:
    """Another source says a third value: conflict, the body stays, `--again` does not settle it."""
    house.correct(entry())
    other = house.document(report(5), "b.txt")
    for options in ((), ("--again",)):
        assert f"{NATURAL}: in conflict: " in house.refused(other, *options)
    house.written(other, "--again", "--keep", NATURAL)
    assert house.record().figures()[NATURAL] == 12
    assert house.record().corrections == [entry(), entry(was=5)]
    house.quiet(other)


def test_case_5_taken(house: House) -> None:
    """A conflict settled for the new source takes its figure and keeps the history."""
    house.correct(entry())
    other = house.document(report(5, as_written={NATURAL: "５"}), "b.txt")
    house.written(other, "--take", NATURAL)
    record = house.record()
    assert (record.figures()[NATURAL], record.as_written) == (5, {NATURAL: "５"})
    assert [one["now"] for one in record.corrections] == [12, 5]
    house.quiet(other)


GONE = "requests.other_other.natural"


def test_case_6_a_field_that_is_gone_waits_for_a_person(house: House) -> None:
    """The report no longer has the corrected cell: orphan, the record stays, neither `--again` nor `--keep` writes."""
    house.correct(entry(GONE, was=house.record().figures()[GONE]))
    other = house.document(report(single=True), "b.txt")
    for options in ((), ("--again",), ("--again", "--keep", GONE)):
        said = house.refused(other, *options)
        assert f"{GONE}: orphan: " in said
        assert f"--take {GONE}" in said


def test_case_6_taken(house: House) -> None:
    """An orphan that a person lets go leaves a record that can be read, with both entries in it."""
    house.correct(entry(GONE, was=house.record().figures()[GONE]))
    other = house.document(report(single=True), "b.txt")
    house.written(other, "--again", "--take", GONE)
    record = house.record()
    assert GONE not in record.figures()
    assert [one["now"] for one in record.corrections] == [12, None]
    house.quiet(other)


def test_a_correction_of_what_was_left_out_and_of_what_is_not_there(house: House, same: Path) -> None:
    """Null counts as a value on either side: a missed figure and one that the source lacks are kept alike."""
    other = house.document(report(None, requests__granted__enterprise=4), "b.txt")
    house.written(other, "--again")
    house.correct(
        entry(was=None, now=3, kind="missed"),
        entry("requests.granted.enterprise", was=4, now=None, kind="not_in_source"),
    )
    house.quiet(other)
    assert house.record().figures()[NATURAL] == 3
    assert house.record().figures()["requests.granted.enterprise"] is None


# the printed text of a corrected figure ------------------------------------------------------------------------------


def test_the_printed_text_that_a_person_gave_stays_with_the_correction(house: House, same: Path) -> None:
    """A corrected figure whose printed text was mended too keeps both, and is nothing to do the next time."""
    house.correct(entry())
    house.edit(lambda record: record.as_written.update({NATURAL: "１２"}))
    house.quiet(same)
    house.written(same, "--again")
    assert house.record().as_written == {NATURAL: "１２"}


def test_the_printed_text_that_a_person_took_away_stays_away(house: House) -> None:
    """A figure misread from an odd text, both mended: the next conversion does not bring the text back."""
    other = house.document(report(1, as_written={NATURAL: "１"}), "b.txt")
    house.written(other, "--again")
    house.correct(entry())
    house.edit(lambda record: record.as_written.clear())
    house.quiet(other)


def test_the_record_tells_what_the_conversion_said(house: House) -> None:
    """The last entry of a field guards it; where the converter has caught up it says the corrected figure itself."""
    assert converted(house.record(), NATURAL) == 1
    for one, said in ((entry(), 1), (entry(was=5, now=13), 5), (entry(was=13, now=14, confirmed=True), 14)):
        house.correct(one)
        assert converted(house.record(), NATURAL) == said
    house.correct(misprint(NATURAL, 14, 15))
    assert converted(house.record(), NATURAL) == 14


# misprints -----------------------------------------------------------------------------------------------------------


def test_a_misprint_never_changes_the_printed_figure(house: House, same: Path) -> None:
    """`printed_wrong` notes what should be; the body keeps what was printed, whatever is converted again."""
    printed = house.record().figures()[TOTAL]
    house.correct(misprint(printed=printed, should_be=1))
    house.quiet(same)
    house.written(same, "--again")
    assert house.record().figures()[TOTAL] == printed
    assert house.record().corrections == [misprint(printed=printed, should_be=1)]


def test_a_misprint_mended_by_the_publisher_is_listed(house: House) -> None:
    """Where the report no longer prints the noted figure, the body takes the new one and the entry is listed."""
    printed = house.record().figures()[TOTAL]
    house.correct(misprint(printed=printed, should_be=1))
    other = house.document(report(requests__carried_out__total=1), "b.txt")
    assert f"{TOTAL}: {printed} -> 1" in house.refused(other)
    assert f"{TOTAL}: noted as misprinted {printed}" in house.written(other, "--again")
    assert house.record().figures()[TOTAL] == 1
    assert house.record().corrections == [misprint(printed=printed, should_be=1)]
    ran = house.convert(other)
    assert (ran.status, ran.err) == (0, "")
    assert "noted as misprinted" in ran.out


def test_a_misprint_in_a_row_that_is_gone_stays_on_record(house: House) -> None:
    """A noted misprint whose cell is no longer there blocks nothing, is listed, and is not lost."""
    house.correct(misprint(GONE, house.record().figures()[GONE], 1))
    other = house.document(report(single=True), "b.txt")
    assert f"{GONE}: noted as misprinted" in house.written(other, "--again")
    assert [one["field"] for one in house.record().corrections] == [GONE]


def test_a_figure_may_be_misread_and_misprinted(house: House, same: Path) -> None:
    """The misprint is held against the corrected figure, not against the misreading."""
    house.correct(entry(), misprint(NATURAL, printed=12, should_be=13))
    house.quiet(same)
    assert house.record().figures()[NATURAL] == 12


# facts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "now"), [("agency_name", "示例县卫生和健康局"), ("scope", "own"), ("published", None)]
)
def test_a_corrected_fact_stays(field: str, now: Any, house: House, same: Path) -> None:
    """Name, scope and day are corrected as figures are, and the organ stays the same organ."""
    was = getattr(house.record(), field)
    house.correct(entry(field, was=was, now=now, kind=kind_of(was, now)))
    house.quiet(same)
    house.written(same, "--again")
    assert getattr(house.record(), field) == now
    assert [path.name for path in house.path.parent.parent.iterdir()] == [made.ID]


def test_an_organ_whose_name_was_mended_everywhere_is_still_found(house: House, same: Path) -> None:
    """A misread name, mended in the record and in the organ's file, leads the same document to the same organ."""
    was = house.record().agency_name
    house.correct(entry("agency_name", was=was, now="示例县卫生和健康局"))
    organ = house.path.with_name("agency.yaml")
    organ.write_text(organ.read_text(encoding="utf-8").replace(was, "示例县卫生和健康局"), encoding="utf-8")
    house.quiet(same)
    assert [path.name for path in house.path.parent.parent.iterdir()] == [made.ID]


def test_a_fact_that_drifts_waits_for_a_person(house: House, same: Path) -> None:
    """A third value of a fact blocks as a figure's does, and both ways of settling it work."""
    house.correct(entry("published", was="2023-01-01", now="2024-01-16"))
    assert "published: drifted: " in house.refused(same)
    house.written(same, "--take", "published")
    assert house.record().published == "2024-01-15"
    house.quiet(same)


# several at once -----------------------------------------------------------------------------------------------------


def test_one_open_field_holds_everything_back(house: House, same: Path) -> None:
    """A field that is settled and one that is caught up with are not written while a third is open."""
    value = house.record().figures()["requests.granted.research"]
    house.correct(
        entry(was=7), entry("requests.granted.enterprise", was=8), entry("requests.granted.research", was=9, now=value)
    )
    said = house.refused(same, "--keep", NATURAL)
    assert "requests.granted.enterprise: drifted" in said
    assert f"{NATURAL}: drifted" not in said
    house.written(same, "--keep", NATURAL, "--take", "requests.granted.enterprise")
    assert [one.get("confirmed") for one in house.record().corrections] == [None, None, True, None, True]
    house.quiet(same)


def test_the_last_word_on_a_field_governs_it(house: House, same: Path) -> None:
    """Of two entries on a field the later one is held against the conversion; the earlier one stays as history."""
    house.correct(entry(was=7), entry(was=1, now=14))
    house.quiet(same)
    assert house.record().figures()[NATURAL] == 14


# over all values -----------------------------------------------------------------------------------------------------

FIGURE = st.none() | st.integers(0, 3)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Record, Record, Settled]:
    """A record with corrections, a new conversion of the same or another source, and what a person settled."""
    names = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4))
    old, new = made.record(), made.record(single=draw(st.booleans()))
    for name in names:
        kind = draw(st.sampled_from(["misread", "printed_wrong"]))
        one = entry(name, was=draw(FIGURE), now=draw(FIGURE))
        if kind == "misread":
            old.set_figure(name, one["now"])
        old.corrections.append(one if kind == "misread" else misprint(name, draw(FIGURE), draw(FIGURE)))
    for name in names:
        if name in new.figures():
            new.set_figure(name, draw(FIGURE))
    old.as_written = draw(st.dictionaries(st.sampled_from(names), st.just("１")))
    new.as_written = draw(st.dictionaries(st.sampled_from(names), st.just("２")))
    new.source = replace(new.source, sha256=draw(st.sampled_from(["3e" * 32, "4f" * 32])))
    settled = st.sets(st.sampled_from(FIELDS))
    return old, new, Settled(draw(settled), draw(settled), "gongkai 0", "2026-03-03")


FIELDS = [NATURAL, TOTAL, GONE, "disputes.litigation_direct.pending"]


def governing(record: Record) -> Iterator[dict[str, Any]]:
    last = {one["field"]: one for one in record.corrections if one["kind"] != "printed_wrong"}
    yield from last.values()


@given(changed())
def test_no_entry_and_no_corrected_figure_is_ever_lost(case: tuple[Record, Record, Settled]) -> None:
    """Whatever meets whatever: the entries stand in their order, and the body says what the last word on it says."""
    old, new, settled = case
    before = record_to_yaml(old), record_to_yaml(new)
    merged = merge(old, new, settled)
    assert (record_to_yaml(old), record_to_yaml(new)) == before
    kept = merged.record.corrections[: len(old.corrections)]
    assert [{k: v for k, v in one.items() if k != "confirmed"} for one in kept] == old.corrections
    if merged.blocked:
        return
    for one in governing(merged.record):
        assert merged.record.figures().get(one["field"]) == one["now"]
    again = merge(merged.record, new)
    assert (again.blocked, again.changes, again.needs_again) == ([], [], False)


@given(changed())
def test_nothing_changes_without_a_word(case: tuple[Record, Record, Settled]) -> None:
    """Every figure of the merged record that is not the old one is told in a line, and only settled ones go by."""
    old, new, settled = case
    merged = merge(old, new, settled)
    if merged.blocked:
        return
    after = merged.record.figures()
    for name, value in old.figures().items():
        if after.get(name, ...) != value:
            assert any(line.startswith(f"{name}: ") for line in merged.changes)
            assert merged.needs_again or name in settled.take


@pytest.mark.parametrize(("settled", "was", "now"), [("keep", 8, 7), ("take", 7, 8)])
def test_what_settles_a_field_says_its_own_kind(settled: str, was: int, now: int) -> None:
    """A figure that was missed once and is now another one was misread: the entry does not say missed again."""
    name = "requests.carried_in.natural"
    old, new = made.record(fill=made.different()), made.record(fill=made.different())
    put(old, name, 7)
    put(new, name, 8)
    old.corrections.append(entry(name, was=None, now=7, kind="missed"))
    how = Settled(keep=[name] if settled == "keep" else [], take=[name] if settled == "take" else [])
    last = merge(old, new, how).record.corrections[-1]
    assert (last["kind"], last["was"], last["now"]) == ("misread", was, now)
