"""What every test runs in: a home of its own, and the site and the browser that many of them look at."""

import pytest

from tests.browser import address as address
from tests.browser import browser as browser
from tests.browser import window as window
from tests.site import published as published
from tests.site import site as site


@pytest.fixture(autouse=True, scope="session")
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The list of what was converted before lies among the files of the tests."""
    pytest.MonkeyPatch().setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
