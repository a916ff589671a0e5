"""A text-message service in the shape of Twilio's Messages API: takes texts, reports their delivery, and posts what
people text back, signed with X-Twilio-Signature over the public URL."""
import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlencode

ERRORS = {20003: (401, "Authenticate"), 21604: (400, "'To' is required"), 21211: (400, "Invalid 'To' number"),
          21606: (400, "'From' is not yours"), 21602: (400, "'Body' is required"), 21617: (400, "'Body' is too long"),
          21610: (400, "Attempt to send to unsubscribed recipient")}


def signature(token, url, fields):
    """base64(HMAC-SHA1(token, url + each key and value, sorted))."""
    text = url + "".join(key + value for key, value in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class SmsService:
    """knows(number) -> bool; take(number, text, key, began); later(business ms, coroutine function)."""

    def __init__(self, settings, hook, ledger, knows, take, later):
        self.sid, self.token, self.number = settings["sms_sid"], settings["sms_token"], settings["sms_number"]
        self.inbound_url = f"{hook.public}/webhook/{settings['sms_sender']}"
        self.hook, self.ledger, self.knows, self.take, self.later = hook, ledger, knows, take, later
        self._count = 0

    def routes(self):
        return [("POST", f"/2010-04-01/Accounts/{self.sid}/Messages.json", self.create),
                ("POST", "/2010-04-01/", lambda _request: self.error(20003))]

    def create(self, request):
        fields = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        to, text = fields.get("To", ""), fields.get("Body", "")
        code = self.objection(request, fields, to, text)
        if code:
            self.ledger.notes[f"sms_error_{code}"] += 1
            return self.error(code)
        self.take(to, text, request.began)
        if self.ledger.is_closed("sms", to):
            return self.error(21610)
        sid = self.next_sid()
        if fields.get("StatusCallback"):
            self.later(4_000, lambda: self.report(fields["StatusCallback"], sid, to))
        return answer(201, {"sid": sid, "account_sid": self.sid, "to": to, "from": self.number, "body": text,
                            "status": "queued", "error_code": None, "num_segments": "1"})

    def objection(self, request, fields, to, text):
        login = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        rules = [(request.headers.get("authorization") != f"Basic {login}", 20003), (not to, 21604),
                 (not self.knows(to), 21211), (fields.get("From") != self.number, 21606),
                 (not text, 21602), (len(text) > 1600, 21617)]
        return next((code for wrong, code in rules if wrong), 0)

    def error(self, code):
        status, message = ERRORS[code]
        return answer(status, {"code": code, "message": message, "status": status,
                               "more_info": f"https://www.twilio.com/docs/errors/{code}"})

    def next_sid(self):
        self._count += 1
        return f"SM{self._count:032x}"

    async def report(self, url, sid, to):
        """sent, then delivered; now and then in the wrong order, as it happens."""
        states = ["delivered", "sent"] if self._count % 8 == 0 else ["sent", "delivered"]
        for state in states:
            await self.post(url, [("MessageSid", sid), ("MessageStatus", state), ("To", to), ("From", self.number),
                                  ("AccountSid", self.sid), ("ApiVersion", "2010-04-01")])

    async def inbound(self, number, text):
        """A person texts us. Every 16th arrives twice. True when heed has it."""
        sid = self.next_sid()
        fields = [("MessageSid", sid), ("SmsSid", sid), ("AccountSid", self.sid), ("From", number),
                  ("To", self.number), ("Body", text), ("NumMedia", "0"), ("NumSegments", "1"),
                  ("ApiVersion", "2010-04-01")]
        done = await self.post(self.inbound_url, fields)
        if int(sid[2:], 16) % 16 == 0:
            self.ledger.notes["repeated_webhooks"] += 1
            await self.post(self.inbound_url, fields)
        return done

    async def post(self, url, fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded",
                   "X-Twilio-Signature": signature(self.token, url, fields)}
        return await self.hook.post(url, urlencode(fields).encode(), headers)


def answer(status, value):
    return status, "application/json", json.dumps(value).encode()
