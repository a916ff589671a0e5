"""The business clock of the sandbox: the same $HEED_CLOCK text as heed, the same time (core/base/clock.h).
Does not sleep: callers give its real waits to asyncio."""
import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


class Clock:
    def __init__(self, text=""):
        self.set(text)

    def set(self, text):
        """text: START_MS:REAL_MS:SPEED; "" = the wall clock; speed 0 = stands still."""
        start, real, speed = (int(part) for part in (text or "0:0:1").split(":"))
        if speed < 0:
            raise ValueError(f"HEED_CLOCK: speed must not be negative in {text!r}")
        self.start_ms, self.real_ms, self.speed = start, real, speed

    def now(self):
        """Business time, UTC unix ms."""
        if not self.speed:
            return self.start_ms
        return int(self.start_ms + (time.time() * 1000 - self.real_ms) * self.speed)

    def wait_s(self, business_ms):
        """Real seconds until so much business time has passed; of a standing clock: 0."""
        return max(0.0, business_ms / 1000 / self.speed) if self.speed else 0.0


def local(utc_ms, zone):
    return datetime.fromtimestamp(utc_ms / 1000, ZoneInfo(zone))


def iso(utc_ms):
    return datetime.fromtimestamp(utc_ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_hours(utc_ms, zone, first, last):
    """The first time not before utc_ms whose local hour is in [first, last)."""
    when = local(utc_ms, zone)
    if first <= when.hour < last:
        return utc_ms
    start = when.replace(hour=first, minute=0, second=0, microsecond=0)
    start_ms = int(start.timestamp() * 1000) if when.hour < first else None
    if start_ms is None:
        tomorrow = local(utc_ms + DAY, zone).replace(hour=first, minute=0, second=0, microsecond=0)
        start_ms = int(tomorrow.timestamp() * 1000)
    return max(utc_ms, start_ms)
