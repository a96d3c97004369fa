"""What every test runs in: a home of its own, so that nothing is left in that of the person who runs them."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The list of what was converted before lies among the files of the tests."""
    pytest.MonkeyPatch().setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
