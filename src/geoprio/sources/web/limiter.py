"""A limiter: no more calls in any time window than the server states, less a margin."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MARGIN = 0.8
"""Share of the stated limits that is used."""


@dataclass(frozen=True)
class Limit:
    """So many calls in so many seconds, as the server states it."""

    calls: int
    seconds: float

    def __post_init__(self) -> None:
        """Refuse what no server means.

        Raises
        ------
        ValueError
            Fewer than one call, or a window that is not a time.
        """
        if self.calls < 1 or not 0 < self.seconds < math.inf:
            message = f"{self.calls} calls in {self.seconds} s; expected at least one in a time"
            raise ValueError(message)

    @property
    def used(self) -> int:
        """Calls in a window that stay under the limit by the margin; at least one."""
        return max(1, math.floor(self.calls * MARGIN))


UNSTATED = Limit(calls=10, seconds=10.0)
"""What is kept to where a server states nothing: the lowest limit that SCB ever published."""


class Limiter:
    """Waits before a call that would be one too many."""

    def __init__(
        self, limit: Limit, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.limit = limit
        self._clock, self._sleep = clock, sleep
        self._sent: deque[float] = deque()

    def wait(self) -> None:
        """Return when one more call may be sent, and note it as sent."""
        while True:
            now = self._clock()
            while self._sent and now - self._sent[0] >= self.limit.seconds:
                self._sent.popleft()
            if len(self._sent) < self.limit.used:
                break
            self._sleep(self._sent[0] + self.limit.seconds - now)
        self._sent.append(now)
