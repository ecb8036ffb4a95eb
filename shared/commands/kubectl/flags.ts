/**
 * Flags as spf13/pflag reads them: `--name=value`, `--name value`, `-n value`, `-nvalue`, `-it`, mixed with arguments, ended by `--`.
 * Each command declares its flags once, as a table.
 */
import { err, ok, type Result } from '../../base/index.ts';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** `bool` needs no value but takes `--x=false`; `list` may be repeated and has commas; `array` may be repeated. */
  readonly kind: 'bool' | 'string' | 'int' | 'duration' | 'list' | 'array';
  /** Stands for the value when the flag is given without `=`. */
  readonly without?: string;
  readonly usage: string;
}

export class Flags {
  private readonly values = new Map<string, string[]>();
  readonly args: string[] = [];
  /** How many arguments came before `--`; undefined without it. */
  argsBeforeDash: number | undefined = undefined;

  add(name: string, value: string): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value]);
  }
  has(name: string): boolean {
    return this.values.has(name);
  }
  bool(name: string): boolean {
    return this.values.get(name)?.at(-1) === 'true';
  }
  string(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }
  int(name: string): number | undefined {
    const text = this.string(name);
    return text === undefined ? undefined : Number(text);
  }
  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }
  /** Seconds of `1m30s` and the like. */
  seconds(name: string): number | undefined {
    const text = this.string(name);
    return text === undefined ? undefined : parseDuration(text);
  }
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** Go's time.ParseDuration, in seconds. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^[-+]?(\d+(\.\d*)?(h|ms|m|s|us|ns))+$/.test(text)) return undefined;
  let sum = 0;
  for (const match of text.matchAll(/(\d+(?:\.\d*)?)(h|ms|m|s|us|ns)/g)) sum += Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 1);
  return text.startsWith('-') ? -sum : sum;
}

/** The error is what kubectl prints after `error: `, without the hint at its help. */
export function parseFlags(table: readonly Flag[], argv: readonly string[]): Result<Flags, string> {
  const flags = new Flags();
  const set = (flag: Flag, value: string, shown: string): string | undefined => {
    const problem = checkValue(flag, value);
    if (problem !== undefined) return `invalid argument "${value}" for "${shown}" flag: ${problem}`;
    for (const one of flag.kind === 'list' ? value.split(',') : [value]) flags.add(flag.name, one);
    return undefined;
  };
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === '--') {
      flags.argsBeforeDash = flags.args.length;
      flags.args.push(...argv.slice(i + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=');
      const name = arg.slice(2, equals < 0 ? undefined : equals);
      const flag = table.find((one) => one.name === name);
      if (name === '' || name.startsWith('-')) return err(`bad flag syntax: ${arg}`);
      if (!flag) return err(`unknown flag: --${name}`);
      const bare = flag.without ?? (flag.kind === 'bool' ? 'true' : undefined);
      const value = equals >= 0 ? arg.slice(equals + 1) : (bare ?? argv[++i]);
      if (value === undefined) return err(`flag needs an argument: --${name}`);
      const problem = set(flag, value, shownName(flag));
      if (problem !== undefined) return err(problem);
    } else if (arg.startsWith('-') && arg.length > 1) {
      const consumed = readShorthands(table, arg, argv[i + 1], set);
      if (!consumed.ok) return consumed;
      i += consumed.value;
    } else flags.args.push(arg);
  }
  return ok(flags);
}

const shownName = (flag: Flag): string => (flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`);

/** `-it`, `-n value`, `-nvalue`, `-n=value`; how many following arguments it took. */
function readShorthands(
  table: readonly Flag[],
  arg: string,
  next: string | undefined,
  set: (flag: Flag, value: string, shown: string) => string | undefined,
): Result<number, string> {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    const flag = table.find((one) => one.short === letter);
    if (!flag) return err(`unknown shorthand flag: '${letter}' in ${arg}`);
    const rest = arg.slice(at + 1);
    const bare = flag.without ?? (flag.kind === 'bool' ? 'true' : undefined);
    if (rest.startsWith('=') || (rest !== '' && bare === undefined)) {
      const problem = set(flag, rest.startsWith('=') ? rest.slice(1) : rest, shownName(flag));
      return problem === undefined ? ok(0) : err(problem);
    }
    if (bare === undefined && next === undefined) return err(`flag needs an argument: '${letter}' in ${arg}`);
    const problem = set(flag, bare ?? next!, shownName(flag));
    if (problem !== undefined) return err(problem);
    if (bare === undefined) return ok(1);
  }
  return ok(0);
}

function checkValue(flag: Flag, value: string): string | undefined {
  switch (flag.kind) {
    case 'bool':
      return /^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value) ? undefined : `strconv.ParseBool: parsing "${value}": invalid syntax`;
    case 'int':
      return /^[-+]?\d+$/.test(value) ? undefined : `strconv.ParseInt: parsing "${value}": invalid syntax`;
    case 'duration':
      return parseDuration(value) === undefined
        ? /^[-+]?[\d.]+$/.test(value)
          ? `time: missing unit in duration "${value}"`
          : `time: invalid duration "${value}"`
        : undefined;
    default:
      return undefined;
  }
}
