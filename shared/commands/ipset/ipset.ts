/** ipset 7.17: sets of addresses, networks and ports that rules of iptables look packets up in. Authority: lib/ipset.c of ipset 7.17. */
import { strerror, type Bytes } from '../../base/index.ts';
import { netfilterOf, type IpSet, type IpSets, type Netfilter, type Netns } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import type { SetFact } from '../../snapshot/index.ts';
import { addElements, deleteElements, testElement } from './change.ts';
import { createSet, headerText } from './create.ts';
import { BadElement, compareValues, formatValues } from './element.ts';
import { fail, Failure, IN_USE, misused, NO_SET } from './errors.ts';
import { COMMANDS, FLAGS, HELP, VERSION_LINE, type Command } from './help.ts';
import { memoryOf, TYPES } from './types.ts';
import { declared, type Declaration } from '../declaration.ts';

const NAME_MAX = 31;

interface Request {
  readonly command: string;
  readonly words: readonly Bytes[];
  readonly has: (flag: string) => boolean;
  readonly values: ReadonlyMap<string, Bytes>;
}
function parse(argv: readonly Bytes[]): Request {
  const flags = new Set<string>();
  const values = new Map<string, Bytes>();
  const words: Bytes[] = [];
  let command: Command | undefined;
  const rest = argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const flag = FLAGS.find(({ short, long }) => word === short || word === long || word === `-${long}`);
    const isCommandLetter = command === undefined && COMMANDS.some(({ names }) => names.includes(word));
    if (flag && !isCommandLetter && (command?.most !== 'any' || !['-f', '-o', '-n', '-t'].includes(flag.short))) {
      flags.add(flag.short);
      if (flag.short === '-o' || flag.short === '-f') values.set(flag.short, rest.shift() ?? misused(`Missing mandatory argument to option ${word}`));
      continue;
    }
    if (command === undefined) {
      command = COMMANDS.find(({ names }) => names.includes(word)) ?? misused(`No command specified: unknown argument ${word}`);
      continue;
    }
    if (command.most !== 'any' && words.length >= command.most) misused(`Unknown argument ${word}`);
    words.push(word);
  }
  if (command === undefined) return misused('No command specified.');
  const [name = ''] = command.names;
  if (words.length === 0 && command.least > 0) misused(`Missing mandatory argument to command ${name}`);
  if (words.length === 1 && command.least > 1) misused(`Missing second mandatory argument to command ${name}`);
  if (['create', 'rename', 'swap'].includes(name)) {
    for (const each of name === 'create' ? words.slice(0, 1) : words) {
      if (each.length > NAME_MAX) fail(`Syntax error: setname '${each}' is longer than ${NAME_MAX} characters`);
    }
  }
  return { command: name, words, has: (flag) => flags.has(flag), values };
}

/** How many rules and lists name a set. */
function referencesTo(netfilter: Netfilter, name: Bytes): number {
  let count = 0;
  for (const set of netfilter.sets.sets.values()) {
    if (set.type === 'list:set') count += set.list().filter(({ values: [value] }) => value?.kind === 'text' && value.text === name).length;
  }
  for (const family of ['ip', 'ip6'] as const) {
    for (const table of netfilter.ruleset(family).tables.values()) {
      for (const chain of table.chains.values()) {
        for (const { spec } of chain.rules) {
          count += spec.matches.filter((match) => match.kind === 'set' && match.set.name === name).length;
          if (spec.target?.kind === 'SET') count += [spec.target.add, spec.target.delete].filter((each) => each?.name === name).length;
        }
      }
    }
  }
  return count;
}

class Session {
  out = '';
  notes = '';
  private readonly netfilter: Netfilter;
  private readonly sets: IpSets;
  constructor(private readonly netns: Netns) {
    this.netfilter = netfilterOf(netns);
    this.sets = this.netfilter.sets;
  }
  private named(name: Bytes): IpSet {
    return this.sets.sets.get(name) ?? fail(NO_SET);
  }

  run(request: Request): number {
    const { command, words, has } = request;
    const [first = '', second = '', ...rest] = words;
    const ignores = has('-!') ? 'existing' : 'nothing';
    switch (command) {
      case 'create':
        this.create(first, second, rest, ignores);
        return 0;
      case 'add':
        addElements(this.netns, this.sets.sets, this.named(first), second, rest, ignores);
        return 0;
      case 'del':
        deleteElements(this.sets.sets, this.named(first), second, rest, ignores);
        return 0;
      case 'test': {
        const answer = testElement(this.named(first), second, rest);
        if (!has('-q')) this.notes += answer.text;
        return answer.status;
      }
      case 'destroy':
        this.destroy(words[0]);
        return 0;
      case 'flush':
        for (const set of words.length > 0 ? [this.named(first)] : this.sets.sets.values()) set.flush();
        return 0;
      case 'rename':
        this.rename(first, second);
        return 0;
      case 'swap':
        this.swap(first, second);
        return 0;
      default:
        this.list(request);
        return 0;
    }
  }
  private create(name: Bytes, type: Bytes, words: readonly Bytes[], ignores: 'nothing' | 'existing'): void {
    const set = createSet(this.netns, name, type, words);
    const known = this.sets.sets.get(name);
    if (known && (ignores === 'nothing' || known.type !== set.type)) fail('Set cannot be created: set with the same name already exists');
    if (!known) this.sets.register(set);
  }
  private destroy(name: Bytes | undefined): void {
    const doomed = name === undefined ? [...this.sets.sets.values()] : [this.named(name)];
    if (doomed.some((set) => referencesTo(this.netfilter, set.name) > 0)) fail(IN_USE);
    for (const set of doomed) this.sets.sets.delete(set.name);
  }
  private rename(from: Bytes, to: Bytes): void {
    const set = this.named(from);
    if (this.sets.sets.has(to)) fail('Set cannot be renamed: a set with the new name already exists');
    if (referencesTo(this.netfilter, from) > 0) fail('Set cannot be renamed: it is in use by another system');
    this.sets.sets.delete(from);
    set.name = to;
    this.sets.sets.set(to, set);
  }
  private swap(from: Bytes, to: Bytes): void {
    const first = this.named(from);
    const second = this.sets.sets.get(to) ?? fail('Sets cannot be swapped: the second set does not exist');
    if (first.type !== second.type || first.options.family !== second.options.family) fail('The sets cannot be swapped: their type does not match');
    // What a set is goes with its elements; the names stay where they are.
    this.sets.sets.set(to, first);
    this.sets.sets.set(from, second);
    [first.name, second.name] = [to, from];
    [first.index, second.index] = [second.index, first.index];
  }

  private list({ command, words, has, values }: Request): void {
    const mode = values.get('-o') ?? (command === 'save' ? 'save' : 'plain');
    if (mode !== 'plain' && mode !== 'save') fail(mode === 'xml' ? 'not modelled: output as XML' : `Syntax error: unknown output mode '${mode}'`);
    const shown = words[0] === undefined ? this.sets.inOrder() : [this.named(words[0])];
    const texts = shown.map((set) => {
      if (has('-n')) return `${set.name}\n`;
      const elements = has('-t') ? [] : elementTexts(set, this.netns.simulation.nowUs, has('-s') || set.type.startsWith('bitmap:') ? 'sorted' : 'as they are');
      if (mode === 'save') return `create ${set.name} ${set.type} ${headerText(set)}\n${elements.map((text) => `add ${set.name} ${text}\n`).join('')}`;
      const head = [
        ...[
          `Name: ${set.name}`,
          `Type: ${set.type}`,
          `Revision: ${TYPES[set.type].revision}`,
          `Header: ${headerText(set)}`,
          `Size in memory: ${memoryOf(set)}`,
        ],
        ...[`References: ${referencesTo(this.netfilter, set.name)}`, `Number of entries: ${set.size}`],
      ];
      return `${[...head, ...(has('-t') ? [] : ['Members:', ...elements])].join('\n')}\n`;
    });
    this.out += texts.join(mode === 'plain' && !has('-n') ? '\n' : '');
  }
}
/** As `ipset save` has them. */
export const setFacts = (netns: Netns): readonly SetFact[] =>
  netfilterOf(netns)
    .sets.inOrder()
    .map((set) => ({
      name: set.name,
      type: set.type,
      header: headerText(set),
      members: elementTexts(set, netns.simulation.nowUs, set.type.startsWith('bitmap:') ? 'sorted' : 'as they are'),
    }));
/** The inverse: what could not be made again is told, in ipset's words. */
export function makeSets(netns: Netns, facts: readonly SetFact[]): readonly string[] {
  const { sets } = netfilterOf(netns);
  const problems: string[] = [];
  const attempt = (what: string, body: () => void): void => {
    try {
      body();
    } catch (error) {
      if (!(error instanceof Failure || error instanceof BadElement)) throw error;
      problems.push(`ipset ${what}: ${error.message}`);
    }
  };
  // lists of sets come after what they list
  const ordered = [...facts].sort((a, b) => Number(a.type === 'list:set') - Number(b.type === 'list:set'));
  for (const { name, type, header } of ordered)
    attempt(`create ${name} ${type} ${header}`, () =>
      sets.register(
        createSet(
          netns,
          name,
          type,
          header.split(' ').filter((word) => word !== ''),
        ),
      ),
    );
  for (const { name, members } of ordered) {
    const set = sets.sets.get(name);
    if (!set) continue;
    for (const member of members)
      attempt(`add ${name} ${member}`, () => {
        const [element = '', ...words] = member.split(' ');
        addElements(netns, sets.sets, set, element, words, 'existing');
      });
  }
  return problems;
}

function elementTexts(set: IpSet, nowUs: number, order: 'sorted' | 'as they are'): readonly Bytes[] {
  const elements = order === 'sorted' && set.type !== 'list:set' ? [...set.list()].sort((a, b) => compareValues(a.values, b.values)) : set.list();
  return elements.map(({ values, expiresUs, packets, bytes, comment, nomatch, skbinfo }) => {
    let text = formatValues(set, values);
    if (nomatch) text += ' nomatch';
    if (set.options.timeoutS !== null) text += ` timeout ${expiresUs === null ? 0 : Math.max(1, Math.floor((expiresUs - nowUs) / 1e6))}`;
    if (set.options.counters) text += ` packets ${packets} bytes ${bytes}`;
    if (comment !== '') text += ` comment "${comment}"`;
    if (skbinfo) {
      const { mark, mask, priority, queue } = skbinfo;
      if (mark !== 0 || mask !== 0xffffffff) text += ` skbmark 0x${mark.toString(16)}${mask === 0xffffffff ? '' : `/0x${mask.toString(16)}`}`;
      if (priority !== 0) text += ` skbprio ${(priority >>> 16).toString(16)}:${(priority & 0xffff).toString(16)}`;
      if (queue !== 0) text += ` skbqueue ${queue}`;
    }
    return text;
  });
}

/** Runs one command line: what was said, and the status. */
function perform(session: Session, argv: readonly Bytes[]): { readonly status: number; readonly error: Bytes; readonly isQuiet: boolean } {
  let request: Request | undefined;
  try {
    request = parse(argv);
    return { status: session.run(request), error: '', isQuiet: false };
  } catch (error) {
    const isQuiet = request?.has('-q') === true;
    if (error instanceof Failure) return { status: error.status, error: error.text, isQuiet };
    if (error instanceof BadElement) return { status: 1, error: error.message, isQuiet };
    throw error;
  }
}

const ipset: Program = function* (p) {
  let request: Request | undefined;
  try {
    request = parse(p.argv);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    yield* p.error(`ipset v7.17: ${error.text}\n`);
    return error.status;
  }
  if (request.command === 'version') return (yield* p.print(VERSION_LINE), 0);
  if (request.command === 'help') return (yield* p.print(HELP), 0);
  if (request.command === 'quit') return 0;
  if (p.credentials.euid !== 0) return yield* refuse(p, `Kernel error received: ${strerror('EPERM')}`);
  const session = new Session(netnsOf(p));
  if (request.command === 'restore') return yield* restore(p, session, request);
  const { status, error, isQuiet } = perform(session, p.argv);
  if (session.notes !== '') yield* p.error(session.notes);
  if (error !== '' && !isQuiet) yield* p.error(`ipset v7.17: ${error}\n`);
  const path = request.values.get('-f');
  if (path === undefined) yield* p.print(session.out);
  else {
    const written = p.fs.writeFile(path, session.out);
    if (!written.ok) return yield* refuse(p, `Cannot open ${path} for writing: ${strerror(written.error)}`);
  }
  return status;
};
function* refuse(p: Process, text: Bytes): Sys<number> {
  yield* p.error(`ipset v7.17: ${text}\n`);
  return 1;
}

/** Words of a saved line: blanks between, quotes around comments. */
const wordsOf = (line: Bytes): Bytes[] => (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));
function* restore(p: Process, session: Session, request: Request): Sys<number> {
  const path = request.values.get('-f');
  const input = path === undefined ? yield* p.readAll(0) : p.fs.readFile(path);
  if (!input.ok) return yield* refuse(p, `Cannot open ${path} for reading: ${strerror(input.error)}`);
  for (const [i, line] of input.value.split('\n').entries()) {
    const words = wordsOf(line);
    if (words.length === 0 || line.startsWith('#') || words[0] === 'COMMIT') continue;
    const { status, error } = perform(session, ['ipset', ...(request.has('-!') ? ['-!'] : []), ...words]);
    if (status !== 0 && error !== '') return yield* refuse(p, `Error in line ${i + 1}: ${error}`);
    yield* p.tick();
  }
  return 0;
}

const DECLARATION: Declaration = {
  synopsis: '[options] COMMAND',
  options: FLAGS.map(({ short, long, value, help }) => ({ names: [short, `-${long}`], value: value === '' ? undefined : value, help: help.join(' ').trim() })),
  commands: COMMANDS.map(({ names: [name = '', ...aliases], help }) => ({ name, aliases, help })),
};
export const IPSET_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/ipset', main: declared(DECLARATION, ipset), origin: 'ipset 7.17' }];
