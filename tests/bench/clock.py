"""What a step costs: processor time, which others on the machine change little, and time."""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    #: seconds on a processor, of this process and of the PostgreSQL process that serves it
    processor: float = 0.0
    #: seconds on the clock on the wall
    elapsed: float = 0.0
    queries: int = 0

    def __add__(self, other):
        return Cost(
            self.processor + other.processor,
            self.elapsed + other.elapsed,
            self.queries + other.queries,
        )


class Clock:
    """Tells what has been spent between two moments by this process on one cursor."""

    def __init__(self, cr):
        self.cr = cr
        self.backend = cr._cnx.info.backend_pid
        self.start()

    def start(self):
        self._started = self._now()

    def cost(self):
        """What was spent since the start."""
        now = self._now()
        return Cost(*(after - before for before, after in zip(self._started, now, strict=True)))

    def _now(self):
        return (
            time.process_time() + _spent_by(self.backend),
            time.perf_counter(),
            self.cr.sql_log_count,
        )


def _spent_by(pid):
    """Seconds that another process of this machine has spent on a processor."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:  # a kernel without these statistics counts in ticks
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
