"""Mails as mail programs write them: answers with their way of quoting, absence notices, and reports of failed
delivery (RFC 3464). Composes bytes; sends nothing."""
import email
import email.policy
import html
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr

from clock import local

POLICY = email.policy.SMTP
MONTHS_FR = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
             "novembre", "décembre"]


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def text_of(mail):
    part = mail.get_body(preferencelist=("plain", "html"))
    return part.get_content().strip() if part else ""


def one_line(value):
    return " ".join(str(value or "").split())


def new_mail(writer, to, subject, now_ms, zone, number):
    """writer: (name, address). number makes the Message-ID unique."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = formataddr(writer)
    mail["To"] = to
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(local(now_ms, zone))
    mail["Message-ID"] = f"<{number}.{now_ms}@{writer[1].partition('@')[2]}>"
    return mail


def thread(mail, answered):
    """In-Reply-To and References (RFC 5322 section 3.6.4)."""
    their_id = one_line(answered["Message-ID"])
    mail["In-Reply-To"] = their_id
    mail["References"] = f"{one_line(answered['References'])} {their_id}".strip()


def answer_address(answered):
    return parseaddr(str(answered["Reply-To"] or answered["From"]))[1]


def reply(person, writer, answered, text, now_ms, number):
    """An answer from the person's mail program. writer: (name, address), perhaps not the person's own."""
    subject = one_line(answered["Subject"])
    prefix = "AW: " if person.client == "outlook" and person.language == "de" else "Re: "
    mail = new_mail(writer, answer_address(answered), subject if subject[:3] in ("Re:", "AW:") else prefix + subject,
                    now_ms, person.zone, number)
    if person.client != "phone":         # old phones drop the thread
        thread(mail, answered)
    signed = f"{text}\n\n{SIGNATURES[person.client].format(person=person, name=writer[0])}"
    plain, rich = QUOTES[person.client](person, answered, signed)
    mail.set_content(plain, cte="quoted-printable")
    if rich:
        mail.add_alternative(rich, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


SIGNATURES = {"gmail": "{name}", "outlook": "Kind regards\n\n{name}\n{person.title}\n{person.company}",
              "apple": "{name}\n\nSent from my iPhone", "thunderbird": "-- \n{name}\n{person.company}, {person.city}",
              "phone": "Sent from my phone"}


def quoted(answered):
    return "\n".join(f"> {line}".rstrip() for line in text_of(answered).splitlines())


def as_html(text):
    return html.escape(text).replace("\n", "<br>\n")


def gmail(person, answered, text):
    when = local_date(person, answered).strftime("%a, %b %-d, %Y at %-I:%M %p")
    name, address = parseaddr(str(answered["From"]))
    plain = f"{text}\n\nOn {when} {name} <{address}> wrote:\n\n{quoted(answered)}\n"
    rich = (f'<div dir="ltr">{as_html(text)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
            f'On {when} {html.escape(name)} &lt;<a href="mailto:{address}">{address}</a>&gt; wrote:<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid;padding-left:1ex">'
            f"{as_html(text_of(answered))}</blockquote></div>\n")
    return plain, rich


def outlook(person, answered, text):
    words = ("Von", "Gesendet", "An", "Betreff") if person.language == "de" else ("From", "Sent", "To", "Subject")
    when = local_date(person, answered).strftime("%A, %B %-d, %Y %-I:%M %p")
    values = (one_line(answered["From"]), when, one_line(answered["To"]), one_line(answered["Subject"]))
    head = "\n".join(f"{word}: {value}" for word, value in zip(words, values))
    plain = f"{text}\n\n________________________________\n{head}\n\n{text_of(answered)}\n"
    rich = (f'<html><body><div class="WordSection1"><p class="MsoNormal">{as_html(text)}</p></div>'
            f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">'
            f"{as_html(head)}</p></div><p>{as_html(text_of(answered))}</p></body></html>\n")
    return plain, rich


def apple(person, answered, text):
    when = local_date(person, answered).strftime("%-d %b %Y, at %H:%M")
    name, address = parseaddr(str(answered["From"]))
    return f"{text}\n\n> On {when}, {name} <{address}> wrote:\n> \n{quoted(answered)}\n", None


def thunderbird(person, answered, text):
    date = local_date(person, answered)
    name = parseaddr(str(answered["From"]))[0]
    lines = {"de": f"Am {date:%d.%m.%y} um {date:%H:%M} schrieb {name}:",
             "fr": f"Le {date:%d/%m/%Y} à {date:%H:%M}, {name} a écrit :"}
    line = lines.get(person.language, f"On {date:%m/%d/%y} {date:%H:%M}, {name} wrote:")
    return f"{text}\n\n{line}\n{quoted(answered)}\n", None


def phone(_person, _answered, text):
    return f"{text}\n", None


QUOTES = {"gmail": gmail, "outlook": outlook, "apple": apple, "thunderbird": thunderbird, "phone": phone}


def local_date(person, answered):
    date = answered["Date"]
    if not date or not date.datetime:
        return local(0, person.zone)
    return local(date.datetime.timestamp() * 1000, person.zone)


def date_words(ms, zone, language):
    day = local(ms, zone)
    words = {"de": f"{day:%d.%m.%Y}", "fr": f"{day.day} {MONTHS_FR[day.month - 1]} {day.year}"}
    return words.get(language, f"{day.day} {day:%B %Y}")


def absence(person, sender, answered, back_ms, now_ms, number, phrase):
    """An absence notice (RFC 3834). sender: the envelope's; half of the machines answer there."""
    subject, text = phrase
    to = sender if person.index % 2 and sender else answer_address(answered)
    mail = new_mail((person.name, person.email), to, subject.format(subject=one_line(answered["Subject"])), now_ms,
                    person.zone, number)
    thread(mail, answered)
    mail["Auto-Submitted"] = "auto-replied" if person.index % 2 else "auto-generated"
    if person.index % 2 == 0:
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text.format(date=date_words(back_ms, person.zone, person.language)), cte="quoted-printable")
    return b"Return-Path: <>\r\n" + mail.as_bytes()


def bounce(recipient, sender, envid, raw, now_ms, number):
    """A report of failed delivery (RFC 3464) with the headers of what failed."""
    host = f"mx.{recipient.partition('@')[2]}"
    edge = f"=_{number}.{now_ms}"
    about = f"Reporting-MTA: dns; {host}" + (f"\nOriginal-Envelope-Id: {envid}" if envid else "")
    head = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape")
    text = f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@{host}>
To: {sender}
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(local(now_ms, 'UTC'))}
Message-ID: <{number}.{now_ms}@{host}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{edge}"

--{edge}
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered to <{recipient}>.
The mailbox does not exist (550 5.1.1 user unknown).

--{edge}
Content-Type: message/delivery-status

{about}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: user unknown

--{edge}
Content-Type: text/rfc822-headers

""".replace("\n", "\r\n")
    return (text + head + f"\r\n\r\n--{edge}--\r\n").encode("utf-8", "surrogateescape")
