#!/usr/bin/python3
"""channels/imap.c against a real Dovecot, through the small program imap_dump: 200 mails, TLS, IDLE, expunged
mails, a renumbered folder, XOAUTH2, and connections that break anywhere."""
import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402
from dovecot import simple_mail  # noqa: E402
from processes import LOOPBACK, Missing  # noqa: E402

DUMP = os.environ.get("HEED_IMAP_DUMP", "")
SAM = "sam@heed.test"
OAUTH_KEY = b"0123456789abcdef0123456789abcdef"
COUNT = 200
START = 1700000000
NASTY = ["A001 OK done\r\nA002 OK done", ")\r\n* 31 FETCH (UID 41 BODY[]<0> {3}\r\nabc)", "* BYE bye",
         "Gr\xfc\xdfe \xe2\x82", "{100}", "x" * 3000, "", "+ idling\r\n* 99 EXISTS"]


def nasty_mail(number):
    text = NASTY[number % len(NASTY)] + "\r\n"
    return simple_mail("ana@example.com", SAM, "mail %d" % number, "") + text.encode("latin-1")


class CuttingProxy:
    """Passes bytes to a server and back; closes the connection after so many of its answers' bytes."""

    def __init__(self, port):
        self.cut_after, self.passed = None, 0
        self._target = port
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((LOOPBACK, self._target))
            for peer in (client, server):
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.passed = 0
            threading.Thread(target=self._copy, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._copy, args=(server, client, True), daemon=True).start()

    def _copy(self, source, target, counted):
        try:
            while data := source.recv(65536):
                if counted and self.cut_after is not None:
                    data = data[:self.cut_after - self.passed]
                self.passed += len(data) if counted else 0
                target.sendall(data)
                if counted and self.passed == self.cut_after:
                    break
        except OSError:
            pass
        for peer in (source, target):
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        source.close()


class Mailbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = servers.Servers()
        cls.servers = cls.context.__enter__()
        try:
            cls.dovecot = cls.servers.dovecot({SAM: "se\"cr\\et"}, oauth_key=OAUTH_KEY)
            cls.mails = [nasty_mail(number) for number in range(COUNT)]
            cls.fill("INBOX")
        except BaseException:
            cls.context.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.context.__exit__()

    @classmethod
    def fill(cls, folder):
        peer = cls.dovecot.login(SAM)
        for number, raw in enumerate(cls.mails):
            peer.append(folder, None, '"%s"' % time.strftime("%d-%b-%Y %H:%M:%S +0000",
                                                             time.gmtime(START + number)), raw)
        peer.logout()

    def conf(self, **settings):
        """Writes a [mailbox sam]; without TLS over the plain port unless told otherwise."""
        values = {"host": LOOPBACK, "port": self.dovecot.imap_port, "tls": "off", "user": SAM,
                  "password": self.dovecot.users[SAM], "from_start": "yes", **settings}
        lines = ["%s = %s" % pair for pair in values.items() if pair[1] is not None]
        return self.servers.processes.write("[mailbox sam]\n" + "\n".join(lines) + "\n", "heed.conf", mode=0o600)

    def dump(self, conf, cursor=("0", "0"), code=0):
        """(mails, cursor, errors); a mail is (uidvalidity, uid, arrived_ms, cut, bytes, sha256)."""
        done = subprocess.run([DUMP, conf, *cursor], capture_output=True, text=True, timeout=120, check=False)
        if code is not None:
            self.assertEqual(code, done.returncode, done.stderr)
        rows = [line.split() for line in done.stdout.splitlines()]
        return ([row[1:] for row in rows if row[0] == "mail"], tuple(rows[-1][1:]), done.stderr)

    def assert_all(self, mails):
        digests = [hashlib.sha256(raw).hexdigest() for raw in self.mails]
        self.assertEqual(digests, [mail[5] for mail in mails])

    def test_every_mail_comes_once_in_order_byte_for_byte(self):
        mails, cursor, _ = self.dump(self.conf())
        self.assert_all(mails)
        self.assertEqual([str((START + number) * 1000) for number in range(COUNT)], [mail[2] for mail in mails])
        self.assertEqual({"0"}, {mail[3] for mail in mails})
        self.assertEqual(([], cursor), self.dump(self.conf(), cursor)[:2])

    def test_reading_leaves_every_mail_unseen(self):
        self.dump(self.conf())
        peer = self.dovecot.login(SAM)
        peer.select("INBOX", readonly=True)
        self.assertEqual([b""], peer.search(None, "SEEN")[1])
        peer.logout()

    def test_a_limit_cuts_long_mails(self):
        mails, _, _ = self.dump(self.conf(max_bytes="1024"))
        for mail, raw in zip(mails, self.mails):
            self.assertEqual(hashlib.sha256(raw[:1024]).hexdigest(), mail[5])
            self.assertEqual(str(int(len(raw) > 1024)), mail[3])

    def test_tls_is_checked_against_the_ca(self):
        tls = {"ca_file": self.dovecot.ca_file, "host": "localhost"}
        self.assert_all(self.dump(self.conf(tls="implicit", port=self.dovecot.imaps_port, **tls))[0])
        self.assert_all(self.dump(self.conf(tls="starttls", **tls))[0])
        for settings in ({"tls": "implicit", "port": self.dovecot.imaps_port}, {"tls": "starttls"}):
            mails, _, errors = self.dump(self.conf(host="localhost", **settings), code=69)
            self.assertEqual([], mails)
            self.assertIn("certificate", errors)

    def test_a_certificate_for_another_name_is_refused(self):
        settings = {"tls": "implicit", "port": self.dovecot.imaps_port, "ca_file": self.dovecot.ca_file}
        self.assertEqual([], self.dump(self.conf(host="127.0.0.2", **settings), code=69)[0])

    def test_a_wrong_password_is_told_without_the_password(self):
        _, _, errors = self.dump(self.conf(password="wrong-canary"), code=78)
        self.assertIn("refuses", errors)
        self.assertNotIn("canary", errors)

    def test_an_unknown_folder_is_told(self):
        self.assertIn("NO", self.dump(self.conf(folder="Nowhere"), code=69)[2])

    def test_oauth_tokens_log_in(self):
        self.assert_all(self.dump(self.conf(password=None, oauth_token=oauth_token(SAM)))[0])
        self.dump(self.conf(password=None, oauth_token=oauth_token(SAM, b"another key" * 4)), code=78)

    def test_idle_tells_of_each_new_mail(self):
        user = "idle@heed.test"
        self.dovecot.add_user(user, "secret")
        conf = self.conf(user=user, password="secret", from_start="no")
        child = subprocess.Popen([DUMP, conf, "0", "0", "3"], stdout=subprocess.PIPE, text=True)
        slowest = 0.0
        with child.stdout:
            for number in range(3):
                self.assertEqual("waiting\n", child.stdout.readline())
                raw = nasty_mail(number)
                begun = time.monotonic()
                self.dovecot.deliver(user, raw)
                line = child.stdout.readline()
                slowest = max(slowest, time.monotonic() - begun)
                self.assertTrue(line.startswith("mail "), line)
            self.assertTrue(child.stdout.readline().startswith("cursor "))
        self.assertEqual(0, child.wait(30))
        print("IDLE: at most %.0f ms from delivery to sink" % (slowest * 1000), file=sys.stderr)

    def test_expunged_mails_are_passed_over(self):
        user = "gone@heed.test"
        self.dovecot.add_user(user, "secret")
        conf = self.conf(user=user, password="secret")
        uids = [self.dovecot.append(user, self.mails[number]) for number in range(10)]
        self.dovecot.expunge(user, uids[0])
        self.dovecot.expunge(user, uids[5])
        mails, cursor, _ = self.dump(conf)
        self.assertEqual([str(uid) for uid in uids if uid not in (uids[0], uids[5])], [mail[1] for mail in mails])
        self.dovecot.expunge(user, uids[9])
        self.assertEqual(([], cursor), self.dump(conf, cursor)[:2])
        last = self.dovecot.append(user, self.mails[11])
        self.assertEqual([str(last)], [mail[1] for mail in self.dump(conf, cursor)[0]])

    def test_a_folder_made_anew_is_read_from_its_first_mail(self):
        peer = self.dovecot.login(SAM)
        peer.create("Sales")
        peer.append("Sales", None, None, self.mails[0])
        mails, cursor, _ = self.dump(self.conf(folder="Sales"))
        self.assertEqual(1, len(mails))
        peer.delete("Sales")
        time.sleep(1.1)  # UIDVALIDITY counts seconds
        peer.create("Sales")
        for number in (1, 2):
            peer.append("Sales", None, None, self.mails[number])
        peer.logout()
        again, renewed, _ = self.dump(self.conf(folder="Sales"), cursor)
        self.assertNotEqual(cursor[0], renewed[0])
        self.assertEqual([hashlib.sha256(self.mails[number]).hexdigest() for number in (1, 2)],
                         [mail[5] for mail in again])

    def test_a_session_cut_anywhere_loses_and_doubles_nothing(self):
        proxy = CuttingProxy(self.dovecot.imap_port)
        try:
            conf = self.conf(port=proxy.port)
            self.assert_all(self.dump(conf)[0])
            whole, cuts = proxy.passed, 0
            for cut in range(1, whole, 1 + whole // 150):
                proxy.cut_after = cut
                before, cursor, _ = self.dump(conf, code=69)
                proxy.cut_after = None
                after, _, _ = self.dump(conf, cursor)
                self.assert_all(before + after)
                cuts += 1
            print("cut at %d places of %d bytes" % (cuts, whole), file=sys.stderr)
        finally:
            proxy.close()


def oauth_token(user, key=OAUTH_KEY):
    """A JWT (RFC 7519), HS256, as Dovecot's local validation takes it."""
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")
    head = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = part(json.dumps({"sub": user, "iat": int(time.time()), "exp": int(time.time()) + 600}).encode())
    return b".".join([head, body, part(hmac.new(key, head + b"." + body, hashlib.sha256).digest())]).decode()


def main():
    try:
        servers.Dovecot.need()
        if not os.access(DUMP, os.X_OK):
            raise Missing("$HEED_IMAP_DUMP names no program: run it through ctest")
    except Missing as missing:
        print("SKIP %s" % missing)
        sys.exit(servers.SKIP)
    unittest.main()


if __name__ == "__main__":
    main()
