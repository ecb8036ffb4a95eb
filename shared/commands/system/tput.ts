/** tput, reset and tset of ncurses 6.4: what the terminals that a lab has, and those that scripts name, are written to. */
import type { Bytes } from '../../base/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

const ESC = '\x1b';
/** Strings of xterm and its kin; `dumb` has none of them. */
const STRINGS: Readonly<Record<string, string>> = {
  ...{ bold: `${ESC}[1m`, dim: `${ESC}[2m`, sitm: `${ESC}[3m`, ritm: `${ESC}[23m`, smul: `${ESC}[4m`, rmul: `${ESC}[24m`, blink: `${ESC}[5m` },
  ...{ rev: `${ESC}[7m`, smso: `${ESC}[7m`, rmso: `${ESC}[27m`, invis: `${ESC}[8m`, sgr0: `${ESC}(B${ESC}[m`, op: `${ESC}[39;49m` },
  ...{ el: `${ESC}[K`, el1: `${ESC}[1K`, ed: `${ESC}[J`, home: `${ESC}[H`, civis: `${ESC}[?25l`, cnorm: `${ESC}[?12l${ESC}[?25h`, cvvis: `${ESC}[?12;25h` },
  ...{
    sc: `${ESC}7`,
    rc: `${ESC}8`,
    smcup: `${ESC}[?1049h${ESC}[22;0;0t`,
    rmcup: `${ESC}[?1049l${ESC}[23;0;0t`,
    cuu1: `${ESC}[A`,
    cub1: '\b',
    cuf1: `${ESC}[C`,
  },
  ...{ cud1: '\n', cr: '\r', ind: '\n', bel: '\x07', smkx: `${ESC}[?1h${ESC}=`, rmkx: `${ESC}[?1l${ESC}>`, il1: `${ESC}[L`, dl1: `${ESC}[M`, dch1: `${ESC}[P` },
  ...{ kcuu1: `${ESC}OA`, kcud1: `${ESC}OB`, kcuf1: `${ESC}OC`, kcub1: `${ESC}OD`, khome: `${ESC}OH`, kend: `${ESC}OF`, flash: `${ESC}[?5h$<100/>${ESC}[?5l` },
};
const colour = (base: number, bright: number, extended: number, n: number): string =>
  n < 8 ? `${ESC}[${base + n}m` : n < 16 ? `${ESC}[${bright + n - 8}m` : `${ESC}[${extended};5;${n}m`;
const PARAMETRIC: Readonly<Record<string, (a: number, b: number) => string>> = {
  cup: (row, column) => `${ESC}[${row + 1};${column + 1}H`,
  hpa: (column) => `${ESC}[${column + 1}G`,
  vpa: (row) => `${ESC}[${row + 1}d`,
  setaf: (n) => colour(30, 90, 38, n),
  setab: (n) => colour(40, 100, 48, n),
  ...Object.fromEntries(
    (['cuu', 'cud', 'cuf', 'cub', 'dl', 'il', 'ech', 'dch', 'ich'] as const).map((name, i) => [name, (n: number) => `${ESC}[${n}${'ABCDMLXP@'[i]!}`]),
  ),
};
const FLAGS: Readonly<Record<string, boolean>> = { am: true, bce: true, xenl: true, km: true, mir: true, msgr: true, hs: false, in: false, os: false };

/** How many colours it has; undefined for a terminal that nobody knows. */
export function coloursOf(term: Bytes): number | undefined {
  if (term === 'dumb' || /^vt\d/.test(term)) return -1;
  if (/^(xterm|screen|tmux|rxvt|linux|ansi|konsole|putty)$/.test(term)) return 8;
  return /^(xterm|screen|tmux|rxvt-unicode|rxvt|putty)-256color$/.test(term) ? 256 : undefined;
}
const CLEAR = `${ESC}[H${ESC}[2J${ESC}[3J`;
const RESET = `${ESC}c${ESC}]104\x07${ESC}[!p${ESC}[?3;4l${ESC}[4l${ESC}>`;

const TPUT_HELP = `Usage: tput [options] [command]

Options:
  -S <<       read commands from standard input
  -T TERM     use this instead of $TERM
  -V          print curses-version
  -x          do not try to clear scrollback

Commands:
  clear       clear the screen
  init        initialize the terminal
  reset       reinitialize the terminal
  capname     unlike clear/init/reset, print value for capability "capname"
`;
const TPUT: readonly OptionSpec<'stdin' | 'term' | 'version' | 'keep'>[] = [
  { id: 'stdin', short: 'S', argument: 'none', help: 'read commands from standard input' },
  { id: 'term', short: 'T', argument: 'required', value: 'TERM', help: 'use this instead of $TERM' },
  { id: 'version', short: 'V', argument: 'none', help: 'print curses-version' },
  { id: 'keep', short: 'x', argument: 'none', help: 'do not try to clear scrollback' },
];
const TPUT_DECLARATION: Declaration = {
  synopsis: '[options] [command]',
  options: TPUT.map(({ short, value, help }) => ({ names: [`-${short}`], value, help })),
  commands: [...Object.keys(STRINGS), ...Object.keys(PARAMETRIC), ...Object.keys(FLAGS), 'cols', 'lines', 'colors', 'clear', 'init', 'reset', 'longname'].map(
    (name) => ({ name }),
  ),
};

/** What a command writes; a number is its status. */
function answer(p: Process, term: Bytes, words: readonly Bytes[], keeps: boolean): Bytes | number {
  const [name = '', ...rest] = words;
  const colours = coloursOf(term) ?? -1;
  if (name === 'cols' || name === 'lines') {
    const env = p.getenv(name === 'cols' ? 'COLUMNS' : 'LINES');
    const size = [1, 2, 0].map((fd) => p.fds.get(fd)?.control({ kind: 'tty.get-size' }, p)).find((found) => found?.ok);
    const window = size?.ok ? (size.value as { readonly columns: number; readonly rows: number }) : { columns: 80, rows: 24 };
    return `${env !== undefined && /^[1-9]\d*$/.test(env) ? env : name === 'cols' ? window.columns : window.rows}\n`;
  }
  if (name === 'colors') return `${colours}\n`;
  if (name === 'longname') return term;
  if (Object.hasOwn(FLAGS, name)) return FLAGS[name] && (term !== 'dumb' || name === 'am') ? 0 : 1;
  const isDumb = term === 'dumb';
  const isKnown = name === 'clear' || name === 'init' || name === 'reset' || Object.hasOwn(STRINGS, name) || Object.hasOwn(PARAMETRIC, name);
  if (!isKnown) return 4;
  if (isDumb) return name === 'bel' ? '\x07' : name === 'cr' ? '\r' : name === 'cud1' || name === 'ind' ? '\n' : name === 'init' || name === 'reset' ? '' : 1;
  if (name === 'clear') return keeps ? CLEAR.slice(0, -4) : CLEAR;
  if (name === 'init') return `${ESC}[!p${ESC}[?3;4l${ESC}[4l${ESC}>`;
  if (name === 'reset') return RESET;
  const parametric = PARAMETRIC[name];
  return parametric ? parametric(Number(rest[0] ?? 0), Number(rest[1] ?? 0)) : (STRINGS[name] ?? '');
}
const tput = declared(TPUT_DECLARATION, function* (p) {
  const { options, operands, error } = parseOptions(p.argv, TPUT, 'posix');
  if (error !== undefined) return (yield* p.error(error + TPUT_HELP), 2);
  const has = (id: string): boolean => options.some((each) => each.id === id);
  if (has('version')) return (yield* p.print('ncurses 6.4.20221231\n'), 0);
  if (operands.length === 0 && !has('stdin')) return (yield* p.error(TPUT_HELP), 2);
  const term = options.findLast(({ id }) => id === 'term')?.argument ?? p.getenv('TERM');
  if (term === undefined || term === '') return yield* p.fail('No value for $TERM and no -T specified', 2);
  if (coloursOf(term) === undefined) return yield* p.fail(`unknown terminal "${term}"`, 3);
  const lines: (readonly Bytes[])[] = [];
  if (has('stdin')) {
    const all = yield* p.readAll(0);
    lines.push(...(all.ok ? all.value : '').split('\n').map((line) => line.split(/\s+/).filter((word) => word !== '')));
  } else for (let rest = operands; rest.length > 0; rest = rest.slice(arity(rest[0]!))) lines.push(rest.slice(0, arity(rest[0]!)));
  let status = 0;
  for (const words of lines.filter((line) => line.length > 0)) {
    const found = answer(p, term, words, has('keep'));
    if (found === 4) return yield* p.fail(`unknown terminfo capability '${words[0] ?? ''}'`, 4);
    if (typeof found === 'number') status = found;
    else yield* p.print(found);
  }
  return status;
});
const arity = (name: Bytes): number => (Object.hasOwn(PARAMETRIC, name) ? (name === 'cup' ? 3 : 2) : 1);

const RESET_OPTIONS: readonly OptionSpec[] = 'c q r s V w I'.split(' ').map((short) => ({ id: short, short, argument: 'none' }));
function* resetTerminal(p: Process): Sys<number> {
  const { options, operands, error } = parseOptions(p.argv, RESET_OPTIONS);
  if (error !== undefined) return (yield* p.error(`${error}Usage: ${p.name} [options] [terminal]\n`), 1);
  if (options.some(({ id }) => id === 'V')) return (yield* p.print('ncurses 6.4.20221231\n'), 0);
  const term = operands[0] ?? p.getenv('TERM') ?? 'unknown';
  if (options.some(({ id }) => id === 'q')) return (yield* p.print(`${term}\n`), 0);
  if (coloursOf(term) === undefined) return (yield* p.error(`${p.name}: unknown terminal type ${term}\n`), 1);
  if (![0, 1, 2].some((fd) => p.isTerminal(fd))) return (yield* p.error(`${p.name}: standard error: Inappropriate ioctl for device\n`), 1);
  if (p.name === 'reset' && term !== 'dumb') yield* p.error(RESET);
  return 0;
}
const resetting = (): Program =>
  declared({ synopsis: '[options] [terminal]', options: RESET_OPTIONS.map(({ short }) => ({ names: [`-${short}`] })) }, resetTerminal);
export const TERMINAL_TOOLS: Readonly<Record<string, Program>> = { tput, reset: resetting(), tset: resetting() };
