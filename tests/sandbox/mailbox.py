"""The salesperson's mailbox: mails in order of arrival, and who wants to hear of a new one. Speaks no protocol,
see imap_server.py."""
from dataclasses import dataclass

UIDVALIDITY = 20270301


@dataclass
class Mail:
    uid: int
    arrived_ms: int      # business time
    raw: bytes
    on_seen: object      # called once when the reader has come behind this mail, or None


class Mailbox:
    def __init__(self):
        self.mails = []
        self.listeners = set()      # called without arguments when a mail came in
        self._seen = 0

    @property
    def last_uid(self):
        return self.mails[-1].uid if self.mails else 0

    def add(self, raw, arrived_ms, on_seen=None):
        self.mails.append(Mail(self.last_uid + 1, arrived_ms, raw, on_seen))
        for listener in list(self.listeners):
            listener()

    def seen_up_to(self, uid):
        """A reader asked for what is behind uid: it has stored everything before."""
        while self._seen < len(self.mails) and self.mails[self._seen].uid <= uid:
            mail = self.mails[self._seen]
            self._seen += 1
            if mail.on_seen:
                mail.on_seen()
