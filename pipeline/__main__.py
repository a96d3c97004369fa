"""`gongkai` and `python -m pipeline`: the same door; only here does the program end."""

import sys

from pipeline.cli import main


def run() -> None:
    """Runs the command and exits with its status."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
