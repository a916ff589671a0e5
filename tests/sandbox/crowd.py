"""The simulated prospects at work: what each does when a message arrives, and when. Deterministic from their seed;
all delays are business time. How mails look: letters.py; who they are: prospects.py."""
import asyncio
import re

import letters
import phrases
from clock import DAY, HOUR, MINUTE, SECOND, in_hours

AWAKE = (8, 21)                   # hours in which people answer
ONE_CLICK = b"List-Unsubscribe=One-Click"


class Message:
    """One touch as a prospect sees it. sender, envid: of the envelope of a mail."""

    def __init__(self, channel, address, content, sender="", envid=""):
        self.channel, self.address, self.content = channel, address, content
        self.sender, self.envid = sender, envid
        self.mail = letters.read(content) if channel == "email" else None


class Mood:
    """What changes about a person during a run."""

    def __init__(self, person):
        self.person = person
        self.received = 0         # touches
        self.answered = 0         # own messages
        self.waiting = False      # an answer is on its way
        self.gone = False         # opted out: says nothing more
        self.away_until = 0
        self.noticed_at = 0       # when the absence notice went out


class Crowd:
    """services: mailbox, sms, bot, hook (with post and public); begin_task(coroutine) runs it in the background."""

    def __init__(self, people, clock, ledger):
        self.clock, self.ledger, self.people = clock, ledger, people
        self.moods = [Mood(person) for person in people]
        self.by_address = {}
        for mood in self.moods:
            for address in addresses_of(mood.person):
                self.by_address[address] = mood
        self.by_name = {person.name: person for person in people}
        self.mailbox = self.sms = self.bot = self.hook = None
        self._number = 0
        self._tasks = set()

    def knows(self, channel, address):
        mood = self.by_address.get((channel, address))
        return mood is not None and (channel != "email" or mood.person.kind != "refused")

    def zone_of(self, channel, address):
        return self.by_address[(channel, address)].person.zone

    def later(self, business_ms, action):
        """Runs the coroutine function after so much business time."""
        async def run():
            await asyncio.sleep(self.clock.wait_s(business_ms))
            await action()
        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.ledger.notes[f"failed: {task.exception()!r}"] += 1

    def stop(self):
        for task in list(self._tasks):
            task.cancel()

    def hear(self, message):
        """A touch has arrived and was counted."""
        mood = self.by_address[(message.channel, message.address)]
        mood.received += 1
        if not mood.gone:
            REACTIONS[mood.person.kind](self, mood, message)

    def missed_call(self, name):
        """The salesperson rang in vain."""
        mood = next((mood for mood in self.moods if mood.person.name == name), None)
        if mood and mood.person.kind == "missed_call" and not mood.gone and not mood.answered:
            text = mood.person.rng.choice(phrases.MISSED_CALL)
            self.when_awake(mood, mood.person.rng.randint(10, 90) * MINUTE, lambda: self.text(mood, text))

    # ---- when and what they answer ----
    def when_awake(self, mood, delay, action):
        """action (a coroutine function) after delay, put off to the person's day, unless they opted out meanwhile."""
        due = in_hours(self.clock.now() + delay, mood.person.zone, *AWAKE)
        mood.waiting = True

        async def act():
            mood.waiting = False
            if not mood.gone:
                await action()
        self.later(due - self.clock.now(), act)

    def think(self, mood):
        """Hours to days; most within a working day."""
        hours = min(mood.person.rng.lognormvariate(1.4, 1.1), 100)
        return int(max(0.2, hours) * HOUR)

    def answer(self, mood, message, texts, via=None):
        """The first answer on the touch the person is ready for; then now and then one more."""
        person = mood.person
        ready = mood.received >= person.answers_on if not mood.answered else mood.answered <= person.again
        if not ready or mood.waiting:
            return
        text = person.rng.choice(phrases.AGAIN if mood.answered else texts)
        text = text.format(first=person.first, topic=person.topic)
        say = {"email": lambda: self.mail_back(mood, message, text), "sms": lambda: self.text(mood, text),
               "telegram": lambda: self.chat(mood, text)}
        self.when_awake(mood, self.think(mood), say[via or message.channel])

    def answers_for(self, mood, channel):
        return phrases.ANSWERS[mood.person.language] if channel == "email" else phrases.SHORT

    # ---- saying it ----
    def next_number(self):
        self._number += 1
        return self._number

    async def mail_back(self, mood, message, text, kind="reply_email", on_seen=None):
        person = mood.person
        writer = (person.name, person.second_email or person.email)
        if person.kind == "colleague":
            writer = (person.colleague, person.colleague_email)
        raw = letters.reply(person, writer, message.mail, text, self.clock.now(), self.next_number())
        self.put_mail(raw, kind, on_seen)
        mood.answered += 1

    def put_mail(self, raw, kind, on_seen=None):
        self.ledger.sent[kind] += 1
        self.mailbox.add(raw, self.clock.now(), on_seen)

    async def text(self, mood, text, kind="reply_sms"):
        mood.answered += 1
        self.ledger.sent[kind] += 1
        return await self.sms.inbound(mood.person.phone, text)

    async def chat(self, mood, text):
        mood.answered += 1
        self.ledger.sent["reply_telegram"] += 1
        await self.bot.inbound(mood.person.telegram, mood.person.first, text, quote=mood.answered % 2 == 0)

    # ---- leaving ----
    async def leave_by_text(self, mood):
        mood.gone = True
        if await self.text(mood, mood.person.rng.choice(phrases.STOP), "stop_sms"):
            self.ledger.opted_out("STOP", [("sms", mood.person.phone)])

    async def leave_by_click(self, mood, message):
        mood.gone = True
        found = re.search(r"<(https?://[^>\s]+)>", str(message.mail["List-Unsubscribe"] or ""))
        if not found:
            self.ledger.notes["mail_without_one_click"] += 1
            return
        self.ledger.sent["one_click"] += 1
        if await self.hook.post(found[1], ONE_CLICK, {"Content-Type": "application/x-www-form-urlencoded"}):
            self.ledger.opted_out("one-click", [("email", mood.person.email)])

    async def leave_by_mail(self, mood, message, texts, closes):
        mood.gone = True
        await self.mail_back(mood, message, mood.person.rng.choice(texts), "unsubscribe_mail",
                             lambda: self.ledger.opted_out("a mail", closes, by_mail=True))

    # ---- machines ----
    async def bounce(self, message):
        self.put_mail(letters.bounce(message.address, message.sender, message.envid, message.content,
                                     self.clock.now(), self.next_number()), "bounce")

    async def absent(self, mood, message):
        phrase = phrases.OUT_OF_OFFICE[mood.person.language]
        self.put_mail(letters.absence(mood.person, message.sender, message.mail, mood.away_until, self.clock.now(),
                                      self.next_number(), phrase), "out_of_office")


def addresses_of(person):
    found = [("email", address.lower()) for address in person.emails()]
    found += [("sms", person.phone)] if person.phone else []
    return found + ([("telegram", person.telegram)] if person.telegram else [])


# ---- one reaction a kind ----
def react_silent(_crowd, _mood, _message):
    pass


def react_mirror(crowd, mood, message):
    crowd.answer(mood, message, crowd.answers_for(mood, message.channel))


def react_mail(crowd, mood, message):
    if message.channel == "email" or mood.answered:
        react_mirror(crowd, mood, message)


def elsewhere(via, texts):
    """Answers an e-mail on another channel, and goes on there."""
    def react(crowd, mood, message):
        if message.channel == "email" or mood.answered:
            crowd.answer(mood, message, texts, via)
    return react


def react_wish_text(crowd, mood, message):
    if mood.answered:
        react_mirror(crowd, mood, message)
    elif message.channel == "email":
        crowd.answer(mood, message, phrases.WISH_TEXT)


def react_missed_call(crowd, mood, message):
    if mood.answered:
        react_mirror(crowd, mood, message)


def react_colleague(crowd, mood, message):
    if message.channel == "email" and not mood.answered:
        crowd.answer(mood, message, phrases.COLLEAGUE)


def react_out_of_office(crowd, mood, message):
    """A machine answers at once while they are away, at most once a week; half of them answer when they are back."""
    now, person = crowd.clock.now(), mood.person
    if not mood.away_until:
        mood.away_until = in_hours(now + person.rng.randint(4, 12) * DAY, person.zone, 9, 10)
    if now > mood.away_until or message.channel != "email":
        if person.index % 2:
            react_mail(crowd, mood, message)
    elif not mood.noticed_at or now - mood.noticed_at > 7 * DAY:
        mood.noticed_at = now
        crowd.later(20 * SECOND, lambda: crowd.absent(mood, message))


def react_stop(crowd, mood, message):
    if message.channel == "sms" and not mood.waiting:
        crowd.when_awake(mood, mood.person.rng.randint(1, 40) * MINUTE, lambda: crowd.leave_by_text(mood))


def react_one_click(crowd, mood, message):
    if message.channel == "email" and mood.received >= mood.person.answers_on and not mood.waiting:
        crowd.when_awake(mood, crowd.think(mood), lambda: crowd.leave_by_click(mood, message))


def by_mail(texts, everywhere):
    def react(crowd, mood, message):
        if message.channel != "email" or mood.received < mood.person.answers_on or mood.waiting:
            return
        closes = addresses_of(mood.person) if everywhere else [("email", mood.person.email)]
        crowd.when_awake(mood, crowd.think(mood), lambda: crowd.leave_by_mail(mood, message, texts, closes))
    return react


def react_bounced(crowd, _mood, message):
    if message.channel == "email":
        crowd.later(3 * MINUTE, lambda: crowd.bounce(message))


REACTIONS = {
    "silent": react_silent, "refused": react_silent, "mail": react_mail, "mail_second": react_mail,
    "text_instead": elsewhere("sms", phrases.TEXT_INSTEAD),
    "telegram_instead": elsewhere("telegram", phrases.TELEGRAM_INSTEAD),
    "mirror": react_mirror, "missed_call": react_missed_call, "wish_text": react_wish_text,
    "out_of_office": react_out_of_office, "stop": react_stop, "one_click": react_one_click,
    "unsubscribe_mail": by_mail(phrases.UNSUBSCRIBE, False), "remove_me": by_mail(phrases.REMOVE_ME, True),
    "bounced": react_bounced, "colleague": react_colleague,
}
