"""Collecting: from the list of known reports over a real server to records, refusals, notes and a summary."""

import csv
import functools
import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline import ROOT
from pipeline.alone import alone_in
from pipeline.cli import main
from pipeline.collect import fetching, run
from pipeline.collect.addresses import Rules, parse
from pipeline.collect.claims import could_be
from pipeline.collect.fetching import Fetcher
from pipeline.collect.known import Listing
from pipeline.collect.linked import files_of
from pipeline.collect.plan import DAYS, Task, next_day, plan
from pipeline.collect.run import Outcome, Wanted, collect
from pipeline.collect.store import Note, Store, came_as
from pipeline.collect.summary import MOST_CHARACTERS, to_markdown
from pipeline.identity import Given
from pipeline.known_reports import KnownReport, read_known_reports
from pipeline.record import Record, read_record, record_to_yaml, write_text
from tests import made
from tests.as_docx import to_docx
from tests.as_html import to_html
from tests.web import Names, Reply, Talk, Times, Web, conditional, leads_to, page, web

HEAD = "agency_name,agency_id,year,url,published,status\n"
NAME = "示例县卫生健康局"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass
class Desk:
    """A folder of data, a store, and the web of a test; `clock` is that of the last run."""

    root: Path
    server: Web
    clock: Times

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def store(self) -> Path:
        return self.root / "store"

    def know(self, *rows: str) -> None:
        """Writes the list of known reports: `name,id,year,url,published,status`."""
        write_text(self.data / "known_reports.csv", HEAD + "".join(f"{row}\n" for row in rows))

    def listed(self, name: str = "known_reports.csv") -> list[dict[str, str]]:
        with (self.data / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def fetcher(self, days: int = 0) -> Fetcher:
        self.clock = self.clock.turn(days)
        return Fetcher("gongkai/test", self.server.rules, clock=self.clock, resolver=Names())

    def collect(self, days: int = 0, **wanted: Any) -> Outcome:
        """A run so many days after the last one."""
        listing = Listing(self.data)
        assert listing.problems == []
        return collect(Wanted(self.data, self.store, **wanted), listing, self.fetcher(days), lambda result: None)

    def record(self, year: int = 2023, agency_id: str = made.ID) -> Record:
        path = self.data / "agencies" / agency_id[:2] / agency_id[:6] / agency_id / f"{year}.yaml"
        loaded = read_record(path)
        assert loaded.record, loaded.problems
        return loaded.record

    def records(self) -> list[str]:
        return sorted(path.name for path in (self.data / "agencies").rglob("2*.yaml"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "data" / "agencies").mkdir(parents=True)
    with web() as server:
        made_desk = Desk(tmp_path, server, Times())
        made_desk.know()
        yield made_desk


def report(start: int = 11, **changes: Any) -> str:
    """The page of a report with different figures in every cell."""
    return to_html(made.record(fill=made.different(start), **changes))


def endings(outcome: Outcome) -> list[str]:
    return [one.ended for one in outcome.results]


def row(url: str, status: str = "known", name: str = NAME, year: int = 2023, agency_id: str = "") -> str:
    return f"{name},{agency_id},{year},{url},,{status}"


# new reports ----------------------------------------------------------------------------------------------------------


def test_a_known_report_becomes_a_record_and_its_original_is_kept_by_its_hash(desk: Desk) -> None:
    """The list says held, with the id; the record says where and when it came from; nothing lies anywhere else."""
    text = report()
    url = desk.server.on("a.test/nb/2023.shtml", page(text, ETag='"1"'))
    desk.know(row(url))
    outcome = desk.collect()
    assert endings(outcome) == ["added"]
    assert desk.listed() == [dict(zip(HEAD.strip().split(","), [NAME, made.ID, "2023", url, "", "held"], strict=True))]
    source = desk.record().source
    assert (source.url, source.retrieved, source.file) == (url, "2026-03-02", "2023.shtml")
    assert desk.record().figures() == made.record(fill=made.different()).figures()
    kept = desk.store / source.sha256[:2] / source.sha256
    assert kept.read_text("utf-8") == text
    told = json.loads(kept.with_suffix(".json").read_text("utf-8"))
    assert (told["url"], told["final_url"], told["status"], told["bytes"]) == (url, url, 200, len(text.encode()))
    assert (told["etag"], told["retrieved"], told["name"]) == ('"1"', "2026-03-02", "2023.shtml")


def test_what_was_fetched_is_not_asked_for_again_before_it_is_due(desk: Desk) -> None:
    """A held report rests; the second run makes no request at all."""
    desk.know(row(desk.server.on("a.test/a", page(report()))))
    desk.collect()
    assert endings(desk.collect(DAYS["held"] - 1)) == []
    assert desk.server.paths() == ["a.test/a"]
    assert endings(desk.collect(1)) == ["unchanged"]


def test_new_reports_come_first_and_the_hosts_take_turns(desk: Desk) -> None:
    """The order is that of the list, one report of each host and then the next; a limit counts robots.txt too."""
    urls = [desk.server.on(f"{host}.test/{n}", page("甲")) for host in "ab" for n in (1, 2)]
    desk.know(*(row(url, name=f"示例县{name}局") for url, name in zip(urls, "甲乙丙丁", strict=True)))
    outcome = desk.collect(limit=5, jobs=1)
    assert desk.server.paths() == ["a.test/1", "a.test/2", "b.test/1"]
    assert (outcome.requests, outcome.waiting) == (5, 1)
    desk.collect(limit=5, jobs=1)
    assert desk.server.paths()[3:] == ["b.test/2"]


def test_a_limit_also_holds_for_what_nobody_could_foresee(desk: Desk) -> None:
    """Redirects count; what is left over is asked for in the next run."""
    desk.server.on("a.test/b", page(report()))
    desk.know(row(desk.server.on("a.test/a", leads_to("/b"))))
    assert endings(desk.collect(limit=2)) == ["spent"]
    assert desk.listed()[0]["status"] == "known"
    assert endings(desk.collect(limit=3)) == ["added"]


def test_only_the_reports_of_one_host_are_asked_for_on_demand(desk: Desk) -> None:
    """And those that are not due, where that is asked for too."""
    desk.know(*(row(desk.server.on(f"{host}.test/1", page(report(year=year))), year=year) for host, year in (("a", 2022), ("b", 2023))))  # fmt: skip
    desk.collect(host="b.test")
    assert desk.server.paths() == ["b.test/1"]
    assert endings(desk.collect(host="b.test", again=True)) == ["unchanged"]


def test_ids_do_not_depend_on_which_host_answers_first(desk: Desk, tmp_path: Path) -> None:
    """Two organs whose ids would be equal get theirs in the order of the list."""
    names = ("示例县教育局", "示例县交运局")

    def slow(talk: Talk) -> None:
        talk.ended.wait(0.4)
        page(to_html(made.record(agency_name=names[0])))(talk)

    desk.know(row(desk.server.on("a.test/1", slow), name=names[0]), row(desk.server.on("b.test/1", page(to_html(made.record(agency_name=names[1])))), name=names[1]))  # fmt: skip
    assert endings(desk.collect()) == ["added", "added"]
    assert [one["agency_id"] for one in desk.listed()] == ["999901-jyj", "999901-jyj2"]


@pytest.mark.parametrize(
    ("body", "kind", "file"),
    [
        (to_docx(made.record(fill=made.different())), "text/html", "a"),
        (report().encode(), "application/pdf", "a"),
        (report().encode("gb18030"), "text/html; charset=utf-8", "a"),
        (report().encode(), "image/png", "a.doc"),
        (to_docx(made.record(fill=made.different())), "", "a.pdf?x=.html"),
    ],
)
def test_a_file_is_what_its_bytes_are(desk: Desk, body: bytes, kind: str, file: str) -> None:
    """Whatever the server or the address says of its type."""
    desk.know(row(desk.server.on(f"a.test/{file}", page(body, kind))))
    assert endings(desk.collect()) == ["added"]
    assert desk.record().figures() == made.record(fill=made.different()).figures()


@pytest.mark.parametrize("path", ["..%2f..%2f..%2fetc%2fpasswd.html", "a/%2e%2e/%2e%2e/x.html", "C:%5cx.html", "%00.html", "年报%0a.html"])  # fmt: skip
def test_no_name_of_a_server_or_an_address_is_ever_a_path(desk: Desk, path: str) -> None:
    """It stands as text in a record, and nothing is written outside of the data and the store."""
    url = f"{desk.server.url('a.test/')}{path}"
    where = f"a.test/{path}".replace("年报", "%E5%B9%B4%E6%8A%A5")
    desk.server.on(where, page(report(), Content_Disposition='attachment; filename="../../../x.yaml"'))
    desk.know(row(url))
    assert endings(desk.collect()) == ["added"]
    files = [one.relative_to(desk.root).as_posix() for one in desk.root.rglob("*") if one.is_file()]
    sha256 = desk.record().source.sha256
    kept = [f"store/{sha256[:2]}/{sha256}", f"store/{sha256[:2]}/{sha256}.json"]
    folder = "data/agencies/99/999901/999901-wsjkj"
    data = [f"{folder}/{name}" for name in ("2023.source.txt", "2023.yaml", "agency.yaml")]
    rest = {*files} - {*kept, *data, "data/known_reports.csv", "data/refusals.csv"}
    assert all(one.startswith(("store/asked/", "store/robots/")) for one in rest)
    assert len(rest) == 2
    assert "/" not in desk.record().source.file


# claims of the list ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"year": 2022}, "of 2023, and the list of known reports says 2022"),
        ({"name": "示例县教育局"}, "of 示例县卫生健康局, and the list of known reports says 示例县教育局"),
        ({"agency_id": "999901-jyj"}, "the list says 999901-jyj"),
    ],
)
def test_a_report_of_another_year_or_organ_than_the_list_says_is_refused(
    desk: Desk, said: dict[str, Any], says: str
) -> None:
    """One of both is wrong, and nobody here can know which; nothing is written but the refusal."""
    desk.know(row(desk.server.on("a.test/a", page(report())), **said))
    assert endings(desk.collect()) == ["refused"]
    (refusal,) = desk.listed("refusals.csv")
    assert refusal["code"] == "Ambiguous"
    assert says in refusal["sentence"]
    assert desk.records() == []


@pytest.mark.parametrize(
    ("listed", "printed", "is_so"),
    [
        ("六盘水市应急局", "六盘水市应急管理局", True),
        ("上海市", "上海市人民政府", True),
        ("义安区政府办", "铜陵市义安区人民政府办公室", True),
        ("唐村镇政府", "唐村镇人民政府", True),
        ("大五里镇", "大五里镇人民政府", True),
        ("吉林经济技术开发区管委会", "吉林经济技术开发区管理委员会", True),
        ("县供销社", "嵩明县供销合作社", True),
        ("临夏县交通运输局", "临夏县交通运输局", True),
        ("临夏县交通运输局", "临夏市交通运输局", False),
        ("临夏县交通运输局", "临夏县教育局", False),
        ("临夏县公安局", "临夏县公安局交通警察支队", False),
        ("上海市", "上海市财政局", False),
        ("平顶山市人民政府", "平顶山市人民政府外事办公室", False),
        ("平顶山市财政局", "山西省财政厅", False),
    ],
)  # fmt: skip
def test_a_shortened_name_is_that_of_the_organ_and_of_no_other(listed: str, printed: str, is_so: bool) -> None:
    """Lists shorten names; a place, a branch or another subject is another organ."""
    from pipeline.regions import tell

    told = tell(printed)
    code = told[0].region.code if told else "340705"
    assert could_be(listed, printed, code) == is_so


# pages that name the report -------------------------------------------------------------------------------------------


def naming(*links: str) -> str:
    return "<html><body><h1>示例县卫生健康局</h1>" + "".join(f'<p><a href="{one}">{one}</a></p>' for one in links)


def test_a_page_that_only_names_the_report_gives_the_file_that_it_names(desk: Desk) -> None:
    """The record says the file's own address and hash; only documents of the same host are asked for, five at most."""
    body = to_docx(made.record(fill=made.different()))
    links = ["/files/..%2f2023年报.docx", "http://b.test/other.docx", "/style.css", "javascript:x()", "../../x.doc"]
    url = desk.server.on("a.test/nb/", page(naming(*links, *(f"/{n}.pdf" for n in range(9)))))
    desk.server.on("a.test/files/..%2f2023%E5%B9%B4%E6%8A%A5.docx", page(body, TYPE))
    desk.know(row(url))
    assert endings(desk.collect()) == ["added"]
    source = desk.record().source
    assert source.url == desk.server.url("a.test/files/..%2f2023%E5%B9%B4%E6%8A%A5.docx")
    assert source.file == "2023年报.docx"
    assert (desk.store / source.sha256[:2] / source.sha256).read_bytes() == body
    assert len(desk.server.paths("a.test")) == 1 + 5
    assert desk.server.paths("b.test") == []


def test_a_file_behind_an_unchanged_page_is_looked_at_too(desk: Desk) -> None:
    """The page says 304, and the file has other figures."""
    url = desk.server.on("a.test/nb", conditional(naming("/r.docx"), '"1"'))
    first, second = (to_docx(made.record(fill=made.different(start))) for start in (11, 511))
    desk.server.on("a.test/r.docx", page(first), page(second))
    desk.know(row(url))
    desk.collect()
    (result,) = desk.collect(DAYS["held"]).results
    assert result.ended == "changed"
    assert desk.record().figures() == made.record(fill=made.different(511)).figures()


@pytest.mark.parametrize("text", ["<" * 2_000_000, "<a href='x.pdf'" * 100_000, "<div>" * 200_000 + "<a href='1.pdf'>"])
def test_a_page_that_is_made_to_be_slow_is_looked_at_all_the_same(text: str) -> None:
    """Millions of open tags cost no more than any page, and name five files at most."""
    at = parse("http://a.cn/", Rules())
    assert len(files_of(text.encode(), at, Rules())) <= 5


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("1.pdf", "http://a.cn/nb/1.pdf"),
        ("//a.cn/1.DOC?x=1#p", "http://a.cn/1.DOC?x=1"),
        ("/down.jsp?file=%E5%B9%B4.docx", "http://a.cn/down.jsp?file=%E5%B9%B4.docx"),
        ("/viewer.html?file=/f/1.pdf", "http://a.cn/f/1.pdf"),
        ("/viewer.html?file=http://10.0.0.1/1.pdf", ""),
        ("https://a.cn/1.zip", "https://a.cn/1.zip"),
        ("http://b.cn/1.pdf", ""),
        ("http://a.cn:22/1.pdf", ""),
        ("file:///1.pdf", ""),
        ("http://[/1.pdf", ""),
        ("1.html", ""),
        ("javascript:x('1.pdf')", ""),
    ],
)
def test_a_link_is_a_document_where_it_says_so(link: str, meant: str) -> None:
    """By its path or a name in its question, on the page's own host, also through a viewer."""
    at = parse("http://a.cn/nb/a.html", Rules())
    assert [str(one) for one in files_of(naming(link).encode(), at, Rules())] == [meant] * bool(meant)


def test_what_a_run_left_half_fetched_is_read_when_the_rest_has_come(desk: Desk) -> None:
    """A changed file whose host failed a moment later is not taken for read because it has not changed since."""
    url = desk.server.on("a.test/nb", conditional(naming("/1.docx", "/2.docx"), '"1"'))
    first, second = (to_docx(made.record(fill=made.different(start))) for start in (11, 511))
    desk.server.on("a.test/1.docx", page(first, ETag='"1"'), page(second, ETag='"2"'), Reply(status=304))
    desk.server.on("a.test/2.docx", Reply(status=404), *[Reply(status=503)] * 3, Reply(status=404))
    desk.know(row(url))
    assert endings(desk.collect()) == ["added"]
    assert endings(desk.collect(DAYS["held"])) == ["left"]
    assert endings(desk.collect(DAYS["held"])) == ["changed"]
    assert desk.record().figures() == made.record(fill=made.different(511)).figures()


def test_two_reports_behind_one_page_are_refused(desk: Desk) -> None:
    """Nobody can know which of them is meant."""
    for n in (1, 2):
        desk.server.on(f"a.test/{n}.docx", page(to_docx(made.record(fill=made.different(n * 200))), TYPE))
    desk.know(row(desk.server.on("a.test/nb", page(naming("/1.docx", "/2.docx", "/3.docx")))))
    assert endings(desk.collect()) == ["refused"]
    assert "1.docx and 2.docx" in desk.listed("refusals.csv")[0]["sentence"]


def test_a_page_without_a_report_says_what_its_files_are(desk: Desk) -> None:
    """The sentence tells of the page and of each file."""
    desk.server.on("a.test/1.pdf", page(b"%PDF-1.4 no PDF", "application/pdf"))
    desk.know(row(desk.server.on("a.test/nb", page(naming("/1.pdf", "/2.docx")))))
    assert endings(desk.collect()) == ["refused"]
    sentence = desk.listed("refusals.csv")[0]["sentence"]
    assert "nor is any document that the page names: 1.pdf: " in sentence
    assert "/2.docx: it answers 404" in sentence
    assert str(desk.root) not in sentence


# pages that change ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [{"etag": '"1"'}, {"modified": "Mon, 02 Mar 2026 08:00:00 GMT"}])
def test_an_unchanged_page_is_not_sent_again(desk: Desk, mark: dict[str, str]) -> None:
    """ETag and Last-Modified are sent back, and nothing is converted or written."""
    desk.know(row(desk.server.on("a.test/a", conditional(report(), **mark))))
    desk.collect()
    before = desk.record()
    assert endings(desk.collect(DAYS["held"])) == ["unchanged"]
    assert {"if-none-match", "if-modified-since"} & {*desk.server.asked[-1].headers}
    assert desk.record() == before


def test_without_the_original_the_whole_page_is_asked_for(desk: Desk) -> None:
    """Also where the file in the store is not what its name says."""
    desk.know(row(desk.server.on("a.test/a", conditional(report(), '"1"'))))
    desk.collect()
    sha256 = desk.record().source.sha256
    (desk.store / sha256[:2] / sha256).write_bytes(b"broken")
    assert endings(desk.collect(DAYS["held"])) == ["unchanged"]
    assert "if-none-match" not in desk.server.asked[-1].headers
    assert (desk.store / sha256[:2] / sha256).read_text("utf-8") == report()


def test_a_republished_source_changes_the_record_and_no_correction(desk: Desk) -> None:
    """What differs is listed; the figure that a person has corrected stays, and the list says that it was guarded."""
    url = desk.server.on("a.test/a", page(report()), page(report().replace(">62<", ">1062<")))
    desk.know(row(url))
    desk.collect()
    record = desk.record()
    name, was = next((name, value) for name, value in record.figures().items() if value == 40)
    other = next(name for name, value in record.figures().items() if value == 62)
    record.set_figure(name, 4000)
    entry = {
        "field": name,
        "kind": "misread",
        "was": was,
        "now": 4000,
        "evidence": "40",
        "reason": "x",
        "by": "github:x",
    }
    record.corrections.append(entry | {"date": "2026-03-03"})
    write_text(next((desk.data / "agencies").rglob("2023.yaml")), record_to_yaml(record))
    (result,) = desk.collect(DAYS["held"]).results
    assert result.ended == "changed"
    assert f"{other}: 62 -> 1062" in result.changes
    assert any("republished" in line for line in result.lines)
    assert desk.record().figures()[name] == 4000
    assert desk.record().figures()[other] == 1062
    assert desk.record().source.retrieved == desk.clock.today()


def test_a_page_that_changes_around_the_same_figures_leaves_the_record_alone(desk: Desk) -> None:
    """Counters and menus change every day; a record that says the same is not written over."""
    desk.know(row(desk.server.on("a.test/a", page(report()), page(report().replace("</body>", "<!-- 7 --></body>")))))
    desk.collect()
    before = next((desk.data / "agencies").rglob("2023.yaml")).read_bytes()
    assert endings(desk.collect(DAYS["held"])) == ["changed_same"]
    assert next((desk.data / "agencies").rglob("2023.yaml")).read_bytes() == before


def test_a_held_report_whose_page_is_none_any_more_stays(desk: Desk) -> None:
    """The record stays, the list says held, and the summary asks for a person."""
    desk.know(row(desk.server.on("a.test/a", page(report()), page("<html><body>系统维护中</body></html>"))))
    desk.collect()
    before = desk.record()
    outcome = desk.collect(DAYS["held"])
    assert endings(outcome) == ["changed_refused"]
    assert (desk.listed()[0]["status"], desk.record()) == ("held", before)
    assert "要请人看一看" in to_markdown(outcome, "2026-06-01")


def test_the_same_report_at_a_second_address_is_held_already(desk: Desk) -> None:
    """The record stays as it is, and both rows say held."""
    urls = [desk.server.on(f"{host}.test/a", page(report() + f"<!-- {host} -->")) for host in "ab"]
    desk.know(*map(row, urls))
    assert endings(desk.collect()) == ["added", "held_already"]
    assert [one["status"] for one in desk.listed()] == ["held", "held"]
    assert desk.record().source.url == urls[0]


def test_another_report_of_the_same_organ_and_year_is_refused(desk: Desk) -> None:
    """The record stays as it is, and the sentence names it as it lies in the repository."""
    urls = [desk.server.on(f"{host}.test/a", page(report(start))) for host, start in (("a", 11), ("b", 511))]
    desk.know(*map(row, urls))
    assert endings(desk.collect()) == ["added", "refused"]
    sentence = desk.listed("refusals.csv")[0]["sentence"]
    assert sentence.startswith("data/agencies/99/999901/999901-wsjkj/2023.yaml says something else")
    assert desk.record().figures() == made.record(fill=made.different()).figures()


def test_two_runs_at_once_do_not_write_the_same_list(desk: Desk, command: Callable[..., int], capsys: Any) -> None:
    """The second one ends at once, and says why."""
    with alone_in(desk.data / "agencies"):
        assert command("collect") == 1
    assert "another conversion is writing here" in capsys.readouterr().err


# refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agency_id", ["", made.ID])
def test_a_refused_report_is_tried_again_when_its_page_changes(desk: Desk, agency_id: str) -> None:
    """The refusal stands with code, sentence and day; when it is cured, it is gone from the list of refusals."""
    url = desk.server.on("a.test/a", page("<html><body>没有表格</body></html>"), page(report()))
    desk.know("示例县教育局,,2021,,,known", row(url, agency_id=agency_id))
    assert endings(desk.collect()) == ["refused"]
    (refusal,) = desk.listed("refusals.csv")
    assert (refusal["code"], refusal["date"], refusal["url"]) == ("UnknownForm", "2026-03-02", url)
    assert desk.listed()[1]["status"] == "refused"
    assert endings(desk.collect(DAYS["refused"] - 1)) == []
    assert endings(desk.collect(1)) == ["added"]
    assert desk.listed("refusals.csv") == []


def test_a_refused_report_is_tried_again_by_another_converter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the original in the store, where the page has not changed; a refusal that says the same keeps its day."""
    url = desk.server.on("a.test/a", conditional("<html><body>没有表格</body></html>", '"1"'))
    desk.know(row(url))
    desk.collect()
    assert endings(desk.collect(1)) == []
    monkeypatch.setattr(run, "__version__", "99.0.0")
    assert endings(desk.collect(1)) == ["refused"]
    assert desk.listed("refusals.csv")[0]["date"] == "2026-03-02"
    assert endings(desk.collect(1)) == []


def test_what_is_too_large_for_a_report_is_refused(desk: Desk) -> None:
    """With a sentence; it is not fetched again every day."""
    desk.know(row(desk.server.on("a.test/a", page(b"a" * 3_000))))
    fetcher = desk.fetcher()
    fetcher.limits = fetching.Limits(most_bytes=2_000)
    outcome = collect(Wanted(desk.data, desk.store), Listing(desk.data), fetcher, lambda result: None)
    assert endings(outcome) == ["refused"]
    assert "more than 2,000 bytes" in desk.listed("refusals.csv")[0]["sentence"]
    assert endings(desk.collect(1)) == []


# gone -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_report_is_gone_when_two_days_say_so(desk: Desk, status: int) -> None:
    """One day is an accident, however often it is asked; what comes back is taken in."""
    url = desk.server.on("a.test/a", *[Reply(status=status)] * 3, page(report()))
    desk.know(row(url))
    assert endings(desk.collect()) == ["missing"]
    assert endings(desk.collect(again=True)) == ["missing"]
    assert desk.listed()[0]["status"] == "known"
    assert endings(desk.collect(1)) == ["gone"]
    assert desk.listed()[0]["status"] == "gone"
    assert endings(desk.collect(DAYS["gone"] - 1)) == []
    assert endings(desk.collect(1)) == ["added"]
    assert desk.listed()[0]["status"] == "held"


def test_a_held_report_whose_address_is_gone_is_still_held(desk: Desk) -> None:
    """What was recorded is not lost when a page is."""
    desk.know(row(desk.server.on("a.test/a", page(report()), Reply(status=404))))
    desk.collect()
    assert endings(desk.collect(DAYS["held"])) == ["missing"]
    assert endings(desk.collect(1)) == ["address_gone"]
    assert (desk.listed()[0]["status"], desk.records()) == ("held", ["2023.yaml"])


# what gives nothing ---------------------------------------------------------------------------------------------------


def test_what_gives_nothing_stays_known_and_is_told(desk: Desk) -> None:
    """Forbidden, answered otherwise, empty, a host in trouble: each with its reason, and asked again some days later."""
    desk.server.on("a.test/robots.txt", page("User-agent: *\nDisallow: /in\n", "text/plain"))
    urls = [desk.server.on("a.test/in/1", page(report())), desk.server.on("a.test/2", Reply(status=403))]
    urls += [desk.server.on("b.test/3", page(" ")), desk.server.on("c.test/4", Reply(status=503)), desk.server.on("c.test/5", page("甲"))]  # fmt: skip
    urls += ["http://inside.invalid-name/x", "http://169.254.169.254/x"]
    desk.know(*(row(url, year=2008 + n) for n, url in enumerate(urls)))
    outcome = desk.collect()
    told = {one.row.url: (one.ended, one.says) for one in outcome.results}
    assert [told[url][0] for url in urls] == ["forbidden", "failed", "failed", "left", "left", "left", "forbidden"]
    assert "robots.txt forbids" in told[urls[0]][1]
    assert told[urls[1]][1] == "it answers 403"
    assert "no public address" in told[urls[6]][1]
    assert {one["status"] for one in desk.listed()} == {"known"}
    assert "c.test" in [host for host, _ in outcome.left]
    assert "答" not in to_markdown(outcome, "2026-03-02")
    assert desk.collect(1).results == []
    assert len(desk.collect(DAYS["known"] - 1).results) == len(urls)


def test_an_error_of_this_program_costs_one_report_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is fetched as ever, and the sentence says whose fault it is."""
    monkeypatch.setattr("pipeline.collect.gathering.is_page", lambda data: 1 // (b"boom" not in data))
    desk.know(row(desk.server.on("a.test/1", page("boom")), year=2021), row(desk.server.on("a.test/2", page(report()))))
    results = desk.collect().results
    assert [one.ended for one in results] == ["failed", "added"]
    assert results[0].says.startswith("gongkai itself failed: ZeroDivisionError")


# the list -------------------------------------------------------------------------------------------------------------


def test_the_committed_list_is_read_without_a_problem_and_written_back_alike(tmp_path: Path) -> None:
    """Byte for byte."""
    path = ROOT / "data" / "known_reports.csv"
    write_text(tmp_path / path.name, path.read_text("utf-8"))
    listing = Listing(tmp_path)
    assert listing.problems == []
    listing.settle(0, listing.rows[0].status)
    listing.save()
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("agency_name,year\n", 1, "the columns must be"),
        (HEAD + "甲局,,2023,http://a.cn/\n", 2, "4 cells, not 6"),
        (HEAD + "\n", 2, "0 cells, not 6"),
        (HEAD + ",,2023,http://a.cn/,,known\n", 2, "the name of the organ is not there"),
        (HEAD + "甲局,14,2023,http://a.cn/,,known\n", 2, "is no id"),
        (HEAD + "甲局,,23,http://a.cn/,,known\n", 2, "is no year"),
        (HEAD + "甲局,,20２３,http://a.cn/,,known\n", 2, "is no year"),
        (HEAD + '甲局,,2023,http://a.cn/,,known\n乙局,,2023,http://b.cn/,,"known\n', 3, "unexpected end"),
        (HEAD + '"甲\n局",,2023,http://a.cn/,,known\n乙局,,2023,ftp://a.cn/,,known\n', 4, "no http or https"),
        (HEAD + "甲局,,2023,http://a.cn/,1月,known\n", 2, "is no day"),
        (HEAD + "甲局,,2023,http://a.cn/,,new\n", 2, "is none of known, held"),
        (HEAD + "甲局,,2023,http://a.cn/,,held\n", 2, "has the id of its organ"),
        (HEAD + "甲局,,2023,http://a.cn/,,known\n" * 2, 3, "stands in the list twice"),
    ],
)
def test_what_is_wrong_with_the_list_is_told_by_line(desk: Desk, capsys: Any, text: str, line: int, says: str) -> None:
    """And nothing is asked for or written."""
    (desk.data / "known_reports.csv").write_text(text, encoding="utf-8", newline="")
    _, problems = read_known_reports(desk.data / "known_reports.csv")
    assert [(one.line, says in one.says) for one in problems] == [(line, True)]
    assert main(["collect", "--data", str(desk.data), "--store", str(desk.store)]) == 1
    assert says in capsys.readouterr().err
    assert (desk.data / "known_reports.csv").read_text("utf-8") == text


def test_a_list_that_is_no_text_is_told_too(tmp_path: Path) -> None:
    """Neither a missing file nor one in another code is a traceback."""
    (tmp_path / "a.csv").write_bytes(HEAD.encode() + "甲局".encode("gb18030"))
    assert "UTF-8" in read_known_reports(tmp_path / "a.csv")[1][0].says
    assert "is not there" in Listing(tmp_path).problems[0].says


def test_a_report_is_taken_in_where_the_order_of_the_list_has_it(tmp_path: Path) -> None:
    """At the end, where the list has no order."""
    rows = ["甲局,,2021,http://a.cn/,,known", "甲局,,2023,http://a.cn/,,known", "丙局,,2023,http://a.cn/,,known"]
    new = KnownReport("甲局", "", "2022", "http://a.cn/", "", "known")
    for order, at in (([2, 0, 1], 2), ([1, 0, 2], 3)):
        write_text(tmp_path / "known_reports.csv", HEAD + "".join(rows[n] + "\n" for n in order))
        listing = Listing(tmp_path)
        assert listing.add(new) == at
        listing.save()
        assert len(read_known_reports(tmp_path / "known_reports.csv")[0]) == 4


# when and in which order ----------------------------------------------------------------------------------------------

REPORT = KnownReport("甲局", "999901-j", "2023", "http://a.cn/", "", "known")


@pytest.mark.parametrize(
    ("status", "note", "day"),
    [
        ("known", None, ""),
        ("known", Note("", asked="2026-03-02"), "2026-03-05"),
        ("known", Note("", asked="2026-03-02", missing_since="2026-03-02"), "2026-03-03"),
        ("refused", Note("", asked="2026-03-02", converter="1"), "2026-04-01"),
        ("refused", Note("", asked="2026-03-02", converter="0"), ""),
        ("refused", Note("", asked="2026-03-02", converter="0", ended="left"), "2026-03-05"),
        ("refused", None, "2026-01-31"),
        ("held", Note("", asked="2026-03-02"), "2026-05-31"),
        ("held", None, "2026-04-01"),
        ("gone", Note("", asked="2026-03-02", missing_since="2025-01-01"), "2026-08-29"),
        ("known", Note("", asked="no day"), ""),
    ],
)
def test_when_a_report_is_due(status: str, note: Note | None, day: str) -> None:
    """By its status, by what its address last gave, and without a note by what the data tells."""
    from dataclasses import replace

    asked = replace(REPORT, status=status)
    assert next_day(asked, note, "1", lambda row: "2026-01-01" if row.status in ("held", "refused") else "") == day


def test_a_plan_takes_new_reports_first_then_turns() -> None:
    """Whatever order the tasks come in."""
    from dataclasses import replace

    told = [("a", "held"), ("a", "known"), ("a", "known"), ("b", "gone"), ("b", "refused"), ("c", "known")]
    tasks = [Task(n, replace(REPORT, status=status), host, None) for n, (host, status) in enumerate(told)]
    assert [one.number for one in plan(tasks[::-1], None)] == [1, 5, 2, 4, 0, 3]
    assert [one.number for one in plan(tasks, 5)] == [1, 5, 2]
    assert plan(tasks, 1) == []


# the store ------------------------------------------------------------------------------------------------------------


def test_a_note_that_is_none_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    """A cut, changed or foreign note costs one more request, and nothing else."""
    store = Store(tmp_path)
    note = Note("http://a.cn/", "2026-03-02", files=["http://a.cn/1.pdf"])
    store.write_note(note)
    assert store.note(note.url) == note
    (path,) = (one for one in tmp_path.rglob("*.json"))
    for text in ("", "[]", "{}", path.read_text("utf-8").replace("a.cn", "b.cn"), path.read_text("utf-8").replace('"2026-03-02"', "7")):  # fmt: skip
        path.write_text(text, encoding="utf-8")
        assert store.note(note.url) is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a.cn/nb/%E5%B9%B4%E6%8A%A5.pdf?x=1", "年报.pdf"),
        ("http://a.cn/", ""),
        ("http://a.cn", ""),
        ("http://a.cn/..%2f..%5cx.doc", "x.doc"),
        ("http://a.cn/%00%0a%3Cb%3E..", "b"),
        ("http://a.cn/" + "a" * 300 + ".doc", "a" * 96 + ".doc"),
    ],
)
def test_the_name_that_a_file_came_under_is_words_only(url: str, name: str) -> None:
    """The end of an address, without what could be a path or a command."""
    assert came_as(url) == name


# the command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`gongkai` as it is typed, in the web of the test: no option and no variable opens it."""
    given = {"rules": desk.server.rules, "clock": desk.clock, "resolver": Names()}
    monkeypatch.setattr(fetching, "Fetcher", functools.partial(Fetcher, **given))  # type: ignore[arg-type]
    places = ["--data", str(desk.data), "--store", str(desk.store)]
    return lambda name, *options: main([name, *options, *places])


def test_the_command_says_what_it_did_and_leaves_a_summary(
    desk: Desk, command: Callable[..., int], capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused reports are part of a run that goes well; the server hears the address of the repository."""
    monkeypatch.setenv("GONGKAI_REPOSITORY", "https://example.org/gongkai")
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    desk.know(
        row(desk.server.on("a.test/1", page(report()))),
        row(desk.server.on("b.test/1", page("<html><body>`@someone` <b>没有表格")), year=2022),
    )
    assert command("collect", "--summary", str(desk.root / "s.md")) == 0
    told = capsys.readouterr()
    assert "a new record" in told.out
    assert "it cannot be read" in told.err
    assert "4 requests: 1 added, 1 refused; 0 left for another run" in told.err
    text = (desk.root / "s.md").read_text("utf-8")
    assert "看了2份报告：新增1份，更新0份，未能读取1份，原网页已不存在0份。" in text
    assert "**UnknownForm**（1）" in text
    assert desk.server.asked[-1].headers["user-agent"].endswith("(+https://example.org/gongkai)")


def test_a_summary_stays_within_what_a_pull_request_takes() -> None:
    """However much there is to say; what is left out is counted, and words of others are only words."""
    results = [
        run.Result(KnownReport(f"示例县{n}局](http://x)@a", "", "2023", f"http://a.cn/{n})`", "", "known"), "refused", "`x`\n@b " * 90, code)
        for n in range(400) for code in ("UnknownForm", "Ambiguous", "UnreadableSource", "S06")
    ]  # fmt: skip
    text = to_markdown(run.Outcome(results, [("a.cn", "x")] * 90, 7, 3, "2026-03-05", True), "2026-03-02")
    assert len(text) < MOST_CHARACTERS + 100
    assert "还有380项 · 380 more" in text
    assert "\\]\\(http://x\\)\\@a" in text
    assert "http://a.cn/0%29%60" in text
    assert "`'x' @b" in text


def test_a_store_among_the_data_is_misuse(desk: Desk, command: Callable[..., int], capsys: Any) -> None:
    """What is fetched is not ours to publish."""
    for inside in (desk.data, desk.data / "x" / ".." / "originals"):
        assert main(["collect", "--data", str(desk.data), "--store", str(inside)]) == 2
    assert "outside of the data" in capsys.readouterr().err
    assert not (desk.data / "originals").exists()


def test_ctrl_c_ends_a_run_between_two_reports(desk: Desk, command: Callable[..., int], capsys: Any) -> None:
    """What was converted is listed, what was not is as before; every file is whole, and the next run goes on."""

    def interrupting(talk: Talk) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        talk.stall()

    stalled = desk.server.on("a.test/2", interrupting, page(report(year=2022)))
    desk.know(row(desk.server.on("a.test/1", page(report()))), row(stalled, year=2022))
    assert command("collect", "--summary", str(desk.root / "s.md")) == 130
    assert "interrupted; every file" in capsys.readouterr().err
    assert "运行中途停止" in (desk.root / "s.md").read_text("utf-8")
    assert {one["status"] for one in desk.listed()} <= {"held", "known"}
    assert desk.listed()[1]["status"] == "known"
    assert list(desk.data.rglob(".*")) == []
    desk.server.ended.set()
    desk.collect()
    assert [one["status"] for one in desk.listed()] == ["held", "held"]


# one report -----------------------------------------------------------------------------------------------------------


def test_one_report_is_taken_in_by_its_address(desk: Desk, command: Callable[..., int], capsys: Any) -> None:
    """It becomes a record and a row of the list; the second time nothing changes."""
    desk.know("示例县教育局,,2021,,,known", "示例县统计局,,2021,,,known")
    url = desk.server.on("a.test/1", page(report()))
    assert command("add", url) == 0
    assert "a new record: " in capsys.readouterr().out
    told = [(one["agency_name"], one["agency_id"], one["year"], one["url"], one["status"]) for one in desk.listed()]
    assert (NAME, made.ID, "2023", url, "held") in told
    assert len(told) == 3
    before = (desk.data / "known_reports.csv").read_bytes()
    desk.clock._stopped.clear()
    assert command("add", url) == 0
    assert (desk.data / "known_reports.csv").read_bytes() == before


def test_one_report_that_cannot_be_read_is_refused_in_one_sentence(
    desk: Desk, command: Callable[..., int], capsys: Any
) -> None:
    """Nothing is added to any list; also where the address may not be asked for, or gives nothing."""
    before = (desk.data / "known_reports.csv").read_bytes()
    urls = [
        desk.server.on("a.test/1", page("<html><body>没有表格")),
        desk.server.url("a.test/404"),
        "http://10.0.0.1/a",
    ]
    for url, says in zip(urls, ("(UnknownForm)", "it answers 404", "no public address"), strict=True):
        assert command("add", url) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert len(told.err.splitlines()) == 1
        assert says in told.err
        desk.clock._stopped.clear()
    assert (desk.data / "known_reports.csv").read_bytes() == before
    assert desk.records() == []


def test_what_a_person_says_of_one_report_counts(desk: Desk, command: Callable[..., int]) -> None:
    """Organ, place and year, as with `convert`; a listed report gets its row."""
    url = desk.server.on("a.test/1", page(report().replace(NAME, "县卫生健康局")))
    desk.know(row(url))
    assert command("add", url, "--agency", NAME, "--region", "999901", "--year", "2023") == 0
    assert [(one["agency_id"], one["status"]) for one in desk.listed()] == [(made.ID, "held")]


def test_given_words_are_no_claims_of_the_list() -> None:
    """Only the place of an id is said before a report is read; its name and year it tells by itself."""
    listing = run._Run.__new__(run._Run)
    assert listing._given(REPORT, Given()) == Given(region="999901")
    assert listing._given(KnownReport("甲局", "", "2023", "", "", "known"), Given()) == Given()
