"""Dovecot on loopback ports from a private folder: IMAP (plain, STARTTLS, implicit TLS), LMTP for delivery,
and SASL for Postfix. No part of the system's own Dovecot is used but the programs."""
import base64
import email.utils
import imaplib
import smtplib
import ssl
import time

from processes import LOOPBACK, PATIENCE_S, banner, free_port, need_programs, need_root, wait_until

OWNER = "mail"  # whose uid the maildirs get; Dovecot refuses root

CONF = """
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = heed-e2e
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_username_format = %Lu
auth_failure_delay = 0
recipient_delimiter = +
postmaster_address = postmaster@localhost
hostname = localhost
mail_location = maildir:~/Maildir
mail_uid = {owner}
mail_gid = {owner}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 0
mailbox_list_index = no
{oauth}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    port = {sasl}
  }}
}}
"""

OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
OAUTH_CONF = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""


class Dovecot:
    """users: {"sam@heed.test": "password"}. oauth_key: bytes; with it XOAUTH2 takes HS256 tokens it signed.
    It listens on 127.0.0.2 too, a name that its certificate lacks."""

    def __init__(self, processes, users, oauth_key=None):
        self.need()
        self.users = dict(users)
        self.imap_port, self.imaps_port = free_port(), free_port()
        self.lmtp_port, self.sasl_port = free_port(), free_port()
        self.ca_file, cert, key = processes.tls()
        self._processes = processes
        folder = processes.make_folder("dovecot")
        processes.make_folder("dovecot", "homes", owner=OWNER)
        self._write_users()
        oauth = self._write_oauth(folder, oauth_key) if oauth_key else ""
        conf = CONF.format(folder=folder, cert=cert, key=key, owner=OWNER, imap=self.imap_port,
                           imaps=self.imaps_port, lmtp=self.lmtp_port, sasl=self.sasl_port, oauth=oauth,
                           mechanisms="plain login" + (" xoauth2 oauthbearer" if oauth else ""))
        self._argv = ["/usr/sbin/dovecot", "-F", "-c", processes.write(conf, "dovecot", "dovecot.conf")]
        self._child = None
        self.start()

    @staticmethod
    def need():
        """Missing when it cannot run here."""
        need_root()
        need_programs("dovecot-imapd", "/usr/sbin/dovecot", "/usr/lib/dovecot/imap")
        need_programs("dovecot-lmtpd", "/usr/lib/dovecot/lmtp")

    def start(self):
        """Starts it (again, after stop()); returns when it answers."""
        self._child = self._processes.spawn(self._argv, "dovecot/out")
        self._processes.wait_for(self._child, lambda: banner(self.imap_port, b"* OK"), "dovecot/log")
        self._processes.wait_for(self._child, lambda: banner(self.lmtp_port, b"220"), "dovecot/log")

    def stop(self):
        self._processes.end(self._child)

    def add_user(self, user, password):
        """Returns when the new user can log in."""
        self.users[user] = password
        self._write_users()
        wait_until(lambda: self._can_login(user), "the login of %s" % user)

    def deliver(self, user, raw, sender="someone@example.com"):
        """Puts the bytes of a mail (or an EmailMessage) into a mailbox through LMTP; unknown users raise."""
        raw = raw if isinstance(raw, bytes) else raw.as_bytes()
        with smtplib.LMTP(LOOPBACK, self.lmtp_port) as peer:
            peer.sendmail(sender, [user], raw)

    def login(self, user, tls=False):
        """An imaplib connection, logged in; the caller logs out."""
        if tls:
            context = ssl.create_default_context(cafile=self.ca_file)
            peer = imaplib.IMAP4_SSL("localhost", self.imaps_port, ssl_context=context)
        else:
            peer = imaplib.IMAP4(LOOPBACK, self.imap_port)
        try:
            peer.login(user, self.users[user])
        except imaplib.IMAP4.error:
            peer.shutdown()
            raise
        return peer

    def mails(self, user, folder="INBOX"):
        """The raw bytes of every mail, in UID order; flags stay as they are."""
        peer = self.login(user)
        try:
            peer.select(folder, readonly=True)
            answer = peer.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
            return [part[1] for part in answer if isinstance(part, tuple)]
        finally:
            peer.logout()

    def wait_mails(self, user, count, folder="INBOX", seconds=PATIENCE_S):
        def enough():
            found = self.mails(user, folder)
            return found if len(found) >= count else None
        return wait_until(enough, "%d mails for %s" % (count, user), seconds)

    def append(self, user, raw, folder="INBOX", when=None):
        """Adds a mail by IMAP, with the INTERNALDATE `when` (unix seconds); returns its UID."""
        peer = self.login(user)
        try:
            date = imaplib.Time2Internaldate(time.time() if when is None else when)
            answer = peer.append(folder, None, date, raw)[1][0]
            return int(answer.split(b"APPENDUID")[1].split(b"]")[0].split()[1])
        finally:
            peer.logout()

    def expunge(self, user, uid, folder="INBOX"):
        peer = self.login(user)
        try:
            peer.select(folder)
            peer.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)")
            peer.expunge()
        finally:
            peer.logout()

    def log(self):
        return self._processes.tail("dovecot/log", 1000)

    def describe(self):
        return {"imap_port": self.imap_port, "imaps_port": self.imaps_port, "lmtp_port": self.lmtp_port,
                "sasl_port": self.sasl_port, "ca_file": self.ca_file, "users": self.users}

    def _can_login(self, user):
        try:
            with self.login(user):
                return True
        except imaplib.IMAP4.error:
            return False

    def _write_users(self):
        homes = self._processes.path("dovecot", "homes")
        lines = ["%s:{PLAIN}%s:::: %s/%s::" % (user, password, homes, user)
                 for user, password in self.users.items()]
        self._processes.write("\n".join(lines).replace(": ", ":") + "\n", "dovecot", "users")

    def _write_oauth(self, folder, key):
        self._processes.make_folder("dovecot", "keys", "default", "HS256")
        self._processes.write(base64.b64encode(key).decode(), "dovecot", "keys", "default", "HS256", "default")
        self._processes.write(OAUTH_CONF.format(folder=folder), "dovecot", "oauth2.conf")
        return OAUTH.format(folder=folder)


def simple_mail(sender, recipient, subject, text):
    """A small honest mail as bytes, CRLF lines."""
    head = {"From": sender, "To": recipient, "Subject": subject, "Date": email.utils.formatdate(),
            "Message-ID": email.utils.make_msgid(domain="heed.test")}
    lines = ["%s: %s" % pair for pair in head.items()] + ["", *text.split("\n"), ""]
    return "\r\n".join(lines).encode()
