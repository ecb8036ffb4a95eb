#!/usr/bin/env node
/**
 * Records what a real bash 5.2 shows on a real terminal after the keys of each case of `bash.keys`, as `bash.golden`: the screen's text and the
 * cursor. Needs node-pty, and user namespaces for a home of its own: `node test/screens/record.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import headless from '@xterm/headless';
import pty from 'node-pty';
import { SIZE, casesOf, keysOf, screenOf, withoutPids } from './cases.mjs';

const HERE = new URL('.', import.meta.url);
/** Nothing was shown for so long: it waits for keys. */
const QUIET_MS = 400;
/** A busy machine is slow: a screen counts when it came out twice. */
const TRIES = 8;
const SETUP = `hostname node-1; mount -t tmpfs tmpfs /root; mount -t tmpfs tmpfs /tmp
echo 'PS1="\\u@\\h:\\w\\\\$ "' > /root/.profile; cd /root
exec env -i HOME=/root USER=root TERM=xterm-256color LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -il`;

/** @param {readonly string[]} lines */
async function record(lines) {
  const child = pty.spawn('unshare', ['-Urnmpu', '--fork', '--mount-proc', 'bash', '-c', SETUP], {
    name: 'xterm-256color',
    cols: SIZE.columns,
    rows: SIZE.rows,
  });
  const terminal = new headless.Terminal({ cols: SIZE.columns, rows: SIZE.rows, scrollback: 200, allowProposedApi: true });
  let heardMs = performance.now();
  child.onData((/** @type {string} */ data) => {
    heardMs = performance.now();
    terminal.write(data);
  });
  const quiet = async () => {
    do await pause(50);
    while (performance.now() - heardMs < QUIET_MS);
  };
  while (!screenOf(terminal).includes('# ')) await quiet();
  for (const line of lines) {
    const step = keysOf(line);
    if (step.waitMs !== undefined) await pause(step.waitMs);
    else if (step.size) {
      child.resize(step.size.columns, step.size.rows);
      terminal.resize(step.size.columns, step.size.rows);
    } else child.write(step.keys);
    await quiet();
  }
  child.kill('SIGKILL');
  return screenOf(terminal);
}

/** @param {string} title @param {readonly string[]} lines */
async function steady(title, lines) {
  const seen = new Set();
  for (let i = 0; i < TRIES; i++) {
    const screen = withoutPids(await record(lines));
    if (seen.has(screen)) return screen;
    seen.add(screen);
  }
  throw new Error(`${title}: no screen came out twice`);
}

/** With `new` only cases without a screen are recorded. */
const known = new Map(
  process.argv[2] === 'new' ? casesOf(readFileSync(new URL('bash.golden', HERE), 'utf8')).map(({ title, lines }) => [title, lines.join('\n')]) : [],
);
const golden = [];
for (const { title, lines } of casesOf(readFileSync(new URL('bash.keys', HERE), 'utf8')))
  golden.push(`#### ${title}\n${known.get(title) ?? (await steady(title, lines))}\n`);
writeFileSync(new URL('bash.golden', HERE), golden.join(''));
process.exit(0);
