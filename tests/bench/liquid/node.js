// liquidjs and handlebars in the benchmark. Usage: node node.js liquidjs|handlebars CASE FOLDER OUT
// (liquid.py speaks with it, see there)
'use strict';
process.env.TZ = 'UTC';
const fs = require('fs');
const readline = require('readline');

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'];

// What the mails need and handlebars lacks.
const HELPERS = {
  default: (value, other) => value || other,
  eq: (a, b) => a === b,
  ge: (a, b) => a >= b,
  and: (a, b) => a && b,
  inc: (i) => i + 1,
  cap: (text) => text[0].toUpperCase() + text.slice(1),
  trunc: (text, length) => (text.length > length ? text.slice(0, length - 3) + '...' : text),
  ymd: (text) => new Date(text).toISOString().slice(0, 10),
  dmy: (text) => {
    const date = new Date(text);
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  },
};

function liquidjs(name) {
  const { Liquid } = require('liquidjs');
  const engine = new Liquid();
  const template = engine.parse(fs.readFileSync(`${name}.liquid`, 'utf8'));
  return [`liquidjs ${require('liquidjs/package.json').version}`, (data) => engine.renderSync(template, data)];
}

function handlebars(name, kase) {
  const engine = require('handlebars');
  engine.registerHelper(HELPERS);
  const template = engine.compile(fs.readFileSync(`${name}.hbs`, 'utf8'), { noEscape: kase !== 'long' });
  return [`handlebars ${engine.VERSION}`, (data) => template(data)];
}

function cpu() {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
}

const [which, kase, folder, out] = process.argv.slice(2);
const data = JSON.parse(fs.readFileSync(`${folder}/prospects.json`));
const [engine, render] = (which === 'liquidjs' ? liquidjs : handlebars)(`${folder}/${kase}`, kase);
fs.writeFileSync(out, data.map(render).join('\x1e'));
console.log(JSON.stringify({ engine }));
let at = 0;
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const start = cpu();
  let renders = 0;
  let spent = 0;
  while ((spent = cpu() - start) < Number(line)) {
    for (let i = 0; i < 50; i++) {
      render(data[at]);
      at = (at + 1) % data.length;
    }
    renders += 50;
  }
  console.log(JSON.stringify({ renders, cpu_s: spent }));
});
