"""A clock that is set, so that what takes days is tested at once."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Gives the time that it was set to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def timestamp(self) -> float:
        """Unix time in seconds."""
        return self.time.timestamp()

    def forward(self, **span: float) -> None:
        """Go forward by days, hours, minutes or seconds."""
        self.time += timedelta(**span)
