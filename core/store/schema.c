/* core/store/schema.c - the tables. Every column has its comment; times are UTC unix ms; slot is 0..4095 and, but in traces, the first
 * column of every key that belongs to a prospect or an address. A table that gains columns is made anew, so that its text in the
 * store keeps a comment on each. */
#include <stddef.h>

#include "core/store/migrate.h"

static const char *const first_schema[] = {
    "CREATE TABLE meta(\n"
    "  key TEXT NOT NULL,               -- what: 'token_key_1', 'token_key_version', 'made_at', "
    "'hints_filled'\n"
    "  value TEXT NOT NULL,             -- as text\n"
    "  PRIMARY KEY(key)) STRICT;\n",

    "CREATE TABLE slot_lease(\n"
    "  slot INTEGER NOT NULL,           -- -1: every slot (SQLite: one node owns them all)\n"
    "  owner TEXT NOT NULL,             -- 'node-pid' of the daemon\n"
    "  epoch INTEGER NOT NULL,          -- grows with every new owner; fences the old one\n"
    "  until_ms INTEGER NOT NULL,       -- real time until which the lease holds\n"
    "  PRIMARY KEY(slot)) STRICT;\n",

    "CREATE TABLE prospect(\n"
    "  slot INTEGER NOT NULL,           -- hash of the first address, stored once\n"
    "  id INTEGER NOT NULL,             -- pr_...\n"
    "  first_name TEXT,                 -- as imported\n"
    "  last_name TEXT,                  -- as imported\n"
    "  company TEXT,                    -- where they work\n"
    "  title TEXT,                      -- job title\n"
    "  city TEXT,                       -- as imported\n"
    "  country TEXT,                    -- as imported\n"
    "  zone TEXT,                       -- IANA zone, NULL = the workspace's\n"
    "  fields TEXT,                     -- custom fields, a JSON object, NULL = none\n"
    "  preferred_channel TEXT,          -- the channel now followed, NULL = the sequence's order\n"
    "  preferred_message_id INTEGER,    -- me_...: the reply that earned it\n"
    "  preferred_at INTEGER,            -- since when\n"
    "  pinned_channel TEXT,             -- fixed by a person, NULL = not\n"
    "  wish_channel TEXT,               -- asked for by the prospect, NULL = nothing\n"
    "  wish_once INTEGER NOT NULL,      -- 1: only for the next touch\n"
    "  avoid TEXT,                      -- channels they asked to avoid, separated by commas\n"
    "  opted_out_at INTEGER,            -- from everything, NULL = not\n"
    "  created_at INTEGER NOT NULL,     -- when imported\n"
    "  updated_at INTEGER NOT NULL,     -- last change of any column\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n",

    "CREATE TABLE address(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  prospect_id INTEGER NOT NULL,    -- whose\n"
    "  kind TEXT NOT NULL,              -- 'email', 'phone', 'telegram'...\n"
    "  key TEXT NOT NULL,               -- canonical form, as compared\n"
    "  value TEXT NOT NULL,             -- as written to\n"
    "  home INTEGER NOT NULL,           -- hash of the key: slot of its identity and suppressions\n"
    "  rank INTEGER NOT NULL,           -- 0 = the first of its kind\n"
    "  source TEXT NOT NULL,            -- 'import', 'reply', 'person'\n"
    "  consent TEXT,                    -- 'given', 'refused', NULL = unknown\n"
    "  created_at INTEGER NOT NULL,     -- when it became known\n"
    "  PRIMARY KEY(slot, prospect_id, kind, key)) STRICT, WITHOUT ROWID;\n",

    "CREATE TABLE identity(\n"
    "  slot INTEGER NOT NULL,           -- hash of the address: a look-up names its slot\n"
    "  kind TEXT NOT NULL,              -- kind of address\n"
    "  key TEXT NOT NULL,               -- canonical address\n"
    "  prospect_id INTEGER NOT NULL,    -- who has it (several for a shared phone)\n"
    "  prospect_slot INTEGER NOT NULL,  -- where that prospect lives\n"
    "  PRIMARY KEY(slot, kind, key, prospect_id)) STRICT, WITHOUT ROWID;\n",

    "CREATE TABLE suppression(\n"
    "  slot INTEGER NOT NULL,           -- hash of the address\n"
    "  kind TEXT NOT NULL,              -- kind of address\n"
    "  key TEXT NOT NULL,               -- canonical address; survives the prospect's deletion\n"
    "  channel TEXT NOT NULL,           -- '' = every channel that uses the address\n"
    "  cause TEXT NOT NULL,             -- 'opt_out', 'bounce', 'complaint', 'provider', 'person'\n"
    "  evidence TEXT,                   -- me_... or to_... or words\n"
    "  prospect_id INTEGER,             -- who said so, NULL = unknown\n"
    "  at INTEGER NOT NULL,             -- when\n"
    "  until_ms INTEGER,                -- NULL = for good\n"
    "  PRIMARY KEY(slot, kind, key, channel)) STRICT, WITHOUT ROWID;\n",

    "CREATE TABLE sequence(\n"
    "  name TEXT NOT NULL,              -- as in its file\n"
    "  version INTEGER NOT NULL,        -- 1, 2, 3...; an enrollment keeps the one it began with\n"
    "  source TEXT NOT NULL,            -- the file's JSON\n"
    "  created_at INTEGER NOT NULL,     -- when it was put\n"
    "  PRIMARY KEY(name, version)) STRICT;\n",

    "CREATE TABLE template(\n"
    "  name TEXT NOT NULL,              -- folder name\n"
    "  part TEXT NOT NULL,              -- 'email', 'sms', 'chat', 'call', 'letter', '_SNIPPET'\n"
    "  version INTEGER NOT NULL,        -- grows with every put of the template\n"
    "  source TEXT NOT NULL,            -- Liquid\n"
    "  created_at INTEGER NOT NULL,     -- when it was put\n"
    "  PRIMARY KEY(name, version, part)) STRICT;\n",

    "CREATE TABLE enrollment(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  id INTEGER NOT NULL,             -- en_...\n"
    "  prospect_id INTEGER NOT NULL,    -- who\n"
    "  sequence TEXT NOT NULL,          -- which sequence\n"
    "  version INTEGER NOT NULL,        -- which version of it\n"
    "  step INTEGER NOT NULL,           -- index of the next step\n"
    "  state TEXT NOT NULL,             -- 'active', 'held', 'done', 'exited'\n"
    "  due_at INTEGER NOT NULL,         -- when the planner looks at it next (held: when it "
    "resumes)\n"
    "  hold_reason TEXT,                -- why held: 'reply', 'out_of_office', 'missing field: "
    "...'\n"
    "  exit TEXT,                       -- why it ended: exhausted, opted_out, bounced, manual...\n"
    "  created_at INTEGER NOT NULL,     -- when enrolled\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE INDEX enrollment_due ON enrollment(slot, due_at) WHERE state IN ('active', 'held');\n"
    "CREATE INDEX enrollment_of_prospect ON enrollment(slot, prospect_id);\n"
    "CREATE UNIQUE INDEX enrollment_once ON enrollment(slot, prospect_id, sequence)\n"
    "  WHERE state IN ('active', 'held');\n",

    "CREATE TABLE touch(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  id INTEGER NOT NULL,             -- to_...; its token is made from it\n"
    "  prospect_id INTEGER NOT NULL,    -- to whom\n"
    "  enrollment_id INTEGER NOT NULL,  -- 0 = an answer by hand\n"
    "  step INTEGER NOT NULL,           -- index in the sequence, -1 = by hand\n"
    "  sequence TEXT,                   -- NULL = by hand\n"
    "  step_id TEXT,                    -- the step's id in the sequence\n"
    "  template TEXT,                   -- 'name@version', NULL = free text\n"
    "  channel TEXT NOT NULL,           -- email, sms, ...\n"
    "  sender TEXT NOT NULL,            -- section name in heed.conf\n"
    "  address TEXT NOT NULL,           -- as written to\n"
    "  state TEXT NOT NULL,             -- wire, sent, retry, failed, unsure, cancelled, and from "
    "receipts:\n"
    "                                   -- delivered, undelivered, bounced, complained, read\n"
    "  reason TEXT,                     -- why it failed, waits or is unsure\n"
    "  subject TEXT,                    -- as it leaves\n"
    "  text TEXT NOT NULL,              -- as it leaves\n"
    "  html TEXT,                       -- as it leaves, NULL = none\n"
    "  refs TEXT,                       -- References of an e-mail, or the provider id answered in "
    "a chat\n"
    "  provider_id TEXT,                -- what the provider called it; for SMTP its acceptance\n"
    "  decision TEXT NOT NULL,          -- candidates, gates, choice, evidence: JSON of choose.h\n"
    "  epoch INTEGER NOT NULL,          -- of the owner that put it on the wire\n"
    "  tries INTEGER NOT NULL,          -- how often it was handed to a channel\n"
    "  created_at INTEGER NOT NULL,     -- when it was planned: the Date of an e-mail\n"
    "  retry_at INTEGER,                -- when to try (again), only in states due and retry\n"
    "  sent_at INTEGER,                 -- when a provider took it\n"
    "  delivered_at INTEGER,            -- when a receipt said so\n"
    "  replied_at INTEGER,              -- first human reply credited to it\n"
    "  disposition TEXT,                -- of a task: connected, voicemail, no_answer...\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE INDEX touch_of_prospect ON touch(slot, prospect_id, created_at);\n"
    "CREATE INDEX touch_wire ON touch(slot, id) WHERE state = 'wire';\n"
    "CREATE INDEX touch_retry ON touch(slot, retry_at) WHERE state IN ('due', 'retry');\n"
    "CREATE UNIQUE INDEX touch_once ON touch(slot, enrollment_id, step)\n"
    "  WHERE enrollment_id <> 0 AND state <> 'cancelled';\n",

    "CREATE TABLE provider_ref(\n"
    "  slot INTEGER NOT NULL,           -- hash of the provider's id\n"
    "  sender TEXT NOT NULL,            -- ids are unique within a sender\n"
    "  provider_id TEXT NOT NULL,       -- as the provider gave it\n"
    "  touch_id INTEGER NOT NULL,       -- which touch (its id tells its slot)\n"
    "  PRIMARY KEY(slot, sender, provider_id)) STRICT, WITHOUT ROWID;\n",

    "CREATE TABLE attempt(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  touch_id INTEGER NOT NULL,       -- of which touch\n"
    "  n INTEGER NOT NULL,              -- 1, 2, 3...\n"
    "  at INTEGER NOT NULL,             -- when its result was known\n"
    "  result TEXT NOT NULL,            -- retry, refused, broken, unsure\n"
    "  reason TEXT NOT NULL,            -- the peer's words\n"
    "  PRIMARY KEY(slot, touch_id, n)) STRICT, WITHOUT ROWID;\n",

    "CREATE TABLE inbound(\n"
    "  slot INTEGER NOT NULL,           -- hash of its key\n"
    "  id INTEGER NOT NULL,             -- in_...\n"
    "  source TEXT NOT NULL,            -- 'imap:NAME', 'pipe:NAME', 'webhook:SENDER'\n"
    "  key TEXT NOT NULL,               -- unique per source: uid, or hash of the bytes\n"
    "  state TEXT NOT NULL,             -- new, waiting, done, duplicate, unreadable\n"
    "  envelope TEXT,                   -- webhook: method, path, query, headers as JSON\n"
    "  raw BLOB NOT NULL,               -- the bytes as they came\n"
    "  note TEXT,                       -- why it is unreadable\n"
    "  at INTEGER NOT NULL,             -- when it arrived\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE UNIQUE INDEX inbound_once ON inbound(slot, source, key);\n"
    "CREATE INDEX inbound_waiting ON inbound(at) WHERE state = 'waiting';\n"
    "CREATE INDEX inbound_new ON inbound(at) WHERE state = 'new';\n",

    "CREATE TABLE seen(\n"
    "  slot INTEGER NOT NULL,           -- hash of the key\n"
    "  key TEXT NOT NULL,               -- identity of a mail or an event, whatever way it came\n"
    "  at INTEGER NOT NULL,             -- first time\n"
    "  PRIMARY KEY(slot, key)) STRICT, WITHOUT ROWID;\n",

    "CREATE TABLE message(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's; of an unknown sender: hash of their "
    "address\n"
    "  id INTEGER NOT NULL,             -- me_...\n"
    "  prospect_id INTEGER NOT NULL,    -- 0 = nobody matched\n"
    "  channel TEXT NOT NULL,           -- where it arrived\n"
    "  sender TEXT,                     -- our account it arrived at\n"
    "  kind TEXT NOT NULL,              -- reply_kind: human, auto_reply, bounce, receipt, "
    "complaint...\n"
    "  touch_id INTEGER NOT NULL,       -- the touch it is credited to, 0 = none\n"
    "  enrollment_id INTEGER NOT NULL,  -- of that touch, 0 = none\n"
    "  via TEXT NOT NULL,               -- how it was matched\n"
    "  confidence TEXT NOT NULL,        -- certain, likely, ambiguous, review, none\n"
    "  from_address TEXT,               -- who wrote\n"
    "  from_name TEXT,                  -- as they call themselves\n"
    "  subject TEXT,                    -- of a mail\n"
    "  text TEXT NOT NULL,              -- own words, without quotes and signature\n"
    "  external_id TEXT,                -- Message-ID, or the provider's id: to answer in the "
    "thread\n"
    "  opt_out TEXT,                    -- address, channel, everything; NULL = none\n"
    "  rules TEXT,                      -- rules that fired, separated by commas\n"
    "  inbound_id INTEGER NOT NULL,     -- the raw bytes\n"
    "  state TEXT NOT NULL,             -- open: needs a person; done\n"
    "  at INTEGER NOT NULL,             -- when it arrived\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE INDEX message_of_prospect ON message(slot, prospect_id, at);\n"
    "CREATE INDEX message_open ON message(at) WHERE state = 'open';\n",

    "CREATE TABLE switch(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  id INTEGER NOT NULL,             -- sw_...\n"
    "  prospect_id INTEGER NOT NULL,    -- whose preferred channel moved\n"
    "  from_channel TEXT,               -- NULL = the sequence's order\n"
    "  to_channel TEXT,                 -- NULL = back to the sequence's order\n"
    "  reason TEXT NOT NULL,            -- a sentence\n"
    "  message_id INTEGER NOT NULL,     -- evidence, 0 = a person's command\n"
    "  at INTEGER NOT NULL,             -- when\n"
    "  undone_by TEXT,                  -- who took it back, NULL = stands\n"
    "  undone_at INTEGER,               -- when\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE INDEX switch_of_prospect ON switch(slot, prospect_id, at);\n",

    "CREATE TABLE task(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  id INTEGER NOT NULL,             -- ta_...\n"
    "  prospect_id INTEGER NOT NULL,    -- for whom\n"
    "  touch_id INTEGER NOT NULL,       -- the touch it carries out or is about, 0 = none\n"
    "  enrollment_id INTEGER NOT NULL,  -- 0 = none\n"
    "  kind TEXT NOT NULL,              -- call, letter, held, wrong_person, review...\n"
    "  text TEXT NOT NULL,              -- the brief, or what is missing\n"
    "  state TEXT NOT NULL,             -- open, done\n"
    "  disposition TEXT,                -- what came of it\n"
    "  created_at INTEGER NOT NULL,     -- when opened\n"
    "  done_at INTEGER,                 -- when settled\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE INDEX task_open ON task(created_at) WHERE state = 'open';\n"
    "CREATE INDEX task_of_prospect ON task(slot, prospect_id) WHERE state = 'open';\n",

    "CREATE TABLE sender_state(\n"
    "  sender TEXT NOT NULL,            -- section name in heed.conf\n"
    "  next_free_ms INTEGER NOT NULL,   -- pace: earliest next touch\n"
    "  day INTEGER NOT NULL,            -- day number (sender's zone) sent_today counts\n"
    "  sent_today INTEGER NOT NULL,     -- granted on that day\n"
    "  paused_until INTEGER NOT NULL,   -- 0 = not paused\n"
    "  reason TEXT,                     -- why paused\n"
    "  PRIMARY KEY(sender)) STRICT;\n",

    "CREATE TABLE mailbox_state(\n"
    "  mailbox TEXT NOT NULL,           -- section name in heed.conf\n"
    "  uidvalidity INTEGER NOT NULL,    -- of the folder when it was read\n"
    "  uid INTEGER NOT NULL,            -- last one stored\n"
    "  PRIMARY KEY(mailbox)) STRICT;\n",
    NULL,
};

static const char *const what_follows[] = {
    "CREATE TABLE new_message(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's; of an unknown sender: hash of their "
    "address\n"
    "  id INTEGER NOT NULL,             -- me_...\n"
    "  prospect_id INTEGER NOT NULL,    -- 0 = nobody matched\n"
    "  channel TEXT NOT NULL,           -- where it arrived\n"
    "  sender TEXT,                     -- our account it arrived at\n"
    "  kind TEXT NOT NULL,              -- reply_kind: human, auto_reply, bounce, receipt, "
    "complaint...\n"
    "  touch_id INTEGER NOT NULL,       -- the touch it is credited to, 0 = none\n"
    "  enrollment_id INTEGER NOT NULL,  -- of that touch, 0 = none\n"
    "  via TEXT NOT NULL,               -- how it was matched\n"
    "  confidence TEXT NOT NULL,        -- certain, likely, ambiguous, review, none\n"
    "  from_address TEXT,               -- who wrote\n"
    "  from_name TEXT,                  -- as they call themselves\n"
    "  subject TEXT,                    -- of a mail\n"
    "  text TEXT NOT NULL,              -- own words, without quotes and signature\n"
    "  external_id TEXT,                -- Message-ID, or the provider's id: to answer in the "
    "thread\n"
    "  opt_out TEXT,                    -- address, channel, everything; NULL = none\n"
    "  rules TEXT,                      -- rules that fired, separated by commas\n"
    "  inbound_id INTEGER NOT NULL,     -- the raw bytes\n"
    "  state TEXT NOT NULL,             -- open: needs a person; done\n"
    "  at INTEGER NOT NULL,             -- when it arrived\n"
    "  labels TEXT,                     -- what they want, separated by commas: question,not_now; "
    "NULL = nothing\n"
    "  lead TEXT,                       -- the label that decides; NULL = none\n"
    "  sentiment TEXT,                  -- positive, negative, neutral; NULL = not a person's\n"
    "  when_at INTEGER,                 -- the moment they name for the next contact, NULL = none\n"
    "  when_words TEXT,                 -- the words it was read from\n"
    "  wish TEXT,                       -- where they want to be answered, as words; NULL = not "
    "said\n"
    "  relabelled_at INTEGER,           -- when a person corrected the reading, NULL = never\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n",
    "INSERT INTO new_message(slot, id, prospect_id, channel, sender, kind, touch_id, "
    "enrollment_id, "
    "via, confidence, from_address, from_name, subject, text, external_id, "
    "opt_out, rules, inbound_id, state, at"
    ") SELECT slot, id, prospect_id, channel, sender, kind, touch_id, enrollment_id, "
    "via, confidence, from_address, from_name, subject, text, external_id, "
    "opt_out, rules, inbound_id, state, at FROM message;\n",
    "DROP TABLE message;\n"
    "ALTER TABLE new_message RENAME TO message;\n",
    "CREATE INDEX message_of_prospect ON message(slot, prospect_id, at);\n"
    "CREATE INDEX message_open ON message(at) WHERE state = 'open';\n",

    "CREATE TABLE new_prospect(\n"
    "  slot INTEGER NOT NULL,           -- hash of the first address, stored once\n"
    "  id INTEGER NOT NULL,             -- pr_...\n"
    "  first_name TEXT,                 -- as imported\n"
    "  last_name TEXT,                  -- as imported\n"
    "  company TEXT,                    -- where they work\n"
    "  title TEXT,                      -- job title\n"
    "  city TEXT,                       -- as imported\n"
    "  country TEXT,                    -- as imported\n"
    "  zone TEXT,                       -- IANA zone, NULL = the workspace's\n"
    "  fields TEXT,                     -- custom fields, a JSON object, NULL = none\n"
    "  preferred_channel TEXT,          -- the channel now followed, NULL = the sequence's order\n"
    "  preferred_message_id INTEGER,    -- me_...: the reply that earned it\n"
    "  preferred_at INTEGER,            -- since when\n"
    "  pinned_channel TEXT,             -- fixed by a person, NULL = not\n"
    "  wish_channel TEXT,               -- asked for by the prospect, NULL = nothing\n"
    "  wish_once INTEGER NOT NULL,      -- 1: only for the next touch\n"
    "  avoid TEXT,                      -- channels they asked to avoid, separated by commas\n"
    "  opted_out_at INTEGER,            -- from everything, NULL = not\n"
    "  created_at INTEGER NOT NULL,     -- when imported\n"
    "  updated_at INTEGER NOT NULL,     -- last change of any column\n"
    "  wish_message_id INTEGER,         -- me_...: where they said so, NULL = a person noted it\n"
    "  wish_only INTEGER,               -- 1: by no other channel than wish_channel\n"
    "  rest_until INTEGER,              -- they said no: into no other sequence before, NULL = "
    "free\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n",
    "INSERT INTO new_prospect(slot, id, first_name, last_name, company, title, city, country, "
    "zone, "
    "fields, preferred_channel, preferred_message_id, preferred_at, "
    "pinned_channel, wish_channel, wish_once, avoid, opted_out_at, "
    "created_at, updated_at"
    ") SELECT slot, id, first_name, last_name, company, title, city, country, zone, "
    "fields, preferred_channel, preferred_message_id, preferred_at, "
    "pinned_channel, wish_channel, wish_once, avoid, opted_out_at, "
    "created_at, updated_at FROM prospect;\n",
    "DROP TABLE prospect;\n"
    "ALTER TABLE new_prospect RENAME TO prospect;\n",

    "CREATE TABLE new_task(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  id INTEGER NOT NULL,             -- ta_...\n"
    "  prospect_id INTEGER NOT NULL,    -- for whom\n"
    "  touch_id INTEGER NOT NULL,       -- the touch it carries out or is about, 0 = none\n"
    "  enrollment_id INTEGER NOT NULL,  -- 0 = none\n"
    "  kind TEXT NOT NULL,              -- call, letter, held, wrong_person, review...\n"
    "  text TEXT NOT NULL,              -- the brief, or what is missing\n"
    "  state TEXT NOT NULL,             -- open, done\n"
    "  disposition TEXT,                -- what came of it\n"
    "  created_at INTEGER NOT NULL,     -- when opened\n"
    "  done_at INTEGER,                 -- when settled\n"
    "  message_id INTEGER,              -- me_...: whose words opened it, NULL = nobody's\n"
    "  due_at INTEGER,                  -- when to do it, NULL = now\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n",
    "INSERT INTO new_task(slot, id, prospect_id, touch_id, enrollment_id, kind, text, state, "
    "disposition, created_at, done_at"
    ") SELECT slot, id, prospect_id, touch_id, enrollment_id, kind, text, state, "
    "disposition, created_at, done_at FROM task;\n",
    "DROP TABLE task;\n"
    "ALTER TABLE new_task RENAME TO task;\n",
    "CREATE INDEX task_open ON task(created_at) WHERE state = 'open';\n"
    "CREATE INDEX task_of_prospect ON task(slot, prospect_id) WHERE state = 'open';\n",

    "CREATE TABLE new_address(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's\n"
    "  prospect_id INTEGER NOT NULL,    -- whose\n"
    "  kind TEXT NOT NULL,              -- 'email', 'phone', 'telegram'...\n"
    "  key TEXT NOT NULL,               -- canonical form, as compared\n"
    "  value TEXT NOT NULL,             -- as written to\n"
    "  home INTEGER NOT NULL,           -- hash of the key: slot of its identity and suppressions\n"
    "  rank INTEGER NOT NULL,           -- 0 = the first of its kind\n"
    "  source TEXT NOT NULL,            -- 'import', 'reply', 'person'\n"
    "  consent TEXT,                    -- 'given', 'refused', NULL = unknown\n"
    "  created_at INTEGER NOT NULL,     -- when it became known\n"
    "  message_id INTEGER,              -- me_...: where they named it, NULL = otherwise known\n"
    "  PRIMARY KEY(slot, prospect_id, kind, key)) STRICT, WITHOUT ROWID;\n",
    "INSERT INTO new_address(slot, prospect_id, kind, key, value, home, rank, source, consent, "
    "created_at"
    ") SELECT slot, prospect_id, kind, key, value, home, rank, source, consent, "
    "created_at FROM address;\n",
    "DROP TABLE address;\n"
    "ALTER TABLE new_address RENAME TO address;\n",

    "CREATE TABLE trace(\n"
    "  slot INTEGER NOT NULL,           -- the prospect's; of an unknown sender: the message's\n"
    "  id INTEGER NOT NULL,             -- tr_...\n"
    "  prospect_id INTEGER NOT NULL,    -- whom it befell, 0 = nobody we know\n"
    "  message_id INTEGER NOT NULL,     -- me_...: whose words\n"
    "  kind TEXT NOT NULL,              -- hold, exit, switch, wish, suppress, task...\n"
    "  about INTEGER NOT NULL,          -- the row it changed: en_..., ta_..., sw_..., to_...; 0\n"
    "  what TEXT NOT NULL,              -- for people\n"
    "  was TEXT,                        -- how it was before, as JSON: to take it back\n"
    "  at INTEGER NOT NULL,             -- when\n"
    "  undone_by TEXT,                  -- who took it back, NULL = stands\n"
    "  undone_at INTEGER,               -- when\n"
    "  PRIMARY KEY(slot, id)) STRICT;\n"
    "CREATE INDEX trace_of_message ON trace(message_id);\n"
    "CREATE INDEX trace_of_prospect ON trace(slot, prospect_id, at);\n",
    NULL,
};

static const char *const hints[] = {
    "CREATE TABLE hint(\n"
    "  slot INTEGER NOT NULL,           -- hash of the key\n"
    "  kind TEXT NOT NULL,              -- 'alias': canonical form of an e-mail address that "
    "differs from it;\n"
    "                                   -- 'domain': a company's, of an e-mail address\n"
    "  key TEXT NOT NULL,               -- that form, or that domain\n"
    "  prospect_id INTEGER NOT NULL,    -- who had such an address when it was added\n"
    "  prospect_slot INTEGER NOT NULL,  -- where that prospect lives\n"
    "  PRIMARY KEY(slot, kind, key, prospect_id)) STRICT, WITHOUT ROWID;\n",
    NULL,
};

static const char *const inbound_rests[] = {
    "CREATE TABLE inbound_rest(\n"
    "  slot INTEGER NOT NULL,           -- the inbound's\n"
    "  id INTEGER NOT NULL,             -- the inbound whose raw bytes go on here\n"
    "  part INTEGER NOT NULL,           -- 1, 2, ... in this order\n"
    "  bytes BLOB NOT NULL,             -- at most INBOUND_RAW_BYTES\n"
    "  PRIMARY KEY(slot, id, part)) STRICT;\n",
    NULL,
};

#define TRACE_COLUMNS                                                                              \
    "  slot INTEGER NOT NULL,           -- the message's\n"                                        \
    "  message_id INTEGER NOT NULL,     -- me_...: whose words\n"                                  \
    "  id INTEGER NOT NULL,             -- tr_...\n"                                               \
    "  prospect_id INTEGER NOT NULL,    -- whom it befell, 0 = nobody we know\n"                   \
    "  kind TEXT NOT NULL,              -- hold, exit, switch, wish, suppress, task...\n"          \
    "  about INTEGER NOT NULL,          -- the row it changed: en_..., ta_..., sw_..., to_...; "   \
    "0\n"                                                                                          \
    "  what TEXT NOT NULL,              -- for people\n"                                           \
    "  was TEXT,                        -- how it was before, as JSON: to take it back\n"          \
    "  at INTEGER NOT NULL,             -- when\n"                                                 \
    "  undone_by TEXT,                  -- who took it back, NULL = stands\n"                      \
    "  undone_at INTEGER,               -- when\n"

/* In the order of its key all traces of a message lie side by side: one page is written for them, and one is read. */
static const char *const traces_by_message[] = {
    "CREATE TABLE new_trace(\n" TRACE_COLUMNS
    "  PRIMARY KEY(slot, message_id, id)) STRICT, WITHOUT ROWID;\n",
    "INSERT INTO new_trace(slot, message_id, id, prospect_id, kind, about, what, was, at, "
    "undone_by, undone_at"
    ") SELECT message_id >> 10 & 4095, message_id, id, prospect_id, kind, about, what, was, at, "
    "undone_by, undone_at FROM trace;\n",
    "DROP TABLE trace;\n"
    "ALTER TABLE new_trace RENAME TO trace;\n",
    "CREATE INDEX trace_soft_bounce ON trace(slot, prospect_id, at) WHERE kind = 'soft_bounce';\n",
    NULL,
};

/* An id begins with its time: what is written together lies together, and is read together. With the slot first, each message's
 * traces dirtied a page of their own, which was a third of what a flood of answers wrote. */
static const char *const traces_by_time[] = {
    "CREATE TABLE new_trace(\n" TRACE_COLUMNS
    "  PRIMARY KEY(message_id, id, slot)) STRICT, WITHOUT ROWID;\n",
    "INSERT INTO new_trace(slot, message_id, id, prospect_id, kind, about, what, was, at, "
    "undone_by, undone_at"
    ") SELECT slot, message_id, id, prospect_id, kind, about, what, was, at, "
    "undone_by, undone_at FROM trace ORDER BY message_id, id;\n",
    "DROP TABLE trace;\n"
    "ALTER TABLE new_trace RENAME TO trace;\n",
    "CREATE INDEX trace_soft_bounce ON trace(slot, prospect_id, at) WHERE kind = 'soft_bounce';\n",
    NULL,
};

const struct migration migrations[] = {
    { 1, "first schema", first_schema },
    { 2, "what follows from a message", what_follows },
    { 3, "hints whose an e-mail is", hints },
    { 4, "the rest of long inbounds", inbound_rests },
    { 5, "traces by message", traces_by_message },
    { 6, "traces by time", traces_by_time },
    { 0, NULL, NULL },
};
