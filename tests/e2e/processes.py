"""What every server of the end-to-end tests needs: private folders, free ports, certificates, children
that never outlive us, and waiting by probing. Knows no protocol."""
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

LOOPBACK = "127.0.0.1"
PATIENCE_S = 30


class Missing(Exception):
    """The machine lacks something: root, a package. A reason to skip, not to fail."""


def need_root():
    if os.geteuid() != 0:
        raise Missing("must run as root: Postfix and Dovecot switch users")


def need_programs(package, *paths):
    for path in paths:
        if not os.access(path, os.X_OK):
            raise Missing("%s is not there: install the package %s" % (path, package))


def free_port():
    """Below the range of outgoing connections, so that none of those takes it before the server does."""
    for _ in range(200):
        port = random.randint(20000, 31999)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port between 20000 and 31999")


def wait_until(probe, what, seconds=PATIENCE_S):
    """Calls probe() until it returns something true, and returns that. OSError counts as "not yet"."""
    end = time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        try:
            found = probe()
            if found:
                return found
        except OSError as error:
            last = error
        time.sleep(0.02)
    raise TimeoutError("%s: not within %d s%s" % (what, seconds, " (%s)" % last if last else ""))


def banner(port, starts=b""):
    """The first line a server says, or None when it does not begin with `starts`."""
    with socket.create_connection((LOOPBACK, port), 2) as peer:
        peer.settimeout(2)
        line = peer.recv(512)
        return line if line.startswith(starts) else None


def _kill_session(leader, number):
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        pass


def _watch(folder):
    """The watchdog: reads "+PID" and "-PID" until its parent closes the pipe or dies, even by SIGKILL; then ends
    who is left and removes the folder. (PR_SET_PDEATHSIG will not do: Postfix loses it when it changes its uid.)"""
    left = set()
    for line in sys.stdin:
        (left.add if line[0] == "+" else left.discard)(int(line[1:]))
    for number in (signal.SIGTERM, signal.SIGKILL):
        for leader in left:
            _kill_session(leader, number)
        if left:
            time.sleep(1)
    shutil.rmtree(folder, ignore_errors=True)


class Processes:
    """A temporary folder and the children that live in it; close() ends and removes all of them."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="heed-e2e-")
        os.chmod(self.folder, 0o755)
        self._children = []
        self._tls = None
        self._watchdog = subprocess.Popen([sys.executable, os.path.abspath(__file__), self.folder], text=True,
                                          stdin=subprocess.PIPE, start_new_session=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make_folder(self, *names, owner=None, mode=0o755):
        path = self.path(*names)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        if owner:
            shutil.chown(path, owner, owner)
        return path

    def write(self, text, *names, mode=0o644):
        path = self.path(*names)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(path, mode)
        return path

    def spawn(self, argv, log):
        """A child in a session of its own, output appended to the file `log` in our folder."""
        with open(self.path(log), "ab") as out:
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     start_new_session=True, cwd=self.folder)
        self._children.append(child)
        self._tell_watchdog("+", child)
        return child

    def wait_for(self, child, probe, log):
        """wait_until() that also notices the child's death and shows the end of its log."""
        def alive_and_ready():
            if child.poll() is not None:
                raise RuntimeError("%s ended with %d:\n%s" % (child.args[0], child.returncode, self.tail(log)))
            return probe()
        try:
            return wait_until(alive_and_ready, child.args[0])
        except TimeoutError as error:
            raise TimeoutError("%s\n%s" % (error, self.tail(log))) from None

    def tail(self, log, lines=30):
        try:
            with open(self.path(log), encoding="utf-8", errors="replace") as text:
                return "".join(text.readlines()[-lines:])
        except OSError:
            return "(no log)"

    def end(self, child, seconds=10):
        """SIGTERM to the child's whole session, SIGKILL when that is not enough."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            _kill_session(child.pid, number)
            try:
                child.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        # The leader is gone; what it left behind in its session goes too.
        _kill_session(child.pid, signal.SIGKILL)
        if child in self._children:
            self._children.remove(child)
            self._tell_watchdog("-", child)

    def close(self):
        for child in reversed(list(self._children)):
            self.end(child)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._watchdog.stdin.close()
        self._watchdog.wait()

    def _tell_watchdog(self, sign, child):
        self._watchdog.stdin.write("%s%d\n" % (sign, child.pid))
        self._watchdog.stdin.flush()

    def tls(self):
        """(CA file, certificate, key): a CA of our own and a server certificate for localhost and 127.0.0.1."""
        if not self._tls:
            self._tls = self._make_tls()
        return self._tls

    def _make_tls(self):
        need_programs("openssl", "/usr/bin/openssl")
        self.make_folder("tls")
        names = self.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n", "tls", "names")
        ca, ca_key = self.path("tls", "ca.pem"), self.path("tls", "ca.key")
        cert, key, request = (self.path("tls", name) for name in ("server.pem", "server.key", "request"))
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self._openssl("req", "-x509", *curve, "-keyout", ca_key, "-out", ca, "-days", "3650",
                      "-subj", "/CN=heed test CA")
        self._openssl("req", *curve, "-keyout", key, "-out", request, "-subj", "/CN=localhost")
        self._openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-set_serial", "2",
                      "-out", cert, "-days", "3650", "-extfile", names)
        os.chmod(key, 0o600)
        return ca, cert, key

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["/usr/bin/openssl", *arguments], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)


if __name__ == "__main__":
    _watch(sys.argv[1])
