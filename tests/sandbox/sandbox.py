#!/usr/bin/python3
"""The sandbox: mail, text and chat services of our own on loopback, 200 simulated prospects behind them, and a
salesperson. One process, one event loop. Writes ports.env into --dir when it is ready; its web port also takes
GET /counts and POST /clock (START_MS:REAL_MS:SPEED: the run begins)."""
import argparse
import asyncio
import json
import os
import re
import signal
import socket
from pathlib import Path

import certs
import web
from bot_service import BotService
from clock import Clock
from crowd import Crowd, Message
from imap_server import ImapServer
from ledger import Ledger
from mailbox import Mailbox
from prospects import make_people
from salesperson import Salesperson
from sms_service import SmsService
from smtp_server import SmtpServer

SETTINGS = {  # made up; also told as $SANDBOX_MAIL_USER and so on, which heed.conf of the demo names
    "mail_user": "sam@sandbox.example", "mail_password": "sandbox-mail",
    "sms_sid": "AC00000000000000000000000000000001", "sms_token": "sandbox-texts", "sms_number": "+12025550199",
    "sms_sender": "texts", "bot_token": "1234567:sandbox-bot", "bot_secret": "sandbox_Secret-1", "bot_sender": "bot",
    "bot_path_secret": "",
}
MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>\r\n]*>)")


class Sandbox:
    def __init__(self, folder, people, clock, settings=None):
        self.folder, self.clock = Path(folder), clock
        self.settings = {**SETTINGS, **(settings or {})}
        self.ledger = Ledger(clock)
        self.crowd = Crowd(people, clock, self.ledger)
        self.mailbox = self.crowd.mailbox = Mailbox()
        self.ports, self.servers, self.salesperson = {}, [], None
        self._work = None

    async def start(self, public, real, heed=None, environment=None):
        """public: base of heed's public URLs; real: where they are answered. heed: the program, for a salesperson."""
        settings, crowd = self.settings, self.crowd
        login = (settings["mail_user"], settings["mail_password"])
        tls = certs.make(self.folder)
        hook = crowd.hook = web.Hook(public, real, self.ledger)
        self.web_server = web.Server(self.ledger.began)
        crowd.sms = SmsService(settings, hook, self.ledger, lambda number: crowd.knows("sms", number),
                               self.take_text, crowd.later)
        crowd.bot = BotService(settings, hook, self.ledger, lambda chat: crowd.knows("telegram", chat), self.take_chat)
        self.web_server.routes = [*crowd.sms.routes(), *crowd.bot.routes(),
                                  ("GET", "/counts", self.show_counts), ("POST", "/clock", self.begin)]
        smtp = SmtpServer(tls, login, lambda address: crowd.knows("email", address), self.take_mail, self.ledger.began)
        for name, server in (("smtp", smtp), ("imap", ImapServer(tls, login, self.mailbox)), ("web", self.web_server)):
            listening, self.ports[name] = await server.listen()
            self.servers.append(listening)
        if heed:
            self.salesperson = Salesperson(heed, environment, self.clock, crowd, self.ledger)

    def begin(self, request):
        """The clock starts to run, and the salesperson's work with it."""
        try:
            self.clock.set(request.body.decode())
        except ValueError as error:
            return 400, "text/plain", f"{error}\n".encode()
        if self.salesperson and not self._work:
            self.salesperson.environment["HEED_CLOCK"] = request.body.decode()
            self._work = asyncio.get_running_loop().create_task(self.salesperson.work())
        return 200, "text/plain", b"running\n"

    def show_counts(self, _request):
        return 200, "application/json", json.dumps(self.ledger.counts(), indent=1).encode()

    def take_mail(self, sender, recipient, raw, began, envid=""):
        found = MESSAGE_ID.search(raw.partition(b"\r\n\r\n")[0])
        if not found:
            self.ledger.notes["mail_without_message_id"] += 1
        self.arrived(Message("email", recipient, raw, sender, envid), found[1] if found else raw, began)

    def take_text(self, number, text, began):
        self.arrived(Message("sms", number, text), text, began)

    def take_chat(self, chat, text, began):
        self.arrived(Message("telegram", chat, text), text, began)

    def arrived(self, message, key, began):
        zone = self.crowd.zone_of(message.channel, message.address)
        self.ledger.arrived(message.channel, message.address, key, zone, began)
        self.crowd.hear(message)

    async def stop(self):
        if self._work:
            self._work.cancel()
        self.crowd.stop()
        for server in self.servers:
            server.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def variables(values):
    return {f"SANDBOX_{name.upper()}": str(value) for name, value in values.items()}


def write_ports(folder, values):
    """For the shell, complete from the first moment it can be seen."""
    text = "".join(f"{name}='{value}'\n" for name, value in variables(values).items())
    half = Path(folder) / "ports.tmp"
    half.write_text(text, encoding="utf-8")
    half.rename(Path(folder) / "ports.env")


async def serve(options):
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    hook_port = free_port()
    sandbox = Sandbox(options.dir, make_people(options.seed, options.count), Clock(options.clock))
    await sandbox.start(options.public, f"http://127.0.0.1:{hook_port}", options.heed,
                        {**os.environ, **variables(sandbox.settings)})
    write_ports(options.dir, {**sandbox.ports, "hook": hook_port, **sandbox.settings})
    await stopped.wait()
    await sandbox.stop()


def main():
    parser = argparse.ArgumentParser(description="Runs the sandbox until SIGTERM.")
    parser.add_argument("--dir", required=True, help="for certificates and ports.env")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--public", default="https://heed.sandbox.example", help="base of heed's public URLs")
    parser.add_argument("--clock", default=os.environ.get("HEED_CLOCK", ""))
    parser.add_argument("--heed", help="the program, for the simulated salesperson ($HEED_WORKSPACE is its workspace)")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
