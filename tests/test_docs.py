"""The documentation says what the program does: read from the program, then looked for in the words."""

import argparse
import re
import tomllib
from collections.abc import Iterator

import pytest

from pipeline import ROOT, cli, package, strict
from pipeline.checks import RULES
from pipeline.forms import all_rows
from pipeline.record import record_to_yaml
from pipeline.shape import CORRECTION_KEYS, KINDS
from tests.made import record as made_record

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    parser = cli._parser()
    (sub,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(sub.choices)


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from (option for option in action.option_strings if option not in ("-h", "--help"))


@pytest.mark.parametrize("name", commands())
def test_the_readme_names_every_command_and_option(name: str) -> None:
    """What the command line takes stands in the README."""
    assert f"`gongkai {name} " in README
    assert [option for option in options(commands()[name]) if f"{option}" not in README] == []


def test_the_readme_names_no_command_that_is_not_there() -> None:
    """A command in the README can be typed."""
    assert set(re.findall(r"`gongkai (\w+)", README)) == set(commands())


def test_the_readme_opens_with_the_two_commands() -> None:
    """Before anything else a newcomer reads how to build and how to test."""
    assert README.index("make site") < README.index("make test") < README.index("## ")


def test_the_readme_goes_from_downloads_to_the_house() -> None:
    """Downloads, one record, how to correct, the commands, the house: in this order."""
    order = [README.index(f"## {title}") for title in ("下载", "一份记录", "更正", "两个命令", "房子")]
    assert order == sorted(order)


def test_the_readme_names_every_published_table() -> None:
    """Every table of the data package stands in the table of downloads."""
    names = [one["path"] for one in package.schema()["resources"] if one["path"].endswith(".csv")]
    assert names
    assert [name for name in names if f"`{name}`" not in README] == []


def test_the_readme_names_only_places_that_are_there() -> None:
    """Each path in the table of the house exists."""
    house = README[README.index("## 房子") :]
    paths = [path for path in re.findall(r"`([\w./]+/[\w./]*)`", house) if not path.startswith("output")]
    assert len(paths) > 8
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_field_has_words_in_both_languages() -> None:
    """Each column of each table is titled and described, in Chinese and in English."""
    for resource in package.schema()["resources"]:
        for field in resource.get("schema", {}).get("fields", ()):
            lacking = [key for key in ("title", "title_en", "description", "description_en") if not field.get(key)]
            assert lacking == [], f"{resource['name']}.{field['name']}"


def test_every_figure_of_both_forms_is_a_column_of_reports() -> None:
    """`reports.csv` has a column for every figure that a form knows."""
    (reports,) = [one for one in package.schema()["resources"] if one["path"] == "reports.csv"]
    columns = {field["name"] for field in reports["schema"]["fields"]}
    assert {name.replace(".", "_") for row in all_rows() for name in row.fields} <= columns


def test_every_rule_says_what_it_checks() -> None:
    """A rule has a sentence in Chinese, one in English, and its arithmetic."""
    assert [rule.id for rule in RULES.values() if not (rule.words and rule.words_en and rule.arithmetic)] == []


def test_contributing_explains_every_key_and_kind_of_a_correction() -> None:
    """Who corrects a figure finds each key and each kind, in both halves of the page."""
    chinese, english = CONTRIBUTING.split("\n## English")
    for half in (chinese, english):
        assert [kind for kind in KINDS if f"`{kind}`" not in half] == []
        assert [key for key in CORRECTION_KEYS if key != "confirmed" and key not in half] == []


def test_the_entries_in_contributing_are_canonical() -> None:
    """An entry that is copied from the page and filled in stands there as our own writer writes it."""
    blocks = re.findall(r"```yaml\n(.*?)```", CONTRIBUTING, re.DOTALL)
    entries = [block for block in map(_dedented, blocks) if "evidence:" in block]
    assert len(entries) >= 4
    for block in entries:
        text = block if block.startswith("corrections:") else f"corrections:\n{block}"
        loaded = strict.load(text)
        assert loaded.problems == []
        assert record_to_yaml(made_record(corrections=loaded.value["corrections"])).endswith(text)


def _dedented(block: str) -> str:
    indent = len(block) - len(block.lstrip(" "))
    return "".join(line[indent:] + "\n" for line in block.rstrip().splitlines())


def test_the_changelog_knows_the_version() -> None:
    """The version of the package has a heading in the changelog."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
