"""Kannel (bearerbox, smsbox) with its own fakesmsc as the mobile network, on loopback ports from a private
folder. Numbers under `undelivered` go through a second, HTTP network of ours that reports "failed", because
`smsc = fake` of Kannel 1.4.5 answers every receipt with "delivered"."""
import http.server
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

from processes import LOOPBACK, PATIENCE_S, free_port, need_programs, wait_until

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
DEFAULT_QUERY = "sender=%p&to=%P&message=%b&id=%I&ts=%T&coding=%c&charset=%C"

CONF = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
dlr-storage = internal
sms-resend-freq = 2

group = smsc
smsc = fake
smsc-id = phones
port = {phones}
connect-allow-ip = 127.0.0.1
denied-prefix = "{undelivered}"

group = smsc
smsc = fake
smsc-id = inject
port = {inject}
connect-allow-ip = 127.0.0.1
denied-prefix = "+;0;1;2;3;4;5;6;7;8;9"

group = smsc
smsc = http
smsc-id = failing
system-type = generic
port = {reports}
connect-allow-ip = 127.0.0.1
send-url = "http://127.0.0.1:{carrier}/?from=%P&to=%p&coding=%c&udh=%u&text=%b"
status-success-regex = "^ok"
generic-foreign-id-regex = "^ok ([0-9]+)"
allowed-prefix = "{undelivered}"

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
mo-recode = true
http-request-retry = 30
http-queue-delay = 1
sendsms-chars = "0123456789 +-"

group = sendsms-user
username = {user}
password = {password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "{inbound}"
max-messages = 0
catch-all = true
"""


class Kannel:
    """inbound_url: heed's webhook; Kannel's %-escapes as wanted, or none: then DEFAULT_QUERY is added.
    undelivered: prefixes of numbers whose receipt is "failed"."""

    username, password = "heed", "secret"

    def __init__(self, processes, inbound_url, undelivered=("+4900",)):
        self.need()
        self.send_port, self._admin = free_port(), free_port()
        boxes, self._phones, self._inject, self._reports = (free_port() for _ in range(4))
        if "%" not in inbound_url:
            inbound_url += ("&" if "?" in inbound_url else "?") + DEFAULT_QUERY
        self._processes = processes
        self._lock = threading.Lock()
        self._carrier = _Carrier(self._reports)
        processes.make_folder("kannel")
        conf = processes.write(CONF.format(
            admin=self._admin, boxes=boxes, phones=self._phones, inject=self._inject, reports=self._reports,
            carrier=self._carrier.server_port, send=self.send_port, inbound=inbound_url, user=self.username,
            password=self.password, undelivered=";".join(undelivered)), "kannel", "kannel.conf")
        self._start(conf)

    @staticmethod
    def need():
        """Missing when it cannot run here."""
        need_programs("kannel", "/usr/sbin/bearerbox", "/usr/sbin/smsbox")
        need_programs("kannel-extras", FAKESMSC)

    @property
    def send_url(self):
        return "http://%s:%d/cgi-bin/sendsms" % (LOOPBACK, self.send_port)

    def send(self, sender, to, text, dlr_url=None):
        """Sends a text the way a customer of Kannel does; returns its answer ("0: Accepted for delivery")."""
        plain = all(ord(letter) < 128 for letter in text)
        query = {"username": self.username, "password": self.password, "from": sender, "to": to, "text": text,
                 "charset": "UTF-8", "coding": "0" if plain else "2"}
        if dlr_url:
            query.update({"dlr-mask": "27", "dlr-url": dlr_url})
        with urllib.request.urlopen(self.send_url + "?" + urllib.parse.urlencode(query), timeout=10) as answer:
            return answer.read().decode()

    def inject_sms(self, sender, to, text):
        """A phone sends a text to us: fakesmsc hands it to bearerbox, smsbox calls inbound_url."""
        if "\n" in text or "\r" in text:  # one line is one message for fakesmsc
            body = "ucs2 " + "".join("%%%02X" % byte for byte in text.encode("utf-16-be"))
        else:
            body = "text " + text
        with self._lock:
            before = self._received("inject")
            child = self._processes.spawn([FAKESMSC, "-H", LOOPBACK, "-r", str(self._inject), "-m", "1",
                                           "%s %s %s" % (sender, to, body)], "kannel/inject")
            wait_until(lambda: self._received("inject") > before, "bearerbox takes the text")
            self._processes.end(child)

    def received_sms(self):
        """What phones got so far, oldest first: {from, to, text}; the parts of a long text joined."""
        with open(self._processes.path("kannel/phones"), encoding="utf-8", errors="replace") as log:
            return _join_parts(_messages(log.read())) + list(self._carrier.messages)

    def wait_sms(self, count, seconds=PATIENCE_S):
        def enough():
            found = self.received_sms()
            return found if len(found) >= count else None
        return wait_until(enough, "%d texts on phones" % count, seconds)

    def status(self):
        """The root of bearerbox' status.xml."""
        url = "http://%s:%d/status.xml?password=%s" % (LOOPBACK, self._admin, self.password)
        with urllib.request.urlopen(url, timeout=5) as answer:
            return xml.etree.ElementTree.fromstring(answer.read())

    def describe(self):
        return {"send_url": self.send_url, "username": self.username, "password": self.password}

    def close(self):
        self._carrier.close()

    def _start(self, conf):
        bearerbox = self._processes.spawn(["/usr/sbin/bearerbox", "-v", "1", conf], "kannel/bearerbox")
        self._processes.wait_for(bearerbox, lambda: self.status() is not None, "kannel/bearerbox")
        # "-m 0": it only listens; the text it wants on its command line is never sent.
        phones = self._processes.spawn([FAKESMSC, "-H", LOOPBACK, "-r", str(self._phones), "-m", "0", "0 0 text -"],
                                       "kannel/phones")
        self._processes.wait_for(phones, lambda: self._smsc("phones").findtext("status", "").startswith("online"),
                                 "kannel/phones")
        smsbox = self._processes.spawn(["/usr/sbin/smsbox", "-v", "1", conf], "kannel/smsbox")
        self._processes.wait_for(smsbox, self._ready_to_send, "kannel/smsbox")

    def _ready_to_send(self):
        if self.status().find("boxes/box") is None:
            return False
        try:
            urllib.request.urlopen(self.send_url, timeout=5)
        except urllib.error.HTTPError as answer:
            return answer.code in (400, 403)  # it answers: we gave no password
        return True

    def _smsc(self, name):
        for smsc in self.status().iter("smsc"):
            if smsc.findtext("id") == name:
                return smsc
        raise RuntimeError("bearerbox has no smsc %s" % name)

    def _received(self, name):
        return int(self._smsc(name).findtext("sms/received", "0"))


class _Carrier(http.server.ThreadingHTTPServer):
    """The network that takes every text and then reports that it could not be delivered."""

    daemon_threads = True

    def __init__(self, reports_port):
        super().__init__((LOOPBACK, 0), _CarrierRequest)
        self.reports_port = reports_port
        self.messages, self._parts, self._taken = [], {}, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()

    def take(self, query):
        """A text or a part of one, as bytes: what they mean is in the coding. Returns our number for it."""
        text, udh = query.get("text", b""), query.get("udh", b"")
        reference, total, number = udh[3:6] if udh else (0, 1, 1)
        parts = self._parts.setdefault((query["from"], query["to"], reference), {})
        parts[number] = text
        self._taken += 1
        if len(parts) == total:
            whole = b"".join(parts[key] for key in sorted(parts))
            self.messages.append({"from": query["from"].decode(), "to": query["to"].decode(), "text":
                                  whole.decode("utf-16-be" if query.get("coding") == b"2" else "utf-8")})
            parts.clear()
        return self._taken

    def report(self, number):
        query = urllib.parse.urlencode({"dlr-mid": number, "dlr-mask": 2, "from": "0", "to": "0", "text": "failed"})
        url = "http://%s:%d/?%s" % (LOOPBACK, self.reports_port, query)
        with urllib.request.urlopen(url, timeout=5) as answer:
            answer.read()


class _CarrierRequest(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fields = urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query, encoding="latin-1")
        number = self.server.take({name: value.encode("latin-1") for name, value in fields})
        body = b"ok %d" % number
        self.send_response(202)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        # Bearerbox stores the receipt's address after our answer: a report before that finds nothing.
        threading.Timer(0.3, self.server.report, [number]).start()

    def log_message(self, *_arguments):
        pass


def _messages(log):
    """fakesmsc prints "Got message N: <from to kind [udh kind] body>", a line break in a text as a further line."""
    found = []
    for line in re.findall(r"Got message \d+: <(.*)>$", log, re.MULTILINE):
        head = re.match(r"(\S+) (\S+) (text|data|ucs-2|udh) (.*)$", line, re.DOTALL)
        if head:
            found.append(list(head.groups()))
        elif found:
            found[-1][3] += "\n" + line
    return found


def _decode(data):
    """Parts of a long text come without their coding: UTF-8 when that makes printable text, else UCS-2."""
    try:
        text = data.decode("utf-8")
        if all(letter.isprintable() or letter in "\r\n" for letter in text):
            return text
    except UnicodeDecodeError:
        pass
    return data.decode("utf-16-be", errors="replace")


def _join_parts(messages):
    rows, open_texts = [], {}
    for sender, to, kind, body in messages:
        if kind != "udh":
            data = urllib.parse.unquote_to_bytes(body.replace("+", " "))
            text = body if kind == "text" else data.decode("utf-16-be") if kind == "ucs-2" else _decode(data)
            rows.append({"from": sender, "to": to, "text": text})
            continue
        udh, _, part = body.split(" ", 2)
        reference, total, number = urllib.parse.unquote_to_bytes(udh)[3:6]
        parts = open_texts.setdefault((sender, to, reference), {})
        parts[number] = urllib.parse.unquote_to_bytes(part.replace("+", " "))
        if len(parts) == total:
            text = _decode(b"".join(parts[key] for key in sorted(parts)))
            rows.append({"from": sender, "to": to, "text": text})
            del open_texts[(sender, to, reference)]
    return rows
