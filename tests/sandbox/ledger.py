"""What arrived at the prospects and what they did, and the three promises that must not be broken: nothing
twice, nothing after an opt-out, nothing at night. Only counts and judges; sends nothing."""
import time
from collections import Counter, defaultdict

from clock import iso, local

FIRST_HOUR, LAST_HOUR = 7, 22        # of the prospect's day: 07:00 to 22:00
GRACE_BUSINESS_MS = 60_000           # after an opt-out was acknowledged
# At high speed a business hour is a few real milliseconds, and a busy machine delays what was decided in time:
GRACE_REAL_S = 0.250                 # between an opt-out and the last message already under way
GRACE_MAIL_REAL_S = 0.500            # a mail is read after it was fetched: nobody answers 200 to it
GRACE_NIGHT_REAL_S = 0.500           # between a decision by day and its arrival


class Ledger:
    def __init__(self, clock):
        self.clock = clock
        self.received = Counter()                    # channel -> touches
        self.per_address = defaultdict(Counter)      # address -> channel -> touches
        self.sent = Counter()                        # kind of what prospects did -> times
        self.notes = Counter()                       # what was odd, but no breach
        self.breaches = []
        self._keys = {}
        self._closed = {}                            # (channel, address) -> (why, real second from which it counts)

    def began(self):
        """The moment a message starts to come in: take it before its first byte is read."""
        return self.clock.now(), time.monotonic()

    def arrived(self, channel, address, key, zone, began):
        """One message reached an address. key: what must be unique; began: from began()."""
        business_ms, real_s = began
        self.received[channel] += 1
        self.per_address[address][channel] += 1
        first = self._keys.get((channel, address, key))
        if first is not None:
            self._breach("twice", channel, address, business_ms, f"first at {iso(first)}: {str(key)[:80]}")
        self._keys.setdefault((channel, address, key), business_ms)
        self._check_closed(channel, address, business_ms, real_s)
        if self._all_night(business_ms, zone):
            when = local(business_ms, zone).strftime("%a %H:%M")
            self._breach("night", channel, address, business_ms, f"{when} in {zone}")

    def _all_night(self, business_ms, zone):
        """Was it night at every moment at which this could have been decided?"""
        earliest = business_ms - int(GRACE_NIGHT_REAL_S * 1000 * max(1, self.clock.speed))
        moments = range(business_ms, earliest - 1, -15 * 60 * 1000)
        return not any(FIRST_HOUR <= local(moment, zone).hour < LAST_HOUR for moment in moments)

    def opted_out(self, why, addresses, by_mail=False):
        """heed knows it from now on. addresses: (channel, address) pairs that may get nothing more."""
        grace = GRACE_BUSINESS_MS / 1000 / max(1, self.clock.speed)
        grace = max(grace, GRACE_MAIL_REAL_S if by_mail else GRACE_REAL_S)
        for pair in addresses:
            self._closed.setdefault(pair, (why, time.monotonic() + grace))

    def is_closed(self, channel, address):
        return (channel, address) in self._closed

    def counts(self):
        kinds = Counter(breach["kind"] for breach in self.breaches)
        human = sum(count for kind, count in self.sent.items() if kind.startswith("reply_"))
        return {"received": dict(self.received), "addresses": len(self.per_address), "sent": dict(self.sent),
                "human_replies": human, "opted_out": len(self._closed), "notes": dict(self.notes),
                "breaches": dict(kinds), "first_breaches": self.breaches[:20]}

    def _check_closed(self, channel, address, business_ms, real_s):
        why, from_s = self._closed.get((channel, address), ("", None))
        if from_s is not None and real_s > from_s:
            late = (real_s - from_s) * 1000
            self._breach("after_opt_out", channel, address, business_ms, f"{late:.0f} real ms too late after {why}")

    def _breach(self, kind, channel, address, business_ms, detail):
        self.breaches.append({"kind": kind, "channel": channel, "address": address,
                              "at": iso(business_ms), "detail": detail})
