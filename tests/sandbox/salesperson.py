"""A simulated salesperson at heed's command line: looks at the inbox a few times a day, answers, rings, settles tasks.
Works while it is day where the prospect lives; makes a fixed number of calls of the program a day at most."""
import asyncio
import json
import random

import heed_cli
from clock import DAY, HOUR, local

TICK = 4 * HOUR
CALLS_A_DAY = 40
OFFICE = (8, 16)                  # of the prospect's day
DONE_KINDS = ("held", "review", "unmatched")
ANSWERS = ["Thanks {first}, good question. I have put the figures together and send them with the next mail.",
           "Happy to, {first}. The short answer is yes, and I can show it to you in ten minutes.",
           "Understood, {first}. I have noted it and come back with a proposal that fits.",
           "That is easy to arrange, {first}. Who else should see it before you decide?"]


class Salesperson:
    def __init__(self, heed, environment, clock, crowd, ledger):
        self.heed, self.environment = heed, environment
        self.clock, self.crowd, self.ledger = clock, crowd, ledger
        self.rng = random.Random("salesperson")
        self.day, self.calls = None, 0
        self.replied = set()

    async def work(self):
        while True:
            await self.look()
            await asyncio.sleep(self.clock.wait_s(TICK - self.clock.now() % TICK))

    async def look(self):
        """One look at the inbox, and as much of it as the day still allows."""
        output = await self.call(*heed_cli.INBOX)
        try:
            entries = heed_cli.inbox_of(output)
        except json.JSONDecodeError as error:
            self.ledger.notes[f"inbox unreadable: {error}"] += 1
            return
        for entry in entries:
            if self.calls_left() and self.is_day_for(entry):
                await self.settle(entry)

    async def settle(self, entry):
        kind = entry.get("kind")
        if kind == "reply":
            await self.reply(entry)
        elif kind == "task":
            await self.ring(entry)
        elif kind in DONE_KINDS:
            await self.call(*heed_cli.words_done(entry))

    async def reply(self, entry):
        """Answers once; what heed refuses to answer (they opted out) or still shows is settled by hand."""
        if entry["id"] not in self.replied:
            self.replied.add(entry["id"])
            first = (entry.get("name") or "there").split()[0]
            day = local(self.clock.now(), "UTC")
            text = self.rng.choice(ANSWERS).format(first=first) + f" I noted it on {day.day} {day:%B at %H:%M}."
            if await self.call(*heed_cli.words_reply(entry, text)) is not None:
                return
        await self.call(*heed_cli.words_done(entry))

    async def ring(self, entry):
        outcome = "connected" if self.rng.random() < 0.35 else "no_answer"
        done = await self.call(*heed_cli.words_done(entry, outcome))
        if done is not None and outcome == "no_answer":
            self.crowd.missed_call(entry.get("name"))

    def is_day_for(self, entry):
        person = self.crowd.by_name.get(entry.get("name"))
        now = local(self.clock.now(), person.zone if person else "Europe/Berlin")
        return now.weekday() < 5 and OFFICE[0] <= now.hour < OFFICE[1]

    def calls_left(self):
        day = self.clock.now() // DAY
        if day != self.day:
            self.day, self.calls = day, 0
        return self.calls < CALLS_A_DAY

    async def call(self, *words):
        """Runs heed; its output, or None when it failed (counted, with the words of the first few)."""
        self.calls_left()
        self.calls += 1
        self.ledger.notes["salesperson_calls"] += 1
        process = await asyncio.create_subprocess_exec(self.heed, *words, env=self.environment,
                                                       stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        output, errors = await process.communicate()
        if process.returncode:
            said = errors.decode("utf-8", "replace").strip().splitlines()
            self.ledger.notes[f"heed {words[0]} exit {process.returncode}: {said[-1][:120] if said else ''}"] += 1
            return None
        return output.decode("utf-8", "replace")
