"""The two ends of the crash test: an SMTP server and an SMS gateway that take everything, answer a little late, and
count what they took by heed's own reference. In a thread of their own; they refuse nothing."""
import asyncio
import base64
import random
import re
import threading
import urllib.parse
from collections import Counter

LOOPBACK = "127.0.0.1"
LATEST_ANSWER_S = 0.003
MESSAGE_ID = re.compile(rb"^message-id:\s*<([^@>\s]+)@", re.I | re.M)
TOKEN_ID = slice(2, 15)  # of a token: a letter for its kind, one for the key, then 64 bits in base 32, then the MAC


def touch_of(token):
    """The id of the touch that a token stands for."""
    return int.from_bytes(base64.b32decode(token[TOKEN_ID].upper() + "==="), "big")


class Taken:
    """What the sinks took: touches[id] and people[address] are how often; `nameless` came without a reference."""

    def __init__(self):
        self.touches, self.people, self.nameless, self.total = Counter(), Counter(), 0, 0

    def add(self, token, address):
        self.total += 1
        self.people[address] += 1
        if token:
            self.touches[touch_of(token)] += 1
        else:
            self.nameless += 1


class Late(asyncio.Protocol):
    """A connection that answers what it took only a moment later, so that a kill falls between the two."""

    def __init__(self, sinks):
        self.sinks, self.transport, self.held, self.waiting = sinks, None, b"", False

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        self.transport = None

    def data_received(self, data):
        self.held += data
        self.go_on()

    def go_on(self):
        while not self.waiting and self.transport and self.step():
            pass

    def say(self, text):
        if self.transport:
            self.transport.write(text)

    def say_late(self, text):
        self.waiting = True
        asyncio.get_running_loop().call_later(random.uniform(0, LATEST_ANSWER_S), self.say_now, text)

    def say_now(self, text):
        self.waiting = False
        self.say(text)
        self.go_on()


class MailSink(Late):
    """Just the SMTP that a submission needs, with PIPELINING."""
    ANSWERS = {b"EHLO": b"250-crash.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n", b"DATA": b"354 go on\r\n",
               b"QUIT": b"221 2.0.0 bye\r\n"}

    def __init__(self, sinks):
        super().__init__(sinks)
        self.to, self.in_data = "", False

    def connection_made(self, transport):
        super().connection_made(transport)
        self.say(b"220 crash.test ESMTP\r\n")

    def step(self):
        return self.take_mail() if self.in_data else self.take_command()

    def take_command(self):
        line, end, rest = self.held.partition(b"\r\n")
        if not end:
            return False
        self.held, verb = rest, line[:4].upper()
        if verb == b"RCPT":
            self.to = line[line.find(b"<") + 1:line.find(b">")].decode()
        self.in_data = verb == b"DATA"
        self.say(self.ANSWERS.get(verb, b"250 2.0.0 fine\r\n"))
        return True

    def take_mail(self):
        mail, end, rest = self.held.partition(b"\r\n.\r\n")
        if not end:
            return False
        self.held, self.in_data = rest, False
        found = MESSAGE_ID.search(mail)
        self.sinks.taken.add(found and found.group(1).decode(), self.to)
        self.say_late(b"250 2.0.0 taken\r\n")
        return True


class TextSink(Late):
    """Kannel's sendsms by GET; the reference travels in dlr-url."""

    def step(self):
        head, end, rest = self.held.partition(b"\r\n\r\n")
        if not end:
            return False
        self.held = rest
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(head.split(b" ", 2)[1].decode()).query)
        report = urllib.parse.parse_qs(urllib.parse.urlsplit(query.get("dlr-url", [""])[0]).query)
        self.sinks.taken.add(report.get("ref", [None])[0], query["to"][0])
        body = b"0: Accepted for delivery"
        self.say_late(b"HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
                      % (len(body), body))
        return True


class Sinks:
    """A context; `smtp` and `http` are the ports. `taken` may be replaced while nobody sends."""

    def __init__(self):
        self.taken, self.smtp, self.http = Taken(), 0, 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def _listen(self):
        for name, kind in (("smtp", MailSink), ("http", TextSink)):
            server = await self._loop.create_server(lambda kind=kind: kind(self), LOOPBACK, 0)
            setattr(self, name, server.sockets[0].getsockname()[1])

    def __enter__(self):
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_error):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        return False
