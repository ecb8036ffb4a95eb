/**
 * The program `brctl` of bridge-utils 1.7: bridges the old way, by ioctl and /sys. Authority: brctl(8), brctl_cmd.c, net/bridge/br_ioctl.c.
 */
import { err, ok, strerror, type Errno, type Result } from '../../base/index.ts';
import {
  addLink,
  Bridge,
  bridgePortOf,
  deleteLink,
  setLink,
  type BridgeOptions,
  type BridgePort,
  type BridgePortOptions,
  type Device,
  type Netns,
} from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { scanInteger } from '../iproute2/numbers.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { BRCTL_COMMANDS, brctlUsage, type BrctlName } from './commands.ts';
import { showBridge, SHOW_HEAD, showMacs, showStp } from './show.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

export const BRCTL_OPTIONS: readonly OptionSpec<'help' | 'version'>[] = [
  { id: 'help', short: 'h', long: 'help', argument: 'none' },
  { id: 'version', short: 'V', long: 'version', argument: 'none' },
];

const IFNAMSIZ = 15;

/** What a command says and answers. */
interface Answer {
  readonly out?: string;
  readonly error?: string;
  readonly status: number;
}
const DONE: Answer = { status: 0 };
const refuse = (text: string): Answer => ({ error: `${text}\n`, status: 1 });

export function* brctl(p: Process): Sys<number> {
  const line = parseOptions(p.argv, BRCTL_OPTIONS, 'posix');
  if (line.error !== undefined) {
    yield* p.error(`${line.error}Unknown option '?'\n${brctlUsage()}`);
    return 1;
  }
  const [first] = line.options;
  if (first?.id === 'help') {
    yield* p.print(brctlUsage());
    return 0;
  }
  if (first?.id === 'version') {
    yield* p.print('bridge-utils, 1.7\n');
    return 0;
  }
  const [name, ...operands] = line.operands;
  if (name === undefined) {
    yield* p.error(brctlUsage());
    return 1;
  }
  const command = BRCTL_COMMANDS.find((each) => each.name === name);
  if (!command) {
    yield* p.error(`never heard of command [${name}]\n${brctlUsage()}`);
    return 1;
  }
  if (operands.length < command.operands) {
    yield* p.print('Incorrect number of arguments for command\n');
    yield* p.print(`Usage: brctl ${name} ${command.help}\n`);
    return 1;
  }
  const answer = run(netnsOf(p), command.name, operands, p.nowUs);
  if (answer.error !== undefined) yield* p.error(answer.error);
  if (answer.out !== undefined) yield* p.print(answer.out);
  return answer.status;
}

function run(netns: Netns, name: BrctlName, operands: readonly string[], nowUs: number): Answer {
  const [first = '', second = '', third = ''] = operands;
  const device = netns.device(first);
  const bridge = device instanceof Bridge ? device : undefined;
  switch (name) {
    case 'addbr':
      return addBridge(netns, first);
    case 'delbr':
      return deleteBridge(netns, first, device);
    case 'addif':
      return each(operands.slice(1), (port) => addPort(netns, first, bridge, port));
    case 'delif':
      return each(operands.slice(1), (port) => deletePort(netns, first, bridge, port));
    case 'hairpin':
      return hairpin(netns, first, second, third);
    case 'setageing':
      return setTime(netns, first, second, 'ageingTime', 'ageing time');
    case 'setfd':
      return setTime(netns, first, second, 'forwardDelay', 'forward delay');
    case 'sethello':
      return setTime(netns, first, second, 'helloTime', 'hello timer');
    case 'setmaxage':
      return setTime(netns, first, second, 'maxAge', 'max age');
    case 'setbridgeprio': {
      const priority = wholeNumber(second);
      if (priority === undefined) return refuse('bad priority');
      return said(setBridge(netns, first, { priority: priority & 0xffff }), 'set bridge priority failed');
    }
    case 'setpathcost': {
      const cost = wholeNumber(third);
      if (cost === undefined) return refuse('bad path cost value');
      return said(setPort(netns, first, second, { cost }), 'set path cost failed');
    }
    case 'setportprio': {
      const priority = wholeNumber(third);
      if (priority === undefined) return refuse('bad path priority value');
      return said(setPort(netns, first, second, { priority }), 'set port priority failed');
    }
    case 'stp': {
      const on = onOff(second);
      return on === undefined ? refuse('expect on/off for argument') : said(setBridge(netns, first, { stpState: on ? 1 : 0 }), 'set stp status failed');
    }
    case 'show':
      return show(netns, operands);
    case 'showmacs':
      if (!device) return refuse(`read of forward table failed: ${strerror('ENODEV')}`);
      return bridge ? { out: showMacs(bridge, nowUs), status: 0 } : refuse(`read of forward table failed: ${strerror('EOPNOTSUPP')}`);
    case 'showstp':
      return bridge ? { out: showStp(bridge, nowUs), status: 0 } : refuse(noBridge(first, device));
  }
}

const noBridge = (name: string, device: Device | undefined): string => (device ? `device ${name} is not a bridge!` : `bridge ${name} does not exist!`);
const said = (result: Result<void, Errno>, what: string): Answer => (result.ok ? DONE : refuse(`${what}: ${strerror(result.error)}`));
function each(names: readonly string[], act: (name: string) => Answer): Answer {
  for (const name of names) {
    const answer = act(name);
    if (answer.status !== 0) return answer;
  }
  return DONE;
}
/** strtoul(3) of the whole word. */
function wholeNumber(text: string): number | undefined {
  const { value, taken } = scanInteger(text);
  return taken > 0 && taken === text.length ? Number(BigInt.asIntN(32, value)) : undefined;
}
const onOff = (word: string): boolean | undefined => (['on', 'yes', '1'].includes(word) ? true : ['off', 'no', '0'].includes(word) ? false : undefined);

function addBridge(netns: Netns, name: string): Answer {
  const made = addLink(netns, { name: name.slice(0, IFNAMSIZ), info: { kind: 'bridge' } });
  if (made.ok) return DONE;
  if (made.error.errno === 'EEXIST') return refuse(`device ${name} already exists; can't create bridge with the same name`);
  return refuse(`add bridge failed: ${strerror(made.error.errno)}`);
}
function deleteBridge(netns: Netns, name: string, device: Device | undefined): Answer {
  if (!device) return refuse(`bridge ${name} doesn't exist; can't delete it`);
  if (!(device instanceof Bridge)) return refuse(`can't delete bridge ${name}: ${strerror('EPERM')}`);
  if (device.isUp) return refuse(`bridge ${name} is still up; can't delete it`);
  const gone = deleteLink(netns, device.index);
  return gone.ok ? DONE : refuse(`can't delete bridge ${name}: ${strerror(gone.error.errno)}`);
}
function addPort(netns: Netns, name: string, bridge: Bridge | undefined, portName: string): Answer {
  const port = netns.device(portName);
  if (!port) return refuse(`interface ${portName} does not exist!`);
  if (!bridge) return refuse(netns.device(name) ? `can't add ${portName} to bridge ${name}: ${strerror('EOPNOTSUPP')}` : `bridge ${name} does not exist!`);
  if (port.master !== null) return refuse(`device ${portName} is already a member of a bridge; can't add it to bridge ${name}.`);
  const added = setLink(netns, port.index, { master: bridge.index });
  if (added.ok) return DONE;
  if (added.error.errno === 'EBUSY') return refuse(`device ${portName} is already a member of a bridge; can't add it to bridge ${name}.`);
  if (added.error.errno === 'ELOOP') return refuse(`device ${portName} is a bridge device itself; can't add a bridge device to a bridge device.`);
  return refuse(`can't add ${portName} to bridge ${name}: ${strerror(added.error.errno)}`);
}
function deletePort(netns: Netns, name: string, bridge: Bridge | undefined, portName: string): Answer {
  const port = netns.device(portName);
  if (!port) return refuse(`interface ${portName} does not exist!`);
  if (!bridge) return refuse(netns.device(name) ? `can't delete ${portName} from ${name}: ${strerror('EOPNOTSUPP')}` : `bridge ${name} does not exist!`);
  if (port.master !== bridge) return refuse(`device ${portName} is not a port of ${name}`);
  const removed = setLink(netns, port.index, { master: 0 });
  return removed.ok ? DONE : refuse(`can't delete ${portName} from ${name}: ${strerror(removed.error.errno)}`);
}
function hairpin(netns: Netns, name: string, portName: string, word: string): Answer {
  const on = onOff(word);
  if (on === undefined) return refuse('expect on/off for argument');
  if (!netns.device(portName)) return refuse(`interface ${portName} does not exist!`);
  if (!netns.device(name)) return refuse(`bridge ${name} does not exist!`);
  if (!portOf(netns, name, portName).ok) return refuse(`device ${portName} is not a port of ${name}`);
  const set = setPort(netns, name, portName, { hairpin: on });
  return set.ok ? DONE : refuse(`can't set ${portName} to hairpin on bridge ${name}: ${strerror(set.error)}`);
}

function setTime(netns: Netns, name: string, word: string, field: 'ageingTime' | 'forwardDelay' | 'helloTime' | 'maxAge', what: string): Answer {
  // sscanf("%lf")
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(word);
  if (!match) return refuse(`bad ${what} value`);
  return said(setBridge(netns, name, { [field]: Math.floor(Number(match[1]) * 100 + 1e-6) }), `set ${what} failed`);
}
function setBridge(netns: Netns, name: string, options: BridgeOptions): Result<void, Errno> {
  const device = netns.device(name);
  if (!device) return err('ENODEV');
  if (!(device instanceof Bridge)) return err('EOPNOTSUPP');
  const set = setLink(netns, device.index, { info: { kind: 'bridge', options } });
  return set.ok ? ok(undefined) : err(set.error.errno);
}
function portOf(netns: Netns, name: string, portName: string): Result<BridgePort, Errno> {
  const port = netns.device(portName);
  if (!netns.device(name) || !port) return err('ENODEV');
  const found = bridgePortOf(port);
  return found && found.bridge.name === name ? ok(found) : err('ENOENT');
}
function setPort(netns: Netns, name: string, portName: string, options: BridgePortOptions): Result<void, Errno> {
  const port = portOf(netns, name, portName);
  if (!port.ok) return port;
  const set = setLink(netns, port.value.device.index, { port: options, byBridge: true });
  return set.ok ? ok(undefined) : err(set.error.errno);
}

function show(netns: Netns, names: readonly string[]): Answer {
  const all = [...netns.devices.values()].filter((device) => device instanceof Bridge);
  const wanted = names.length === 0 ? all.map(({ name }) => name).sort() : names;
  let out = '';
  let error = '';
  for (const name of wanted) {
    const device = netns.device(name);
    if (device instanceof Bridge) out += `${out === '' ? SHOW_HEAD : ''}${showBridge(device)}`;
    else error += `${noBridge(name, device)}\n`;
  }
  return { ...(error !== '' && { error }), out, status: error === '' ? 0 : 1 };
}

const DECLARATION: Declaration = {
  synopsis: '[commands]',
  options: declaredOptions(BRCTL_OPTIONS),
  commands: BRCTL_COMMANDS.map(({ name, help }) => ({ name, help: help.replace(/\t+/, ': ') })),
};
export const BRCTL_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/brctl', main: declared(DECLARATION, brctl), origin: 'bridge-utils 1.7.1' }];
