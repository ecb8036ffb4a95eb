/** `bridge fdb add`, `append`, `replace`, `delete` and `flush`. Authority: bridge/fdb.c (fdb_modify, fdb_flush). */
import { addFdb, deleteFdb, flushFdb, Nud, type CreateFlags, type FdbFlushRequest, type FdbRequest } from '../../kernel/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { atoi, parseU32, scanInteger } from '../iproute2/numbers.ts';
import { Family, takeAddress, type Prefix } from '../iproute2/prefix.ts';
import { kernelSays, type Session } from '../iproute2/session.ts';
import { portOfService } from '../names/services.ts';
import { parseMac, parseVni } from './fdb-parse.ts';
import { FAILURE, noBridge, noDevice } from './link.ts';
import { fdbUsage } from './usage.ts';

type Draft = { -readonly [K in keyof FdbRequest]?: FdbRequest[K] };

function parsePort(word: string): number {
  const { value, taken } = scanInteger(word);
  if (taken !== word.length || word === '') return portOfService(word, 'udp') ?? invalidArgument('invalid port\n', word);
  return value >= 0n && value <= 0xffffn ? Number(value) : invalidArgument('invalid port\n', word);
}

interface State {
  readonly session: Session;
  readonly args: Arguments;
  readonly request: Draft;
  name: string | undefined;
  address: string | undefined;
  dst: Prefix | undefined;
  nexthop: number;
  state: number;
}

const EXACT: Readonly<Record<string, (state: State) => void>> = {
  dev: (state) => (state.name = state.args.next()),
  dst: (state) => {
    const word = state.args.next();
    if (state.dst) duplicateOrGarbage('dst', word);
    state.dst = takeAddress(word, state.session.options.family);
  },
  nhid: (state) => (state.nexthop = parseU32(state.args.next()) ?? invalidArgument('"id" value is invalid\n', state.args.word)),
  port: (state) => (state.request.port = parsePort(state.args.next())),
  vni: (state) => (state.request.vni = parseVni(state.args.next(), 'invalid VNI\n')),
  src_vni: (state) => parseVni(state.args.next(), 'invalid src VNI\n'),
  via: (state) => (state.request.via = state.session.indexOf(state.args.next()) || leave(FAILURE, `Cannot find device "${state.args.word}"\n`)),
  self: (state) => (state.request.self = true),
};
const ABBREVIATED: readonly (readonly [string, (state: State) => void])[] = [
  ['master', (state) => (state.request.master = true)],
  ['router', () => undefined],
  ['local', (state) => (state.state |= Nud.PERMANENT)],
  ['permanent', (state) => (state.state |= Nud.PERMANENT)],
  ['temp', (state) => (state.state |= Nud.REACHABLE)],
  ['static', (state) => (state.state |= Nud.REACHABLE)],
  ['dynamic', (state) => (state.state = (state.state | Nud.REACHABLE) & ~Nud.NOARP)],
  [
    'vlan',
    (state) => {
      if (state.request.vlan !== undefined) duplicateOrGarbage('vlan', state.args.word);
      state.request.vlan = atoi(state.args.next());
    },
  ],
  ['use', (state) => (state.request.use = true)],
  ['extern_learn', (state) => (state.request.externLearn = true)],
  ['sticky', (state) => (state.request.sticky = true)],
];

export function modify(session: Session, args: Arguments, operation: 'add' | 'delete', flags: CreateFlags): number {
  const state: State = { session, args, request: { ...flags }, name: undefined, address: undefined, dst: undefined, nexthop: 0, state: Nud.NOARP };
  for (; !args.isAtEnd; args.advance()) readWord(state);
  const { request, name, address, dst } = state;
  if (name === undefined || address === undefined) return giveUp(FAILURE, 'Device and address are required arguments.\n');
  if (state.nexthop !== 0 && (dst || request.port || request.vni !== undefined)) giveUp(FAILURE, 'dst, port, vni are mutually exclusive with nhid\n');
  if (request.master !== true) request.self = true;
  if ((state.state & (Nud.PERMANENT | Nud.REACHABLE)) === 0) state.state |= Nud.PERMANENT;
  const mac = parseMac(address);
  if (dst?.family === Family.INET6) request.dst6 = dst.v6;
  else if (dst) request.dst = dst.v4;
  const device = session.indexOf(name) || noDevice(name);
  if (state.nexthop !== 0) giveUp(FAILURE, kernelSays({ errno: 'EOPNOTSUPP', notModelled: 'nexthop objects' }));
  const whole: FdbRequest = { ...request, device, mac, state: state.state };
  const done = operation === 'add' ? addFdb(session.netns, whole) : deleteFdb(session.netns, whole);
  return session.accept(done) ? 0 : FAILURE;
}
function readWord(state: State): void {
  const { args } = state;
  const exact = Object.hasOwn(EXACT, args.word) ? EXACT[args.word] : undefined;
  const read = exact ?? ABBREVIATED.find(([word]) => args.begins(word))?.[1];
  if (read) return void read(state);
  if (args.is('to')) args.next();
  if (args.begins('help')) leave(FAILURE, fdbUsage());
  if (state.address !== undefined) duplicateOrGarbage('to', args.word);
  state.address = args.word;
}

/** Words and what they ask for: bits of the state that must, or must not, be set. */
const STATES: Readonly<Record<string, { readonly set: number; readonly clear: number; readonly mask: number }>> = {
  permanent: { set: Nud.PERMANENT, clear: 0, mask: Nud.PERMANENT },
  nopermanent: { set: 0, clear: Nud.PERMANENT, mask: Nud.PERMANENT },
  static: { set: Nud.NOARP, clear: 0, mask: Nud.NOARP | Nud.PERMANENT },
  nostatic: { set: 0, clear: Nud.NOARP, mask: Nud.NOARP },
  // ~NUD_NOARP | NUD_PERMANENT in the source: NOARP is cleared, PERMANENT stays.
  dynamic: { set: 0, clear: Nud.NOARP, mask: Nud.NOARP | Nud.PERMANENT },
  nodynamic: { set: Nud.NOARP, clear: 0, mask: Nud.NOARP },
};
const FLAGS: Readonly<Record<string, Partial<NonNullable<FdbFlushRequest['flags']>>>> = {
  added_by_user: { addedByUser: true },
  noadded_by_user: { addedByUser: false },
  extern_learn: { externLearn: true },
  noextern_learn: { externLearn: false },
  sticky: { sticky: true },
  nosticky: { sticky: false },
  offloaded: {},
  nooffloaded: {},
};

export function flush(session: Session, args: Arguments): number {
  let name: string | undefined;
  let portName: string | undefined;
  let vlan: number | undefined;
  let state = 0;
  let stateMask = 0;
  let flags = {};
  let toMaster = false;
  let toSelf = false;
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    const bits = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
    if (args.is('dev')) name = args.next();
    else if (args.is('master')) toMaster = true;
    else if (args.is('self')) toSelf = true;
    else if (bits) {
      state = (state & ~bits.clear) | bits.set;
      stateMask |= bits.mask;
    } else if (Object.hasOwn(FLAGS, word)) flags = { ...flags, ...FLAGS[word] };
    else if (args.is('brport')) {
      if (portName !== undefined) duplicateOrGarbage('brport', word);
      portName = args.next();
    } else if (args.is('vlan')) {
      if (vlan !== undefined) duplicateOrGarbage('vlan', word);
      vlan = atoi(args.next());
    } else if (args.is('help')) args.next();
  }
  if (name === undefined) return giveUp(FAILURE, 'Device is a required argument.\n');
  const device = session.indexOf(name) || noBridge(name);
  const port = portName === undefined ? undefined : session.indexOf(portName) || giveUp(FAILURE, `Cannot find bridge port device "${portName}"\n`);
  if (vlan !== undefined && vlan >= 4096) giveUp(FAILURE, `Invalid VLAN ID "${vlan}"\n`);
  const done = flushFdb(session.netns, {
    device,
    master: toMaster,
    self: toSelf || !toMaster,
    state,
    stateMask,
    flags,
    ...(port !== undefined && { port }),
    ...(vlan !== undefined && { vlan }),
  });
  return session.accept(done) ? 0 : FAILURE;
}
