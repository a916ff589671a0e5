"""The hundred people of the story: who they are, their mailboxes in Dovecot and phones at Kannel, and how they answer.
Knows heed only by what it sent."""
import csv
import email
import email.headerregistry
import email.message
import email.policy
import email.utils
import io
import re

from processes import wait_until

PASSWORD = "people"
SAM = "sam@heed.test"
OUR_NUMBER = "+4930123456"
FAILING = "+49151900"  # texts to these numbers are reported as failed
COUNT = 100
TEXTED = 71  # from here on the sequence begins with a text

FIRST = ["Ana", "Jörg", "Zoë", "Łukasz", "Chloé", "Ngọc", "Søren", "Müge", "Dmitri", "O'Brian"]
LAST = ["Silva", "Müller", "de la Cruz", "Kowalski", "Þórsson", "Nguyễn", "Smith, Jr."]
COMPANY = ["Northwind", "Äpfel & Birnen GmbH", "\"Quoted\" Ltd", "Société Générale d'Essais", "東京サービス"]


class Person:
    def __init__(self, number):
        self.number = number
        self.first, self.last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
        self.company = COMPANY[number % len(COMPANY)]
        self.email = {5: "ghost@heed.test", 6: "nobody@strict.test"}.get(number, "p%03d@heed.test" % number)
        self.phone = "%s%05d" % (FAILING if number in (72, 73) else "+49151100", number)

    @property
    def has_mailbox(self):
        return self.email.startswith("p")


class People:
    """Indexed by their number, 1 to 100."""

    def __init__(self, dovecot, postfix, kannel):
        self.everybody = [Person(number) for number in range(1, COUNT + 1)]
        self._dovecot, self._postfix, self._kannel = dovecot, postfix, kannel

    def __getitem__(self, number):
        return self.everybody[number - 1]

    @staticmethod
    def users():
        """The mailboxes there are, the colleague's too."""
        found = {person.email: PASSWORD for person in map(Person, range(1, COUNT + 1)) if person.has_mailbox}
        return {**found, "colleague@heed.test": PASSWORD}

    def csv(self):
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(["First Name", "Last Name", "Email", "Mobile", "Company", "City"])
        for person in self.everybody:
            rows.writerow([person.first, person.last, person.email, person.phone, person.company, "Berlin"])
        return out.getvalue()

    # ---- mail ----

    def raw_mails(self, person):
        return self._dovecot.mails(person.email) if person.has_mailbox else []

    def mails(self, person):
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw_mails(person)]

    def last_mail(self, person):
        return wait_until(lambda: self.mails(person), "a mail for %s" % person.email)[-1]

    def answer(self, person, text, *, to=None, thread=True, sender=None, extra=()):
        """Answers the last mail as a mail program does: by AUTH through Postfix, quote below. to: another address than
        Reply-To; thread: with In-Reply-To and References; sender: from another mailbox than their own."""
        ours = self.last_mail(person)
        mail = new_mail(person, sender or person.email, to or str(ours["Reply-To"]))
        mail["Subject"] = "Re: " + str(ours["Subject"])
        if thread:
            mail["In-Reply-To"] = str(ours["Message-ID"])
            mail["References"] = ("%s %s" % (ours["References"] or "", ours["Message-ID"])).strip()
        for name, value in extra:
            mail[name] = value
        body = ours.get_body(("plain",)).get_content()
        quote = "".join("> %s\n" % line for line in body.splitlines())
        mail.set_content("%s\n\nOn Mon, 1 Mar 2027 at 10:00, Sam Carter <sam@heed.test> wrote:\n%s" % (text, quote))
        self.post(mail, sender or person.email)
        return mail

    def write(self, person, to, subject, text):
        """A mail of its own, not an answer."""
        mail = new_mail(person, person.email, to)
        mail["Subject"] = subject
        mail.set_content(text)
        self.post(mail, person.email)
        return mail

    def post(self, mail, sender, to=None):
        """to: another envelope than the To of the mail, as when it is forwarded."""
        to = to or email.utils.parseaddr(str(mail["To"]))[1]
        self._postfix.deliver(sender, to, mail.as_bytes(policy=email.policy.SMTP), sender, PASSWORD)

    # ---- phone ----

    def texts(self, person):
        return [row["text"] for row in self._kannel.received_sms() if row["to"] == person.phone]

    def text(self, person, words):
        self._kannel.inject_sms(person.phone, OUR_NUMBER, words)


def new_mail(person, sender, to):
    mail = email.message.EmailMessage()
    mail["From"] = email.headerregistry.Address("%s %s" % (person.first, person.last), addr_spec=sender)
    mail["To"] = to
    mail["Date"] = email.utils.formatdate()
    mail["Message-ID"] = email.utils.make_msgid(domain="people.test")
    return mail


def unsubscribe_links(mail):
    """The (mailto, URL) of List-Unsubscribe; None where there is none."""
    links = re.findall(r"<([^>]*)>", str(mail["List-Unsubscribe"] or ""))
    mailto = next((link for link in links if link.startswith("mailto:")), None)
    return mailto, next((link for link in links if link.startswith("http")), None)
