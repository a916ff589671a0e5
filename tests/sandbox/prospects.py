#!/usr/bin/python3
"""The prospects: who they are and how they will behave, all from one seed; and the CSV that a CRM would have
exported. Usage: prospects.py [--seed N] [--count N] FILE.csv"""
import argparse
import csv
import random
import re
import unicodedata
from dataclasses import dataclass

from countries import (COMMITMENTS, COMPANIES, CONCERNS, COUNTRIES, LAST_CONTACTS, LAST_HOW, SUMMARIES, TITLES,
                       TOPICS, TRADES, VALUES)

# How people behave: kind, how many of 200, the addresses this needs.
KINDS = [
    ("mail", 40, "email"),                 # answers an e-mail by e-mail
    ("mail_second", 5, "email"),           # the same, from another address
    ("text_instead", 14, "email phone"),   # answers an e-mail by SMS
    ("telegram_instead", 8, "email telegram"),
    ("mirror", 12, "phone"),               # answers where the message came in
    ("missed_call", 4, "email phone"),     # texts back after a call not taken
    ("wish_text", 3, "email phone"),       # asks by e-mail to be texted
    ("out_of_office", 12, "email"),        # a machine answers; half of them answer after they are back
    ("stop", 5, "phone"),                  # STOP to the first SMS
    ("one_click", 4, "email"),             # the mail program's unsubscribe button
    ("unsubscribe_mail", 3, "email"),
    ("remove_me", 2, "email phone"),       # no more on any channel
    ("refused", 4, "email"),               # mailbox unknown: 550 5.1.1
    ("bounced", 4, "email"),               # accepted, then bounced (RFC 3464)
    ("colleague", 2, "email"),             # somebody else answers
    ("silent", 78, ""),
]
MOST = 64 * len(COUNTRIES)    # names of a country: 8 given, 8 family
CLIENTS = ["gmail", "outlook", "apple", "thunderbird", "phone"]
HEADERS = ["First name", "Last name", "Email", "Mobile phone number", "Company name", "Job title", "City",
           "Country/Region", "Time zone", "Telegram", "Topic", "Last summary", "Last contact", "Last how", "Value",
           "Value URL", "Concern", "Commitment"]
TALK = ["a first talk", "there was no talk yet", "", "", "", "", "", ""]
BAD_ROWS = [  # no way to reach them: the import must refuse each
    ["Nobody", "Reachable", "", "", "Ghost Ltd", "Head of Nothing", "London", "United Kingdom", "Europe/London",
     "", *TALK],
    ["Broken", "Mail", "broken.mail-at-nowhere", "", "Typo Ltd", "Clerk", "Leeds", "United Kingdom",
     "Europe/London", "", *TALK],
    ["Short", "Number", "", "12-ask me", "Typo Ltd", "Clerk", "Leeds", "United Kingdom", "Europe/London", "",
     *TALK],
]


@dataclass
class Person:
    index: int
    kind: str
    first: str
    last: str
    email: str
    phone: str           # E.164, or ""
    phone_written: str
    telegram: str
    company: str
    title: str
    city: str
    country: str
    zone: str
    language: str
    topic: str
    talk: list           # the custom columns: topic, and what the last talk was about
    client: str
    second_email: str
    colleague: str       # the colleague's name
    colleague_email: str
    answers_on: int      # the touch that earns the answer
    again: int           # how often they write again after that
    rng: random.Random

    @property
    def name(self):
        return f"{self.first} {self.last}"

    def emails(self):
        return [address for address in (self.email, self.second_email, self.colleague_email) if address]


def ascii_word(text):
    text = text.translate(str.maketrans({"ß": "ss", "Ł": "L", "ł": "l", "Œ": "OE", "œ": "oe"}))
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def fill(pattern, digits):
    for digit in digits:
        pattern = pattern.replace("#", digit, 1)
    return pattern


def behaviours(count, rng):
    """The kind of each person: shares as in KINDS, the rest silent, in random order."""
    kinds = [kind for kind, share, _ in KINDS[:-1] for _ in range(max(1, share * count // 200))][:count]
    kinds += ["silent"] * (count - len(kinds))
    rng.shuffle(kinds)
    return kinds


def make_person(index, kind, seed):
    rng = random.Random(f"{seed}:{index}")
    country, language, towns, phone, written, firsts, lasts = COUNTRIES[index % len(COUNTRIES)]
    turn = index // len(COUNTRIES)
    first = firsts.split()[turn % 8]
    last = split_names(lasts)[(turn + turn // 8) % 8]
    company = f"{rng.choice(COMPANIES)} {rng.choice(TRADES)}"
    domain = ascii_word(company) + ".example"
    local_part = f"{ascii_word(first)}.{ascii_word(last)}"
    needs = dict((name, need) for name, _, need in KINDS)[kind].split()
    digits = f"{6 + turn:0{phone.count('#')}d}"
    has_phone = "phone" in needs or (kind != "refused" and rng.random() < 0.7)
    has_email = "email" in needs or not has_phone or rng.random() < 0.9
    city, zone = rng.choice(towns)
    colleague = f"{rng.choice(firsts.split())} {rng.choice(split_names(lasts))}"
    return Person(
        index=index, kind=kind, first=first, last=last, company=company, title=rng.choice(TITLES), city=city,
        country=country, zone=zone, language=language,
        email=f"{local_part}@{domain}" if has_email else "",
        phone=fill(phone, digits) if has_phone else "", phone_written=fill(written, digits) if has_phone else "",
        telegram=str(5_100_000_000 + index * 7919) if "telegram" in needs or rng.random() < 0.12 else "",
        topic=(topic := rng.choice(TOPICS)), talk=[topic, *last_talk(rng)], client=rng.choice(CLIENTS),
        second_email=f"{ascii_word(first)}{index}@mail.example" if kind == "mail_second" else "",
        colleague=colleague if kind == "colleague" else "",
        colleague_email=f"{ascii_word(colleague)}.{index}@{domain}" if kind == "colleague" else "",
        answers_on=rng.choice([1, 1, 2, 2, 2, 3, 4]), again=rng.choice([0, 0, 0, 1, 1, 2]), rng=rng)


def last_talk(rng):
    return [rng.choice(SUMMARIES), rng.choice(LAST_CONTACTS), rng.choice(LAST_HOW), *rng.choice(VALUES),
            rng.choice(CONCERNS), rng.choice(COMMITMENTS)]


def split_names(text):
    """Family names; the particle of "van der Merwe" and "du Toit" stays with its name."""
    return re.findall(r"(?:(?:van der|du) )?\S+", text)


def make_people(seed=7, count=200):
    if not len(KINDS) <= count <= MOST:
        raise ValueError(f"prospects: expected {len(KINDS)} to {MOST} people, not {count}")
    kinds = behaviours(count, random.Random(f"{seed}:kinds"))
    return [make_person(index, kind, seed) for index, kind in enumerate(kinds)]


def row_of(person):
    zone = "" if person.zone == "Europe/Berlin" and person.index % 3 == 0 else person.zone
    return [person.first, person.last, person.email, person.phone_written, person.company, person.title, person.city,
            person.country, zone, person.telegram, *person.talk]


def duplicates(people):
    """The same two people once more: one by e-mail in capitals, one by phone written in another way."""
    by_mail = next(person for person in people if person.email and person.phone)
    by_phone = next(person for person in people if person.phone and person is not by_mail)
    first, second = row_of(by_mail), row_of(by_phone)
    first[2], first[3] = by_mail.email.upper(), ""
    second[2], second[3], second[9] = "", by_phone.phone, ""
    return [first, second]


def write_csv(people, out):
    """One row a person, and among them the bad rows and the duplicates."""
    rows = [row_of(person) for person in people]
    for at, row in zip((len(rows) // 4, len(rows) // 2, 3 * len(rows) // 4), BAD_ROWS):
        rows.insert(at, row)
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    writer.writerows(rows + duplicates(people))


def main():
    parser = argparse.ArgumentParser(description="Writes the CSV of the simulated prospects.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("file")
    options = parser.parse_args()
    with open(options.file, "w", encoding="utf-8", newline="") as out:
        write_csv(make_people(options.seed, options.count), out)


if __name__ == "__main__":
    main()
