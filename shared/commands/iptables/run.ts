/**
 * The iptables programs as functions of their arguments, what they read, and a ruleset: they return what they print and their exit status.
 * Authority: iptables/xtables-standalone.c, xtables-save.c, xtables-restore.c.
 */
import { type Bytes } from '../../base/index.ts';
import { BUILTIN, type Family, type Ruleset, type TableName } from '../../kernel/index.ts';
import type { Environment } from './environment.ts';
import { Exit, OTHER_PROBLEM, PARAMETER_PROBLEM, VERSION_PROBLEM, usage } from './exit.ts';
import { Getopt, type HasArgument } from './getopt.ts';
import { helpText } from './help/index.ts';
import { parseCommand } from './parse.ts';
import { savedRule, sortedChains } from './listing.ts';
import { Session, checkChainName, isTableName } from './session.ts';
import { splitWords } from './words.ts';

/** What a run needs from where it runs. */
export interface Surroundings {
  readonly ruleset: Ruleset;
  readonly lookupSet: Environment['lookupSet'];
  /** Calendar time, as ctime(3) prints it: with a newline. */
  readonly calendar: string;
}
export interface Output {
  readonly fd: 1 | 2;
  readonly text: Bytes;
}
export interface Outcome {
  readonly output: readonly Output[];
  readonly status: number;
}

export const PROGRAM_VERSION = '1.8.9 (nf_tables)';

/** Collects output; words how the program ends. */
class Run implements Environment {
  readonly output: Output[] = [];
  line = 0;
  constructor(
    readonly program: string,
    readonly family: Family,
    readonly lookupSet: Environment['lookupSet'],
  ) {}
  print(text: string): void {
    if (text !== '') this.output.push({ fd: 1, text });
  }
  warn(text: string): void {
    if (text !== '') this.output.push({ fd: 2, text });
  }
  advise(): void {
    if (this.line > 0) this.warn(`Error occurred at line: ${this.line}\n`);
    this.warn(`Try \`${this.program} -h' or '${this.program} --help' for more information.\n`);
  }
  help(target: string | undefined, matches: readonly string[]): string {
    return helpText(this.program, this.family, target, matches);
  }
  checkChainName(name: string): void {
    checkChainName(name, this);
  }
  /** Runs `body`; an `Exit` becomes a message and a status. */
  outcome(body: () => number): Outcome {
    let status: number;
    try {
      status = body();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      status = error.status;
      if (error.text !== undefined) {
        this.warn(`${this.program} v${PROGRAM_VERSION}: ${error.text}\n`);
        if (status === PARAMETER_PROBLEM) this.advise();
        else if (status === VERSION_PROBLEM) this.warn(`Perhaps ${this.program} or your kernel needs to be upgraded.\n`);
      }
    }
    return { output: this.output, status };
  }
}
const named = (family: Family, suffix = ''): string => `${family === 'ip' ? 'iptables' : 'ip6tables'}${suffix}`;

export function runIptables(argv: readonly Bytes[], family: Family, around: Surroundings): Outcome {
  const run = new Run(named(family), family, around.lookupSet);
  return run.outcome(() => {
    const parsed = parseCommand(argv, run, { table: 'filter', restore: false });
    if (parsed.kind === 'text') run.print(parsed.text);
    if (parsed.kind !== 'command') return 0;
    const session = new Session(run, around.ruleset);
    session.queue(parsed.command);
    session.commit();
    return 0;
  });
}

/** In the order that tables are saved in. */
const SAVE_ORDER: readonly TableName[] = ['mangle', 'security', 'raw', 'filter', 'nat'];

/** One table as iptables-save prints it, without the lines around it. */
export function saveTable(ruleset: Ruleset, name: TableName, counters: boolean): string {
  const table = ruleset.table(name);
  let text = `*${name}\n`;
  for (const builtin of Object.keys(BUILTIN[name])) {
    const chain = table?.chains.get(builtin);
    text += `:${builtin} ${chain?.policy ?? 'ACCEPT'} [${chain?.packets ?? 0}:${chain?.bytes ?? 0}]\n`;
  }
  const chains = sortedChains(table);
  for (const chain of chains) if (chain.base === null) text += `:${chain.name} - [0:0]\n`;
  for (const chain of chains) for (const rule of chain.rules) text += savedRule(rule, chain, counters ? 'before' : 'none');
  return `${text}COMMIT\n`;
}

const options = (short: string): Map<string, HasArgument> => {
  const table = new Map<string, HasArgument>();
  for (const [, letter = '', colons = ''] of short.matchAll(/(\w)(:*)/g)) table.set(letter, colons === '' ? 'no' : colons === ':' ? 'required' : 'optional');
  return table;
};
export const SAVE_SHORT = options('bcdt:M:f:V');
export const SAVE_LONG = [
  { name: 'counters', argument: 'no', value: 'c' },
  { name: 'version', argument: 'no', value: 'V' },
  { name: 'dump', argument: 'no', value: 'd' },
  { name: 'table', argument: 'required', value: 't' },
  { name: 'modprobe', argument: 'required', value: 'M' },
  { name: 'file', argument: 'required', value: 'f' },
  { name: 'ipv4', argument: 'no', value: '4' },
  { name: 'ipv6', argument: 'no', value: '6' },
] as const;

/** `file`: where the output goes instead, with `-f`. */
export function runSave(argv: readonly Bytes[], family: Family, around: Surroundings): Outcome & { readonly file: Bytes | undefined } {
  const run = new Run(named(family, '-save'), family, around.lookupSet);
  let file: Bytes | undefined;
  const outcome = run.outcome(() => {
    let table: string | undefined;
    let counters = false;
    const getopt = new Getopt<string>(
      [...argv],
      SAVE_SHORT,
      (letter) => letter,
      () => SAVE_LONG,
    );
    const operands: string[] = [];
    for (let found = getopt.next(); found; found = getopt.next()) {
      if (found.kind === 'argument') {
        operands.push(found.text);
        continue;
      }
      if (found.kind === 'unknown' || found.kind === 'missing') {
        run.warn(badOption(run.program, getopt.last, found.kind));
        run.warn(`Look at manual page \`${run.program}.8' for more information.\n`);
        return 1;
      }
      if (found.value === 'c') counters = true;
      else if (found.value === 't') table = found.argument;
      else if (found.value === 'f') file = found.argument;
      else if (found.value === 'b') run.warn('-b/--binary option is not implemented\n');
      else if (found.value === 'V') {
        run.print(`${run.program} v${PROGRAM_VERSION}\n`);
        return 0;
      }
    }
    if (operands.length > 0 || getopt.index < getopt.argv.length) {
      run.warn('Unknown arguments found on commandline\n');
      return 1;
    }
    if (table !== undefined && !isTableName(table)) {
      run.warn(`Table \`${table}' does not exist\n`);
      return 1;
    }
    for (const name of table !== undefined && isTableName(table) ? [table] : SAVE_ORDER.filter((each) => around.ruleset.table(each))) {
      run.print(
        `# Generated by ${run.program} v${PROGRAM_VERSION} on ${around.calendar}${saveTable(around.ruleset, name, counters)}# Completed on ${around.calendar}`,
      );
    }
    return 0;
  });
  return { ...outcome, file };
}
function badOption(program: string, word: string, kind: 'unknown' | 'missing'): string {
  if (word.startsWith('--')) return kind === 'missing' ? `${program}: option '${word}' requires an argument\n` : `${program}: unrecognized option '${word}'\n`;
  return kind === 'missing' ? `${program}: option requires an argument -- '${word[1] ?? ''}'\n` : `${program}: invalid option -- '${word[1] ?? ''}'\n`;
}

export const RESTORE_SHORT = options('bcvVthnM:T:wW');
export const RESTORE_LONG = [
  { name: 'counters', argument: 'no', value: 'c' },
  { name: 'verbose', argument: 'no', value: 'v' },
  { name: 'version', argument: 'no', value: 'V' },
  { name: 'test', argument: 'no', value: 't' },
  { name: 'help', argument: 'no', value: 'h' },
  { name: 'noflush', argument: 'no', value: 'n' },
  { name: 'modprobe', argument: 'required', value: 'M' },
  { name: 'table', argument: 'required', value: 'T' },
  { name: 'ipv4', argument: 'no', value: '4' },
  { name: 'ipv6', argument: 'no', value: '6' },
  { name: 'wait', argument: 'optional', value: 'w' },
  { name: 'wait-interval', argument: 'optional', value: 'W' },
] as const;

export interface RestoreOptions {
  counters: boolean;
  verbose: number;
  test: boolean;
  noflush: boolean;
  table: string | undefined;
}
/** First the command line: which file to read (undefined: standard input), or an outcome at once. */
export function parseRestore(argv: readonly Bytes[], family: Family): { readonly options: RestoreOptions; readonly file: Bytes | undefined } | Outcome {
  const run = new Run(named(family, '-restore'), family, () => undefined);
  const wanted: RestoreOptions = { counters: false, verbose: 0, test: false, noflush: false, table: undefined };
  const operands: string[] = [];
  const getopt = new Getopt<string>(
    [...argv],
    RESTORE_SHORT,
    (letter) => letter,
    () => RESTORE_LONG,
  );
  for (let found = getopt.next(); found; found = getopt.next()) {
    if (found.kind === 'argument') operands.push(found.text);
    else if (found.kind !== 'option') {
      run.warn(badOption(run.program, getopt.last, found.kind));
      run.warn(`Try \`${run.program} -h' for more information.\n`);
      return { output: run.output, status: 1 };
    } else if (found.value === 'c') wanted.counters = true;
    else if (found.value === 'v') wanted.verbose++;
    else if (found.value === 't') wanted.test = true;
    else if (found.value === 'n') wanted.noflush = true;
    else if (found.value === 'T') wanted.table = found.argument;
    else if ((found.value === 'w' || found.value === 'W') && found.argument === undefined && getopt.hasOperand) getopt.takeOperand();
    else if (found.value === 'V') return { output: [{ fd: 1, text: `${run.program} v${PROGRAM_VERSION}\n` }], status: 0 };
    else if (found.value === 'h') {
      run.warn(`Usage: ${run.program} [-c] [-v] [-V] [-t] [-h] [-n] [-T table] [-M command] [-4] [-6] [file]\n`);
      return { output: run.output, status: 0 };
    }
  }
  operands.push(...getopt.argv.slice(getopt.index));
  if (operands.length > 1) {
    run.warn('Unknown arguments found on commandline\n');
    return { output: run.output, status: 1 };
  }
  return { options: wanted, file: operands[0] };
}

export function runRestore(input: Bytes, wanted: RestoreOptions, family: Family, around: Surroundings): Outcome {
  const run = new Run(named(family, '-restore'), family, around.lookupSet);
  return run.outcome(() => new Restore(run, wanted, around).all(input));
}

/** Line by line; each table is committed by itself. */
class Restore {
  private readonly session: Session;
  private table: TableName | undefined;
  private inTable = false;
  constructor(
    private readonly run: Run,
    private readonly wanted: RestoreOptions,
    around: Surroundings,
  ) {
    this.session = new Session(run, around.ruleset);
  }
  all(input: Bytes): number {
    const lines = input.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      this.run.line++;
      this.session.line = this.run.line;
      if (!this.read(line)) {
        this.run.warn(`${this.run.program}: line ${this.run.line} failed\n`);
        return OTHER_PROBLEM;
      }
    }
    if (!this.inTable) return 0;
    this.run.warn(`${this.run.program}: COMMIT expected at line ${this.run.line + 1}\n`);
    return OTHER_PROBLEM;
  }
  /** False for a line that belongs nowhere. */
  private read(line: string): boolean {
    const { wanted, session } = this;
    if (line === '') return true;
    if (line.startsWith('#')) {
      if (wanted.verbose > 0) this.run.print(`${line}\n`);
      return true;
    }
    if (this.inTable && line === 'COMMIT') {
      if (wanted.test) session.abort();
      else session.commit();
      this.inTable = false;
      return true;
    }
    if (line.startsWith('*') && !this.inTable) return this.begin(line.slice(1).trim().split(/[ \t]/)[0] ?? '');
    if (line.startsWith(':') && this.inTable) return this.chain(line);
    if (this.inTable) return this.rule(line);
    return wanted.table !== undefined && this.table !== undefined && wanted.table !== this.table;
  }
  private begin(name: string): boolean {
    const { program, line } = this.run;
    if (name === '') usage(`${program}: line ${line} table name invalid`);
    if (!isTableName(name)) return usage(`${program}: line ${line} table name '${name}' invalid`);
    this.table = name;
    if (this.wanted.table !== undefined && this.wanted.table !== name) return true;
    if (!this.wanted.noflush) this.session.enqueue(() => this.session.flushTable(name, this.wanted.verbose > 0));
    this.inTable = true;
    return true;
  }
  private chain(line: string): boolean {
    const { program, line: number } = this.run;
    const [name, policy, counts] = line
      .slice(1)
      .trim()
      .split(/[ \t]+/);
    const table = this.table!;
    if (!name) return usage(`${program}: line ${number} chain name invalid`);
    checkChainName(name, this.run);
    if (!policy) return usage(`${program}: line ${number} policy invalid`);
    if (!(name in BUILTIN[table])) {
      this.session.enqueue(() => this.session.restoreChain(table, name));
      return true;
    }
    let packets = 0;
    let bytes = 0;
    if (this.wanted.counters) {
      const match = /^\[(\d+):(\d+)\]/.exec(counts ?? '');
      if (!match) return usage(`invalid policy counters for chain '${name}'`);
      packets = Number(match[1]);
      bytes = Number(match[2]);
    }
    this.session.enqueue(() => this.session.setPolicy(table, name, policy, { packets, bytes }));
    return true;
  }
  private rule(line: string): boolean {
    const argv = [this.run.program, '-t', this.table!];
    if (!this.wanted.noflush) for (let i = 0; i < this.wanted.verbose; i++) argv.push('-v');
    let rest = line;
    if (line.startsWith('[')) {
      const close = line.indexOf(']');
      if (close < 0) usage(`Bad line ${this.run.line}: need ]`);
      const [packets = '', bytes] = line.slice(1, close).split(':');
      if (bytes === undefined) return usage(`Bad line ${this.run.line}: need :`);
      if (this.wanted.counters) argv.push('--set-counters', packets, bytes);
      rest = line.slice(close + 1);
    }
    argv.push(...splitWords(rest));
    const parsed = parseCommand(argv, this.run, { table: this.table!, restore: true });
    if (parsed.kind === 'text') {
      this.run.print(parsed.text);
      throw new Exit(0, undefined);
    }
    if (parsed.kind === 'command') this.session.queue(parsed.command);
    return true;
  }
}
