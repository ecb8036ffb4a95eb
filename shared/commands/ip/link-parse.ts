/**
 * What `ip link add`, `set` and `delete` are told about a device, up to `type`, as a request to the kernel.
 * Authority: ip/iplink.c (iplink_parse). The order of the table is the order in which abbreviations are tried.
 */
import { err, type Errno, type Result } from '../../base/index.ts';
import { Iff, OPER_STATES, type LinkRequest, type Netns } from '../../kernel/index.ts';
import { NETNS_DIR, netnsAt, netnsOf } from '../../machine/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { linkAddressLength, macOfBytes, parseLinkAddress } from '../iproute2/link-layer.ts';
import { atoi, parseInt32, parseU32 } from '../iproute2/numbers.ts';
import { USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { linkUsage } from './usage.ts';
import { takeVrf } from './vrf.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type LinkDraft = Mutable<LinkRequest>;

/** What has been read: the request, and what the program itself needs. */
export interface LinkCommand {
  readonly request: LinkDraft;
  /** The device to change or delete, as it was named; `target` is its index. */
  dev: string | undefined;
  target: number;
  type: string | undefined;
  /** A namespace was named that the kernel will not find. */
  refusal: Errno | undefined;
  readonly isCreating: boolean;
}

const IFNAMSIZ = 16;
const IFALIASZ = 256;

/** check_ifname: what the kernel would take as a name. */
export const isDeviceName = (name: string): boolean => name.length < IFNAMSIZ && isAltName(name);
export const isAltName = (name: string): boolean => name !== '' && !/[/\s]/.test(name);

export const notOnOff = (keyword: string, word: string): never => giveUp(USAGE_ERROR, `Error: argument of "${keyword}" must be "on" or "off", not "${word}"\n`);

/** parse_one_of; `leaveWith` says how the caller ends. */
export function oneOf(keyword: string, word: string, words: readonly string[], refuse: (text: string) => never): number {
  const index = words.findIndex((each) => word !== '' && each.startsWith(word));
  if (index >= 0) return index;
  return refuse(`Error: argument of "${keyword}" must be one of ${words.map((each) => `"${each}", `).join('')}not "${word}"\n`);
}
const EINVAL = 22;
const onOff = (keyword: string, word: string): boolean => oneOf(keyword, word, ['off', 'on'], (text) => giveUp(EINVAL, text)) === 1;

/** A namespace by name, path or process id. */
export function findNetns(session: Session, word: string): Result<Netns, Errno | 'unknown'> {
  const path = word.includes('/') ? word : `${NETNS_DIR}/${word}`;
  if (session.process.fs.stat(path).ok) return netnsAt(session.process, path);
  const pid = parseInt32(word);
  if (pid === undefined) return err('unknown');
  const process = session.process.namespaces.pid.lookup(pid);
  return process === undefined || process.state === 'zombie' ? err('ESRCH') : { ok: true, value: netnsOf(process) };
}

interface State {
  readonly session: Session;
  readonly args: Arguments;
  readonly command: LinkCommand;
  readonly seen: Set<string>;
  name: string | undefined;
  /** dev and name are one word: another device may still be named. */
  devIsName: boolean;
  /** Bytes of `address`. */
  addressBytes: number;
  movesNetns: boolean;
}

interface Keyword {
  readonly words: readonly string[];
  /** Whole words only. */
  readonly exact?: true;
  readonly read: (state: State) => void;
}

const once = (state: State, key: string): void => {
  if (state.seen.has(key)) duplicateArgument(key, state.args.word);
  state.seen.add(key);
};
function setFlag(state: State, mask: number, on: boolean): void {
  const { request } = state.command;
  request.flagsMask = (request.flagsMask ?? 0) | mask;
  request.flags = on ? (request.flags ?? 0) | mask : (request.flags ?? 0) & ~mask;
}
/** A device flag: `on` and `off`, or the other way round. */
const flag = (word: string, mask: number, sense: 'plain' | 'inverse' = 'plain', exact = true): Keyword => ({
  words: [word],
  ...(exact && { exact: true as const }),
  read: (state) => {
    const value = state.args.next();
    if (value !== 'on' && value !== 'off') notOnOff(word, value);
    setFlag(state, mask, (value === 'on') === (sense === 'plain'));
  },
});
const integer = (state: State, key: string, parse: (word: string) => number | undefined = parseInt32): number => {
  const word = state.args.next();
  once(state, key);
  return parse(word) ?? invalidArgument(`Invalid "${key}" value\n`, word);
};
function linkAddress(state: State): readonly number[] {
  const parsed = parseLinkAddress(state.args.next(), 32);
  return 'error' in parsed ? giveUp(USAGE_ERROR, parsed.error) : parsed.bytes;
}
const master = (state: State, message: string): void => {
  const word = state.args.next();
  state.command.request.master = state.session.indexOf(word) || invalidArgument(message, word);
};

const KEYWORDS: readonly Keyword[] = [
  { words: ['up'], exact: true, read: (state) => setFlag(state, Iff.UP, true) },
  { words: ['down'], exact: true, read: (state) => setFlag(state, Iff.UP, false) },
  {
    words: ['name'],
    exact: true,
    read: (state) => {
      const word = state.args.next();
      if (state.name !== undefined) duplicateArgument('name', word);
      if (!isDeviceName(word)) invalidArgument('"name" not a valid ifname', word);
      state.name = word;
      state.devIsName = state.command.dev === undefined;
      state.command.dev ??= word;
    },
  },
  {
    words: ['index'],
    exact: true,
    read: (state) => {
      const word = state.args.next();
      once(state, 'index');
      const index = atoi(word);
      if (index <= 0) invalidArgument('Invalid "index" value', word);
      state.command.request.index = index;
    },
  },
  { words: ['link'], read: (state) => void state.seen.add(`link ${state.args.next()}`) },
  {
    words: ['address'],
    read: (state) => {
      const bytes = linkAddress(state);
      state.addressBytes = bytes.length;
      Object.assign(state.command.request, { address: macOfBytes(bytes), addressLength: bytes.length });
    },
  },
  { words: ['broadcast'], read: (state) => void (state.command.request.broadcast = macOfBytes(linkAddress(state))) },
  { words: ['brd'], exact: true, read: (state) => void (state.command.request.broadcast = macOfBytes(linkAddress(state))) },
  { words: ['txqueuelen'], read: (state) => void (state.command.request.txQueueLength = integer(state, 'txqueuelen')) },
  { words: ['qlen'], exact: true, read: (state) => void (state.command.request.txQueueLength = integer(state, 'txqueuelen')) },
  { words: ['txqlen'], read: (state) => void (state.command.request.txQueueLength = integer(state, 'txqueuelen')) },
  { words: ['mtu'], exact: true, read: (state) => void (state.command.request.mtu = integer(state, 'mtu')) },
  {
    words: ['netns'],
    exact: true,
    read: (state) => {
      const word = state.args.next();
      once(state, 'netns');
      const found = findNetns(state.session, word);
      if (found.ok) state.command.request.netns = found.value;
      else if (found.error === 'unknown') invalidArgument('Invalid "netns" value\n', word);
      else state.command.refusal = found.error;
      state.movesNetns = true;
    },
  },
  flag('multicast', Iff.MULTICAST),
  flag('allmulticast', Iff.ALLMULTI),
  flag('promisc', Iff.PROMISC),
  flag('trailers', Iff.NOTRAILERS, 'inverse'),
  flag('arp', Iff.NOARP, 'inverse'),
  { words: ['carrier'], exact: true, read: (state) => void (state.command.request.carrier = onOff('carrier', state.args.next())) },
  { words: ['master'], read: (state) => master(state, 'Device does not exist\n') },
  {
    words: ['vrf'],
    exact: true,
    read: (state) => void (state.command.request.master = takeVrf(state.session, state.args.next(), 'Not a valid VRF name\n').index),
  },
  { words: ['nomaster'], read: (state) => void (state.command.request.master = 0) },
  flag('dynamic', Iff.DYNAMIC, 'plain', false),
  {
    words: ['alias'],
    read: (state) => {
      const word = state.args.next();
      if (word.length >= IFALIASZ) invalidArgument('alias too long\n', word);
      state.command.request.alias = word;
    },
  },
  {
    words: ['group'],
    exact: true,
    read: (state) => void (state.command.request.group = integer(state, 'group', (word) => state.session.names.parseGroup(word))),
  },
  {
    words: ['mode'],
    exact: true,
    read: (state) => {
      const word = state.args.next();
      const mode = ['default', 'dormant'].indexOf(word.toLowerCase());
      if (mode < 0) invalidArgument('Invalid link mode\n', word);
      state.command.request.linkMode = mode;
    },
  },
  {
    words: ['state'],
    exact: true,
    read: (state) => {
      const word = state.args.next();
      const operState = OPER_STATES.findIndex((name) => name === word.toUpperCase());
      if (operState < 0) invalidArgument('Invalid operstate\n', word);
      state.command.request.operState = operState;
    },
  },
  { words: ['numtxqueues'], read: (state) => void (state.command.request.numTxQueues = integer(state, 'numtxqueues')) },
  { words: ['numrxqueues'], read: (state) => void (state.command.request.numRxQueues = integer(state, 'numrxqueues')) },
  {
    words: ['addrgenmode'],
    read: (state) => {
      const word = state.args.next();
      const mode = ['eui64', 'none', 'stable_secret', 'random'].indexOf(word.toLowerCase());
      if (mode < 0) invalidArgument('Invalid address generation mode\n', word);
      state.command.request.addrGenMode = mode;
    },
  },
  {
    words: ['link-netns'],
    read: (state) => {
      const word = state.args.next();
      if (state.seen.has('link-netns')) duplicateArgument('link-netns/link-netnsid', word);
      state.seen.add('link-netns');
      const found = findNetns(state.session, word);
      if (!found.ok) invalidArgument('Invalid "link-netns" value\n', word);
      state.command.request.linkNetns = found.value;
    },
  },
  {
    words: ['link-netnsid'],
    read: (state) => {
      const word = state.args.next();
      if (state.seen.has('link-netns')) duplicateArgument('link-netns/link-netnsid', word);
      state.seen.add('link-netns');
      const id = parseInt32(word) ?? invalidArgument('Invalid "link-netnsid" value\n', word);
      const found = [...state.session.netns.peerIds].find(([, number]) => number === id)?.[0];
      if (found) state.command.request.linkNetns = found;
      else state.command.refusal = 'EINVAL';
    },
  },
  { words: ['protodown'], exact: true, read: (state) => void (state.command.request.protoDown = onOff('protodown', state.args.next())) },
  ...(['gso_max_size', 'gso_max_segs', 'gro_max_size'] as const).map((word): Keyword => ({
    words: [word],
    exact: true,
    read: (state) => void (parseU32(state.args.next()) ?? invalidArgument(`Invalid "${word}" value\n`, state.args.word)),
  })),
  { words: ['parentdev'], exact: true, read: (state) => void state.args.next() },
];

/** Reads until `type` (whose word is taken, too) or the end. */
export function parseLink(session: Session, args: Arguments, request: LinkDraft, isCreating: boolean): LinkCommand {
  const command: LinkCommand = { request, dev: undefined, target: 0, type: undefined, refusal: undefined, isCreating };
  const state: State = { session, args, command, seen: new Set(), name: undefined, devIsName: true, addressBytes: 0, movesNetns: false };
  for (; !args.isAtEnd; args.advance()) {
    const keyword = KEYWORDS.find(({ words, exact }) => (exact ? words.includes(args.word) : args.begins(...words)));
    // "type" stands between "dynamic" and "alias"; no abbreviation of it begins another word before it but "t", which is txqueuelen's
    if (keyword === undefined && args.begins('type')) {
      command.type = args.next();
      args.advance();
      break;
    }
    if (keyword) keyword.read(state);
    else takeDevice(state);
  }
  finish(state);
  return command;
}

function takeDevice(state: State): void {
  const { args, command } = state;
  if (args.begins('help')) leave(255, linkUsage());
  if (args.is('dev')) args.next();
  if (!state.devIsName) duplicateOrGarbage('dev', args.word);
  if (!isAltName(args.word)) invalidArgument('"dev" not a valid ifname', args.word);
  command.dev = args.word;
  state.devIsName = false;
}

function finish(state: State): void {
  const { session, args, command, seen } = state;
  const { request } = command;
  let { name } = state;
  name ??= command.dev;
  command.dev ??= name;
  const device = command.dev === undefined ? undefined : session.deviceNamed(command.dev);
  if (device && state.addressBytes > 0 && !command.isCreating) {
    const length = linkAddressLength(device.hardwareType);
    if (length > 0 && length !== state.addressBytes) giveUp(USAGE_ERROR, `Invalid address length ${state.addressBytes} - must be ${length} bytes\n`);
  }
  if (seen.has('index') && !command.isCreating && !state.movesNetns) {
    leave(255, 'index can be used only when creating devices or when moving device to another netns.\n');
  }
  if (request.group !== undefined && command.dev === undefined) {
    if (!args.isAtEnd) leave(255, `Garbage instead of arguments "${args.word} ...". Try "ip link help".\n`);
    if (command.isCreating) leave(255, 'group cannot be used when creating devices.\n');
    command.type = undefined;
    return;
  }
  if (!command.isCreating) {
    if (command.dev === undefined) leave(255, 'Not enough information: "dev" argument is required.\n');
    command.target = session.requireIndex(command.dev);
    if (name !== command.dev && name !== undefined) request.name = name;
    if (request.index !== undefined) {
      request.newIndex = request.index;
      delete request.index;
    }
    return;
  }
  if (name !== command.dev) leave(255, 'both "name" and "dev" cannot be used when creating devices.\n');
  for (const word of seen) if (word.startsWith('link ')) request.link = session.requireIndex(word.slice(5));
  if (name !== undefined) request.name = name;
}
