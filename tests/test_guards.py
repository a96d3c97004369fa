"""What may not be merged, and that everything else may: errors, unexplained changes, great losses."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.record import AGENCIES, Record
from tests.repository import ID, NATURAL, ORGANS, YEARS, Repository, entry, put, report
from tests.repository import repository as repository
from tests.repository import template as template

NEW = {"year": 2024, "agency_id": "999901-mzj", "agency_name": "示例县民政局"}


def pasted(markdown: str) -> list[list[str]]:
    """The lines of each block that is offered to be pasted."""
    return [block.splitlines() for block in re.findall(r"```yaml\n(.*?)\n```", markdown, re.DOTALL)]


def figure(value: Any, field: str = NATURAL) -> Any:
    return lambda record: put(record, field, value)


def drop(repository: Repository, *ids: str) -> None:
    for id in ids:
        repository.path(id).unlink()
        repository.kept(id).unlink()


# unexplained changes -------------------------------------------------------------------------------------------------


def test_a_figure_that_changed_without_an_entry_blocks_and_the_lines_to_paste_mend_it(repository: Repository) -> None:
    """The entry that is offered has everything but the reason; pasted at the end of the record, nothing blocks."""
    repository.edit(figure(12))
    ran = repository.changes()
    assert (ran.status, ran.plain["verdict"], ran.plain["risk"]["level"]) == (1, "blocked", "high")
    (block,) = pasted(ran.markdown)
    assert block[:4] == [f"- field: {NATURAL}", "  kind: misread", "  was: 1", "  now: 12"]
    assert "1\\t3\\t0\\t0\\t1\\t0\\t16" in block[4]
    repository.replace(repository.path(), "corrections: []\n", "corrections:\n" + "\n".join(block) + "\n")
    ran = repository.changes()
    assert [one["field"] for one in ran.plain["blocking"]] == ["corrections[0].reason"]
    repository.replace(repository.path(), 'reason: ""', "reason: 两位数只读到了第一位")
    assert repository.changes().plain["blocking"] == []


@pytest.mark.parametrize(("was", "now", "kind"), [(None, 7, "missed"), (7, None, "not_in_source"), (7, 8, "misread")])
def test_the_kind_that_is_offered_is_told_by_the_figures(repository: Repository, was: Any, now: Any, kind: str) -> None:
    """An empty cell that gets a figure was missed, a figure that becomes an empty cell is not in the source."""
    field = "disputes.litigation_direct.other"
    printed = report(3, year=2024)
    printed.set_figure(field, was)
    repository.convert(printed, "--again")
    repository.commit()
    repository.edit(figure(now, field), "999901-wsjkj-2024")
    (block,) = pasted(repository.changes("HEAD").markdown)
    assert block[1] == f"  kind: {kind}"


def test_a_fact_that_changed_without_an_entry_blocks(repository: Repository) -> None:
    """Name, scope and date are held like figures."""
    repository.edit(figure("2024-02-29", "published"))
    ran = repository.changes()
    assert ran.status == 1
    assert [one["field"] for one in ran.plain["blocking"]] == ["published"]


def test_how_a_figure_is_printed_does_not_change_by_itself(repository: Repository) -> None:
    """Words beside a figure that the kept cells do not have are unexplained."""
    repository.edit(lambda record: record.as_written.update({NATURAL: "１"}))
    ran = repository.changes()
    assert ran.status == 1
    assert [one["field"] for one in ran.plain["blocking"]] == [NATURAL]


def test_an_entry_for_another_field_explains_nothing(repository: Repository) -> None:
    """Two figures that changed with one entry leave one of them unexplained."""
    repository.correct(entry())
    repository.edit(figure(4, "requests.granted.enterprise"))
    ran = repository.changes()
    assert [one["field"] for one in ran.plain["blocking"]] == ["requests.granted.enterprise"]


def test_a_figure_put_back_to_what_the_cells_say_is_explained(repository: Repository) -> None:
    """Who takes back an unexplained change that was merged once needs no entry."""
    repository.edit(figure(12))
    base = repository.commit()
    repository.edit(figure(1))
    assert repository.changes(base).status == 0


def test_a_correction_that_is_taken_away_or_edited_blocks_until_it_is_put_back(repository: Repository) -> None:
    """Corrections are only ever added; the lines to paste are those that stood there."""
    repository.correct(entry())
    base = repository.commit()
    for change in (
        lambda record: (record.corrections.clear(), put(record, NATURAL, 1)),
        lambda record: record.corrections[0].update(reason="另一个理由"),
    ):
        repository.git("checkout", "-q", "--", ".")
        repository.edit(change)
        ran = repository.changes(base)
        assert ran.status == 1
        assert [one["field"] for one in ran.plain["blocking"]] == [NATURAL]
        assert "  reason: 两位数只读到了第一位" in pasted(ran.markdown)[0]


def test_corrections_keep_their_order(repository: Repository) -> None:
    """A new entry that is put before an earlier one blocks."""
    repository.correct(entry())
    base = repository.commit()
    added = entry("requests.granted.enterprise", 3, 5)
    repository.edit(lambda record: (record.corrections.insert(0, added), put(record, added["field"], 5)))
    ran = repository.changes(base)
    assert ran.status == 1
    assert "次序" in ran.markdown


def test_that_the_converter_caught_up_is_no_other_correction(repository: Repository) -> None:
    """`confirmed: true` may be added to an entry."""
    repository.correct(entry())
    base = repository.commit()
    repository.edit(lambda record: record.corrections[0].update(confirmed=True))
    assert repository.changes(base).status == 0


def test_that_the_converter_caught_up_is_not_taken_away(repository: Repository) -> None:
    """An entry keeps its `confirmed: true`."""
    repository.correct(entry(confirmed=True))
    base = repository.commit()
    repository.edit(lambda record: record.corrections[0].pop("confirmed"))
    ran = repository.changes(base)
    assert (ran.status, [one["field"] for one in ran.plain["blocking"]]) == (1, [NATURAL])


def test_extra_rows_are_written_by_the_conversion_alone(repository: Repository) -> None:
    """Numbers beside the form are published too, and nobody adds some by hand."""
    extra = {"section": "requests", "label": "补充", "values": ["3"]}
    repository.edit(lambda record: record.extra_rows.append(extra))
    ran = repository.changes()
    assert (ran.status, [one["field"] for one in ran.plain["blocking"]]) == (1, ["extra_rows"])


# the kept cells ------------------------------------------------------------------------------------------------------


def test_kept_cells_do_not_change_while_the_source_is_the_same(repository: Repository) -> None:
    """A figure cannot be explained by editing the cells that it is held against."""
    repository.edit(figure(12))
    repository.replace(repository.kept(), "（一）予以公开\t\t1\t3", "（一）予以公开\t\t12\t3")
    ran = repository.changes()
    assert ran.status == 1
    assert [Path(one["path"]).name for one in ran.plain["blocking"]] == ["2023.source.txt"]
    assert ran.plain["risk"]["level"] == "high"


def test_kept_cells_alone_do_not_change_either(repository: Repository) -> None:
    """Also where the record is as it was."""
    repository.replace(repository.kept(), "（一）予以公开\t\t1\t3", "（一）予以公开\t\t12\t3")
    assert repository.changes().status == 1


def test_kept_cells_cannot_be_taken_away(repository: Repository) -> None:
    """Without them no figure can be derived again."""
    repository.kept().unlink()
    ran = repository.changes()
    assert ran.status == 1
    assert "2023.source.txt" in ran.markdown


def test_a_source_that_was_published_again_explains_its_figures(repository: Repository) -> None:
    """The document converted anew, with other figures and other bytes: nothing blocks, and a person looks twice."""
    printed = report(2023 % 100, year=2023)
    printed.set_figure(NATURAL, 12)
    repository.convert(printed, "--again")
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "high")
    assert "~~1~~ **12**" in ran.markdown
    repository.edit(figure(13))
    assert repository.changes().status == 1


def test_a_converter_that_reads_better_explains_its_figures(repository: Repository) -> None:
    """Another version of the converter may keep other cells of the same source; the figures must be theirs."""

    def upgraded(record: Record) -> None:
        record.source.converter = "9.9.9"
        put(record, NATURAL, 12)

    repository.replace(repository.kept(), "（一）予以公开\t\t1\t3", "（一）予以公开\t\t12\t3")
    repository.edit(upgraded)
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "high")
    repository.edit(figure(13))
    assert repository.changes().status == 1


def test_a_new_report_says_what_its_cells_say(repository: Repository) -> None:
    """A figure changed by hand in a report that was never committed is unexplained; with its entry it is not."""
    repository.convert(report(7, **NEW))
    assert repository.changes().status == 0
    repository.edit(figure(12), "999901-mzj-2024")
    ran = repository.changes()
    assert [one["field"] for one in ran.plain["blocking"]] == [NATURAL]
    repository.edit(lambda record: record.corrections.append(entry()), "999901-mzj-2024")
    ran = repository.changes()
    assert (ran.status, ran.plain["counts"]["corrections_added"], ran.plain["counts"]["evidence_found"]) == (0, 1, 1)


def test_a_new_report_comes_with_its_cells(repository: Repository) -> None:
    """A record alone is not taken."""
    repository.convert(report(7, **NEW))
    repository.kept("999901-mzj-2024").unlink()
    ran = repository.changes()
    assert ran.status == 1
    assert [Path(one["path"]).name for one in ran.plain["blocking"]] == ["2024.source.txt"]


@pytest.mark.parametrize("attribute", ["export-ignore", "export-subst", "working-tree-encoding=UTF-16", "binary -diff"])
def test_no_attribute_of_a_file_hides_what_changes(repository: Repository, attribute: str) -> None:
    """What git would leave out of an archive, or write otherwise, is looked at as it is."""
    (repository.root / ".gitattributes").write_text(f"*.yaml {attribute}\n", encoding="utf-8")
    repository.git("config", "core.autocrlf", "false")
    repository.edit(figure(12))
    blob = repository.git("hash-object", "-w", "--no-filters", str(repository.path()))
    repository.git("add", ".gitattributes")
    repository.git("update-index", "--cacheinfo", f"100644,{blob},{repository.path().relative_to(repository.root)}")
    repository.git("commit", "-q", "-m", "a change")
    ran = repository.changes("HEAD~1", "HEAD")
    assert (ran.status, ran.plain["counts"]["reports_removed"]) == (1, 0)
    assert [one["field"] for one in ran.plain["blocking"]] == [NATURAL]


def test_a_link_is_no_record(repository: Repository) -> None:
    """A name that points elsewhere is not followed: the report is gone."""
    repository.path().unlink()
    repository.path().symlink_to("/etc/passwd")
    head = repository.commit()
    ran = repository.changes("HEAD~1", head)
    assert ran.plain["counts"]["reports_removed"] == 1
    assert "root:" not in ran.markdown


# errors --------------------------------------------------------------------------------------------------------------


def test_a_record_that_is_no_yaml_blocks_with_file_and_line(repository: Repository) -> None:
    """The report still counts as there: it is not said to be removed."""
    repository.replace(repository.path(), "scope: ", 'scope: "')
    ran = repository.changes()
    assert (ran.status, ran.plain["counts"]["reports_removed"]) == (1, 0)
    (block,) = ran.plain["blocking"]
    assert block["path"] == "data/agencies/99/999901/999901-wsjkj/2023.yaml"
    assert "### 删去" not in ran.markdown


def test_a_line_that_is_not_canonical_is_offered_as_it_should_be(repository: Repository) -> None:
    """Pasting the line mends it."""
    canonical = repository.path().read_text(encoding="utf-8")
    line = next(line for line in canonical.splitlines() if line.startswith("  licensing:"))
    repository.replace(repository.path(), line, line.replace("    ", " "))
    ran = repository.changes()
    assert ran.status == 1
    assert pasted(ran.markdown) == [[line]]


def test_an_error_that_stood_there_before_blocks_nothing_but_is_said(repository: Repository) -> None:
    """Another report's correction can be merged while an old error waits; who touches that file mends it."""
    broken = repository.path("999901-czj-2022")
    repository.replace(broken, "    ", " ")
    repository.replace(broken, "scope: null", "scope: nobody")
    base = repository.commit()
    repository.correct(entry())
    ran = repository.changes(base)
    assert (ran.status, ran.plain["counts"]["older_errors"]) == (0, 1)
    assert "原来就有" in ran.markdown
    repository.replace(broken, "scope: nobody", "scope: someone")
    assert repository.changes(base).status == 1


def test_what_the_published_schema_forbids_blocks(repository: Repository) -> None:
    """The rows of touched reports are held to the schema too."""

    def negative(record: Record) -> None:
        record.corrections.append(entry(now=-3))
        put(record, NATURAL, -3)

    repository.edit(negative)
    ran = repository.changes(rows=True)
    assert ran.status == 1
    assert any(one["field"] == NATURAL for one in ran.plain["blocking"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("known_reports.csv", "agency_name,year\n示例县财政局,2020\n"),
        ("known_reports.csv", "agency_name,agency_id,year,url,published,status\n示例县财政局,,二〇,,,known\n"),
        ("known_reports.csv", "\ud800"),
        ("retired.csv", "id,reason\n"),
    ],
)  # fmt: skip
def test_a_broken_list_is_an_error_with_its_name(repository: Repository, name: str, text: str) -> None:
    """A list that cannot be read ends with a sentence, and the reports are compared all the same."""
    (repository.data / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    repository.correct(entry())
    ran = repository.changes()
    assert ran.status == 1
    assert {one["path"] for one in ran.plain["blocking"]} == {f"data/{name}"}
    assert "~~1~~ **12**" in ran.markdown


# great losses --------------------------------------------------------------------------------------------------------


def test_more_than_a_tenth_of_the_reports_needs_the_label(repository: Repository) -> None:
    """Two of twelve are too many without it; what is new does not make up for them."""
    drop(repository, "999901-czj-2021", "999901-czj-2022")
    repository.convert(report(7, **NEW))
    ran = repository.changes()
    assert ran.status == 1
    assert {"what": "reports", "name": "", "before": 12, "gone": 2} in ran.plain["losses"]
    assert "loss-confirmed" in ran.markdown
    allowed = repository.changes("main", "--allow-loss")
    assert (allowed.status, allowed.plain["risk"]["level"]) == (0, "high")


def test_a_tenth_of_the_reports_is_not_yet_a_great_loss(repository: Repository) -> None:
    """One of twelve needs no label, but is said."""
    drop(repository, "999901-czj-2021")
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "high")
    assert "999901-czj-2021" in ran.markdown


def test_a_province_that_loses_its_only_report_needs_the_label(tmp_path: Path, repository: Repository) -> None:
    """Few as they are, they are all that there is of the province."""
    shutil.copytree(AGENCIES, repository.data / "agencies", dirs_exist_ok=True)
    base = repository.commit()
    shutil.rmtree(repository.data / "agencies" / "37")
    ran = repository.changes(base)
    assert ran.status == 1
    assert [(one["what"], one["name"], one["before"], one["gone"]) for one in ran.plain["losses"]] == [
        ("province", "37 山东省", 1, 1)
    ]
    assert repository.changes(base, "--allow-loss").status == 0


def test_more_than_a_tenth_of_the_figures_needs_the_label(repository: Repository) -> None:
    """Reports that are there but were emptied are lost too, however well each is explained."""
    for id in [f"{organ}-{year}" for organ in ORGANS for year in YEARS][:3]:

        def emptied(record: Record) -> None:
            for name, value in record.figures().items():
                if value is not None:
                    record.corrections.append(entry(name, value, None, kind="not_in_source"))
                    put(record, name, None)

        repository.edit(emptied, id)
    ran = repository.changes()
    assert ran.status == 1
    assert [one["what"] for one in ran.plain["losses"]] == ["figures"]
    assert ran.plain["counts"]["unexplained"] == 0
    assert len(ran.markdown) <= 60_000
    assert repository.changes("main", "--allow-loss").status == 0


def test_a_folder_without_any_data_is_no_change_to_judge(repository: Repository) -> None:
    """A revision that has no data at all cannot be compared, and says so."""
    shutil.rmtree(repository.data)
    head = repository.commit()
    repository.data.mkdir()
    ran = repository.changes("HEAD~1", head)
    assert ran.status == 2
    assert ran.err.startswith("gongkai: ")
    assert ID not in ran.err
