"""A chat service in the shape of Telegram's Bot API: sendMessage, and updates posted to the webhook with the secret
token's header. Knows no groups, no media."""
import json


class BotService:
    """knows(chat) -> bool; take(chat, text, began)."""

    def __init__(self, settings, hook, ledger, knows, take):
        self.token, self.secret = settings["bot_token"], settings["bot_secret"]
        path_token = settings.get("bot_path_secret", "")
        self.url = f"{hook.public}/webhook/{settings['bot_sender']}" + (f"/{path_token}" if path_token else "")
        self.hook, self.ledger, self.knows, self.take = hook, ledger, knows, take
        self._messages = self._updates = 0
        self._last = {}              # chat -> our latest message there

    def routes(self):
        return [("POST", f"/bot{self.token}/sendMessage", self.send_message),
                ("POST", "/bot", lambda _request: refusal(401, "Unauthorized"))]

    def send_message(self, request):
        try:
            said = json.loads(request.body)
            chat, text = str(said["chat_id"]), said["text"]
        except (ValueError, KeyError, TypeError):
            return refusal(400, "Bad Request: message text is empty")
        if not self.knows(chat):
            return refusal(400, "Bad Request: chat not found")
        if not 0 < len(text) <= 4096:
            return refusal(400, "Bad Request: message is too long" if text else "Bad Request: message text is empty")
        self.take(chat, text, request.began)
        if self.ledger.is_closed("telegram", chat):
            return refusal(403, "Forbidden: bot was blocked by the user")
        self._last[chat] = self.message(chat, text)
        return 200, "application/json", json.dumps({"ok": True, "result": self._last[chat]}).encode()

    def message(self, chat, text):
        self._messages += 1
        return {"message_id": self._messages, "date": self.ledger.clock.now() // 1000,
                "chat": {"id": int(chat), "type": "private"}, "text": text}

    async def inbound(self, chat, name, text, quote=False):
        """A person writes to the bot, every other time as a reply to our last message there."""
        self._updates += 1
        message = self.message(chat, text)
        message["from"] = {"id": int(chat), "is_bot": False, "first_name": name}
        if quote and chat in self._last:
            message["reply_to_message"] = self._last[chat]
        body = json.dumps({"update_id": 174_114_000 + self._updates, "message": message}).encode()
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": self.secret}
        done = await self.hook.post(self.url, body, headers)
        if self._updates % 16 == 0:
            self.ledger.notes["repeated_webhooks"] += 1
            await self.hook.post(self.url, body, headers)
        return done


def refusal(code, text):
    value = {"ok": False, "error_code": code, "description": text}
    return code, "application/json", json.dumps(value).encode()
