/**
 * `route add` and `route del`: what they ask the kernel by ioctl(2). Authority: lib/inet_sr.c and lib/inet6_sr.c of net-tools 2.10,
 * net/ipv4/fib_frontend.c (rtentry_to_fib_config), net/ipv6/route.c (rtmsg_to_fib6_config).
 */
import { strerror, type Bytes, type Errno } from '../../base/index.ts';
import {
  addRoute,
  deleteRoute,
  insertRoute6,
  removeRoute6,
  Scope,
  type KernelResult,
  type Netns,
  type RouteMetrics,
  type RouteRequest,
} from '../../kernel/index.ts';
import { isLocalAddress, RouteProtocol } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process } from '../../shell/index.ts';
import { ipv4MaskLength, isIpv4Multicast, parseIpv6, type Ipv4 } from '../../wire/index.ts';
import { atoi } from '../iproute2/numbers.ts';
import { deviceOf } from './ioctl.ts';
import { resolveName, splitMask } from './names.ts';

export const INET_USAGE = [
  'Usage: inet_route [-vF] del {-host|-net} Target[/prefix] [gw Gw] [metric M] [[dev] If]',
  '       inet_route [-vF] add {-host|-net} Target[/prefix] [gw Gw] [metric M]',
  '                              [netmask N] [mss Mss] [window W] [irtt I]',
  '                              [mod] [dyn] [reinstate] [[dev] If]',
  '       inet_route [-vF] add {-host|-net} Target[/prefix] [metric M] reject',
  '       inet_route [-FC] flush      NOT supported',
  '',
].join('\n');
export const INET6_USAGE = [
  'Usage: inet6_route [-vF] del Target',
  '       inet6_route [-vF] add Target [gw Gw] [metric M] [[dev] If]',
  '       inet6_route [-FC] flush      NOT supported',
  '',
].join('\n');

/** How it ended: status, and what standard error says. */
export interface Ending {
  readonly status: number;
  readonly error: Bytes;
}
const OPTION_ERROR = 3;
const LOOKUP_FAILED = 6;
const SOCKET_FAILED = 7;
const usage = (before = ''): Ending => ({ status: OPTION_ERROR, error: before + INET_USAGE });
const refused = (what: Bytes, errno: Errno): Ending => ({ status: SOCKET_FAILED, error: `${what}: ${strerror(errno)}\n` });

/** struct rtentry. */
interface Entry {
  target: Ipv4;
  isHost: boolean;
  mask: Ipv4 | undefined;
  gateway: Ipv4 | undefined;
  metric: number | undefined;
  mss: number | undefined;
  window: number | undefined;
  irtt: number | undefined;
  isReject: boolean;
  device: Bytes | undefined;
}

export function changeRoute4(p: Process, action: 'add' | 'del', words: readonly Bytes[]): Ending {
  const args = [...words];
  const kind = args[0] === '-net' || args[0] === '-host' ? args.shift() : undefined;
  const word = args.shift();
  if (word === undefined) return usage();
  const split = splitMask(word);
  if (split === undefined) return usage();
  const found = resolveName(p, split.name, kind === '-host' ? 'host' : 'any');
  if (typeof found === 'string') return { status: LOOKUP_FAILED, error: found };
  const isHost = kind === '-net' ? false : kind === '-host' ? true : !found.isNetwork;
  const entry: Entry = {
    ...{ target: found.address, isHost, mask: split.mask, gateway: undefined, metric: undefined, mss: undefined },
    ...{ window: undefined, irtt: undefined, isReject: false, device: undefined },
  };
  const wrong = readWords(p, entry, args);
  if (wrong !== undefined) return wrong;
  const insane = checkMask(entry, split.mask === undefined ? maskWord(words) : word.slice(word.indexOf('/')));
  if (insane !== undefined) return insane;
  const request = requestOf(netnsOf(p), entry, action);
  const what = action === 'add' ? 'SIOCADDRT' : 'SIOCDELRT';
  if (typeof request === 'string') return refused(what, request);
  const done: KernelResult =
    action === 'add' ? addRoute(netnsOf(p), { ...request, create: true, protocol: RouteProtocol.BOOT }) : deleteRoute(netnsOf(p), request);
  return done.ok ? { status: 0, error: '' } : refused(what, done.error.errno);
}
const maskWord = (words: readonly Bytes[]): Bytes => words[words.indexOf('netmask') + 1] ?? '';

function readWords(p: Process, entry: Entry, args: Bytes[]): Ending | undefined {
  const number = (least: number, most: number, wrong: Bytes): number | Ending => {
    const text = args.shift();
    if (text === undefined) return usage();
    const value = atoi(text);
    return value < least || value > most ? usage(wrong) : value;
  };
  while (args.length > 0) {
    const word = args.shift()!;
    switch (word) {
      case 'metric': {
        const text = args.shift();
        if (text === undefined || !/^\d/.test(text)) return usage();
        entry.metric = atoi(text);
        break;
      }
      case 'netmask': {
        const text = args.shift();
        if (text === undefined || (entry.mask ?? 0) !== 0) return usage();
        const mask = resolveName(p, text);
        if (typeof mask === 'string') return { status: LOOKUP_FAILED, error: mask };
        entry.mask = mask.address;
        break;
      }
      case 'gw':
      case 'gateway': {
        const text = args.shift();
        if (text === undefined || entry.gateway !== undefined) return usage();
        const gateway = resolveName(p, text, 'host');
        if (typeof gateway === 'string') return { status: LOOKUP_FAILED, error: gateway };
        if (gateway.isNetwork) return usage(`route: ${text}: cannot use a NETWORK as gateway!\n`);
        entry.gateway = gateway.address;
        break;
      }
      case 'mss':
      case 'mtu': {
        const mss = number(64, 65536, 'route: Invalid MSS/MTU.\n');
        if (typeof mss !== 'number') return mss;
        entry.mss = mss;
        break;
      }
      case 'window': {
        const window = number(128, Infinity, 'route: Invalid window.\n');
        if (typeof window !== 'number') return window;
        entry.window = window;
        break;
      }
      case 'irtt': {
        const irtt = number(-Infinity, Infinity, '');
        if (typeof irtt !== 'number') return irtt;
        entry.irtt = irtt;
        break;
      }
      case 'reject':
        entry.isReject = true;
        break;
      case 'mod':
      case 'dyn':
      case 'reinstate':
        break;
      case 'dev':
      case 'device': {
        const name = args.shift();
        if (entry.device !== undefined || name === undefined) return usage();
        entry.device = name;
        break;
      }
      default:
        if (entry.device !== undefined || args.length > 0) return usage();
        entry.device = word;
    }
  }
  return undefined;
}

function checkMask({ mask = 0, isHost, target }: Entry, text: Bytes): Ending | undefined {
  if (mask === 0) return undefined;
  const rest = ~mask >>> 0;
  if (isHost && rest !== 0xffffffff) return usage(`route: netmask ${rest.toString(16).padStart(8, '0')} doesn't make sense with host route\n`);
  if (ipv4MaskLength(mask) === undefined) return usage(`route: bogus netmask ${text}\n`);
  return (target & ~mask) !== 0 ? usage("route: netmask doesn't match route address\n") : undefined;
}

/** rtentry_to_fib_config. */
function requestOf(netns: Netns, entry: Entry, action: 'add' | 'del'): RouteRequest | Errno {
  const { target, isHost, gateway } = entry;
  const mask = isHost ? -1 : (entry.mask ?? 0);
  const length = ipv4MaskLength(mask);
  if (length === undefined || (target & ~mask) !== 0) return 'EINVAL';
  const request = { destination: target, length, ...(entry.metric !== undefined && { priority: entry.metric }) };
  if (entry.isReject) return { ...request, type: 'unreachable', scope: Scope.HOST };
  const device = entry.device === undefined ? undefined : deviceOf(netns, entry.device);
  if (entry.device !== undefined && device === undefined) return 'ENODEV';
  const alias = entry.device?.includes(':') === true ? device?.ipv4?.addresses.find(({ label }) => label === entry.device) : undefined;
  if (entry.device?.includes(':') === true && alias === undefined) return 'ENODEV';
  const isUnicast = gateway !== undefined && gateway !== 0 && !isLocalAddress(netns, gateway) && !isIpv4Multicast(gateway);
  const scope = isUnicast ? Scope.UNIVERSE : action === 'del' ? Scope.NOWHERE : Scope.LINK;
  if (action === 'add' && gateway === 0) return 'EINVAL';
  const metrics: RouteMetrics = {
    ...(entry.mss !== undefined && { advmss: entry.mss - 40 }),
    ...(entry.window !== undefined && { window: entry.window }),
    ...(entry.irtt !== undefined && { rtt: entry.irtt * 8 }),
  };
  return {
    ...{ ...request, type: 'unicast', scope },
    ...(device && { device: device.index }),
    ...(gateway !== undefined && gateway !== 0 && { gateway }),
    ...(alias && { preferredSource: alias.local }),
    ...(action === 'add' && Object.keys(metrics).length > 0 && { metrics }),
  };
}

export function changeRoute6(p: Process, action: 'add' | 'del', words: readonly Bytes[]): Ending {
  const args = [...words];
  const wrong: Ending = { status: OPTION_ERROR, error: INET6_USAGE };
  const target = args.shift();
  if (target === undefined) return wrong;
  const slash = target.indexOf('/');
  const isDefault = target === 'default';
  const length = isDefault ? 0 : slash < 0 ? 128 : atoi(target.slice(slash + 1));
  if (length < 0 || length > 128) return wrong;
  const destination = isDefault ? parseIpv6('::') : parseIpv6(slash < 0 ? target : target.slice(0, slash));
  if (destination === undefined) return { status: 1, error: unknownHost6(slash < 0 ? target : target.slice(0, slash)) };
  let priority: number | undefined;
  let gateway;
  let name: Bytes | undefined;
  while (args.length > 0) {
    const word = args.shift()!;
    if (word === 'metric') {
      const text = args.shift();
      if (text === undefined || !/^\d/.test(text)) return wrong;
      priority = atoi(text);
    } else if (word === 'gw' || word === 'gateway') {
      const text = args.shift();
      if (text === undefined || gateway !== undefined) return wrong;
      gateway = parseIpv6(text);
      if (gateway === undefined) return { status: LOOKUP_FAILED, error: `${text}: Resolver internal error\n` };
    } else if (word === 'dev' || word === 'device') {
      name = args.shift();
      if (name === undefined) return wrong;
    } else if (word !== 'mod' && word !== 'dyn') {
      if (args.length > 0) return wrong;
      name = word;
    }
  }
  const netns = netnsOf(p);
  const device = name === undefined ? undefined : netns.device(name);
  if (name !== undefined && device === undefined) return refused('SIOGIFINDEX', 'ENODEV');
  const request = {
    ...{ destination, length, priority: priority ?? 1, create: true, exclusive: true, protocol: RouteProtocol.BOOT },
    ...(gateway !== undefined && { gateway }),
    ...(device && { device: device.index }),
  };
  const done = action === 'add' ? insertRoute6(netns, request) : removeRoute6(netns, { ...request, protocol: 0 });
  return done.ok ? { status: 0, error: '' } : refused(action === 'add' ? 'SIOCADDRT' : 'SIOCDELRT', done.error.errno);
}
const unknownHost6 = (name: Bytes): Bytes => `getaddrinfo: ${name}: -2\n${name}: Resolver Error 0 (no error)\n`;
