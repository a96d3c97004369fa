"""Pages of some tasks, written with the site's own templates as the generator writes them, without all the others."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from pipeline import ROOT, pelicanconf
from pipeline.pages.addresses import Links
from pipeline.pages.language import LANGUAGES, Language
from pipeline.pages.material import Material
from pipeline.pages.page import File, Task


def render(made: Material, tasks: Iterable[Task], out: Path) -> None:
    """Writes the pages of the tasks in both languages, their files, and the theme's static files."""
    shutil.copytree(ROOT / "theme" / "static", out / "theme", dirs_exist_ok=True)
    environments = {language: _environment(made, language) for language in LANGUAGES}
    for one in (one for task in tasks for one in task()):
        if isinstance(one, File):
            _write(out / one.address, one.text)
            continue
        for language, environment in environments.items():
            link = Links(made.site, one.path, language, getattr(one, "anywhere", False))
            template = environment.get_template(f"{one.template}.html")
            _write(out / (language.folder + one.path), template.render(page=one, link=link))


def _environment(made: Material, language: Language) -> Environment:
    found = Environment(loader=FileSystemLoader(ROOT / "theme" / "templates"), **pelicanconf.JINJA_ENVIRONMENT)
    names = {name: getattr(pelicanconf, name) for name in ("SITENAME", "SITENAME_EN")}
    found.globals |= {**language.globals(), **names, "site": made.site}
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
