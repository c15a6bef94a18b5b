"""That a case has ended, and how: raised by whoever speaks with its worker."""

from ..store.worker_records import Outcome


class Ended(Exception):
    """A case ended otherwise than ok: its worker says so, says what nobody can read, died, or kept silent."""

    def __init__(self, outcome: Outcome, reason: str, *, from_outside: bool = False) -> None:
        """Take `from_outside`, whether somebody or something else may be why it ended."""
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.from_outside = from_outside
        self.written = ""
        """The last that it wrote to stdout and stderr, as far as that was noted."""
