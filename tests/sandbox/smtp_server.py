"""The mail servers of all prospects, behind one SMTP port: EHLO, STARTTLS, AUTH, PIPELINING, 8BITMIME, SIZE, DSN.
Takes mail for those it knows; what a mailbox does with it is not decided here."""
import asyncio
import base64
import binascii
import re

MAX_MAIL = 32 << 20
PATH = re.compile(rb"(?i)^(?:FROM|TO):\s*<([^>]*)>(.*)$")


class SmtpServer:
    """knows(address) -> bool; take(sender, recipient, raw, began, envid) for each accepted recipient."""

    def __init__(self, tls, login, knows, take, began, pipelining=True):
        self.tls, self.login, self.knows, self.take, self.began = tls, login, knows, take, began
        self.pipelining = pipelining

    async def listen(self, port=0):
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=MAX_MAIL)
        return server, server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        try:
            await Session(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()


class Session:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.secure = self.known = False
        self.open = True
        self.reset()

    def reset(self):
        self.sender, self.recipients, self.envid, self.start = None, [], "", None

    def say(self, *lines):
        """lines: "250 text"; all but the last get the dash of a continued answer."""
        for line in lines[:-1]:
            self.writer.write(f"{line[:3]}-{line[4:]}\r\n".encode())
        self.writer.write(f"{lines[-1]}\r\n".encode())

    async def run(self):
        self.say("220 localhost ESMTP sandbox")
        while self.open:
            await self.writer.drain()
            line = await self.reader.readline()
            if not line:
                return
            verb, _, rest = line.strip().partition(b" ")
            handler = VERBS.get(verb.upper())
            if handler:
                await handler(self, rest.strip())
            else:
                self.say("500 5.5.1 What is that?")

    async def ehlo(self, _rest):
        self.reset()
        lines = ["250 localhost", "250 8BITMIME", "250 ENHANCEDSTATUSCODES", "250 DSN", f"250 SIZE {MAX_MAIL}"]
        lines += ["250 PIPELINING"] if self.server.pipelining else []
        lines += ["250 AUTH PLAIN LOGIN"] if self.secure else ["250 STARTTLS"]
        self.say(*lines)

    async def helo(self, _rest):
        self.reset()
        self.say("250 localhost")

    async def starttls(self, _rest):
        if self.secure:
            self.say("503 5.5.1 TLS is on already")
            return
        self.say("220 2.0.0 Go ahead")
        await self.writer.drain()
        await self.writer.start_tls(self.server.tls)
        self.secure = True
        self.reset()

    async def auth(self, rest):
        way, _, first = rest.partition(b" ")
        if not self.secure:
            self.say("538 5.7.11 Encryption required")
            return
        try:
            if way.upper() == b"PLAIN":
                said = (await self.ask("", first)).split(b"\0")[-2:]
            else:
                said = [await self.ask("VXNlcm5hbWU6", first), await self.ask("UGFzc3dvcmQ6", b"")]
        except binascii.Error:
            said = []
        self.known = [part.decode() for part in said] == list(self.server.login)
        self.say("235 2.7.0 Welcome" if self.known else "535 5.7.8 Wrong user or password")

    async def ask(self, prompt, first):
        if not first:
            self.say(f"334 {prompt}")
            await self.writer.drain()
            first = (await self.reader.readline()).strip()
        return base64.b64decode(first, validate=True)

    async def mail(self, rest):
        self.reset()
        found = PATH.match(rest)
        if not self.known:
            self.say("530 5.7.0 Log in first")
        elif not found:
            self.say("501 5.1.7 Bad sender")
        else:
            self.start = self.server.began()
            self.sender = found[1].decode("latin-1")
            envid = re.search(rb"(?i)\bENVID=(\S+)", found[2])
            self.envid = envid[1].decode("latin-1") if envid else ""
            self.say("250 2.1.0 Sender ok")

    async def rcpt(self, rest):
        found = PATH.match(rest)
        address = found[1].decode("latin-1").lower() if found else ""
        if self.sender is None:
            self.say("503 5.5.1 MAIL first")
        elif not address:
            self.say("501 5.1.3 Bad recipient")
        elif not self.server.knows(address):
            self.say(f"550 5.1.1 <{address}>: user unknown")
        else:
            self.recipients.append(address)
            self.say("250 2.1.5 Recipient ok")

    async def data(self, _rest):
        if not self.recipients:
            self.say("503 5.5.1 No recipients")
            return
        self.say("354 End with a dot")
        await self.writer.drain()
        lines, size = [], 0
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                self.open = False
                return
            size += len(line)
            if size <= MAX_MAIL:
                lines.append(line[1:] if line.startswith(b".") else line)
        if size > MAX_MAIL:
            self.say("552 5.3.4 Too large")
        else:
            for recipient in self.recipients:
                self.server.take(self.sender, recipient, b"".join(lines), self.start, self.envid)
            self.say("250 2.0.0 Taken")
        self.reset()

    async def rset(self, _rest):
        self.reset()
        self.say("250 2.0.0 Reset")

    async def noop(self, _rest):
        self.say("250 2.0.0 Still here")

    async def quit(self, _rest):
        self.say("221 2.0.0 Bye")
        await self.writer.drain()
        self.open = False


VERBS = {b"EHLO": Session.ehlo, b"HELO": Session.helo, b"STARTTLS": Session.starttls, b"AUTH": Session.auth,
         b"MAIL": Session.mail, b"RCPT": Session.rcpt, b"DATA": Session.data, b"RSET": Session.rset,
         b"NOOP": Session.noop, b"QUIT": Session.quit}
