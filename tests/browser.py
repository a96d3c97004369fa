"""The real browser of the tests, a server of their own for it, and a window that notes what goes wrong."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.site import Site
from tests.tools import missing

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        missing("no Chromium on this machine: apt install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed: pip install playwright")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def serve(root: Path) -> Iterator[str]:
    """A folder on a server of its own; its address."""
    handler = functools.partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """The site of the tests on its server."""
    with serve(site.root) as address:
        yield address


@dataclass(slots=True)
class Window:
    """A page of the browser that notes what goes wrong on it and what it asks for."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self) -> "Window":
        """Notes whatever the console says, errors, dialogs, answers that fail, and every request."""
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        self.page.on("response", lambda answer: self.errors.append(answer.url) if answer.status >= 400 else None)
        self.page.on("request", lambda request: self.requests.append(request.url))
        return self


@pytest.fixture
def window(browser: Any) -> Iterator[Window]:
    """A window of its own for one test."""
    with opened(browser) as page:
        yield Window(page).watch()


@contextmanager
def opened(browser: Any, **settings: Any) -> Iterator[Any]:
    """A page in a context of its own, as wide as a desk unless told otherwise."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings)
    try:
        yield context.new_page()
    finally:
        context.close()
