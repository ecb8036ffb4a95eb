/**
 * The command line of iptables and ip6tables, and each line of iptables-restore, to a `Command`. Authority: iptables/xshared.c (do_parse); the
 * order of checks decides which message comes.
 */
import type { Family } from '../../kernel/index.ts';
import { ALLOWED, COMMAND_LETTERS, INVERTIBLE, letterValue, OPTION_LETTERS, SHORT, type Value } from './command-line.ts';
import type { Command, CommandKind, Parsed } from './command.ts';
import type { Environment } from './environment.ts';
import { Exit, PARAMETER_PROBLEM, usage } from './exit.ts';
import { NAME_LIMIT } from './extensions.ts';
import { Getopt } from './getopt.ts';
import { parseWithin } from './numbers.ts';
import { RuleReader } from './rule-reader.ts';

export function parseCommand(argv: readonly string[], environment: Environment, where: { readonly table: string; readonly restore: boolean }): Parsed {
  return new Parser(argv, environment, where).parse();
}

class Parser {
  private readonly getopt: Getopt<Value>;
  private readonly family: Family;
  private readonly kinds = new Set<CommandKind>();
  private readonly options = new Set<string>();
  private readonly rule: RuleReader;
  private table: string;
  private tableSet = false;
  private chain: string | undefined;
  private ruleNumber = 0;
  private newName = '';
  private policy: string | undefined;
  private verbose = 0;
  private waits = false;
  private waitInterval = false;

  constructor(
    argv: readonly string[],
    private readonly environment: Environment,
    private readonly where: { readonly table: string; readonly restore: boolean },
  ) {
    this.family = environment.family;
    this.table = where.table;
    this.getopt = new Getopt<Value>([...argv], SHORT, letterValue, () => this.rule.longOptions());
    this.rule = new RuleReader(
      environment,
      () => this.getopt,
      (letter, invert) => this.setOption(letter, invert),
      () => this.options.has('n'),
    );
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
        if ('entry' in found.value) this.rule.extensionOption(found.value.owner, found.value.entry, found.argument, invert);
      } else {
        if (this.rule.loadProtocol()) {
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
        return { kind: 'text', text: this.rule.help() };
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
    switch (letter) {
      case 'v':
        if (this.verbose++ === 0) this.setOption('v', invert);
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
      default:
        this.rule.read(letter, argument, invert);
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
  private finish(invert: boolean): Command {
    const { getopt } = this;
    if (this.table === 'nat' && (this.policy === 'DROP' || this.rule.jumpTo === 'DROP')) {
      usage('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n');
    }
    if (!this.waits && this.waitInterval) usage('--wait-interval only makes sense with --wait\n');
    this.rule.checkExtensions();
    if (getopt.index < getopt.argv.length) usage('unknown arguments found on commandline');
    if (this.kinds.size === 0) usage('no command specified');
    if (invert) usage('nothing appropriate following !');
    const rule = this.rule.finish(this.kinds.has('replace'));
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
      rule,
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

const ruleNumber = (text: string): number => parseWithin(text, 1, 0x7fffffff) ?? usage(`Invalid rule number \`${text}'`);
