/**
 * dmesg (util-linux 2.38.1): the kernel's log.
 * Deviation: the kernel of the model logs what rules with the LOG target say, nothing else; `-w` is not modelled.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { kernelLog, type Host, type LogLine } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process } from '../../shell/index.ts';
import { formatDate } from '../coreutils/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { declared, declaredOptions } from '../declaration.ts';

const OPTIONS: readonly OptionSpec[] = [
  { id: 'C', short: 'C', long: 'clear', argument: 'none', help: 'clear the kernel ring buffer' },
  { id: 'c', short: 'c', long: 'read-clear', argument: 'none', help: 'read and clear all messages' },
  { id: 'T', short: 'T', long: 'ctime', argument: 'none', help: 'show human-readable timestamp' },
  { id: 't', short: 't', long: 'notime', argument: 'none', help: "don't show any timestamp with messages" },
  { id: 'x', short: 'x', long: 'decode', argument: 'none', help: 'decode facility and level to readable string' },
  { id: 'r', short: 'r', long: 'raw', argument: 'none', help: 'print the raw message buffer' },
  { id: 'k', short: 'k', long: 'kernel', argument: 'none', help: 'display kernel messages' },
  { id: 'H', short: 'H', long: 'human', argument: 'none', help: 'human readable output' },
  { id: 'P', short: 'P', long: 'nopager', argument: 'none', help: 'do not pipe output into a pager' },
  { id: 'n', short: 'n', long: 'console-level', argument: 'required', help: 'set level of messages printed to console' },
  { id: 'l', short: 'l', long: 'level', argument: 'required', help: 'restrict output to defined levels' },
  { id: 'L', short: 'L', long: 'color', argument: 'optional', help: 'colorize messages' },
  { id: 'w', short: 'w', long: 'follow', argument: 'none', help: 'wait for new messages', isMissing: true },
  { id: 'W', short: 'W', long: 'follow-new', argument: 'none', help: 'wait and print only new messages', isMissing: true },
  { id: 'V', short: 'V', long: 'version', argument: 'none', help: 'display version' },
];
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

/** How many lines of a machine's log were cleared. */
const cleared = new WeakMap<Host, number>();

export const dmesg = declared(
  { synopsis: '[options]', summary: 'Display or control the kernel ring buffer.', options: declaredOptions(OPTIONS) },
  function* (p) {
    const { options, operands, error } = parseOptions(p.argv, OPTIONS);
    if (error !== undefined) return (yield* p.error(`${error}Try 'dmesg --help' for more information.\n`), 1);
    if (operands.length > 0) return (yield* p.error("dmesg: bad usage\nTry 'dmesg --help' for more information.\n"), 1);
    const has = (id: string): boolean => options.some((each) => each.id === id);
    if (has('V')) return (yield* p.print('dmesg from util-linux 2.38.1\n'), 0);
    if (has('w') || has('W')) return yield* p.fail('not modelled: dmesg --follow');
    const wanted = new Set<number>();
    for (const name of options.flatMap(({ id, argument = '' }) => (id === 'l' ? argument.split(',') : []))) {
      const level = LEVELS.indexOf(name);
      if (level < 0) return yield* p.fail(`unknown level '${name}'`);
      wanted.add(level);
    }
    if (p.credentials.euid !== 0) return yield* p.fail(`read kernel buffer failed: ${strerror('EPERM')}`);
    const { host } = netnsOf(p);
    const log = kernelLog(host);
    if (!has('C')) {
      const lines = log.slice(cleared.get(host) ?? 0).filter(({ level }) => wanted.size === 0 || wanted.has(level));
      yield* p.print(lines.map((line) => text(p, line, has)).join(''));
    }
    if (has('C') || has('c')) cleared.set(host, log.length);
    return 0;
  },
);

function text(p: Process, { atUs, level, text: words }: LogLine, has: (id: string) => boolean): Bytes {
  const seconds = (atUs / 1e6).toFixed(6).padStart(12);
  const time = has('t') ? '' : has('T') ? `[${formatDate('%a %b %e %H:%M:%S %Y', p.unixUs - p.nowUs + atUs)}] ` : `[${seconds}] `;
  if (has('r')) return `<${level}>[${seconds}] ${words}\n`;
  return `${has('x') ? `kern  :${(LEVELS[level] ?? '').padEnd(6)}: ` : ''}${time}${words}\n`;
}
