// The stack a user would write: better-sqlite3 (WAL, synchronous=FULL), a queue table with leases, liquidjs and
// nodemailer's pool. No policy, no flight recorder, no decisions: claim, render, send, record.
// Usage: node sqlite_nodemailer.js prepare STORE PROSPECTS.csv
//        node sqlite_nodemailer.js run STORE TEMPLATE PORT CONNECTIONS each|batch
'use strict';
const fs = require('fs');
const Database = require('better-sqlite3');

const BATCH = 200;
const LEASE_MS = 60000;
const NEVER = 5e12; // ms: after every test

const SCHEMA = `
CREATE TABLE prospect(id INTEGER PRIMARY KEY, email TEXT UNIQUE, first_name TEXT, company TEXT, title TEXT, city TEXT,
  topic TEXT);
CREATE TABLE enrollment(id INTEGER PRIMARY KEY, prospect_id INTEGER NOT NULL, step INTEGER NOT NULL,
  state INTEGER NOT NULL, due_at INTEGER NOT NULL, lease_until INTEGER NOT NULL DEFAULT 0);
CREATE INDEX enrollment_due ON enrollment(due_at) WHERE state = 0;
CREATE TABLE touch(id INTEGER PRIMARY KEY, enrollment_id INTEGER NOT NULL, step INTEGER NOT NULL, channel TEXT NOT NULL,
  sent_at INTEGER NOT NULL, outcome INTEGER NOT NULL, message_id TEXT NOT NULL, UNIQUE(enrollment_id, step));`;

function open(store) {
  const db = new Database(store);
  db.pragma('journal_mode=WAL');
  db.pragma('synchronous=FULL');
  return db;
}

// The CSV is ours: no quotes, no commas inside.
function prepare(store, csv) {
  const db = open(store);
  const rows = fs.readFileSync(csv, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
  db.exec(SCHEMA);
  const person = db.prepare('INSERT INTO prospect VALUES(?, ?, ?, ?, ?, ?, ?)');
  const enrollment = db.prepare('INSERT INTO enrollment VALUES(?, ?, 1, 0, ?, 0)');
  db.transaction(() => rows.forEach((row, i) => {
    person.run(i, ...row);
    enrollment.run(i, i, 1000 + i);
  }))();
  db.close();
}

function readTemplate(path) {
  const { Liquid } = require('liquidjs');
  const engine = new Liquid();
  const [, head, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(fs.readFileSync(path, 'utf8'));
  const subject = engine.parse(/^subject: (.*)$/m.exec(head)[1]);
  const text = engine.parse(body);
  return (data) => ({ subject: engine.renderSync(subject, data), text: engine.renderSync(text, data) });
}

function compose(render, prospect, step) {
  const unsubscribe = `https://example.test/u/${prospect.id}`;
  const { subject, text } = render({ prospect, fields: { topic: prospect.topic }, step: { number: step, count: 3 },
    links: { unsubscribe } });
  return { from: 'Sam Carter <sam@example.test>', to: prospect.email, subject, text,
    messageId: `<t${prospect.id}.${step}@example.test>`, headers: { 'List-Unsubscribe': `<${unsubscribe}>` } };
}

function recorder(db) {
  const insert = db.prepare('INSERT INTO touch(enrollment_id, step, channel, sent_at, outcome, message_id) '
    + "VALUES(?, ?, 'email', ?, 250, ?)");
  const move = db.prepare('UPDATE enrollment SET step = step + 1, due_at = ?, lease_until = 0 WHERE id = ?');
  return db.transaction((results) => results.forEach(([enrollment, info]) => {
    insert.run(enrollment.id, enrollment.step, Date.now(), info.messageId);
    move.run(NEVER, enrollment.id);
  }));
}

// each: a commit for every outcome, as most write it; batch: one for a claimed batch.
async function run(store, template, port, connections, mode) {
  const db = open(store);
  const transport = require('nodemailer').createTransport({ pool: true, host: '127.0.0.1', port: +port, secure: false,
    ignoreTLS: true, maxConnections: +connections, maxMessages: Infinity, name: 'localhost' });
  const render = readTemplate(template);
  const claim = db.prepare('UPDATE enrollment SET lease_until = $until, due_at = $until WHERE id IN (SELECT id FROM '
    + 'enrollment WHERE state = 0 AND due_at <= $now ORDER BY due_at LIMIT $most) RETURNING id, prospect_id, step');
  const load = db.prepare('SELECT * FROM prospect WHERE id = ?');
  const record = recorder(db);
  for (;;) {
    const now = Date.now();
    const claimed = claim.all({ until: now + LEASE_MS, now, most: BATCH });
    const results = [];
    if (!claimed.length) break;
    await Promise.all(claimed.map(async (enrollment) => {
      const info = await transport.sendMail(compose(render, load.get(enrollment.prospect_id), enrollment.step));
      if (mode === 'each') record([[enrollment, info]]);
      else results.push([enrollment, info]);
    }));
    if (results.length) record(results);
  }
  transport.close();
  db.close();
}

const [what, ...words] = process.argv.slice(2);
Promise.resolve({ prepare, run }[what](...words)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
