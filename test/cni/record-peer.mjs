#!/usr/bin/env node
/**
 * `test/cni/record-peer.mjs FILE [--only TEXT | --missing]`: runs the cases of FILE (shared/cni/golden/*.json) with the real plugins (Debian's
 * containernetworking-plugins) in private namespaces of a stock Debian kernel (test/oracle/guest) and writes what they answered and left
 * behind into FILE. A case: `name`, `setup` (shell, before), `steps` (`plugin`, `command`, `env`, `stdin`; `"prevResult":"@1"` stands for what
 * step 1 printed), `show` (commands whose output is kept beside the usual ones).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [file, flag, only = ''] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: record-peer.mjs FILE [--only TEXT | --missing]');
  process.exit(2);
}
const LEASES = 'for f in /var/lib/cni/networks/net/*; do [ -f "$f" ] && case $f in */lock) ;; *) echo "$f: $(cat $f)";; esac; done; true';
const STATE = [
  'ip -o link show',
  'ip -o addr show',
  'ip route',
  'bridge link',
  'ip -n a -o addr show',
  'ip -n a route',
  "iptables-save | grep -v '^#'",
  LEASES,
];

/** @typedef {{ plugin: string, command: string, env: Record<string, string>, stdin: string, stdout?: string, status?: number }} Step */
/** @typedef {{ name: string, setup?: string, steps: Step[], show?: string[], state?: Record<string, string> }} Case */
const cases = /** @type {Case[]} */ (JSON.parse(readFileSync(file, 'utf8')));
const chosen = cases.filter(({ name, state }) => (flag === '--missing' ? !state : name.includes(only)));

const quote = (/** @type {string} */ text) => `'${text.replaceAll("'", `'\\''`)}'`;
/** @param {Step} step @param {number} index */
const stepScript = ({ plugin, command, env, stdin }, index) => {
  const all = { CNI_COMMAND: command, CNI_CONTAINERID: 'cont', CNI_NETNS: '/run/netns/a', CNI_IFNAME: 'eth0', CNI_PATH: '/usr/lib/cni', ...env };
  const assignments = Object.entries(all).map(([key, value]) => `${key}=${quote(value)}`);
  const previous = /"prevResult":\s*"@(\d+)"/.exec(stdin)?.[1];
  return `printf '%s' ${quote(stdin)} > /tmp/in
${previous === undefined ? '' : `jq -c --slurpfile r /tmp/out${previous} '.prevResult = $r[0]' /tmp/in > /tmp/in2; mv /tmp/in2 /tmp/in`}
env ${assignments.join(' ')} /usr/lib/cni/${plugin} < /tmp/in > /tmp/out${index + 1} 2>/tmp/errors; status=$?
emit "$status" < /tmp/out${index + 1}`;
};
const caseScript = (/** @type {Case} */ { setup = '', steps, show = [] }) => `
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /tmp; mount -t tmpfs tmpfs /var/lib; mount -t proc proc /proc; mount -t sysfs sysfs /sys
emit() { printf 'RECORD %s %s\\n' "$1" "$(base64 -w0)"; }
ip link set lo up; ip netns add a; ip netns add b
${setup}
${steps.map(stepScript).join('\n')}
sleep 2.5
${[...STATE, ...show].map((command) => `{ ${command}\n} 2>&1 | emit state`).join('\n')}`;

/** One boot for so many cases. */
const BATCH = 12;
for (let from = 0; from < chosen.length; from += BATCH) {
  record(chosen.slice(from, from + BATCH));
  writeFileSync(file, `${JSON.stringify(cases, null, 2)}\n`);
  console.log(`${Math.min(from + BATCH, chosen.length)} of ${chosen.length} cases recorded`);
}

/** Runs cases and keeps in them what they printed. @param {Case[]} batch */
function record(batch) {
  const scratch = mkdtempSync(join(tmpdir(), 'record-peer-'));
  const script = join(scratch, 'script.sh');
  const runs = batch.map((one) => `unshare --net --mount --fork bash -c ${quote(caseScript(one))} 2>/dev/null; echo END`);
  writeFileSync(script, `# guest\n# oracle-prelude\n${runs.join('\n')}\n`);
  const env = { ...process.env, REAL_LIMIT: '500' };
  const { stdout, stderr } = spawnSync(join(here, '../oracle/real'), [script], { encoding: 'utf8', maxBuffer: 64 << 20, env });
  rmSync(scratch, { recursive: true });
  const parts = stdout.split('END\n');
  if (parts.length !== batch.length + 1)
    throw new Error(`only ${parts.length - 1} of ${batch.length} cases came to their end\n${stdout.slice(-2000)}${stderr}`);
  for (const [index, one] of batch.entries()) {
    const records = [.../** @type {string} */ (parts[index]).matchAll(/^RECORD (\S+) (\S*)$/gm)].map(([, status = '', data = '']) => ({
      status,
      text: Buffer.from(data, 'base64').toString('latin1'),
    }));
    const commands = [...STATE, ...(one.show ?? [])];
    if (records.length !== one.steps.length + commands.length) throw new Error(`${one.name}: ${parts[index]}`);
    for (const [number, step] of one.steps.entries()) Object.assign(step, { stdout: records[number]?.text, status: Number(records[number]?.status) });
    one.state = Object.fromEntries(commands.map((command, number) => [command, records[one.steps.length + number]?.text ?? '']));
  }
}
