"""heed in the story: one workspace for the test servers, its commands, its daemon, its time. Everything runs as an
ordinary user, as the pipe of Postfix does. Knows nothing of the people of the story."""
import datetime
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
import zoneinfo

from processes import LOOPBACK, Missing, free_port, wait_until

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
USER = "daemon"
ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
SECRETS = {"SAM_PASSWORD": "pass word+%=", "KANNEL_PASSWORD": "secret", "TEXTS_SECRET": "path-token-of-the-texts"}

CONF = """
[workspace]
zone = Europe/Berlin
region = DE
postal_address = Example Ltd, 1 Long Street, Berlin
templates = {home}/library
providers = {home}/providers

[http]
listen = {listen}
public_url = {public_url}

[sender sam]
through = smtp
channel = email
from = Sam Carter <sam@heed.test>
host = localhost
port = {smtp_port}
tls = starttls
ca_file = {ca_file}
user = sam@heed.test
password_env = SAM_PASSWORD
reply_plus = yes
sessions = 2
batch = 5
{more}

[mailbox sam]
host = localhost
port = {imaps_port}
tls = implicit
ca_file = {ca_file}
user = sam@heed.test
password_env = SAM_PASSWORD

[sender texts]
through = http
provider = kannel
channel = sms
from = +4930123456
base_url = {kannel_url}
username = heed
password_env = KANNEL_PASSWORD
secret_env = TEXTS_SECRET
batch = 4
sessions = 1

[sender phone]
through = task
channel = call
"""


class Failed(AssertionError):
    """A command ended as nobody expected."""


class Heed:
    """The program comes from $HEED_BIN. Times are business times: at() sets them, for commands and daemon alike."""

    def __init__(self, processes):
        self._processes = processes
        self.home = processes.make_folder("heed", owner=USER)
        self.folder = processes.path("heed", "site")
        self.program = self._copy_program()
        self._port = free_port()
        self.public_url = "http://%s:%d" % (LOOPBACK, self._port)
        self._daemon = None
        self._clock = ""
        self._stages = 0
        self.log = processes.path("heed", "daemon")
        open(self.log, "w", encoding="utf-8").close()
        self._pipe = processes.write(
            "#!/bin/sh\n. %s/clock\nexport HEED_CLOCK\nexec %s mail-in --workspace %s --mailbox replies\n"
            % (self.home, self.program, self.folder), "heed", "pipe", mode=0o755)

    @property
    def pipe_command(self):
        """For pipe(8) of Postfix, which passes no environment on."""
        return ["/bin/sh", self._pipe]

    @property
    def inbound_url(self):
        """get-url of Kannel, as `heed provider show kannel` has it."""
        return ("%s/webhook/texts/%s?id=%%I&sender=%%p&to=%%P&message=%%a&ts=%%T"
                % (self.public_url, SECRETS["TEXTS_SECRET"]))

    def write_conf(self, dovecot, postfix, kannel, public_url=None, more=""):
        """more: further lines for the sender of mails."""
        text = CONF.format(home=self.home, listen="%s:%d" % (LOOPBACK, self._port), more=more,
                           public_url=public_url or self.public_url, smtp_port=postfix.port, ca_file=postfix.ca_file,
                           imaps_port=dovecot.imaps_port, kannel_url=kannel.send_url.partition("/cgi-bin")[0])
        self.write("site/heed.conf", text)

    def write(self, name, text):
        """A file beside or in the workspace, private to our user; its path."""
        path = self._processes.write(text, "heed", *name.split("/"), mode=0o600)
        shutil.chown(path, USER, USER)
        return path

    # ---- time ----

    def at(self, day, clock):
        """Puts business time to a local time in March 2027; it goes on from there at the speed of the wall clock."""
        hour, minute = (int(part) for part in clock.split(":"))
        moment = datetime.datetime(2027, 3, day, hour, minute, tzinfo=ZONE)
        self._clock = "%d:%d:1" % (moment.timestamp() * 1000, time.time() * 1000)
        self._processes.write("HEED_CLOCK=%s\n" % self._clock, "heed", "clock")

    # ---- commands ----

    def run(self, *words, code=0, stderr=False):
        """Runs a command; its standard output, or its errors. Another exit code than `code` raises."""
        done = subprocess.run(self._argv(words), cwd=self.home, capture_output=True, text=True, timeout=120,
                              check=False)
        if done.returncode != code:
            raise Failed("heed %s: exit %d instead of %d\n%s%s" % (
                " ".join(words), done.returncode, code, done.stdout, done.stderr))
        return done.stderr if stderr else done.stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))

    def export(self, what):
        return [json.loads(line) for line in self.run("export", what).splitlines()]

    # ---- the daemon ----

    def start(self, crash=None):
        """crash: "point:n" kills it there at the n-th pass, in builds that have crash points."""
        extra = {"HEED_LOG": "info", **({"HEED_CRASH": crash} if crash else {})}
        self._daemon = self._processes.spawn(self._argv(["run"], extra), "heed/daemon")
        if not crash:
            self._processes.wait_for(self._daemon, self.is_healthy, "heed/daemon")

    def has_crash_points(self):
        with open(self.program, "rb") as program:
            return b"send_answered" in program.read()

    def is_healthy(self):
        with urllib.request.urlopen(self.public_url + "/healthz", timeout=5) as answer:
            return json.load(answer)["ok"]

    def is_alive(self):
        return self._daemon is not None and self._daemon.poll() is None

    def kill(self):
        """kill -9: no chance to tidy up."""
        os.kill(self._daemon.pid, signal.SIGKILL)
        self._daemon.wait(30)
        self._processes.end(self._daemon)

    def wait_killed(self, seconds=60):
        """Until the daemon has ended at its crash point."""
        wait_until(lambda: not self.is_alive(), "the crash point", seconds)
        killed = self._daemon.returncode
        self._processes.end(self._daemon)
        return killed == -signal.SIGKILL

    def stop(self):
        """As systemd would: SIGTERM; what is in the air comes home."""
        self._daemon.terminate()
        code = self._daemon.wait(60)
        self._processes.end(self._daemon)
        if code != 0:
            raise Failed("heed run: exit %d\n%s" % (code, self.tail()))

    def tail(self, lines=40):
        return self._processes.tail("heed/daemon", lines)

    def is_quiet(self):
        """Nothing is due, on the wire or waits for a try."""
        now = self.json("status")
        return not (now["due"] or now["wire"] or now["retry"])

    def rest(self, seconds=60):
        try:
            wait_until(self.is_quiet, "heed rests", seconds)
        except TimeoutError:
            raise TimeoutError("heed does not rest: %s\n%s" % (self.run("status"), self.tail())) from None

    # ---- inside ----

    def _copy_program(self):
        """Where our user may read it, whoever may read the source tree."""
        binary = os.environ.get("HEED_BIN", "")
        if not os.access(binary, os.X_OK):
            raise Missing("$HEED_BIN names no program")
        shutil.copytree(os.path.join(SOURCE, "providers"), os.path.join(self.home, "providers"))
        shutil.copytree(os.path.join(SOURCE, "templates", "library"), os.path.join(self.home, "library"))
        return shutil.copy(binary, os.path.join(self.home, "heed"))

    def _argv(self, words, extra=None):
        env = {"HEED_CLOCK": self._clock, "HEED_WORKSPACE": self.folder, **SECRETS, **(extra or {})}
        return ["/usr/bin/setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "/usr/bin/env",
                *("%s=%s" % pair for pair in env.items()), self.program, *words]


def touch_of(message_id):
    """The touch that a Message-ID of ours names: "<m" + key version + 13 letters of base 32 + MAC + "@...>"."""
    text = message_id.strip().strip("<>").partition("@")[0]
    value = 0
    for letter in text[2:15]:
        value = value << 5 | "abcdefghijklmnopqrstuvwxyz234567".index(letter)
    value >>= 1  # 13 letters carry 65 bits
    return "to_" + "".join("0123456789abcdefghjkmnpqrstvwxyz"[value >> shift & 31] for shift in range(60, -1, -5))
