"""What can go wrong between an address and its bytes; each is one sentence about one report, never the end of a run."""


class Trouble(Exception):
    """An address was asked, or was not, and gave nothing that can be kept; `says` is one sentence."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class NotAllowed(Trouble):
    """The address may not be asked: of no public host, or forbidden by the host's robots.txt."""


class LeftAlone(Trouble):
    """The host is not asked any more in this run."""


class Failed(Trouble):
    """The answer holds no report, and asking again at once would change nothing."""


class TooMuch(Trouble):
    """The answer is larger than any report."""


class Passing(Trouble):
    """It may go better in a while; `wait` is how many seconds the server asks for, None where it does not say."""

    def __init__(self, says: str, wait: float | None = None) -> None:
        super().__init__(says)
        self.wait = wait


class Stopped(Exception):
    """The person has ended the run."""
