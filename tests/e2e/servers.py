#!/usr/bin/python3
"""Real servers from Debian packages for the end-to-end tests, on loopback ports and from a temporary folder;
the system's own instances and /etc are never touched.

    with Servers() as servers:
        dovecot = servers.dovecot(users={"sam@heed.test": "secret"})
        postfix = servers.postfix(domains=["heed.test"], dovecot=dovecot)
        kannel  = servers.kannel(inbound_url="http://127.0.0.1:8025/webhook/texts/SECRET")

As a command it starts what is asked for and prints one line of JSON with the ports, then waits for SIGTERM or
SIGINT; or, after "--", runs a command with that JSON in $HEED_SERVERS and ends with its exit code.

    servers.py --user sam@heed.test=secret --domain heed.test --kannel URL [-- COMMAND...]

Exit code 77 and one line when the machine lacks something (root, a package)."""
import argparse
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from dovecot import Dovecot  # noqa: E402
from kannel import Kannel  # noqa: E402
from postfix import Postfix  # noqa: E402
from processes import Missing, Processes  # noqa: E402

SKIP = 77


def _terminated(_number, _frame):
    raise SystemExit(128 + signal.SIGTERM)


class Servers:
    """A context: everything started in it ends with it, also on SIGTERM (main thread only)."""

    def __enter__(self):
        self.processes = Processes()
        self._kannels = []
        try:
            self._old_handler = signal.signal(signal.SIGTERM, _terminated)
        except ValueError:  # not the main thread: its owner cares for signals
            self._old_handler = None
        return self

    def __exit__(self, *_error):
        for kannel in self._kannels:
            kannel.close()
        self.processes.close()
        if self._old_handler is not None:
            signal.signal(signal.SIGTERM, self._old_handler)
        return False

    def dovecot(self, users, **options):
        return Dovecot(self.processes, users, **options)

    def postfix(self, domains=(), **options):
        return Postfix(self.processes, domains, **options)

    def kannel(self, inbound_url, **options):
        kannel = Kannel(self.processes, inbound_url, **options)
        self._kannels.append(kannel)
        return kannel


def _parse(arguments):
    command = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, command = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(description="Real mail and SMS servers on loopback ports.")
    parser.add_argument("--user", action="append", default=[], metavar="ADDRESS=PASSWORD", help="a mailbox of Dovecot")
    parser.add_argument("--domain", action="append", default=[], help="Postfix takes it; unknown mailboxes bounce")
    parser.add_argument("--strict-domain", action="append", default=[], help="unknown mailboxes are refused at RCPT")
    parser.add_argument("--pipe", action="append", default=[], metavar="DOMAIN=COMMAND", help="mail into a command")
    parser.add_argument("--kannel", metavar="URL", help="webhook for the SMS that come in")
    return parser.parse_args(arguments), command


def _start(servers, options):
    pairs = dict(user.split("=", 1) for user in options.user)
    pipes = {domain: line.split() for domain, line in (pipe.split("=", 1) for pipe in options.pipe)}
    found = {}
    dovecot = servers.dovecot(pairs) if pairs else None
    if dovecot:
        found["dovecot"] = dovecot.describe()
    if options.domain or options.strict_domain or pipes:
        found["postfix"] = servers.postfix(options.domain, strict_domains=options.strict_domain, pipes=pipes,
                                           dovecot=dovecot).describe()
    if options.kannel:
        found["kannel"] = servers.kannel(options.kannel).describe()
    return json.dumps(found)


def main():
    options, command = _parse(sys.argv[1:])
    try:
        with Servers() as servers:
            found = _start(servers, options)
            if command:
                return subprocess.run(command, env={**os.environ, "HEED_SERVERS": found}, check=False).returncode
            print(found, flush=True)
            signal.pause()
    except Missing as missing:
        print("SKIP %s" % missing)
        return SKIP
    except (KeyboardInterrupt, SystemExit):
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
