/**
 * The command line of iptables and ip6tables, and each line of iptables-restore, to a `Command`. Extensions are found as they are named, and a
 * protocol's own match when one of its options comes. Authority: iptables/xshared.c (do_parse); the order of checks decides which message comes.
 */
import type { ExtensionTarget, Family, MaskedAddress, MatchInfo, Selector, TargetInfo, VerdictName } from '../../kernel/index.ts';
import { anything, parseInterface, parseMaskedList } from './addresses.ts';
import { Exit, PARAMETER_PROBLEM, otherProblem, usage } from './exit.ts';
import type { MatchExtension, ParseContext, TargetExtension } from './extension.ts';
import { Getopt, type HasArgument, type LongOption } from './getopt.ts';
import { MATCHES, UNMODELLED_MATCHES } from './matches/index.ts';
import { parseWithin } from './numbers.ts';
import { chainProtocolName, checkOptions, parseProtocol, readOption, type OptionCall, type OptionEntry } from './option.ts';
import { TARGETS, UNMODELLED_TARGETS } from './targets/index.ts';
import { protocolName } from '../names/protocols.ts';
import type { Environment } from './environment.ts';

export type CommandKind =
  | 'append'
  | 'delete'
  | 'delete-number'
  | 'check'
  | 'insert'
  | 'replace'
  | 'list'
  | 'list-rules'
  | 'flush'
  | 'zero'
  | 'zero-number'
  | 'new-chain'
  | 'delete-chain'
  | 'rename-chain'
  | 'policy';

export interface UsedMatch {
  readonly extension: MatchExtension;
  readonly info: MatchInfo;
  readonly seen: Set<string>;
  /** A later one of the same name takes the options. */
  completed: boolean;
}
export interface UsedTarget {
  readonly extension: TargetExtension;
  readonly info: ExtensionTarget;
  readonly seen: Set<string>;
}
/** A rule before its addresses are multiplied out. */
export interface ParsedRule {
  readonly selector: Selector;
  readonly sources: readonly MaskedAddress[];
  readonly destinations: readonly MaskedAddress[];
  readonly matches: readonly UsedMatch[];
  readonly target: TargetInfo | null;
  readonly extension: TargetExtension | null;
  /** `-c`. */
  readonly packets: number;
  readonly bytes: number;
}
export interface Command {
  readonly kinds: ReadonlySet<CommandKind>;
  readonly table: string;
  readonly chain: string | undefined;
  /** 1-based; 0: none. */
  readonly ruleNumber: number;
  readonly newName: string;
  readonly policy: string | undefined;
  readonly verbose: number;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly rule: ParsedRule;
}

/** Asked for help or the version: nothing else is done. */
export type Parsed = { readonly kind: 'command'; readonly command: Command } | { readonly kind: 'text'; readonly text: string } | { readonly kind: 'ignored' };

const SHORT = new Map<string, HasArgument>();
for (const [, letter = '', colons = ''] of 'A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x'.matchAll(/(\w)(:*)/g)) {
  SHORT.set(letter, colons === '' ? 'no' : colons === ':' ? 'required' : 'optional');
}
const LONG: readonly (readonly [string, HasArgument, string])[] = [
  ['append', 'required', 'A'],
  ['delete', 'required', 'D'],
  ['check', 'required', 'C'],
  ['insert', 'required', 'I'],
  ['replace', 'required', 'R'],
  ['list', 'optional', 'L'],
  ['list-rules', 'optional', 'S'],
  ['flush', 'optional', 'F'],
  ['zero', 'optional', 'Z'],
  ['new-chain', 'required', 'N'],
  ['delete-chain', 'optional', 'X'],
  ['rename-chain', 'required', 'E'],
  ['policy', 'required', 'P'],
  ['source', 'required', 's'],
  ['destination', 'required', 'd'],
  ['src', 'required', 's'],
  ['dst', 'required', 'd'],
  ['protocol', 'required', 'p'],
  ['in-interface', 'required', 'i'],
  ['jump', 'required', 'j'],
  ['table', 'required', 't'],
  ['match', 'required', 'm'],
  ['numeric', 'no', 'n'],
  ['out-interface', 'required', 'o'],
  ['verbose', 'no', 'v'],
  ['wait', 'optional', 'w'],
  ['wait-interval', 'optional', 'W'],
  ['exact', 'no', 'x'],
  ['fragments', 'no', 'f'],
  ['version', 'no', 'V'],
  ['help', 'optional', 'h'],
  ['line-numbers', 'no', '0'],
  ['modprobe', 'required', 'M'],
  ['set-counters', 'required', 'c'],
  ['goto', 'required', 'g'],
  ['ipv4', 'no', '4'],
  ['ipv6', 'no', '6'],
];

type Value = { readonly letter: string } | { readonly owner: UsedMatch | UsedTarget; readonly entry: OptionEntry };
const letters = new Map<string, Value>();
const letterValue = (letter: string): Value => {
  let value = letters.get(letter);
  if (!value) letters.set(letter, (value = { letter }));
  return value;
};
const LONG_OPTIONS: readonly LongOption<Value>[] = LONG.map(([name, argument, letter]) => ({ name, argument, value: letterValue(letter) }));

/** Letters of commands in messages, by kind. */
const COMMAND_LETTERS: Readonly<Record<CommandKind, string>> = {
  insert: 'I',
  delete: 'D',
  'delete-number': 'D',
  replace: 'R',
  append: 'A',
  list: 'L',
  flush: 'F',
  zero: 'Z',
  'new-chain': 'N',
  'delete-chain': 'X',
  policy: 'P',
  'rename-chain': 'E',
  'list-rules': 'S',
  'zero-number': 'Z',
  check: 'C',
};
/** Options in the order that they are checked. */
const OPTION_LETTERS = 'nsdpjvxio0cf';
const RULE_OPTIONS = 'sdpjviocf';
/** Which options a command may have. */
const ALLOWED: Readonly<Record<CommandKind, string>> = {
  insert: RULE_OPTIONS,
  delete: 'sdpjviof',
  'delete-number': 'v',
  replace: RULE_OPTIONS,
  append: RULE_OPTIONS,
  list: 'nvx0',
  flush: 'v',
  zero: 'v',
  'new-chain': 'v',
  'delete-chain': 'v',
  policy: 'vc',
  'rename-chain': 'v',
  'list-rules': 'v',
  'zero-number': 'v',
  check: 'sdpjviof',
};
const INVERTIBLE = 'sdpiof';
const NAME_LIMIT = 29;
const VERDICTS: readonly string[] = ['ACCEPT', 'DROP', 'RETURN'];

export function parseCommand(argv: readonly string[], environment: Environment, where: { readonly table: string; readonly restore: boolean }): Parsed {
  return new Parser(argv, environment, where).parse();
}

class Parser {
  private readonly getopt: Getopt<Value>;
  private readonly family: Family;
  private readonly kinds = new Set<CommandKind>();
  private readonly options = new Set<string>();
  private readonly selector: Selector;
  private readonly matches: UsedMatch[] = [];
  private extensionOptions: LongOption<Value>[] = [];
  private target: TargetInfo | null = null;
  private usedTarget: UsedTarget | null = null;
  private jumpTo: string | undefined;
  private protocol: string | undefined;
  private protocolUsed = false;
  private table: string;
  private tableSet = false;
  private chain: string | undefined;
  private ruleNumber = 0;
  private newName = '';
  private policy: string | undefined;
  private verbose = 0;
  private waits = false;
  private waitInterval = false;
  private sources: string | undefined;
  private destinations: string | undefined;
  private packets = 0;
  private bytes = 0;
  private readonly context: ParseContext;

  constructor(
    argv: readonly string[],
    private readonly environment: Environment,
    private readonly where: { readonly table: string; readonly restore: boolean },
  ) {
    this.family = environment.family;
    this.table = where.table;
    this.getopt = new Getopt<Value>([...argv], SHORT, letterValue, () => this.longOptions());
    this.selector = {
      source: anything(this.family),
      invertSource: false,
      destination: anything(this.family),
      invertDestination: false,
      inInterface: '',
      invertInInterface: false,
      outInterface: '',
      invertOutInterface: false,
      protocol: 0,
      invertProtocol: false,
      fragment: null,
    };
    this.context = {
      family: this.family,
      selector: this.selector,
      takeOperand: () => (this.getopt.hasOperand ? this.getopt.takeOperand() : undefined),
      warn: (line) => environment.warn(line),
      lookupSet: (name) => environment.lookupSet(name),
    };
  }

  parse(): Parsed {
    let invert = false;
    for (;;) {
      const found = this.getopt.next();
      if (!found) break;
      if (found.kind === 'argument') {
        if (found.text !== '!') this.leave(`Bad argument \`${found.text}'\n`);
        if (invert) usage('multiple consecutive ! not allowed');
        invert = true;
        continue;
      }
      if (found.kind === 'option' && 'letter' in found.value) {
        const text = this.standard(found.value.letter, found.argument, invert);
        if (text !== undefined) return text;
      } else if (found.kind === 'option') {
        if ('entry' in found.value) this.extensionOption(found.value.owner, found.value.entry, found.argument, invert);
      } else {
        if (this.loadProtocol()) {
          this.getopt.index--;
          continue;
        }
        if (found.kind === 'missing') usage(`option "${this.getopt.last}" requires an argument`);
        usage(`unknown option "${this.getopt.last}"`);
      }
      invert = false;
    }
    return { kind: 'command', command: this.finish(invert) };
  }

  /** Says a line on standard error and the advice, without the program's name. */
  private leave(line: string): never {
    this.environment.warn(line);
    this.environment.advise();
    throw new Exit(PARAMETER_PROBLEM, undefined);
  }

  private longOptions(): readonly LongOption<Value>[] {
    return this.extensionOptions.length === 0 ? LONG_OPTIONS : [...LONG_OPTIONS, ...this.extensionOptions];
  }
  /** Options of what was loaded last come first. */
  private addOptions(owner: UsedMatch | UsedTarget): void {
    const added = owner.extension.options.map((entry): LongOption<Value> => ({
      name: entry.name,
      argument: entry.type === 'none' ? 'no' : 'required',
      value: { owner, entry },
    }));
    this.extensionOptions = [...added, ...this.extensionOptions];
  }

  private standard(letter: string, argument: string | undefined, invert: boolean): Parsed | undefined {
    switch (letter) {
      case 'A':
      case 'C':
      case 'D':
      case 'R':
      case 'I':
      case 'L':
      case 'S':
      case 'F':
      case 'Z':
      case 'N':
      case 'X':
      case 'E':
      case 'P':
        this.command(letter, argument, invert);
        return undefined;
      case 'h':
        return { kind: 'text', text: this.environment.help() };
      case 'V':
        return { kind: 'text', text: invert ? 'Not 1.8.9 (nf_tables) ;-)\n' : `${this.environment.program} v1.8.9 (nf_tables)\n` };
      case '4':
      case '6':
        if ((letter === '4') === (this.family === 'ip')) return undefined;
        if (this.where.restore) return { kind: 'ignored' };
        return this.leave('');
      case 'b':
        return usage(`Unknown arg "${argument ?? '(null)'}"`);
    }
    this.ruleOption(letter, argument ?? '', invert);
    return undefined;
  }

  private command(letter: string, argument: string | undefined, invert: boolean): void {
    const { getopt } = this;
    const optionalChain = (): void => {
      if (argument !== undefined) this.chain = argument;
      else if (getopt.hasOperand) this.chain = getopt.takeOperand();
    };
    const number = (): number => ruleNumber(getopt.takeOperand());
    switch (letter) {
      case 'A':
        this.addCommand('append', [], invert);
        this.chain = argument;
        return;
      case 'C':
        this.addCommand('check', [], invert);
        this.chain = argument;
        return;
      case 'D':
        this.addCommand('delete', [], invert);
        this.chain = argument;
        if (!getopt.hasOperand) return;
        this.ruleNumber = number();
        this.only('delete-number');
        return;
      case 'R':
        this.addCommand('replace', [], invert);
        this.chain = argument;
        if (!getopt.hasOperand) usage('-R requires a rule number');
        this.ruleNumber = number();
        return;
      case 'I':
        this.addCommand('insert', [], invert);
        this.chain = argument;
        this.ruleNumber = getopt.hasOperand ? number() : 1;
        return;
      case 'L':
      case 'S':
        this.addCommand(letter === 'L' ? 'list' : 'list-rules', ['zero', 'zero-number'], invert);
        optionalChain();
        if (getopt.hasOperand) this.ruleNumber = number();
        return;
      case 'F':
        this.addCommand('flush', [], invert);
        optionalChain();
        return;
      case 'Z':
        this.addCommand('zero', ['list', 'list-rules'], invert);
        optionalChain();
        if (!getopt.hasOperand) return;
        this.ruleNumber = number();
        this.only('zero-number');
        return;
      case 'N':
        this.environment.checkChainName(argument ?? '');
        this.addCommand('new-chain', [], invert);
        this.chain = argument;
        return;
      case 'X':
        this.addCommand('delete-chain', [], invert);
        optionalChain();
        return;
      case 'E':
        this.addCommand('rename-chain', [], invert);
        this.chain = argument;
        if (!getopt.hasOperand) usage('-E requires old-chain-name and new-chain-name');
        this.newName = getopt.takeOperand();
        return;
      case 'P':
        this.addCommand('policy', [], invert);
        this.chain = argument;
        if (!getopt.hasOperand) usage('-P requires a chain and a policy');
        this.policy = getopt.takeOperand();
    }
  }
  private addCommand(kind: CommandKind, together: readonly CommandKind[], invert: boolean): void {
    if (invert) usage("unexpected '!' flag");
    const other = [...this.kinds].find((each) => !together.includes(each));
    if (other) usage(`Cannot use -${COMMAND_LETTERS[kind]} with -${COMMAND_LETTERS[other]}`);
    this.kinds.add(kind);
  }
  private only(kind: CommandKind): void {
    this.kinds.clear();
    this.kinds.add(kind);
  }

  private ruleOption(letter: string, argument: string, invert: boolean): void {
    const { selector } = this;
    switch (letter) {
      case 'p':
        this.setOption('p', invert);
        this.protocol = argument.toLowerCase();
        selector.protocol = parseProtocol(this.protocol);
        selector.invertProtocol = invert;
        if (selector.protocol === 0 && invert) usage('rule would never match protocol');
        if (this.family === 'ip6' && !invert && [43, 44, 51, 60].includes(selector.protocol)) {
          this.environment.warn(`Warning: never matched protocol: ${this.protocol}. use extension match instead.\n`);
        }
        return;
      case 's':
        this.setOption('s', invert);
        selector.invertSource = invert;
        this.sources = argument;
        return;
      case 'd':
        this.setOption('d', invert);
        selector.invertDestination = invert;
        this.destinations = argument;
        return;
      case 'g':
        this.setOption('j', invert);
        this.jumpTo = targetName(argument);
        this.target = { kind: 'goto', chain: argument };
        return;
      case 'j':
        this.setOption('j', invert);
        this.jump(argument);
        return;
      case 'i':
      case 'o':
        if (argument === '') usage('Empty interface is likely to be undesired');
        this.setOption(letter, invert);
        selector[letter === 'i' ? 'inInterface' : 'outInterface'] = parseInterface(argument, this.context.warn);
        selector[letter === 'i' ? 'invertInInterface' : 'invertOutInterface'] = invert;
        return;
      case 'f':
        if (this.family === 'ip6') usage("`-f' is not supported in IPv6, use -m frag instead");
        this.setOption('f', invert);
        selector.fragment = { value: true, invert };
        return;
      case 'v':
        if (this.verbose++ === 0) this.setOption('v', invert);
        return;
      case 'm':
        if (invert) usage('unexpected ! flag before --match');
        this.useMatch(findMatch(argument, this.family));
        return;
      case 'n':
      case 'x':
      case '0':
        this.setOption(letter, invert);
        return;
      case 't':
        if (invert) usage('unexpected ! flag before --table');
        if (this.where.restore && this.tableSet) usage(`The -t option cannot be used in ${this.environment.program}.\n`);
        this.table = argument;
        this.tableSet = true;
        return;
      case 'w':
      case 'W':
        this.wait(letter, argument);
        return;
      case 'c':
        this.counters(argument, invert);
    }
  }
  private setOption(letter: string, invert: boolean): void {
    if (this.options.has(letter)) usage(`multiple -${letter} flags not allowed`);
    this.options.add(letter);
    if (invert && !INVERTIBLE.includes(letter)) usage(`cannot have ! before -${letter}`);
  }
  private wait(letter: 'w' | 'W', argument: string): void {
    if (this.where.restore) usage(`You cannot use \`-${letter}' from iptables-restore`);
    const text = argument !== '' ? argument : this.getopt.hasOperand ? this.getopt.takeOperand() : undefined;
    if (letter === 'w') {
      if (text !== undefined && !/^\s*[+-]?\d/.test(text)) usage('wait seconds not numeric');
      this.waits = true;
      return;
    }
    if (text === undefined) return usage('wait interval value required');
    const us = /^\s*\+?(\d+)/.exec(text)?.[1];
    if (us === undefined) return usage('wait interval not numeric');
    if (Number(us) > 999999) usage(`too long usec wait ${us} > 999999 usec`);
    this.environment.warn('Ignoring deprecated --wait-interval option.\n');
    this.waitInterval = true;
  }
  private counters(argument: string, invert: boolean): void {
    this.setOption('c', invert);
    const comma = argument.indexOf(',', 1);
    const bytes = comma >= 0 ? argument.slice(comma + 1) : this.getopt.hasOperand ? this.getopt.takeOperand() : undefined;
    if (bytes === undefined) return usage('-c requires packet and byte counter');
    const number = (text: string, what: string): number => Number(/^\s*\+?(\d+)/.exec(text)?.[1] ?? usage(`-c ${what} counter not numeric`));
    this.packets = number(argument, 'packet');
    this.bytes = number(bytes, 'byte');
  }

  private jump(name: string): void {
    this.jumpTo = targetName(name);
    if (VERDICTS.includes(name)) {
      this.target = { kind: 'verdict', verdict: name as VerdictName };
      return;
    }
    const extension = TARGETS.find((each) => each.name === name && each.families.includes(this.family));
    if (!extension) {
      if (name === 'QUEUE' || UNMODELLED_TARGETS.includes(name)) otherProblem(`not modelled: target ${name}`);
      this.target = { kind: 'jump', chain: name };
      return;
    }
    const info = extension.init(this.family);
    this.target = info;
    this.usedTarget = { extension, info, seen: new Set() };
    this.addOptions(this.usedTarget);
  }
  private useMatch(extension: MatchExtension): void {
    for (const other of this.matches) if (other.extension === extension) other.completed = true;
    const used: UsedMatch = { extension, info: extension.init(this.family), seen: new Set(), completed: false };
    this.matches.push(used);
    this.addOptions(used);
  }
  /** `-p tcp` brings the tcp match when an option comes that nobody knows yet. */
  private loadProtocol(): boolean {
    if (this.protocol === undefined) return false;
    const number = parseWithin(this.protocol, 0, 255);
    const name =
      number === undefined ? this.protocol : (chainProtocolName(number) ?? (number === 0 || this.options.has('n') ? undefined : protocolName(number)));
    const extension = name === undefined ? undefined : lookupMatch(name, this.family);
    const isLoaded = extension !== undefined && this.matches.some((each) => each.extension === extension);
    if (!extension || (isLoaded && this.protocolUsed)) return false;
    this.protocolUsed = true;
    this.useMatch(extension);
    return true;
  }

  private extensionOption(owner: UsedMatch | UsedTarget, entry: OptionEntry, argument: string | undefined, invert: boolean): void {
    let used = owner;
    if ('completed' in owner && owner.completed) used = this.matches.findLast((each) => each.extension === owner.extension) ?? owner;
    const { extension, info, seen } = used;
    if (extension.byHand) {
      const call: OptionCall = { ...byHandCall(entry, argument, invert, this.family) };
      (extension as MatchExtension).parse(info as MatchInfo, call, this.context, seen);
      return;
    }
    const call = readOption(extension.name, extension.options, entry, argument, invert, this.family, seen);
    (extension as MatchExtension).parse(info as MatchInfo, call, this.context, seen);
  }

  private finish(invert: boolean): Command {
    const { getopt } = this;
    if (this.table === 'nat' && (this.policy === 'DROP' || this.jumpTo === 'DROP')) {
      usage('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n');
    }
    if (!this.waits && this.waitInterval) usage('--wait-interval only makes sense with --wait\n');
    for (const used of [...this.matches, ...(this.usedTarget ? [this.usedTarget] : [])]) {
      const extension = used.extension as MatchExtension;
      extension.check?.(used.info as MatchInfo, used.seen, this.context);
      if (!extension.byHand) checkOptions(extension.name, extension.options, used.seen);
    }
    if (getopt.index < getopt.argv.length) usage('unknown arguments found on commandline');
    if (this.kinds.size === 0) usage('no command specified');
    if (invert) usage('nothing appropriate following !');
    const sources = this.sources === undefined ? [anything(this.family)] : parseMaskedList(this.sources, this.family);
    const destinations = this.destinations === undefined ? [anything(this.family)] : parseMaskedList(this.destinations, this.family);
    if ((sources.length > 1 || destinations.length > 1) && (this.selector.invertSource || this.selector.invertDestination)) {
      usage('! not allowed with multiple source or destination IP addresses');
    }
    if (this.kinds.has('replace') && (sources.length !== 1 || destinations.length !== 1)) usage('Replacement rule does not specify a unique address');
    this.checkOptionsOfCommand();
    this.checkChain();
    return {
      kinds: this.kinds,
      table: this.table,
      chain: this.chain,
      ruleNumber: this.ruleNumber,
      newName: this.newName,
      policy: this.policy,
      verbose: this.verbose,
      numeric: this.options.has('n'),
      exact: this.options.has('x'),
      lineNumbers: this.options.has('0'),
      rule: {
        selector: this.selector,
        sources,
        destinations,
        matches: this.matches,
        target: this.target,
        extension: this.usedTarget?.extension ?? null,
        packets: this.packets,
        bytes: this.bytes,
      },
    };
  }
  private checkOptionsOfCommand(): void {
    for (const letter of OPTION_LETTERS) {
      if (!this.options.has(letter)) continue;
      if (![...this.kinds].some((kind) => ALLOWED[kind].includes(letter))) usage(`Illegal option \`-${letter}' with this command`);
    }
  }
  private checkChain(): void {
    const { chain, kinds } = this;
    if (chain === undefined) return;
    if (chain.length >= NAME_LIMIT) usage(`chain name \`${chain}' too long (must be under ${NAME_LIMIT} chars)`);
    if (!['append', 'delete', 'delete-number', 'check', 'insert', 'replace'].some((kind) => kinds.has(kind as CommandKind))) return;
    if ((chain === 'PREROUTING' || chain === 'INPUT') && this.options.has('o')) usage(`Can't use -o with ${chain}\n`);
    if ((chain === 'POSTROUTING' || chain === 'OUTPUT') && this.options.has('i')) usage(`Can't use -i with ${chain}\n`);
  }
}

const byHandCall = (entry: OptionEntry, argument: string | undefined, invert: boolean, family: Family): OptionCall => ({
  id: entry.id,
  name: entry.name,
  argument: argument ?? '',
  invert,
  family,
  number: 0,
  range: { min: 0, max: 0 },
  isRange: false,
  mask: 0,
  address: anything(family),
  mac: 0,
});

const ruleNumber = (text: string): number => parseWithin(text, 1, 0x7fffffff) ?? usage(`Invalid rule number \`${text}'`);

function targetName(name: string): string {
  if (name === '') usage('Invalid target name (too short)');
  if (name.length >= NAME_LIMIT) usage(`Invalid target name \`${name}' (${NAME_LIMIT - 1} chars max)`);
  if (/\s/.test(name)) usage(`Invalid target name \`${name}'`);
  return name;
}

function lookupMatch(name: string, family: Family): MatchExtension | undefined {
  const known = name === 'icmpv6' || name === 'ipv6-icmp' ? 'icmp6' : name;
  return MATCHES.find((each) => each.name === known && each.families.includes(family));
}
function findMatch(name: string, family: Family): MatchExtension {
  if (name.length >= NAME_LIMIT) usage(`Invalid match name "${name}" (${NAME_LIMIT - 1} chars max)`);
  const extension = lookupMatch(name, family);
  if (extension) return extension;
  if (UNMODELLED_MATCHES.includes(name)) otherProblem(`not modelled: match ${name}`);
  return usage(`Couldn't load match \`${name}':No such file or directory\n`);
}
/** Whether `-j NAME` would be an extension or a verdict, and so no chain's name. */
export const isTargetName = (name: string, family: Family): boolean =>
  VERDICTS.includes(name) ||
  name === 'QUEUE' ||
  UNMODELLED_TARGETS.includes(name) ||
  TARGETS.some((each) => each.name === name && each.families.includes(family));
