/**
 * nft(8) of nftables 1.0.6: tables of its own, and what iptables-nft has set up, from words, files and standard input.
 * Deviation: families arp, bridge and netdev, JSON, the interactive mode and `monitor` are not modelled.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { netfilterOf } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { NftMistake } from './lexer.ts';
import { finish, run } from './script.ts';
import { Desk } from './desk.ts';
import type { OwnStyle } from './show.ts';

type Option =
  'help' | 'version' | 'check' | 'handle' | 'stateless' | 'numeric' | 'priority' | 'protocol' | 'file' | 'terse' | 'echo' | 'define' | 'ignored' | 'refused';
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
  flag('file', 'f', 'file', 'Read input from <filename>', '<filename>'),
  flag('define', 'D', 'define', 'Define variable, e.g. --define foo=1.2.3.4', '<name=value>'),
  flag('refused', 'i', 'interactive', 'Read input from interactive CLI'),
  flag('ignored', 'I', 'includepath', 'Add <directory> to the paths searched for include files. Default is: /etc', '<directory>'),
  flag('check', 'c', 'check', 'Check commands validity without actually applying the changes.'),
  flag('refused', 'o', 'optimize', 'Optimize ruleset'),
];
const FORMAT: readonly NftOption[] = [
  flag('handle', 'a', 'handle', 'Output rule handle.'),
  flag('stateless', 's', 'stateless', 'Omit stateful information of ruleset.'),
  flag('terse', 't', 'terse', 'Omit contents of sets.'),
  flag('ignored', 'S', 'service', 'Translate ports to service names as described in /etc/services.'),
  flag('ignored', 'N', 'reversedns', 'Translate IP addresses to names.'),
  flag('ignored', 'u', 'guid', 'Print UID/GID as defined in /etc/passwd and /etc/group.'),
  flag('numeric', 'n', 'numeric', 'Print fully numerical output.'),
  flag('priority', 'y', 'numeric-priority', 'Print chain priority numerically.'),
  flag('protocol', 'p', 'numeric-protocol', 'Print layer 4 protocols numerically.'),
  flag('ignored', 'T', 'numeric-time', 'Print time values numerically.'),
];
const OUTPUT: readonly NftOption[] = [
  flag('echo', 'e', 'echo', 'Echo what has been added, inserted or replaced.'),
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

/** The text of a mistake: where it is, the line, and what of it is underlined. */
function explain(mistake: NftMistake, text: string, file: string | undefined): string {
  const start = text.lastIndexOf('\n', mistake.at - 1) + 1;
  const stop = text.indexOf('\n', start);
  const line = text.slice(start, stop < 0 ? text.length : stop);
  const column = mistake.at - start;
  const number = text.slice(0, start).split('\n').length;
  const where = file === undefined ? '' : `${file}:${number}:${column + 1}-${column + mistake.width}: `;
  const marks = [
    ...Array.from<string>({ length: Math.max(column + mistake.width, mistake.other === null ? 0 : mistake.other.at - start + mistake.other.width) }).fill(' '),
  ];
  if (mistake.other !== null) marks.fill('~', mistake.other.at - start, mistake.other.at - start + mistake.other.width);
  marks.fill('^', column, column + mistake.width);
  return `${where}Error: ${mistake.message}\n${line.replaceAll('\t', ' ')}\n${marks.join('')}\n`;
}

function* readFile(p: Process, path: string): Sys<Bytes | number> {
  if (path === '-') {
    const text = yield* p.readAll(0);
    return text.ok ? text.value : '';
  }
  const file = yield* p.open(path, { read: true });
  if (!file.ok) return (yield* p.error(`internal:0:0-0: Error: Could not open file "${path}": ${strerror(file.error)}\n\n\n`), 1);
  const text = yield* p.readAll(file.value);
  p.close(file.value);
  return text.ok ? text.value : '';
}

const nft: Program = function* (p: Process) {
  const line = parseOptions(p.argv, SPECS, 'posix');
  if (line.error !== undefined) return (yield* p.error(line.error), 1);
  const has = (id: Option): boolean => line.options.some((option) => option.id === id);
  if (has('help')) return (yield* p.print(helpText()), 0);
  if (has('version')) return (yield* p.print('nftables v1.0.6 (Lester Gooch #5)\n'), 0);
  if (has('refused')) return yield* p.fail('not modelled: JSON, the interactive mode, optimizing and debugging');
  const file = line.options.find((option) => option.id === 'file')?.argument;
  let text: Bytes = line.operands.join(' ');
  if (file !== undefined) {
    const read = yield* readFile(p, file);
    if (typeof read === 'number') return read;
    text = read;
  } else if (text.trim() === '') return (yield* p.error('nft: no command specified\n'), 1);
  const defined = line.options.filter((option) => option.id === 'define').map((option) => `define ${option.argument ?? ''}\n`.replace('=', ' = '));
  const netns = netnsOf(p);
  const netfilter = netfilterOf(netns);
  const devices = [...netns.devices.values()];
  const style: OwnStyle = {
    numeric: has('numeric'),
    numericPriority: has('numeric') || has('priority'),
    numericProtocol: has('numeric') || has('protocol'),
    handles: has('handle'),
    stateless: has('stateless'),
    terse: has('terse'),
    nowUs: netns.simulation.nowUs,
    names: {
      deviceIndex: (name) => devices.find((device) => device.name === name)?.index,
      deviceName: (index) => devices.find((device) => device.index === index)?.name,
    },
  };
  const draft = netfilter.nft.draft();
  const whole = defined.join('') + text;
  try {
    const desk = new Desk(whole, {
      rulesets: [netfilter.ruleset('ip'), netfilter.ruleset('ip6')],
      draft,
      takeHandle: () => netfilter.tableHandles.next++,
      style,
      isEcho: has('echo'),
    });
    const output = run(desk);
    if (!has('check')) {
      finish(desk);
      if (desk.hasChanged) netfilter.nft.commit(draft);
    }
    // what it warns of goes to standard error, each in its place
    for (const piece of output.split(/^(# Warning: table .*\n)/m)) {
      if (!piece.startsWith('# Warning: ')) yield* p.print(piece);
      else {
        yield* p.flush();
        yield* p.error(piece);
      }
    }
    return 0;
  } catch (error) {
    if (!(error instanceof NftMistake)) throw error;
    yield* p.error(explain(error, whole, file === '-' ? '/dev/stdin' : file));
    return 1;
  }
};

const DECLARATION: Declaration = {
  synopsis: '[ options ] [ cmds... ]',
  options: declaredOptions(SPECS),
  commands: ['add', 'create', 'insert', 'replace', 'delete', 'flush', 'list', 'rename', 'reset'].map((name) => ({ name })),
  missing: ['families arp, bridge and netdev; JSON, monitor, get and the interactive mode; named quotas and limits; queue, tproxy, dup and flow tables'],
};
export const NFT_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/nft', main: declared(DECLARATION, nft), origin: 'nftables 1.0.6' }];
