"""What the servers saw, against what heed says: Postfix' log and the mailboxes, Kannel's phones. Reads only."""
import collections
import re

from story_heed import touch_of

LEFT = ("sent", "delivered", "read", "undelivered", "bounced", "complained")  # a provider took it


def taken_by_postfix(log):
    """{Message-ID: times}: the mails from sam that Postfix took for good, by queue; those cut off in DATA are none."""
    ids = dict(re.findall(r"cleanup\[\d+\]: (\w+): message-id=(<[^>]+>)", log))
    queues = set(re.findall(r"qmgr\[\d+\]: (\w+): from=<sam@heed\.test>", log))
    return collections.Counter(ids[queue] for queue in queues if queue in ids)


def texts_on_phones(kannel):
    """{(number, text): times}"""
    return collections.Counter((row["to"], row["text"]) for row in kannel.received_sms())


class Truth:
    def __init__(self, heed, postfix, kannel, people):
        self._heed, self._postfix, self._kannel, self._people = heed, postfix, kannel, people

    def has_left(self, touch):
        """Did the servers take this touch (a row of the export)?"""
        if touch["channel"] == "email":
            taken = taken_by_postfix(self._postfix.log())
            return touch["id"] in {touch_of(message_id) for message_id in taken}
        return texts_on_phones(self._kannel)[(touch["address"], touch["text"])] > 0

    def faults(self):
        """Every difference between heed's touches and the servers, as sentences; none is right."""
        touches = self._heed.export("touches")
        return self._mail_faults(touches) + self._mailbox_faults(touches) + self._text_faults(touches)

    def _mail_faults(self, touches):
        taken = {touch_of(message_id): times for message_id, times in taken_by_postfix(self._postfix.log()).items()}
        wanted = {touch["id"]: touch for touch in touches if touch["channel"] == "email"}
        found = ["Postfix took %s %d times" % row for row in taken.items() if row[1] != 1]
        found += ["Postfix took %s, of which heed knows nothing" % key for key in taken if key not in wanted]
        for key, touch in wanted.items():
            if (touch["state"] in LEFT) != (key in taken) and touch["state"] != "unsure":
                found.append("%s to %s is %s, Postfix took it %d times" % (key, touch["address"], touch["state"],
                                                                            taken.get(key, 0)))
        return found

    def _mailbox_faults(self, touches):
        """Every mailbox holds each touch to it exactly once, and nothing else of ours."""
        wanted = collections.defaultdict(collections.Counter)
        unsure = {touch["id"] for touch in touches if touch["state"] == "unsure"}
        for touch in touches:
            if touch["channel"] == "email" and touch["state"] in LEFT:
                wanted[touch["address"]][touch["id"]] += 1
        found = []
        for person in self._people.everybody:
            if not person.has_mailbox:
                continue
            held = collections.Counter(touch_of(str(mail["Message-ID"])) for mail in self._people.mails(person))
            held = collections.Counter({key: times for key, times in held.items() if key not in unsure})
            if held != wanted[person.email]:
                found.append("the mailbox of %s differs: %s, heed says %s" % (person.email, held, wanted[person.email]))
        return found

    def _text_faults(self, touches):
        phones = texts_on_phones(self._kannel)
        wanted = collections.Counter((touch["address"], touch["text"]) for touch in touches
                                     if touch["channel"] == "sms" and touch["state"] in LEFT)
        unsure = {(touch["address"], touch["text"]) for touch in touches if touch["state"] == "unsure"}
        return ["%s: %d texts on the phone, heed says %d: %.60s" % (key[0], phones[key], wanted[key], key[1])
                for key in {**phones, **wanted} if phones[key] != wanted[key] and key not in unsure]
