/**
 * The part of a command line that is a rule: addresses, interfaces, protocol, matches and target as they are named, and their options.
 * A protocol's own match comes when one of its options does. Authority: iptables/xshared.c (do_parse).
 */
import type { Family, MaskedAddress, MatchInfo, Selector, TargetInfo, VerdictName } from '../../kernel/index.ts';
import { protocolName } from '../names/protocols.ts';
import { anything, parseInterface, parseMaskedList } from './addresses.ts';
import { LONG_OPTIONS, type Value } from './command-line.ts';
import type { ParsedRule, UsedMatch, UsedTarget } from './command.ts';
import type { Environment } from './environment.ts';
import { usage } from './exit.ts';
import type { MatchExtension, ParseContext } from './extension.ts';
import { findMatch, findTarget, lookupMatch, targetName, VERDICTS } from './extensions.ts';
import type { Getopt, LongOption } from './getopt.ts';
import { parseWithin } from './numbers.ts';
import { chainProtocolName, checkOptions, parseProtocol, readOption, type OptionCall, type OptionEntry } from './option.ts';

/** Protocols that are IPv6's extension headers. */
const HEADER_PROTOCOLS = [43, 44, 51, 60];

export class RuleReader {
  private readonly family: Family;
  readonly selector: Selector;
  readonly matches: UsedMatch[] = [];
  /** What `-j` or `-g` named. */
  jumpTo: string | undefined;
  private target: TargetInfo | null = null;
  private usedTarget: UsedTarget | null = null;
  private extensionOptions: LongOption<Value>[] = [];
  private protocol: string | undefined;
  private protocolUsed = false;
  private sourceText: string | undefined;
  private destinationText: string | undefined;
  private packets = 0;
  private bytes = 0;
  private readonly context: ParseContext;

  constructor(
    private readonly environment: Environment,
    private readonly getopt: () => Getopt<Value>,
    /** Notes an option of the command; refuses it when it is there already. */
    private readonly setOption: (letter: string, invert: boolean) => void,
    private readonly isNumeric: () => boolean,
  ) {
    this.family = environment.family;
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
      takeOperand: () => (this.getopt().hasOperand ? this.getopt().takeOperand() : undefined),
      warn: (line) => environment.warn(line),
      lookupSet: (name) => environment.lookupSet(name),
    };
  }

  longOptions(): readonly LongOption<Value>[] {
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

  /** An option of a rule, by its letter. */
  read(letter: string, argument: string, invert: boolean): void {
    const { selector } = this;
    switch (letter) {
      case 'p':
        this.setOption('p', invert);
        return this.readProtocol(argument.toLowerCase(), invert);
      case 's':
        this.setOption('s', invert);
        selector.invertSource = invert;
        this.sourceText = argument;
        return;
      case 'd':
        this.setOption('d', invert);
        selector.invertDestination = invert;
        this.destinationText = argument;
        return;
      case 'g':
        this.setOption('j', invert);
        this.jumpTo = targetName(argument);
        this.target = { kind: 'goto', chain: argument };
        return;
      case 'j':
        this.setOption('j', invert);
        return this.jump(argument);
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
      case 'm':
        if (invert) usage('unexpected ! flag before --match');
        return this.useMatch(findMatch(argument, this.family));
      case 'c':
        this.counters(argument, invert);
    }
  }
  private readProtocol(name: string, invert: boolean): void {
    const { selector } = this;
    this.protocol = name;
    selector.protocol = parseProtocol(name);
    selector.invertProtocol = invert;
    if (selector.protocol === 0 && invert) usage('rule would never match protocol');
    if (this.family === 'ip6' && !invert && HEADER_PROTOCOLS.includes(selector.protocol)) {
      this.environment.warn(`Warning: never matched protocol: ${name}. use extension match instead.\n`);
    }
  }
  private counters(argument: string, invert: boolean): void {
    this.setOption('c', invert);
    const getopt = this.getopt();
    const comma = argument.indexOf(',', 1);
    const bytes = comma >= 0 ? argument.slice(comma + 1) : getopt.hasOperand ? getopt.takeOperand() : undefined;
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
    const extension = findTarget(name, this.family);
    if (!extension) {
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
  loadProtocol(): boolean {
    if (this.protocol === undefined) return false;
    const number = parseWithin(this.protocol, 0, 255);
    const name = number === undefined ? this.protocol : (chainProtocolName(number) ?? (number === 0 || this.isNumeric() ? undefined : protocolName(number)));
    const extension = name === undefined ? undefined : lookupMatch(name, this.family);
    const isLoaded = extension !== undefined && this.matches.some((each) => each.extension === extension);
    if (!extension || (isLoaded && this.protocolUsed)) return false;
    this.protocolUsed = true;
    this.useMatch(extension);
    return true;
  }
  help(): string {
    const protocol = this.matches.length === 0 && this.protocol !== undefined ? lookupMatch(this.protocol, this.family) : undefined;
    const matches = protocol ? [protocol] : this.matches.map((each) => each.extension);
    return this.environment.help(
      this.jumpTo,
      matches.map((each) => each.name),
    );
  }

  extensionOption(owner: UsedMatch | UsedTarget, entry: OptionEntry, argument: string | undefined, invert: boolean): void {
    let used = owner;
    if ('completed' in owner && owner.completed) used = this.matches.findLast((each) => each.extension === owner.extension) ?? owner;
    const { extension, info, seen } = used;
    const call = extension.byHand
      ? byHandCall(entry, argument, invert, this.family)
      : readOption(extension.name, extension.options, entry, argument, invert, this.family, seen);
    (extension as MatchExtension).parse(info as MatchInfo, call, this.context, seen);
  }
  /** What extensions say at the end of the line. */
  checkExtensions(): void {
    for (const used of [...this.matches, ...(this.usedTarget ? [this.usedTarget] : [])]) {
      const extension = used.extension as MatchExtension;
      extension.check?.(used.info as MatchInfo, used.seen, this.context);
      if (!extension.byHand) checkOptions(extension.name, extension.options, used.seen);
    }
  }
  /** The rule; `isOne`: it may not stand for several. */
  finish(isOne: boolean): ParsedRule {
    const { selector } = this;
    const list = (text: string | undefined): readonly MaskedAddress[] => (text === undefined ? [anything(this.family)] : parseMaskedList(text, this.family));
    const sources = list(this.sourceText);
    const destinations = list(this.destinationText);
    if ((sources.length > 1 || destinations.length > 1) && (selector.invertSource || selector.invertDestination)) {
      usage('! not allowed with multiple source or destination IP addresses');
    }
    if (isOne && (sources.length !== 1 || destinations.length !== 1)) usage('Replacement rule does not specify a unique address');
    return {
      selector,
      sources,
      destinations,
      matches: this.matches,
      target: this.target,
      extension: this.usedTarget?.extension ?? null,
      packets: this.packets,
      bytes: this.bytes,
    };
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
