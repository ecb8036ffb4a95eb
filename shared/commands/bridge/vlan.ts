/**
 * `bridge vlan`, `bridge vni` and `bridge mdb`: the model's bridges filter no VLANs, as those of a kernel built without it, and keep no groups.
 * Authority: bridge/vlan.c, vni.c, mdb.c.
 */
import { Bridge, bridgePortOf } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { atoi, parseU32, parseU64, parseU8 } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { FAILURE, noBridge, noDevice, parseState } from './link.ts';
import { GLOBAL_OPTIONS, vlanUsage } from './usage.ts';

const UNSUPPORTED = { ok: false, error: { errno: 'EOPNOTSUPP' } } as const;
const MAX_VLAN = 4096;

/** `5` or `5-9`; `to` is undefined for one. */
function parseRange(word: string): { from: number; to: number | undefined } {
  const dash = word.indexOf('-');
  return dash < 0 ? { from: atoi(word), to: undefined } : { from: atoi(word.slice(0, dash)), to: atoi(word.slice(dash + 1)) };
}
const short = (value: number): number => value & 0xffff;
const badVlan = (vlan: number): never => giveUp(FAILURE, `Invalid VLAN ID "${short(vlan)}"\n`);
const badRange = (from: number, to: number): never => giveUp(FAILURE, `Invalid VLAN range "${short(from)}-${short(to)}"\n`);
const required = (): never => giveUp(FAILURE, 'Device and VLAN ID are required arguments.\n');

function takeTunnel(args: Arguments): void {
  args.next();
  if (!args.begins('id')) invalidArgument('tunnel id expected', args.word);
  const word = args.next();
  const good = word.split('-', 2).every((part) => (parseU32(part) ?? 1 << 24) < 1 << 24);
  if (!good) invalidArgument('invalid tun id', word);
}

function modify(session: Session, args: Arguments, operation: 'add' | 'delete'): number {
  let name: string | undefined;
  let range: ReturnType<typeof parseRange> | undefined;
  let isPvid = false;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.is('vid')) range = parseRange(args.next());
    else if (args.is('pvid')) isPvid = true;
    else if (args.is('tunnel_info')) takeTunnel(args);
    else if (!['self', 'master', 'untagged'].includes(args.word) && args.begins('help')) args.next();
  }
  if (name === undefined || range === undefined || range.from === -1) return required();
  const index = session.indexOf(name) || noBridge(name);
  const { from, to } = range;
  if (from >= MAX_VLAN) badVlan(from);
  if (to !== undefined) {
    if (to === -1 || to >= MAX_VLAN || from >= to) badRange(from, to);
    if (isPvid) giveUp(FAILURE, 'pvid cannot be configured for a vlan range\n');
  }
  const device = session.netns.devices.get(index);
  const isPort = device !== undefined && bridgePortOf(device) !== null;
  const takes = isPort || device instanceof Bridge;
  return (operation === 'delete' && takes) || session.accept(UNSUPPORTED) ? 0 : FAILURE;
}

function setOptions(session: Session, args: Arguments, scope: 'port' | 'global'): number {
  let name: string | undefined;
  let vlan: number | undefined;
  for (; !args.isAtEnd; args.advance()) {
    const option = scope === 'global' ? GLOBAL_OPTIONS.find(([word]) => args.is(word)) : undefined;
    if (args.is('dev')) {
      name = args.next();
      if (session.indexOf(name) === 0) giveUp(FAILURE, `Cannot find network device "${name}"\n`);
    } else if (args.is('vid')) {
      const { from, to } = parseRange(args.next());
      if (to !== undefined && (from >= to || to >= MAX_VLAN)) badRange(from, to);
      if (from >= MAX_VLAN) badVlan(from);
      vlan = from;
    } else if (option) {
      const parse = { 8: parseU8, 32: parseU32, 64: parseU64 }[option[2]];
      if (parse(args.next()) === undefined) invalidArgument(`invalid ${option[0]}`, args.word);
    } else if (scope === 'port' && args.is('state')) {
      if (parseState(args.next()) === undefined) giveUp(FAILURE, 'Error: invalid STP state\n');
    } else if (scope === 'port' && args.is('mcast_router')) {
      if (parseU8(args.next()) === undefined) invalidArgument('invalid mcast_router', args.word);
    } else if (scope === 'global' ? args.is('help') : args.begins('help')) args.next();
  }
  if (name === undefined || vlan === undefined || vlan === -1) return required();
  return session.accept(UNSUPPORTED) ? 0 : FAILURE;
}

function show(session: Session, args: Arguments, subject: 'vlan' | 'tunnel' | 'global'): number {
  const { printer, options } = session;
  let name: string | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.is('vid')) args.next();
  }
  if (name !== undefined && session.indexOf(name) === 0) noDevice(name);
  // Asked for in the newer way, which a kernel without VLAN filtering does not answer.
  const refused = subject === 'global' || (subject === 'vlan' && options.details > 0);
  printer.startJson(options.json, options.pretty);
  if (subject === 'vlan' && options.stats > 0) printer.text('port              vlan-id\n');
  else printer.text(`port              vlan-id  ${subject === 'tunnel' ? '  tunnel-id' : ''}\n`);
  if (refused) {
    session.accept(UNSUPPORTED);
    leave(1, 'Dump terminated\n');
  }
  printer.endJson();
  return 0;
}

export function vlanCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return show(session, args, 'vlan');
  const rest = new Arguments(words, 1);
  if (args.begins('add')) return modify(session, rest, 'add');
  if (args.begins('delete')) return modify(session, rest, 'delete');
  if (args.begins('show', 'lst', 'list')) return show(session, rest, 'vlan');
  if (args.begins('tunnelshow')) return show(session, rest, 'tunnel');
  if (args.begins('set')) return setOptions(session, rest, 'port');
  if (args.is('global')) return globalCommand(session, words.slice(1));
  if (args.begins('help')) leave(FAILURE, vlanUsage());
  return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge vlan help".\n`);
}
function globalCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return show(session, args, 'global');
  const rest = new Arguments(words, 1);
  if (args.begins('show', 'lst', 'list')) return show(session, rest, 'global');
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
