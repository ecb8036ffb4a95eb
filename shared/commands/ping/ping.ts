/**
 * ping(8) of iputils s20221126: which family the target is of, and a session of that family.
 * Authority: iputils ping/ping.c and ping_common.c.
 */
import type { Bytes } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { parseIpv4, parseIpv6, type Ipv4, type Ipv6 } from '../../wire/index.ts';
import { lookupHost, resolveHost } from '../net/index.ts';
import { HELP, NODE_INFO_HELP, parsePing, PING_OPTIONS, type PingOptions } from './options.ts';
import { Ping4 } from './ping4.ts';
import { Ping6 } from './ping6.ts';
import { declared, type Declaration } from '../declaration.ts';

/** Nobody's address means this host. */
const LOOPBACK: Ipv4 = 0x7f000001;

const ping: Program = function* (p) {
  const parsed = parsePing(p.argv);
  if (!parsed.ok) {
    const { message, status, help } = parsed.error;
    yield* p.error(`ping: ${message}\n${help ? HELP : ''}`);
    return status;
  }
  const options = parsed.value;
  if (options.flags.has('h')) return (yield* p.error(HELP), 2);
  if (options.flags.has('V'))
    return (yield* p.print('ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n'), 0);
  const target = options.operands.at(-1);
  if (target === undefined) return yield* p.fail('usage error: Destination address required');
  if (options.nodeInfo !== undefined)
    return options.nodeInfo === 'help' ? (yield* p.print(NODE_INFO_HELP), 0) : yield* p.fail('not modelled: node information queries', 2);
  if (options.warnings !== '') yield* p.error(options.warnings);
  const wants6 = options.flags.has('6') || p.name === 'ping6';
  const isVerbose = options.flags.has('v');
  if (isVerbose) yield* p.error(socketsText(p, options.flags.has('4') || p.name === 'ping4', wants6));
  const session = target.includes(':') || wants6 ? session6(p, options, target) : yield* session4(p, options, target);
  if (isVerbose && typeof session !== 'string') yield* p.error(`ai->ai_family: ${session.family}, ai->ai_canonname: '${target}'\n`);
  return typeof session === 'string' ? yield* p.fail(session, 2) : yield* session.run();
};
/** What -v tells about the sockets: one per family that may be used. */
function socketsText(p: Process, only4: boolean, only6: boolean): Bytes {
  const type = p.credentials.euid === 0 ? 'SOCK_RAW' : 'SOCK_DGRAM';
  const socket = (isOpen: boolean, fd: number): string => (isOpen ? `${fd} (socktype: ${type})` : '-1 (socktype: 0)');
  const family = only4 ? 'AF_INET' : only6 ? 'AF_INET6' : 'AF_UNSPEC';
  return `ping: sock4.fd: ${socket(!only6, 3)}, sock6.fd: ${socket(!only4, only6 ? 3 : 4)}, hints.ai_family: ${family}\n\n`;
}
function* session4(p: Process, options: PingOptions, target: Bytes): Sys<Ping4 | string> {
  const found = yield* lookupHost(p, target);
  if (found.kind === 'failed') return `${target}: ${found.message}`;
  return new Ping4(p, options, target, found.address === 0 ? LOOPBACK : found.address, found.isLiteral || options.flags.has('n'));
}

const WRONG_FAMILY = 'Address family for hostname not supported';
function session6(p: Process, options: PingOptions, target: Bytes): Ping6 | string {
  const percent = target.indexOf('%');
  const host = percent < 0 ? target : target.slice(0, percent);
  const scope = percent < 0 ? undefined : netnsOf(p).device(target.slice(percent + 1));
  const address = parseIpv6(host) ?? namedIpv6(p, host);
  if (parseIpv4(host) !== undefined || (options.flags.has('4') && address !== undefined)) return `${target}: ${WRONG_FAMILY}`;
  if (address === undefined && !host.includes(':') && resolveHost(p, host).kind === 'found') return `${target}: ${WRONG_FAMILY}`;
  if (address === undefined || (percent >= 0 && !scope)) return `${target}: Name or service not known`;
  return new Ping6(p, options, target, address, scope);
}
/** What /etc/hosts says. */
function namedIpv6(p: Process, name: Bytes): Ipv6 | undefined {
  const file = p.fs.readFile('/etc/hosts');
  for (const row of (file.ok ? file.value : '').split('\n')) {
    const [address = '', ...names] = (row.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const found = names.includes(name) ? parseIpv6(address) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const ORIGIN = 'iputils-ping 20221126';
const DECLARATION: Declaration = { synopsis: '[options] <destination>', options: PING_OPTIONS };
export const PING_PROGRAMS: readonly InstalledProgram[] = ['ping', 'ping4', 'ping6'].map((name) => ({
  path: `/usr/bin/${name}`,
  main: declared(DECLARATION, ping),
  origin: ORIGIN,
}));
