"""What a request is refused with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cellbook.serving.plans import PlannedArm


class Refused(Exception):
    """A request that is not answered as it was meant to be.

    Parameters
    ----------
    status
        Of HTTP: 4xx where the client can mend it.
    message
        What is wrong, and what mends it.
    retry_after
        After how many seconds another try may be of use; None for never.
    """

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after
        self.arm: PlannedArm | None = None
        self.prediction_id = ""
        """Who refused it, if it came so far."""
