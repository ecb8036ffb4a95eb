/** `bridge vlan` and `bridge vni`. Authority: bridge/vlan.c, vni.c. */
import { changeBridgeVlans, setBridgeVlanOptions, type BridgeVlanOptionsRequest, type VlanGlobals } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { atoi, parseU32, parseU64, parseU8 } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { FAILURE, noBridge, parseState } from './link.ts';
import { GLOBAL_OPTIONS, vlanUsage } from './usage.ts';
import { showVlans } from './vlan-show.ts';

const MAX_VLAN = 4096;

/** `5` or `5-9`; `to` is undefined for one. */
function parseRange(word: string): { from: number; to: number | undefined } {
  const dash = word.indexOf('-');
  return dash < 0 ? { from: atoi(word), to: undefined } : { from: atoi(word.slice(0, dash)), to: atoi(word.slice(dash + 1)) };
}
/** Printed as unsigned short; kept as short. */
const short = (value: number): number => value & 0xffff;
const badVlan = (vlan: number): never => giveUp(FAILURE, `Invalid VLAN ID "${short(vlan)}"\n`);
const badRange = (from: number, to: number): never => giveUp(FAILURE, `Invalid VLAN range "${short(from)}-${short(to)}"\n`);
const required = (): never => giveUp(FAILURE, 'Device and VLAN ID are required arguments.\n');

function takeTunnel(args: Arguments): { from: number; to: number } {
  args.next();
  if (!args.begins('id')) invalidArgument('tunnel id expected', args.word);
  const word = args.next();
  const [from, to] = word.split('-', 2).map((part) => {
    const id = parseU32(part) ?? 1 << 24;
    return id < 1 << 24 ? id : invalidArgument('invalid tun id', part);
  });
  return { from: from!, to: to ?? 0 };
}

function modify(session: Session, args: Arguments, operation: 'add' | 'delete'): number {
  let name: string | undefined;
  let range: ReturnType<typeof parseRange> | undefined;
  let tunnel: ReturnType<typeof takeTunnel> | undefined;
  const flags = { pvid: false, untagged: false, self: false, master: false };
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.is('vid')) range = parseRange(args.next());
    else if (args.is('pvid')) flags.pvid = true;
    else if (args.is('untagged')) flags.untagged = true;
    else if (args.is('self')) flags.self = true;
    else if (args.is('master')) flags.master = true;
    else if (args.is('tunnel_info')) tunnel = takeTunnel(args);
    else if (args.begins('help')) args.next();
  }
  if (name === undefined || range === undefined || range.from === -1) return required();
  const index = session.indexOf(name) || noBridge(name);
  const { from, to } = range;
  if (from >= MAX_VLAN) badVlan(from);
  if (to !== undefined) {
    if (to === -1 || to >= MAX_VLAN || from >= to) badRange(from, to);
    if (flags.pvid) giveUp(FAILURE, 'pvid cannot be configured for a vlan range\n');
  }
  const changed = changeBridgeVlans(session.netns, { ...flags, device: index, from, to: to ?? from, ...(tunnel && { tunnel }) }, operation);
  return session.accept(changed) ? 0 : FAILURE;
}

function setOptions(session: Session, args: Arguments, scope: 'port' | 'global'): number {
  let index = 0;
  let range = { from: -1, to: -1 };
  const wanted: { -readonly [K in keyof BridgeVlanOptionsRequest]?: BridgeVlanOptionsRequest[K] } = {};
  const global: Partial<VlanGlobals> = {};
  for (; !args.isAtEnd; args.advance()) {
    const option = scope === 'global' ? GLOBAL_OPTIONS.find(([word]) => args.is(word)) : undefined;
    if (args.is('dev')) {
      const name = args.next();
      index = session.indexOf(name);
      if (index === 0) giveUp(FAILURE, `Cannot find network device "${name}"\n`);
    } else if (args.is('vid')) {
      const { from, to } = parseRange(args.next());
      if (to !== undefined && (from >= to || to >= MAX_VLAN)) badRange(from, to);
      if (from >= MAX_VLAN) badVlan(from);
      range = { from, to: to ?? from };
    } else if (option) {
      const parse = { 8: parseU8, 32: parseU32, 64: parseU64 }[option[2]];
      global[option[0] as keyof VlanGlobals] = parse(args.next()) ?? invalidArgument(`invalid ${option[0]}`, args.word);
    } else if (scope === 'port' && args.is('state')) {
      wanted.state = parseState(args.next()) ?? giveUp(FAILURE, 'Error: invalid STP state\n');
    } else if (scope === 'port' && args.is('mcast_router')) {
      wanted.multicastRouter = parseU8(args.next()) ?? invalidArgument('invalid mcast_router', args.word);
    } else if (scope === 'global' ? args.is('help') : args.begins('help')) args.next();
  }
  if (index === 0 || range.from === -1) return required();
  const request = { ...wanted, device: index, ...range, ...(scope === 'global' && { global }) };
  return session.accept(setBridgeVlanOptions(session.netns, request)) ? 0 : FAILURE;
}

export function vlanCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return showVlans(session, args, 'vlan');
  const rest = new Arguments(words, 1);
  if (args.begins('add')) return modify(session, rest, 'add');
  if (args.begins('delete')) return modify(session, rest, 'delete');
  if (args.begins('show', 'lst', 'list')) return showVlans(session, rest, 'vlan');
  if (args.begins('tunnelshow')) return showVlans(session, rest, 'tunnel');
  if (args.begins('set')) return setOptions(session, rest, 'port');
  if (args.is('global')) return globalCommand(session, words.slice(1));
  if (args.begins('help')) leave(FAILURE, vlanUsage());
  return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge vlan help".\n`);
}
function globalCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return showVlans(session, args, 'global');
  const rest = new Arguments(words, 1);
  if (args.begins('show', 'lst', 'list')) return showVlans(session, rest, 'global');
  if (args.begins('set')) return setOptions(session, rest, 'global');
  return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge vlan global help".\n`);
}

export function vniCommand(session: Session, words: readonly string[]): number {
  const { printer, options } = session;
  const args = new Arguments(words);
  if (args.begins('add') || args.begins('delete')) return giveUp(FAILURE, 'not modelled: VNI filters\n');
  if (!args.isAtEnd && !args.begins('show', 'lst', 'list')) return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge vni help".\n`);
  printer.startJson(options.json, options.pretty);
  printer.text('dev               vni              group/remote   \n');
  printer.endJson();
  return 0;
}
