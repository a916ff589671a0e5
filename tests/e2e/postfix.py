"""Postfix on loopback ports from a private folder: takes mail for chosen domains, delivers it to Dovecot or
to maildirs, bounces with real delivery reports, pipes a domain into a command. Nothing ever leaves the
machine: every other destination bounces too."""
import os
import re
import smtplib
import ssl
import subprocess

from processes import LOOPBACK, PATIENCE_S, banner, free_port, need_programs, need_root, wait_until

LIBEXEC = "/usr/lib/postfix/sbin"

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
multi_instance_directories =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.heed.test
myorigin = $myhostname
mydestination =
mynetworks = {networks}
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:5.1.1 no local mailboxes
default_transport = error:5.1.2 no such domain here
relay_domains =
disable_dns_lookups = yes
smtpd_peername_lookup = no
append_dot_mydomain = no
biff = no
recipient_delimiter = +
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = {maps}
virtual_transport = {transport}
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:8
virtual_gid_maps = static:8
virtual_minimum_uid = 1
transport_maps = texthash:{folder}/transport
smtpd_recipient_restrictions = {restrictions}
smtpd_relay_restrictions =
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = {tls}
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_loglevel = 0
smtpd_sasl_auth_enable = {sasl}
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl_port}
smtpd_sasl_security_options = noanonymous
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
in_flow_delay = 0
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 10s
maximal_queue_lifetime = 1h
bounce_queue_lifetime = 1h
{extra}
"""

SERVICES = """
{port} inet n - n - - smtpd
{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 2 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """
    domains         accepted at RCPT whoever the mailbox is; an unknown one comes back as a delivery report
    strict_domains  an unknown mailbox is refused at RCPT: 550 5.1.1
    pipes           {"domain": ["/path/heed", "mail-in", ...]}: every mail of that domain goes to the command's
                    standard input, run as pipe_user (never root); exit 75 defers, 65-78 bounce (sysexits.h)
    users           mailboxes when there is no dovecot: maildirs, read them with mails()
    dovecot         a Dovecot: its LMTP delivers, its users log in by AUTH
    require_auth    only who logged in may send
    tls             "may" | "encrypt" (nothing before STARTTLS) | "none"
    extra           more lines of main.cf
    """

    def __init__(self, processes, domains=(), strict_domains=(), pipes=None, users=(), dovecot=None,
                 require_auth=False, tls="may", pipe_user="nobody", extra=""):
        self.need()
        self.port, self.tls_port = free_port(), free_port()
        self.ca_file, self._cert, self._key = processes.tls()
        self._processes = processes
        self._pipes = dict(pipes or {})
        self._dovecot = dovecot
        self._folder = processes.make_folder("postfix")
        processes.make_folder("postfix", "queue")
        processes.make_folder("postfix", "conf")
        processes.make_folder("postfix", "data", owner="postfix", mode=0o700)
        processes.make_folder("postfix", "mail", owner="mail")
        self._write_maps(domains, strict_domains, users)
        self._write_main([*domains, *strict_domains], require_auth, tls, extra)
        self._write_master(pipe_user)
        self._child = None
        self.start()

    @staticmethod
    def need():
        """Missing when it cannot run here."""
        need_root()
        need_programs("postfix", "/usr/sbin/postfix", LIBEXEC + "/master")

    def start(self):
        """Starts it (again, after stop()); returns when it answers."""
        conf = self._processes.path("postfix", "conf")
        # Makes the folders of the queue; "could not find main.cf" and the like stop us here.
        subprocess.run(["/usr/sbin/postfix", "-c", conf, "check"], check=True, timeout=60,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._child = self._processes.spawn([LIBEXEC + "/master", "-c", conf, "-d"], "postfix/out")
        self._processes.wait_for(self._child, lambda: banner(self.port, b"220"), "postfix/log")

    def stop(self):
        self._processes.end(self._child)

    def deliver(self, sender, recipient, raw, user=None, password=None):
        """Sends one mail (bytes or EmailMessage) by SMTP; refusals raise as smtplib does."""
        raw = raw if isinstance(raw, bytes) else raw.as_bytes()
        with smtplib.SMTP(LOOPBACK, self.port) as peer:
            if user:
                peer.starttls(context=ssl.create_default_context(cafile=self.ca_file))
                peer.login(user, password)
            peer.sendmail(sender, [recipient], raw)

    def mails(self, user):
        """The raw mails of a maildir user, oldest first; only without dovecot."""
        folder = self._processes.path("postfix", "mail", user, "new")
        if not os.path.isdir(folder):
            return []
        paths = sorted((os.path.join(folder, name) for name in os.listdir(folder)), key=os.path.getmtime)
        return [open(path, "rb").read() for path in paths]

    def wait_mails(self, user, count, seconds=PATIENCE_S):
        def enough():
            found = self.mails(user)
            return found if len(found) >= count else None
        return wait_until(enough, "%d mails for %s" % (count, user), seconds)

    def sent(self):
        """What the log says of every delivery so far: {queue_id, to, dsn, status, text}."""
        line = re.compile(r": (\w+): to=<([^>]*)>.* dsn=([\d.]+), status=(\w+) \((.*)\)$")
        found = (line.search(text) for text in self.log().splitlines())
        return [dict(zip(("queue_id", "to", "dsn", "status", "text"), hit.groups())) for hit in found if hit]

    def wait_sent(self, recipient, status="sent", seconds=PATIENCE_S):
        """Waits for a delivery to `recipient` of that status (sent, bounced, deferred); returns it."""
        def there():
            return [row for row in self.sent() if row["to"] == recipient and row["status"] == status]
        return wait_until(there, "%s to %s" % (status, recipient), seconds)[-1]

    def log(self):
        return self._processes.tail("postfix/log", 1000000)

    def describe(self):
        return {"port": self.port, "tls_port": self.tls_port, "ca_file": self.ca_file}

    def _write_maps(self, domains, strict_domains, users):
        known = {user: user + "/" for user in (self._dovecot.users if self._dovecot else users)}
        if self._dovecot:
            # Who exists is Dovecot's answer at LMTP; the catch-all lets smtpd take everybody.
            known.update({"@" + domain: "any" for domain in domains})
        lines = ["%s %s" % pair for pair in known.items() if pair[0].partition("@")[2] in
                 {*domains, *strict_domains}]
        self._processes.write("\n".join(lines) + "\n", "postfix", "mailboxes")
        strict = ["%s reject_unlisted_recipient" % domain for domain in strict_domains]
        self._processes.write("\n".join(strict) + "\n", "postfix", "strict")
        pipes = ["%s heed-pipe-%d:" % (domain, number) for number, domain in enumerate(self._pipes)]
        self._processes.write("\n".join(pipes) + "\n", "postfix", "transport")

    def _write_main(self, domains, require_auth, tls, extra):
        transport = "lmtp:inet:127.0.0.1:%d" % self._dovecot.lmtp_port if self._dovecot else "virtual"
        strict = "reject" if require_auth else "reject_unauth_destination"
        if self._pipes:
            extra += "\nrelay_domains = %s" % " ".join(self._pipes)
        self._processes.write(MAIN.format(
            folder=self._folder, domains=" ".join(domains), cert=self._cert, key=self._key, tls=tls,
            maps="texthash:%s/mailboxes" % self._folder, transport=transport,
            networks="" if require_auth else "127.0.0.0/8",
            restrictions="check_recipient_access texthash:%s/strict, " % self._folder + "permit_mynetworks, "
                         "permit_sasl_authenticated, " + strict,
            sasl="yes" if self._dovecot else "no",
            sasl_port=self._dovecot.sasl_port if self._dovecot else 0, extra=extra),
            "postfix", "conf", "main.cf")

    def _write_master(self, pipe_user):
        text = SERVICES.format(port="127.0.0.1:%d" % self.port, tls_port="127.0.0.1:%d" % self.tls_port)
        for number, argv in enumerate(self._pipes.values()):
            words = " ".join("{%s}" % word if " " in word else word for word in argv)
            text += "heed-pipe-%d unix - n n - 4 pipe\n  flags=DRhu user=%s argv=%s\n" % (number, pipe_user, words)
        self._processes.write(text, "postfix", "conf", "master.cf")
