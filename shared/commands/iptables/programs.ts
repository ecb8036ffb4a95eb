/** The iptables programs of a machine: they read their input, run on the rules of their process's namespace, and print. */
import type { Bytes } from '../../base/index.ts';
import { strerror } from '../../base/index.ts';
import { netfilterOf, type Family, type Netns } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { declared } from '../declaration.ts';
import { IPTABLES_DECLARATION, RESTORE_DECLARATION, SAVE_DECLARATION } from './declaration.ts';
import { civilOf, twoDigits } from '../names/civil.ts';
import { parseRestore, runIptables, runRestore, runSave, type Outcome, type Surroundings } from './run.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** ctime(3) in UTC, with its newline. */
function ctime(unixUs: number): string {
  const { year, month, day, hour, minute, second, weekday } = civilOf(unixUs);
  return `${DAYS[weekday]} ${MONTHS[month - 1]} ${`${day}`.padStart(2)} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)} ${year}\n`;
}

const surroundings = (p: Process, family: Family): Surroundings => surroundingsIn(netnsOf(p), family, p.unixUs);
function surroundingsIn(netns: Netns, family: Family, unixUs: number): Surroundings {
  const netfilter = netfilterOf(netns);
  return {
    ruleset: netfilter.ruleset(family),
    lookupSet(name) {
      const set = netfilter.sets.sets.get(name);
      if (!set) return undefined;
      return { family: set.type === 'list:set' || set.type === 'bitmap:port' ? 'any' : set.options.family };
    },
    calendar: ctime(unixUs),
  };
}

/** `iptables-restore -c --noflush` without a process: its exit status, and what it complained of. */
export function restoreRules(netns: Netns, family: Family, input: Bytes): { readonly status: number; readonly errors: string } {
  const options = { counters: true, verbose: 0, test: false, noflush: true, table: undefined };
  const { output, status } = runRestore(input, options, family, surroundingsIn(netns, family, netns.simulation.unixUs));
  return { status, errors: output.map(({ text }) => text).join('') };
}

function* pour(p: Process, outcome: Outcome): Sys<number> {
  for (const { fd, text } of outcome.output) {
    if (fd === 1) yield* p.print(text);
    else yield* p.error(text);
  }
  return outcome.status;
}

const iptables = (family: Family): Program =>
  function* (p) {
    return yield* pour(p, runIptables(p.argv, family, surroundings(p, family)));
  };

const save = (family: Family): Program =>
  function* (p) {
    const outcome = runSave(p.argv, family, surroundings(p, family));
    if (outcome.file === undefined) return yield* pour(p, outcome);
    const file = yield* p.open(outcome.file, { write: true, create: true, truncate: true });
    if (!file.ok) {
      yield* p.error(`Failed to open file, error: ${strerror(file.error)}\n`);
      return 1;
    }
    for (const { fd, text } of outcome.output) yield* p.write(fd === 1 ? file.value : 2, text);
    p.close(file.value);
    return outcome.status;
  };

function* readInput(p: Process, path: Bytes | undefined): Sys<{ readonly text: Bytes } | { readonly status: number }> {
  let fd = 0;
  if (path !== undefined) {
    const file = yield* p.open(path, { read: true });
    if (!file.ok) {
      yield* p.error(`Can't open ${path}: ${strerror(file.error)}\n`);
      return { status: 1 };
    }
    fd = file.value;
  }
  const text = yield* p.readAll(fd);
  return { text: text.ok ? text.value : '' };
}
const restore = (family: Family): Program =>
  function* (p) {
    const parsed = parseRestore(p.argv, family);
    if ('status' in parsed) return yield* pour(p, parsed);
    const input = yield* readInput(p, parsed.file);
    if ('status' in input) return input.status;
    return yield* pour(p, runRestore(input.text, parsed.options, family, surroundings(p, family)));
  };

const ORIGIN = 'iptables 1.8.9';
const install = (name: string, main: Program): InstalledProgram => ({ path: `/usr/sbin/${name}`, main, origin: ORIGIN });
const family = (prefix: string, kind: Family): InstalledProgram[] =>
  ['', '-nft'].flatMap((suffix) => [
    install(`${prefix}${suffix}`, declared(IPTABLES_DECLARATION, iptables(kind))),
    install(`${prefix}${suffix}-save`, declared(SAVE_DECLARATION, save(kind))),
    install(`${prefix}${suffix}-restore`, declared(RESTORE_DECLARATION, restore(kind))),
  ]);

export const IPTABLES_PROGRAMS: readonly InstalledProgram[] = [...family('iptables', 'ip'), ...family('ip6tables', 'ip6')];
