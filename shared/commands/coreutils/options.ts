/**
 * Options as GNU programs take them (getopt_long(3), permuting): declared once per program; parser, error texts and `--help` come from the table.
 */
import type { Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import type { Declaration } from '../declaration.ts';

export interface GnuOption {
  readonly short?: string;
  readonly long?: string;
  readonly argument?: 'required' | 'optional';
  /** One line of `--help`. */
  readonly help?: string;
  /** The program says "not modelled" when it is given. */
  readonly isMissing?: boolean;
}

export interface GnuUsage {
  /** After the program's name: `[OPTION]... [FILE]...`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly GnuOption[];
  /** Exit status of a usage error; 1 for most. */
  readonly failure?: number;
  /** `GNU sed) 4.9`: who made it and which it is, in `--version`. */
  readonly version?: string;
  /** What is said in front of where help is, for an unknown letter. */
  readonly advice?: (p: Process, wrong: Bytes) => Bytes;
  /** `+`: the first operand ends the options (env, timeout, xargs). */
  readonly stopAtOperand?: boolean;
  /** `head -5`, `tail +3`: what an old-style first argument means, as options. */
  readonly obsolete?: (argument: Bytes) => readonly Bytes[] | undefined;
  /** What is special about its words, put the common way before they are read. */
  readonly rewrite?: (words: readonly Bytes[]) => readonly Bytes[];
  /** What the real program does and this one does not, each a phrase. */
  readonly missing?: readonly string[];
  /** Said in front of where help is, whatever was wrong. */
  readonly intro?: string;
  /** All of its help, where it says that for a wrong option too. */
  readonly help?: string;
}

const HELP_AND_VERSION = [
  { names: ['--help'], help: 'display this help and exit' },
  { names: ['--version'], help: 'output version information and exit' },
];
export const gnuDeclaration = ({ usage, summary, options, missing = [] }: GnuUsage): Declaration => ({
  ...{ synopsis: usage, summary, missing },
  options: [
    ...options.map(({ short, long, argument, help, isMissing = false }) => ({
      ...{ help, isMissing, value: argument && 'ARG', isOptional: argument === 'optional' },
      names: [short === undefined ? '' : `-${short}`, long === undefined ? '' : `--${long}`].filter((name) => name !== ''),
    })),
    ...HELP_AND_VERSION.filter(({ names: [name] }) => !options.some(({ long }) => `--${long}` === name)),
  ],
});

/** Options by long name, or short where there is none; later ones win. */
export interface Parsed {
  readonly options: ReadonlyMap<string, Bytes>;
  /** Every option in order, for programs where order counts. */
  readonly given: readonly (readonly [string, Bytes])[];
  readonly operands: readonly Bytes[];
  has(name: string): boolean;
}

type Outcome =
  { readonly kind: 'parsed'; readonly parsed: Parsed } | { readonly kind: 'error'; readonly message: string } | { readonly kind: 'help' | 'version' };

const keyOf = (option: GnuOption): string => option.long ?? option.short ?? '';

export function parseGnu(argv: readonly Bytes[], usage: GnuUsage): Outcome {
  const given: (readonly [string, Bytes])[] = [];
  const operands: Bytes[] = [];
  const rest = [...(usage.rewrite?.(argv.slice(1)) ?? argv.slice(1))];
  const first = rest[0];
  const expanded = first === undefined ? undefined : usage.obsolete?.(first);
  if (expanded) rest.splice(0, 1, ...expanded);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest);
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      if (!usage.stopAtOperand) continue;
      operands.push(...rest);
      break;
    }
    const error = word.startsWith('--') ? longOption(word.slice(2), rest, usage, given) : shortOptions(word.slice(1), rest, usage, given);
    if (error !== undefined) return error;
  }
  const options = new Map(given);
  return { kind: 'parsed', parsed: { options, given, operands, has: (name) => options.has(name) } };
}

function longOption(word: Bytes, rest: Bytes[], usage: GnuUsage, given: (readonly [string, Bytes])[]): Outcome | undefined {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const all: readonly GnuOption[] = [...usage.options, { long: 'help' }, { long: 'version' }];
  const matches = all.filter((option) => option.long?.startsWith(name));
  const option = matches.find((candidate) => candidate.long === name) ?? (matches.length === 1 ? matches[0] : undefined);
  if (!option) {
    if (matches.length === 0) return { kind: 'error', message: `unrecognized option '--${word}'` };
    return { kind: 'error', message: `option '--${word}' is ambiguous; possibilities:${matches.map((match) => ` '--${match.long ?? ''}'`).join('')}` };
  }
  if (option.long === 'help' && !usage.options.includes(option)) return { kind: 'help' };
  if (option.long === 'version' && !usage.options.includes(option)) return { kind: 'version' };
  if (equals >= 0 && !option.argument) return { kind: 'error', message: `option '--${option.long ?? ''}' doesn't allow an argument` };
  const value = equals >= 0 ? word.slice(equals + 1) : option.argument === 'required' ? rest.shift() : '';
  if (value === undefined) return { kind: 'error', message: `option '--${option.long ?? ''}' requires an argument` };
  given.push([keyOf(option), value]);
  return undefined;
}

function shortOptions(cluster: Bytes, rest: Bytes[], usage: GnuUsage, given: (readonly [string, Bytes])[]): Outcome | undefined {
  for (let i = 0; i < cluster.length; i++) {
    const letter = cluster[i] ?? '';
    const option = usage.options.find((candidate) => candidate.short === letter);
    if (!option) return { kind: 'error', message: `invalid option -- '${letter}'` };
    if (!option.argument) {
      given.push([keyOf(option), '']);
      continue;
    }
    const attached = cluster.slice(i + 1);
    const value = attached !== '' || option.argument === 'optional' ? attached : rest.shift();
    if (value === undefined) return { kind: 'error', message: `option requires an argument -- '${letter}'` };
    given.push([keyOf(option), value]);
    return undefined;
  }
  return undefined;
}

/** Parses and answers `--help`, `--version` and errors; a number is the exit status to return. */
export function* gnuOptions(p: Process, usage: GnuUsage): Sys<Parsed | number> {
  const outcome = parseGnu(p.argv, usage);
  switch (outcome.kind) {
    case 'parsed': {
      const lacking = usage.options.find((option) => option.isMissing === true && outcome.parsed.has(keyOf(option)));
      if (lacking) return yield* p.fail(`not modelled: ${lacking.long === undefined ? `-${lacking.short ?? ''}` : `--${lacking.long}`}`, usage.failure ?? 1);
      return outcome.parsed;
    }
    case 'help':
      yield* p.print(helpText(p.name, usage));
      return 0;
    case 'version':
      yield* p.print(`${p.name} (${usage.version ?? 'GNU coreutils) 9.1'}\n`);
      return 0;
    case 'error': {
      const wrong = /^invalid option -- '(.)'$/s.exec(outcome.message)?.[1];
      const advice = usage.intro !== undefined ? `${usage.intro}\n` : wrong === undefined ? '' : (usage.advice?.(p, wrong) ?? '');
      if (usage.help !== undefined) return yield* p.fail(`${outcome.message}\n${usage.help}`, usage.failure ?? 1);
      return yield* p.fail(`${outcome.message}\n${advice}Try '${p.name} --help' for more information.`, usage.failure ?? 1);
    }
  }
}

/** `NAME: MESSAGE` and where help is. */
export function* usageError(p: Process, message: Bytes, usage: GnuUsage): Sys<number> {
  if (usage.help !== undefined) return yield* p.fail(`${message}\n${usage.help}`, usage.failure ?? 1);
  return yield* p.fail(`${message}\nTry '${p.name} --help' for more information.`, usage.failure ?? 1);
}

function helpText(name: Bytes, usage: GnuUsage): Bytes {
  if (usage.help !== undefined) return `${usage.help}\n`;
  const rows = usage.options.map((option) => {
    const argument = option.argument === 'required' ? '=ARG' : option.argument === 'optional' ? '[=ARG]' : '';
    const long = option.long === undefined ? '' : `--${option.long}${argument}`;
    const short = option.short === undefined ? '    ' : `-${option.short}${long === '' ? '' : ', '}`;
    return `  ${`${short}${long}`.padEnd(26)} ${option.help ?? ''}`.trimEnd();
  });
  return [`Usage: ${name} ${usage.usage}`, usage.summary, '', ...rows, '      --help               display this help and exit', ''].join('\n');
}
