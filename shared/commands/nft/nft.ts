/**
 * nft(8) of nftables 1.0.6 as a reader of what iptables-nft has set up: `list` of rulesets, tables and chains, and `flush` and `delete`.
 * Deviation: there are no rules, sets or tables of its own: what would make one is refused; so are JSON, files and the interactive mode.
 */
import type { Bytes } from '../../base/index.ts';
import { Batch, checkRule, Hook, netfilterOf, type Chain, type Family, type Ruleset, type Table } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program } from '../../shell/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { conditionTexts, hasExtension, type ListStyle } from './matches.ts';
import { isOwnTarget, targetText } from './targets.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

type Option = 'help' | 'version' | 'check' | 'handle' | 'stateless' | 'numeric' | 'priority' | 'protocol' | 'ignored' | 'refused';
interface NftOption extends OptionSpec<Option> {
  readonly section?: string;
}
const flag = (id: Option, short: string, long: string, help: string, value?: string): NftOption => ({
  id,
  short,
  long,
  help,
  argument: value === undefined ? 'none' : 'required',
  ...(value === undefined ? {} : { value }),
});
const GENERAL: readonly NftOption[] = [flag('help', 'h', 'help', 'Show this help'), flag('version', 'v', 'version', 'Show version information')];
const EXTENDED: NftOption = { id: 'refused', short: 'V', argument: 'none', help: 'Show extended version information' };
const INPUT: readonly NftOption[] = [
  flag('refused', 'f', 'file', 'Read input from <filename>', '<filename>'),
  flag('refused', 'D', 'define', 'Define variable, e.g. --define foo=1.2.3.4', '<name=value>'),
  flag('refused', 'i', 'interactive', 'Read input from interactive CLI'),
  flag('ignored', 'I', 'includepath', 'Add <directory> to the paths searched for include files. Default is: /etc', '<directory>'),
  flag('check', 'c', 'check', 'Check commands validity without actually applying the changes.'),
  flag('refused', 'o', 'optimize', 'Optimize ruleset'),
];
const FORMAT: readonly NftOption[] = [
  flag('handle', 'a', 'handle', 'Output rule handle.'),
  flag('stateless', 's', 'stateless', 'Omit stateful information of ruleset.'),
  flag('ignored', 't', 'terse', 'Omit contents of sets.'),
  flag('ignored', 'S', 'service', 'Translate ports to service names as described in /etc/services.'),
  flag('ignored', 'N', 'reversedns', 'Translate IP addresses to names.'),
  flag('ignored', 'u', 'guid', 'Print UID/GID as defined in /etc/passwd and /etc/group.'),
  flag('numeric', 'n', 'numeric', 'Print fully numerical output.'),
  flag('priority', 'y', 'numeric-priority', 'Print chain priority numerically.'),
  flag('protocol', 'p', 'numeric-protocol', 'Print layer 4 protocols numerically.'),
  flag('ignored', 'T', 'numeric-time', 'Print time values numerically.'),
];
const OUTPUT: readonly NftOption[] = [
  flag('ignored', 'e', 'echo', 'Echo what has been added, inserted or replaced.'),
  flag('refused', 'j', 'json', 'Format output in JSON'),
  flag('refused', 'd', 'debug', 'Specify debugging level (scanner, parser, eval, netlink, mnl, proto-ctx, segtree, all)', '<level [,level...]>'),
];
const SPECS = [...GENERAL, EXTENDED, ...INPUT, ...FORMAT, ...OUTPUT];
function helpText(): string {
  const line = ({ short, long, value, help = '' }: NftOption): string =>
    `  ${`-${short}${long === undefined ? '' : `, --${long}`}${value === undefined ? '' : ` ${value}`}`.padEnd(32)}${help}\n`;
  const section = (title: string, options: readonly NftOption[]): string => `Options (${title}):\n${options.map(line).join('')}\n`;
  return (
    `Usage: nft [ options ] [ cmds... ]\n\n${section('general', [...GENERAL, EXTENDED])}${section('ruleset input handling', INPUT)}` +
    `${section('ruleset list formatting', FORMAT)}${section('command output formatting', OUTPUT)}`
  );
}

const HOOK_NAMES: Readonly<Record<number, string>> = {
  [Hook.PREROUTING]: 'prerouting',
  [Hook.INPUT]: 'input',
  [Hook.FORWARD]: 'forward',
  [Hook.OUTPUT]: 'output',
  [Hook.POSTROUTING]: 'postrouting',
};
/** Where names stand for numbers; the one of dstnat only at prerouting, of srcnat only at postrouting. */
function priorityText(priority: number, hook: Hook, isNumeric: boolean): string {
  const names: Readonly<Record<number, string>> = { [-300]: 'raw', [-150]: 'mangle', 0: 'filter', 50: 'security' };
  const name = priority === -100 && hook === Hook.PREROUTING ? 'dstnat' : priority === 100 && hook === Hook.POSTROUTING ? 'srcnat' : names[priority];
  return isNumeric || name === undefined ? `${priority}` : name;
}

class Lister {
  constructor(
    private readonly style: ListStyle,
    private readonly family: Family,
  ) {}
  private handle(handle: number): string {
    return this.style.handles ? ` # handle ${handle}` : '';
  }
  private head(chain: Chain): string {
    const { base, policy, name } = chain;
    const hook =
      base === null
        ? ''
        : `\t\ttype ${base.type} hook ${HOOK_NAMES[base.hook]} priority ${priorityText(base.priority, base.hook, this.style.numericPriority)}; policy ${policy.toLowerCase()};\n`;
    return `\tchain ${name} {${this.handle(chain.handle)}\n${hook}`;
  }
  chain(chain: Chain): string {
    const rules = chain.rules.map((rule) => {
      const { spec, packets, bytes } = rule;
      const counter = this.style.stateless ? 'counter' : `counter packets ${packets} bytes ${bytes}`;
      const texts = [...conditionTexts(spec, this.family, this.style), counter, ...(spec.target === null ? [] : [targetText(spec.target, this.family)])];
      return `\t\t${texts.join(' ')}${this.handle(rule.handle)}\n`;
    });
    return `${this.head(chain)}${rules.join('')}\t}\n`;
  }
  headOnly(chain: Chain): string {
    return `${this.head(chain)}\t}\n`;
  }
  /** Some chains of a table; its own handle is told only with all of them. */
  table(table: Table, only?: Chain): string {
    const chains = only ? [only] : [...table.chains.values()];
    const isForeign = chains.some(({ rules }) => rules.some(({ spec }) => hasExtension(spec.matches) || (spec.target !== null && !isOwnTarget(spec.target))));
    const warning = isForeign ? `# Warning: table ${this.family} ${table.name} is managed by iptables-nft, do not touch!\n` : '';
    return `${warning}table ${this.family} ${table.name} {${only ? '' : this.handle(table.handle)}\n${chains.map((chain) => this.chain(chain)).join('\n')}}\n`;
  }
}

/** What is wrong with a command: the message, and which word is meant; the end of the line when there is none. */
class Mistake extends Error {
  constructor(
    message: string,
    readonly at: number,
    readonly width = 1,
  ) {
    super(message);
  }
}
const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];
const END_OF_COMMAND = 'end of file or newline or semicolon';

class Session {
  private at = 0;
  private readonly words: readonly { readonly text: string; readonly at: number }[];
  constructor(
    private readonly line: string,
    private readonly rulesets: readonly Ruleset[],
    private readonly style: ListStyle,
    private readonly isCheck: boolean,
  ) {
    this.words = [...line.matchAll(/[^\s;]+/g)].map((match) => ({ text: match[0], at: match.index }));
  }
  private next(expected?: string): { readonly text: string; readonly at: number } {
    const word = this.words[this.at++];
    if (!word) throw new Mistake(`syntax error, unexpected newline${expected === undefined ? '' : `, expecting ${expected}`}`, this.line.length);
    return word;
  }
  private unexpected(word: { readonly text: string; readonly at: number }, expected?: string): Mistake {
    return new Mistake(`syntax error, unexpected string${expected === undefined ? '' : `, expecting ${expected}`}`, word.at, word.text.length);
  }
  /** The rest of the line is at most a family. */
  private family(): string | undefined {
    const word = this.words[this.at];
    if (!word) return undefined;
    if (!FAMILIES.includes(word.text)) throw this.unexpected(word, END_OF_COMMAND);
    this.at++;
    this.end();
    return word.text;
  }
  private end(): void {
    const word = this.words[this.at];
    if (word) throw this.unexpected(word, END_OF_COMMAND);
  }
  private tables(family: string | undefined): { readonly table: Table; readonly lister: Lister }[] {
    return this.rulesets
      .filter((ruleset) => family === undefined || ruleset.family === family)
      .flatMap((ruleset) => [...ruleset.tables.values()].map((table) => ({ table, lister: new Lister(this.style, ruleset.family) })))
      .sort((a, b) => a.table.handle - b.table.handle);
  }
  private optionalFamily(): string {
    const word = this.words[this.at];
    if (!word || !FAMILIES.includes(word.text)) return 'ip';
    this.at++;
    return word.text;
  }
  /** `[family] NAME`. */
  private oneTable(why: string): { readonly table: Table; readonly lister: Lister } {
    const family = this.optionalFamily();
    const name = this.next('string');
    const found = this.tables(family).find(({ table }) => table.name === name.text);
    if (!found) throw new Mistake(why, name.at, name.text.length);
    return found;
  }
  private oneChain(why: string): {
    readonly table: Table;
    readonly lister: Lister;
    readonly chain: Chain;
    readonly word: { readonly at: number; readonly text: string };
  } {
    const family = this.optionalFamily();
    const name = this.next('string');
    const word = this.next('string');
    this.end();
    const found = this.tables(family).find(({ table }) => table.name === name.text);
    const chain = found?.table.chains.get(word.text);
    if (!found || !chain) {
      const wrong = found ? word : name;
      throw new Mistake(why, wrong.at, wrong.text.length);
    }
    return { ...found, chain, word };
  }

  run(): string {
    const command = this.next();
    switch (command.text) {
      case 'list':
        return this.list();
      case 'flush':
      case 'delete':
        return this.change(command.text);
      case 'add':
      case 'create':
      case 'insert':
      case 'replace':
      case 'reset':
      case 'monitor':
      case 'export':
      case 'import':
      case 'rename':
      case 'describe':
        throw new Mistake(`not modelled: ${command.text}`, command.at, command.text.length);
      default:
        throw new Mistake('syntax error, unexpected newline, expecting string', this.line.length);
    }
  }
  private list(): string {
    const what = this.next();
    switch (what.text) {
      case 'ruleset':
        return this.tables(this.family())
          .map(({ table, lister }) => lister.table(table))
          .join('');
      case 'tables':
        return this.tables(this.family())
          .map(({ table }) => `table ${table.ruleset.family} ${table.name}\n`)
          .join('');
      case 'chains':
        return this.tables(this.family())
          .map(
            ({ table, lister }) =>
              `table ${table.ruleset.family} ${table.name} {\n${[...table.chains.values()].map((chain) => lister.headOnly(chain)).join('')}}\n`,
          )
          .join('');
      case 'sets':
      case 'maps':
        return this.tables(this.family())
          .map(({ table }) => `table ${table.ruleset.family} ${table.name} {\n}\n`)
          .join('');
      case 'table': {
        const { table, lister } = this.oneTable('No such file or directory');
        this.end();
        return lister.table(table);
      }
      case 'chain': {
        const { table, lister, chain } = this.oneChain('No such file or directory');
        return lister.table(table, chain);
      }
      case 'counters':
      case 'quotas':
      case 'limits':
      case 'meters':
      case 'flowtables':
      case 'hooks':
        this.family();
        return '';
      default:
        throw this.unexpected(what);
    }
  }
  private change(how: 'flush' | 'delete'): string {
    const what = this.next();
    const why = 'Could not process rule: No such file or directory';
    if (what.text === 'ruleset' && how === 'flush') {
      for (const { table } of this.tables(this.family())) this.commit(table, (batch) => batch.deleteTable(table.name));
    } else if (what.text === 'table') {
      const { table } = this.oneTable(why);
      this.end();
      this.commit(table, (batch) => {
        if (how === 'delete') batch.deleteTable(table.name);
        else for (const chain of table.chains.values()) batch.flush(chain);
      });
    } else if (what.text === 'chain') {
      const { table, chain, word } = this.oneChain(why);
      const isDone = this.commit(table, (batch) => {
        // The kernel takes a chain away with its rules, unless a rule jumps to it.
        batch.flush(chain);
        if (how === 'delete') batch.deleteChain(0, chain);
      });
      if (!isDone) throw new Mistake('Could not process rule: Device or resource busy', word.at, word.text.length);
    } else throw this.unexpected(what);
    return '';
  }
  private commit(table: Table, act: (batch: Batch) => void): boolean {
    const batch = new Batch(table.ruleset, checkRule);
    act(batch);
    if (!this.isCheck) return batch.commit().length === 0;
    batch.abort();
    return true;
  }
}

const nft: Program = function* (p: Process) {
  const line = parseOptions(p.argv, SPECS, 'posix');
  if (line.error !== undefined) return (yield* p.error(line.error), 1);
  const has = (id: Option): boolean => line.options.some((option) => option.id === id);
  if (has('help')) return (yield* p.print(helpText()), 0);
  if (has('version')) return (yield* p.print('nftables v1.0.6 (Lester Gooch #5)\n'), 0);
  if (has('refused')) return yield* p.fail('not modelled: JSON, files, and what nft has of its own');
  const text: Bytes = line.operands.join(' ');
  if (text.trim() === '') return (yield* p.error('nft: no command specified\n'), 1);
  const netfilter = netfilterOf(netnsOf(p));
  const style: ListStyle = {
    numeric: has('numeric'),
    numericPriority: has('numeric') || has('priority'),
    numericProtocol: has('numeric') || has('protocol'),
    handles: has('handle'),
    stateless: has('stateless'),
  };
  try {
    yield* p.print(new Session(text, [netfilter.ruleset('ip'), netfilter.ruleset('ip6')], style, has('check')).run());
    return 0;
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    yield* p.error(`Error: ${error.message}\n${text}\n${' '.repeat(error.at)}${'^'.repeat(error.width)}\n`);
    return 1;
  }
};

const DECLARATION: Declaration = {
  synopsis: '[ options ] [ cmds... ]',
  options: declaredOptions(SPECS),
  commands: ['list', 'flush', 'delete'].map((name) => ({ name })),
  missing: ['adding tables, chains and rules: what iptables has put there can be listed, flushed and deleted'],
};
export const NFT_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/nft', main: declared(DECLARATION, nft), origin: 'nftables 1.0.6' }];
