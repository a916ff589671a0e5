"""The salesperson's IMAP server (RFC 3501, IDLE of RFC 2177): one user, one folder, read only; enough for a strict
reader of new mail. On loopback without TLS, or with STARTTLS."""
import asyncio
import base64
import binascii
import re
from datetime import datetime, timezone

from mailbox import UIDVALIDITY

CAPABILITIES = "IMAP4rev1 SASL-IR IDLE LITERAL+ AUTH=PLAIN STARTTLS"
TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s()]+)')
ITEM = re.compile(r"(?:BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?)|([A-Z][A-Z0-9.]*)", re.I)


class ImapServer:
    def __init__(self, tls, login, mailbox):
        self.tls, self.login, self.mailbox = tls, login, mailbox

    async def listen(self, port=0):
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=1 << 20)
        return server, server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        session = Session(self, reader, writer)
        self.mailbox.listeners.add(session.new_mail)
        try:
            await session.run()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            self.mailbox.listeners.discard(session.new_mail)
            writer.close()


class Session:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.secure = self.known = self.selected = self.idling = False
        self.open = True
        self.told = 0                # how many mails this client knows of

    def say(self, line):
        self.writer.write(line.encode() + b"\r\n")

    def new_mail(self):
        if self.idling:
            self.tell()

    def tell(self):
        count = len(self.server.mailbox.mails)
        if self.selected and count != self.told:
            self.told = count
            self.say(f"* {count} EXISTS")

    async def run(self):
        self.say(f"* OK [CAPABILITY {CAPABILITIES}] sandbox ready")
        while self.open:
            await self.writer.drain()
            words, raw = await self.command()
            if not raw:
                return
            tag = words[0].decode("latin-1") if words else "*"
            name = words[1].decode("latin-1").upper() if len(words) > 1 else ""
            handler, needs = COMMANDS.get(name, (None, ""))
            if not handler:
                self.say(f"{tag} BAD unknown command")
            elif (needs and not self.known) or (needs == "selected" and not self.selected):
                self.say(f"{tag} BAD not now")
            else:
                await handler(self, tag, words[2:], raw)
                self.open = self.open and name != "LOGOUT"

    async def command(self):
        """One command with its literals: (words, the line as text)."""
        words, raw = [], b""
        while True:
            line = await self.reader.readline()
            raw += line.rstrip(b"\r\n")
            literal = re.search(rb"\{(\d+)(\+?)\}\r?\n$", line)
            text = line[:literal.start()] if literal else line
            words += [quoted.replace(b"\\", b"") or atom for quoted, atom in TOKEN.findall(text)]
            if not literal:
                return words, raw.decode("latin-1")
            if not literal[2]:
                self.say("+ go on")
                await self.writer.drain()
            words.append(await self.reader.readexactly(min(int(literal[1]), 1 << 16)))

    async def capability(self, tag, _words, _raw):
        self.say(f"* CAPABILITY {CAPABILITIES}")
        self.say(f"{tag} OK done")

    async def starttls(self, tag, _words, _raw):
        if self.secure:
            self.say(f"{tag} BAD TLS is on already")
            return
        self.say(f"{tag} OK begin")
        await self.writer.drain()
        await self.writer.start_tls(self.server.tls)
        self.secure = True

    async def login(self, tag, words, _raw):
        self.check(tag, words)

    async def authenticate(self, tag, words, _raw):
        first = words[1] if len(words) > 1 else None
        if first is None:
            self.say("+ ")
            await self.writer.drain()
            first = (await self.reader.readline()).strip()
        try:
            self.check(tag, base64.b64decode(first, validate=True).split(b"\0")[-2:])
        except binascii.Error:
            self.say(f"{tag} BAD not base64")

    def check(self, tag, said):
        self.known = [word.decode() for word in said] == list(self.server.login)
        self.say(f"{tag} OK [CAPABILITY {CAPABILITIES}] welcome" if self.known else
                 f"{tag} NO [AUTHENTICATIONFAILED] wrong user or password")

    async def select(self, tag, words, raw):
        self.selected = bool(words) and words[0].upper() == b"INBOX"
        if not self.selected:
            self.say(f"{tag} NO [NONEXISTENT] no such folder")
            return
        box = self.server.mailbox
        self.told = len(box.mails)
        for line in ("FLAGS (\\Seen)", f"{self.told} EXISTS", "0 RECENT", f"OK [UIDVALIDITY {UIDVALIDITY}] ok",
                     f"OK [UIDNEXT {box.last_uid + 1}] ok", "OK [PERMANENTFLAGS ()] read only"):
            self.say(f"* {line}")
        self.say(f"{tag} OK [READ-ONLY] done")

    async def noop(self, tag, _words, _raw):
        self.tell()
        self.say(f"{tag} OK done")

    async def idle(self, tag, _words, _raw):
        self.idling = True
        self.say("+ idling")
        self.tell()
        await self.writer.drain()
        line = await self.reader.readline()
        self.idling = False
        self.say(f"{tag} OK done" if line.strip().upper() == b"DONE" else f"{tag} BAD expected DONE")

    async def uid(self, tag, words, raw):
        kind = words[0].upper() if words else b""
        if kind == b"SEARCH":
            self.search(tag, [word.decode("latin-1").upper() for word in words[1:]])
        elif kind == b"FETCH" and len(words) > 2:
            self.fetch(tag, words[1].decode("latin-1"), raw)
        else:
            self.say(f"{tag} BAD only UID SEARCH and UID FETCH")

    def chosen(self, text):
        """The mails of a UID set ("7", "3:9,12", "5:*"); asking for n:* shows that all before n is stored."""
        mails, last = self.server.mailbox.mails, self.server.mailbox.last_uid
        uids = set()
        for part in text.split(","):
            first, _, end = part.partition(":")
            low, high = sorted(last if uid == "*" else int(uid) for uid in (first, end or first))
            if end == "*" and first != "*":
                self.server.mailbox.seen_up_to(int(first) - 1)
            uids.update(range(max(low, 1), min(high, last) + 1))
        return [mails[uid - 1] for uid in sorted(uids)]

    def search(self, tag, keys):
        sets = [key for key in keys if re.fullmatch(r"[\d:,*]+", key)]
        if any(key not in ("UID", "ALL", "UNDELETED", "UNSEEN") for key in keys if key not in sets):
            self.say(f"{tag} BAD only ALL and UID sets")
            return
        mails = self.chosen(sets[0]) if sets else self.server.mailbox.mails
        self.say("* SEARCH" + "".join(f" {mail.uid}" for mail in mails))
        self.tell()
        self.say(f"{tag} OK done")

    def fetch(self, tag, uids, raw):
        wanted = raw.split(None, 4)[4]
        for mail in self.chosen(uids):
            items = [f"UID {mail.uid}".encode()]
            for section, start, length, name in ITEM.findall(wanted):
                items += self.item(mail, section.upper(), start, length, name.upper())
            self.writer.write(f"* {mail.uid} FETCH (".encode() + b" ".join(items) + b")\r\n")
        self.tell()
        self.say(f"{tag} OK done")

    @staticmethod
    def item(mail, section, start, length, name):
        if name == "INTERNALDATE":
            when = datetime.fromtimestamp(mail.arrived_ms / 1000, timezone.utc)
            return [b'INTERNALDATE "' + when.strftime("%d-%b-%Y %H:%M:%S +0000").encode() + b'"']
        if name == "FLAGS":
            return [b"FLAGS ()"]
        if name == "RFC822.SIZE":
            return [f"RFC822.SIZE {len(mail.raw)}".encode()]
        if name:
            return []                # UID itself is always told
        data = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if section == "HEADER" else mail.raw
        label = f"BODY[{section}]"
        if start:
            data, label = data[int(start):int(start) + int(length)], f"{label}<{start}>"
        return [f"{label} {{{len(data)}}}\r\n".encode() + data]

    async def logout(self, tag, _words, _raw):
        self.say("* BYE see you")
        self.say(f"{tag} OK done")
        await self.writer.drain()


COMMANDS = {"CAPABILITY": (Session.capability, ""), "STARTTLS": (Session.starttls, ""), "LOGIN": (Session.login, ""),
            "AUTHENTICATE": (Session.authenticate, ""), "NOOP": (Session.noop, ""), "LOGOUT": (Session.logout, ""),
            "SELECT": (Session.select, "login"), "EXAMINE": (Session.select, "login"),
            "IDLE": (Session.idle, "selected"), "UID": (Session.uid, "selected")}
