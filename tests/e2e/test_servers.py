#!/usr/bin/python3
"""The servers of the end-to-end tests themselves: mail through Postfix into Dovecot, a real delivery report,
a pipe, and texts each way through Kannel."""
import email
import http.server
import imaplib
import json
import os
import signal
import smtplib
import subprocess
import sys
import threading
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402
from dovecot import simple_mail  # noqa: E402
from processes import Missing, banner, wait_until  # noqa: E402

SAM, ANA = "sam@heed.test", "ana@heed.test"


class Webhook(http.server.ThreadingHTTPServer):
    """Collects the query of every request."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), WebhookRequest)
        self.rows = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return "http://127.0.0.1:%d%s" % (self.server_port, path)

    def wait(self, path, **wanted):
        def there():
            return [row for row in self.rows if row["path"] == path and
                    all(row.get(name) == value for name, value in wanted.items())]
        return wait_until(there, "%s %s" % (path, wanted))[0]


class WebhookRequest(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        self.server.rows.append({"path": url.path, **dict(urllib.parse.parse_qsl(url.query))})
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


class MailServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = servers.Servers()
        cls.servers = cls.context.__enter__()
        try:
            cls.piped = cls.servers.processes.make_folder("piped", mode=0o777)
            cls.dovecot = cls.servers.dovecot({SAM: "secret", ANA: "other"})
            cls.postfix = cls.servers.postfix(
                ["heed.test"], strict_domains=["strict.test"], dovecot=cls.dovecot,
                pipes={"pipe.test": ["/bin/sh", "-c", "cat > %s/mail" % cls.piped],
                       "later.test": ["/bin/sh", "-c", "exit 75"]})
        except BaseException:
            cls.context.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.context.__exit__()

    def test_a_mail_goes_through_postfix_into_dovecot(self):
        self.postfix.deliver("someone@example.com", SAM, simple_mail("someone@example.com", SAM, "one", "Hello"))
        self.assertIn(b"Subject: one", b"".join(self.dovecot.wait_mails(SAM, 1)))
        self.assertEqual("sent", self.postfix.wait_sent(SAM)["status"])

    def test_an_address_with_a_detail_reaches_its_mailbox(self):
        self.postfix.deliver("a@example.com", "ana+token@heed.test", simple_mail("a@example.com", ANA, "plus", "Hi"))
        wait_until(lambda: any(b"Subject: plus" in raw for raw in self.dovecot.mails(ANA)), "the mail with a detail")

    def test_an_unknown_mailbox_gives_a_delivery_report(self):
        self.postfix.deliver(ANA, "nobody@heed.test", simple_mail(ANA, "nobody@heed.test", "lost", "Hello"))
        report = wait_until(lambda: self.report_about("nobody@heed.test"), "the report")
        self.assertEqual("multipart/report", report.get_content_type())
        self.assertIn("5.1.1", report.as_string())

    def test_an_unknown_domain_gives_a_delivery_report_and_nothing_leaves(self):
        self.postfix.deliver(ANA, "who@nowhere.invalid", simple_mail(ANA, "who@nowhere.invalid", "far", "Hello"))
        self.assertIn("5.1.2", wait_until(lambda: self.report_about("who@nowhere.invalid"), "the report").as_string())

    def test_a_strict_domain_refuses_at_rcpt(self):
        with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
            self.postfix.deliver(SAM, "nobody@strict.test", simple_mail(SAM, "nobody@strict.test", "x", "x"))
        self.assertEqual(550, refused.exception.recipients["nobody@strict.test"][0])

    def test_a_pipe_gets_the_mail_on_its_input(self):
        self.postfix.deliver(SAM, "any@pipe.test", simple_mail(SAM, "any@pipe.test", "piped", "Hello"))
        self.postfix.wait_sent("any@pipe.test")
        with open(self.piped + "/mail", "rb") as mail:
            self.assertIn(b"Subject: piped", mail.read())

    def test_a_pipe_that_says_try_again_later_defers(self):
        self.postfix.deliver(SAM, "any@later.test", simple_mail(SAM, "any@later.test", "later", "Hello"))
        self.assertEqual("deferred", self.postfix.wait_sent("any@later.test", "deferred")["status"])

    def test_imap_speaks_tls_and_refuses_a_wrong_password(self):
        peer = self.dovecot.login(SAM, tls=True)
        self.assertEqual("OK", peer.noop()[0])
        peer.logout()
        peer = imaplib.IMAP4("127.0.0.1", self.dovecot.imap_port)
        with self.assertRaises(imaplib.IMAP4.error):
            peer.login(SAM, "wrong")
        peer.shutdown()

    def test_smtp_takes_auth_over_starttls(self):
        self.postfix.deliver(SAM, ANA, simple_mail(SAM, ANA, "logged in", "Hello"), SAM, "secret")
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            self.postfix.deliver(SAM, ANA, simple_mail(SAM, ANA, "no", "no"), SAM, "wrong")

    def report_about(self, address):
        for raw in self.dovecot.mails(ANA):
            mail = email.message_from_bytes(raw)
            if mail.get_content_type() == "multipart/report" and address in mail.as_string():
                return mail
        return None


class Texts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = servers.Servers()
        try:
            cls.webhook = Webhook()
            cls.kannel = cls.context.__enter__().kannel(cls.webhook.url("/in"))
        except BaseException:
            cls.context.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.context.__exit__()
        cls.webhook.shutdown()
        cls.webhook.server_close()

    def test_a_text_reaches_the_phone_and_the_receipts_come_back(self):
        url = self.webhook.url("/receipt?status=%d&mid=me_1")
        self.assertTrue(self.kannel.send("12345", "+4915111", "Hello Ana", url).startswith("0:"))
        self.on_phone("+4915111", "Hello Ana")
        self.webhook.wait("/receipt", status="8", mid="me_1")
        self.webhook.wait("/receipt", status="1", mid="me_1")

    def test_a_long_text_arrives_whole(self):
        text = "Grüße und 100 % Rabatt + mehr, " * 8
        self.kannel.send("12345", "+4915112", text)
        self.on_phone("+4915112", text)

    def test_a_text_that_cannot_be_delivered_says_so(self):
        url = self.webhook.url("/receipt?status=%d&mid=me_2")
        text = "Grüße " * 20
        self.kannel.send("12345", "+490077", text, url)
        self.on_phone("+490077", text)
        self.webhook.wait("/receipt", status="2", mid="me_2")

    def test_texts_from_a_phone_reach_the_webhook(self):
        for text in ("yes please", "Grüße, 100 % & \"mehr\" + 😀", "two\nlines"):
            self.kannel.inject_sms("+4915113", "12345", text)
            row = self.webhook.wait("/in", message=text)
            self.assertEqual(("+4915113", "12345"), (row["sender"], row["to"]))

    def on_phone(self, to, text):
        wanted = {"from": "12345", "to": to, "text": text}
        wait_until(lambda: wanted in self.kannel.received_sms(), "the text to %s" % to)


class Ending(unittest.TestCase):
    def test_sigterm_ends_every_server_and_removes_the_folder(self):
        self.start_and_end(signal.SIGTERM, 0)

    def test_even_sigkill_leaves_nothing_behind(self):
        self.start_and_end(signal.SIGKILL, -signal.SIGKILL)

    def start_and_end(self, number, code):
        child = subprocess.Popen([sys.executable, servers.__file__, "--user", SAM + "=secret", "--domain", "heed.test"],
                                 stdout=subprocess.PIPE, text=True)
        with child.stdout:
            found = json.loads(child.stdout.readline())
        ports = (found["dovecot"]["imap_port"], found["postfix"]["port"])
        self.assertTrue(all(banner(port) for port in ports))
        child.send_signal(number)
        self.assertEqual(code, child.wait(30))
        for port in ports:
            wait_until(lambda port=port: not is_open(port), "the port is closed")
        wait_until(lambda: not os.path.exists(found["dovecot"]["ca_file"]), "the folder is gone")


def is_open(port):
    try:
        return banner(port) is not None
    except OSError:
        return False


def main():
    try:
        for server in (servers.Dovecot, servers.Postfix, servers.Kannel):
            server.need()
    except Missing as missing:
        print("SKIP %s" % missing)
        sys.exit(servers.SKIP)
    unittest.main()


if __name__ == "__main__":
    main()
