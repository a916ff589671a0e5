#!/usr/bin/python3
"""The services of the sandbox, each asked by a client that is not ours: smtplib, imaplib, urllib."""
import base64
import email
import imaplib
import json
import smtplib
import socket
import ssl
import unittest
import urllib.error
import urllib.parse
import urllib.request

from fixture import MONDAY_NOON, PUBLIC, Running
from sandbox import SETTINGS
from sms_service import signature

USER, PASSWORD = SETTINGS["mail_user"], SETTINGS["mail_password"]


def letter(to, key="<m1@sandbox.example>", body="Hello\r\n.dots\r\n", extra=""):
    return (f"From: Sam Carter <{USER}>\r\nTo: {to}\r\nSubject: The offer\r\nMessage-ID: {key}\r\n"
            f"Date: Mon, 01 Mar 2027 12:00:00 +0000\r\n{extra}\r\n{body}").encode()


def smtp(run, verify=True):
    client = smtplib.SMTP("localhost", run.ports["smtp"], timeout=10)
    context = ssl.create_default_context(cafile=f"{run.folder.name}/ca.pem") if verify else None
    client.starttls(context=context)
    client.login(USER, PASSWORD)
    return client


def imap(run):
    client = imaplib.IMAP4("127.0.0.1", run.ports["imap"], timeout=10)
    client.login(USER, PASSWORD)
    client.select("INBOX", readonly=True)
    return client


def ask(url, body, headers):
    """Status and JSON of a POST."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def send_text(run, number, text, token=SETTINGS["sms_token"], **more):
    login = base64.b64encode(f"{SETTINGS['sms_sid']}:{token}".encode()).decode()
    fields = {"To": number, "From": SETTINGS["sms_number"], "Body": text, **more}
    url = f"http://127.0.0.1:{run.ports['web']}/2010-04-01/Accounts/{SETTINGS['sms_sid']}/Messages.json"
    return ask(url, urllib.parse.urlencode(fields).encode(), {"Authorization": f"Basic {login}"})


def send_chat(run, chat, text, token=SETTINGS["bot_token"]):
    url = f"http://127.0.0.1:{run.ports['web']}/bot{token}/sendMessage"
    return ask(url, json.dumps({"chat_id": chat, "text": text}).encode(), {"Content-Type": "application/json"})


class Smtp(unittest.TestCase):
    def setUp(self):
        self.run_ = self.enterContext(Running())
        self.address = self.run_.person("silent").email or self.run_.person("mail").email

    def test_takes_mail_over_verified_tls_and_keeps_its_bytes(self):
        heard = []
        self.run_.sandbox.crowd.hear = heard.append
        with smtp(self.run_) as client:
            client.sendmail(USER, [self.address], letter(self.address))
        self.assertEqual(1, self.run_.ledger.received["email"])
        self.assertEqual(letter(self.address), heard[0].content)

    def test_offers_login_only_under_tls(self):
        with smtplib.SMTP("localhost", self.run_.ports["smtp"], timeout=10) as client:
            client.ehlo()
            self.assertTrue(client.has_extn("starttls") and client.has_extn("8bitmime"))
            self.assertFalse(client.has_extn("auth"))
            self.assertEqual(530, client.mail(USER)[0])

    def test_refuses_a_wrong_password(self):
        with smtplib.SMTP("localhost", self.run_.ports["smtp"], timeout=10) as client:
            client.starttls(context=ssl.create_default_context(cafile=f"{self.run_.folder.name}/ca.pem"))
            self.assertRaises(smtplib.SMTPAuthenticationError, client.login, USER, "wrong")

    def test_refuses_unknown_mailboxes_with_511(self):
        with smtp(self.run_) as client:
            for address in (self.run_.person("refused").email, "nobody@nowhere.example"):
                client.mail(USER)
                code, text = client.rcpt(address)
                self.assertEqual((550, b"5.1.1"), (code, text[:5]))
                client.rset()

    def test_serves_pipelined_commands_and_many_mails_a_session(self):
        with smtp(self.run_) as client:
            one = f"MAIL FROM:<{USER}>\r\nRCPT TO:<nobody@nowhere.example>\r\nRCPT TO:<{self.address}>\r\nRSET\r\n"
            client.send(one * 3)
            codes = [client.getreply()[0] for _ in range(12)]
            self.assertEqual([250, 550, 250, 250] * 3, codes)
            for number in range(20):
                client.sendmail(USER, [self.address], letter(self.address, f"<m{number}@sandbox.example>"))
        self.assertEqual(20, self.run_.ledger.received["email"])

    def test_bounces_what_it_accepted_with_a_report(self):
        address = self.run_.person("bounced").email
        with smtp(self.run_) as client:
            client.sendmail("sam+b1@sandbox.example", [address], letter(address), mail_options=["ENVID=tok1"])
        self.assertTrue(self.run_.until(lambda: self.run_.mailbox.mails))
        report = email.message_from_bytes(self.run_.mailbox.mails[0].raw)
        self.assertEqual("multipart/report", report.get_content_type())
        status = report.get_payload()[1]
        self.assertEqual("message/delivery-status", status.get_content_type())
        self.assertEqual("tok1", status.get_payload()[0]["Original-Envelope-Id"])
        self.assertEqual(f"rfc822; {address}", status.get_payload()[1]["Final-Recipient"])
        self.assertEqual("sam+b1@sandbox.example", report["To"])
        self.assertIn("<m1@sandbox.example>", report.get_payload()[2].get_payload())


class Imap(unittest.TestCase):
    def setUp(self):
        self.run_ = self.enterContext(Running())

    def add(self, *bodies):
        for body in bodies:
            self.run_.call(self.run_.mailbox.add, letter(USER, body=body), MONDAY_NOON)

    def test_logs_in_by_login_plain_and_literals_and_refuses_others(self):
        for secret, wanted in ((PASSWORD, "OK"), ("wrong", "NO")):
            client = imaplib.IMAP4("127.0.0.1", self.run_.ports["imap"], timeout=10)
            try:
                self.assertEqual("OK", client.authenticate("PLAIN", lambda _, word=secret: f"\0{USER}\0{word}")[0])
                self.assertEqual("OK", wanted)
            except imaplib.IMAP4.error:
                self.assertEqual("NO", wanted)
            client.shutdown()
        with socket.create_connection(("127.0.0.1", self.run_.ports["imap"]), timeout=10) as raw:
            lines = raw.makefile("rb")
            lines.readline()
            raw.sendall(f"a LOGIN {{{len(USER)}}}\r\n".encode())
            self.assertEqual(b"+", lines.readline()[:1])
            raw.sendall(f"{USER} {{{len(PASSWORD)}+}}\r\n{PASSWORD}\r\n".encode())
            self.assertEqual(b"a OK", lines.readline()[:4])

    def test_speaks_starttls(self):
        client = imaplib.IMAP4("localhost", self.run_.ports["imap"], timeout=10)
        client.starttls(ssl.create_default_context(cafile=f"{self.run_.folder.name}/ca.pem"))
        self.assertEqual("OK", client.login(USER, PASSWORD)[0])
        client.logout()

    def test_finds_and_fetches_by_uid_range(self):
        self.add("one\r\n", "two\r\n", "three\r\n")
        client = imap(self.run_)
        rows = {"1:*": b"1 2 3", "3:*": b"3", "9:*": b"3", "1,3": b"1 3"}
        for uids, wanted in rows.items():
            self.assertEqual([wanted], client.uid("SEARCH", "UID", uids)[1], uids)
        answer = client.uid("FETCH", "2:*", "(UID INTERNALDATE BODY.PEEK[])")[1]
        self.assertEqual(2, sum(isinstance(part, tuple) for part in answer))
        self.assertIn(b'UID 2 INTERNALDATE "01-Mar-2027 12:00:00 +0000" BODY[] {', answer[0][0])
        self.assertEqual(letter(USER, body="two\r\n"), answer[0][1])
        client.logout()

    def test_cuts_a_partial_fetch(self):
        self.add("x" * 5000)
        client = imap(self.run_)
        answer = client.uid("FETCH", "1", "(BODY.PEEK[]<0.100>)")[1]
        self.assertIn(b"BODY[]<0> {100}", answer[0][0])
        self.assertEqual(letter(USER, body="x" * 5000)[:100], answer[0][1])
        client.logout()

    def test_pushes_new_mail_to_an_idle_client(self):
        client = imap(self.run_)
        client.send(b"i IDLE\r\n")
        self.assertEqual(b"+ idling\r\n", client.readline())
        self.add("one\r\n")
        self.assertEqual(b"* 1 EXISTS\r\n", client.readline())
        client.send(b"DONE\r\n")
        self.assertEqual(b"i OK done\r\n", client.readline())
        self.add("two\r\n")
        client.noop()
        self.assertEqual([b"2"], client.response("EXISTS")[1][-1:])
        client.logout()


class Texts(unittest.TestCase):
    def setUp(self):
        self.run_ = self.enterContext(Running())
        self.number = next(person.phone for person in self.run_.people if person.kind == "silent" and person.phone)

    def test_answers_like_the_real_service(self):
        rows = [(201, None, self.number, "Hello", {}), (401, 20003, self.number, "Hello", {"token": "wrong"}),
                (400, 21211, "+15005550001", "Hello", {}), (400, 21602, self.number, "", {}),
                (400, 21617, self.number, "x" * 1601, {}), (400, 21606, self.number, "Hello", {"From": "+1555"})]
        for status, code, number, text, more in rows:
            got, value = send_text(self.run_, number, text, **more)
            self.assertEqual((status, code), (got, value.get("code")), value)
        self.assertEqual(1, self.run_.ledger.received["sms"])

    def test_reports_delivery_with_a_signature_over_the_public_url(self):
        url = f"{PUBLIC}/webhook/texts?key=to_1"
        send_text(self.run_, self.number, "Hello", StatusCallback=url)
        self.assertTrue(self.run_.until(lambda: len(self.run_.receiver.posts) == 2))
        states = []
        for path, headers, body in self.run_.receiver.posts:
            fields = urllib.parse.parse_qsl(body.decode())
            self.assertEqual("/webhook/texts?key=to_1", path)
            self.assertEqual(signature(SETTINGS["sms_token"], url, fields), headers["X-Twilio-Signature"])
            states.append(dict(fields)["MessageStatus"])
        self.assertEqual(["sent", "delivered"], states)

    def test_signs_as_published(self):
        fields = [("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"),
                  ("To", "+18005551212"), ("Caller", "+14158675309")]
        url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        self.assertEqual("RSOYDt4T1cUTdK1PDd93/VVr8B8=", signature("12345", url, fields))

    def test_posts_a_stop_once_acknowledged_and_refuses_what_comes_after(self):
        number = self.run_.person("stop").phone
        self.run_.receiver.answer = 503
        send_text(self.run_, number, "First")
        self.assertTrue(self.run_.until(lambda: len(self.run_.receiver.posts) >= 2))
        self.assertFalse(self.run_.ledger.is_closed("sms", number))
        self.run_.receiver.answer = 200
        self.assertTrue(self.run_.until(lambda: self.run_.ledger.is_closed("sms", number)))
        path, headers, body = self.run_.receiver.posts[-1]
        fields = urllib.parse.parse_qsl(body.decode())
        self.assertEqual(number, dict(fields)["From"])
        self.assertEqual(signature(SETTINGS["sms_token"], PUBLIC + path, fields), headers["X-Twilio-Signature"])
        self.assertEqual(21610, send_text(self.run_, number, "Second")[1]["code"])


class Chats(unittest.TestCase):
    def setUp(self):
        self.run_ = self.enterContext(Running())

    def test_sends_and_posts_updates_with_the_secret_token(self):
        person = self.run_.person("telegram_instead")
        status, value = send_chat(self.run_, person.telegram, "Hello")
        self.assertEqual((200, True, int(person.telegram)), (status, value["ok"], value["result"]["chat"]["id"]))
        bot = self.run_.sandbox.crowd.bot
        self.run_.wait(bot.inbound(person.telegram, person.first, "Hi", quote=True))
        path, headers, body = self.run_.receiver.posts[-1]
        update = json.loads(body)
        self.assertEqual(("/webhook/bot", SETTINGS["bot_secret"]),
                         (path, headers["X-Telegram-Bot-Api-Secret-Token"]))
        self.assertEqual(("Hi", value["result"]["message_id"]),
                         (update["message"]["text"], update["message"]["reply_to_message"]["message_id"]))

    def test_refuses_unknown_chats_and_tokens(self):
        person = self.run_.person("telegram_instead")
        rows = [(400, "1", "Hello", {}), (400, person.telegram, "", {}), (400, person.telegram, "x" * 4097, {}),
                (401, person.telegram, "Hello", {"token": "1:wrong"})]
        for status, chat, text, more in rows:
            got, value = send_chat(self.run_, chat, text, **more)
            self.assertEqual((status, False), (got, value["ok"]))
        self.assertFalse(self.run_.ledger.received)

    def test_repeats_every_16th_update(self):
        person = self.run_.person("telegram_instead")
        for number in range(16):
            self.run_.wait(self.run_.sandbox.crowd.bot.inbound(person.telegram, person.first, f"Hi {number}"))
        bodies = [body for _, _, body in self.run_.receiver.posts]
        self.assertEqual((17, 16), (len(bodies), len(set(bodies))))


class Control(unittest.TestCase):
    def test_counts_are_served_and_the_clock_is_set(self):
        with Running() as run:
            base = f"http://127.0.0.1:{run.ports['web']}"
            with urllib.request.urlopen(f"{base}/counts", timeout=10) as response:
                self.assertEqual({}, json.loads(response.read())["breaches"])
            for text, wanted in ((b"1000:0:0", 200), (b"nonsense", 400)):
                request = urllib.request.Request(f"{base}/clock", data=text, method="POST")
                try:
                    status = urllib.request.urlopen(request, timeout=10).status
                except urllib.error.HTTPError as error:
                    status = error.code
                self.assertEqual(wanted, status)
            self.assertEqual(1000, run.clock.now())


if __name__ == "__main__":
    unittest.main()
