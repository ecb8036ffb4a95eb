/**
 * nc: connects, listens, scans ports (netcat-openbsd 1.219-1 of Debian).
 * Deviation: no proxies (-x), TLS, UNIX sockets (-U), DCCP, MD5 signatures, telnet negotiation.
 */
import type { Bytes, Errno } from '../../base/index.ts';
import { strerror } from '../../base/index.ts';
import { senderOf, UdpSocket, type TcpSocket } from '../../kernel/index.ts';
import { SocketFile, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formatIp, IPV6_ANY, type IpAddress } from '../../wire/index.ts';
import { serviceOfPort } from '../names/services.ts';
import {
  acceptTcp,
  bindSocket,
  connectTcp,
  familyOf,
  hostNameOf,
  lookupHosts,
  resolveHosts,
  tcpSocket,
  udpSocket,
  waitReadable,
  WRONG_FAMILY,
  type Family,
  type HostAddress,
} from '../net/index.ts';
import { parseNc, portsOf, SPECS, type NcOptions } from './options.ts';
import { transfer } from './transfer.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

/** A peer on this machine has answered before connect(2) is over, so that `-w 0` reaches it. */
const AT_ONCE_US = 300;

const main: Program = function* (p) {
  const parsed = parseNc(p.argv);
  if (parsed.kind === 'end') {
    if (parsed.fd === 1) yield* p.print(parsed.text);
    else yield* p.error(parsed.text);
    return parsed.status;
  }
  const { options } = parsed;
  if (options.has('U')) return yield* say(p, `${options.host}: ${strerror('ENOENT')}`);
  for (const [letter, what] of [
    ['x', 'proxies'],
    ['Z', 'DCCP'],
    ['S', 'TCP MD5 signatures'],
  ] as const)
    // prettier-ignore
    if (options.has(letter)) return yield* say(p, `not modelled: ${what}`);
  return options.has('l') ? yield* listen(p, options) : yield* connect(p, options);
};
function* say(p: Process, message: Bytes): Sys<number> {
  yield* p.error(`nc: ${message}\n`);
  return 1;
}

/** getaddrinfo, with what nc says when it fails. */
function* resolve(p: Process, options: NcOptions, host: Bytes, port: Bytes | number): Sys<readonly [HostAddress, ...HostAddress[]] | Bytes> {
  const family: Family = options.has('4') ? 4 : options.has('6') ? 6 : 0;
  const found = options.has('n') ? resolveHosts(p, host, family) : yield* lookupHosts(p, host, family);
  const failed = (message: string): Bytes => `getaddrinfo for host "${host}" port ${port}: ${message}`;
  if (found.kind === 'failed') return failed(options.has('n') && found.message !== WRONG_FAMILY ? 'Name or service not known' : found.message);
  return options.has('n') && !found.isLiteral ? failed('Name or service not known') : found.hosts;
}
/** Binds to what -s and -p ask for. */
function* bindLocal(p: Process, socket: TcpSocket | UdpSocket, options: NcOptions): Sys<number | null> {
  if (options.sourceAddress === undefined && options.sourcePort === undefined) return null;
  const found = options.sourceAddress === undefined ? undefined : yield* resolve(p, options, options.sourceAddress, options.sourcePort ?? '(null)');
  if (typeof found === 'string') return yield* say(p, found.replace('for host "', '').replace(/" port [^:]*/, ''));
  const ports = options.sourcePort === undefined ? [0] : portsOf(options.sourcePort, options.has('u'));
  if ('message' in ports) return yield* say(p, ports.message);
  socket.reuseAddress = true;
  const local = found?.find(({ address }) => familyOf(address) === socket.family);
  if (found !== undefined && local === undefined) return yield* say(p, `getaddrinfo: ${WRONG_FAMILY}`);
  const errno = bindSocket(p, socket, local?.address ?? socket.localAddress, ports[0] ?? 0);
  return errno === null ? null : yield* say(p, `bind failed: ${strerror(errno)}`);
}

// --- client ---

function* connect(p: Process, options: NcOptions): Sys<number> {
  const ports: number[] = [];
  for (const operand of options.ports) {
    const found = portsOf(operand, options.has('u'));
    if ('message' in found) return yield* say(p, found.message);
    ports.push(...found);
  }
  if (options.has('r')) shuffle(ports, p);
  let status = 1;
  const host = options.host ?? '';
  for (const [at, port] of ports.entries()) {
    if (at > 0 && options.intervalUs > 0) yield* p.sleep(options.intervalUs);
    const found = yield* resolve(p, options, host, port);
    if (typeof found === 'string') return yield* say(p, found);
    let opened: SocketFile | 'failed' | number = 'failed';
    let [target] = found;
    for (target of found) {
      opened = yield* open(p, options, host, target, port);
      if (opened !== 'failed') break;
    }
    if (opened === 'failed') continue;
    if (typeof opened === 'number') return opened;
    status = 0;
    const fd = p.install(opened);
    const isUdp = options.has('u');
    if (options.has('v') || options.has('z')) {
      if (isUdp && options.has('z') && !(yield* probe(p, opened))) status = 1;
      else if (options.has('v')) yield* report(p, options, host, target, port);
    }
    if (!options.has('z')) yield* transfer(p, opened, options);
    if (fd.ok) p.close(fd.value);
  }
  return status;
}
function shuffle(ports: number[], p: Process): void {
  for (let i = ports.length - 1; i > 0; i--) {
    const j = p.os.rng.below(i + 1);
    [ports[i], ports[j]] = [ports[j]!, ports[i]!];
  }
}
function* open(p: Process, options: NcOptions, host: Bytes, target: HostAddress, port: number): Sys<SocketFile | 'failed' | number> {
  const isUdp = options.has('u');
  const { address, scope } = target;
  const socket = isUdp ? udpSocket(p, familyOf(address)) : tcpSocket(p, familyOf(address));
  socket.boundDevice = scope;
  socket.broadcast = options.has('b');
  socket.tos = options.tos;
  socket.ttl = options.ttl;
  const refused = yield* bindLocal(p, socket, options);
  if (refused !== null) {
    socket.close();
    return refused;
  }
  let errno: Errno | null;
  if (socket instanceof UdpSocket) {
    const connected = socket.connect(address, port);
    errno = connected.ok ? null : connected.error.errno;
  } else errno = yield* connectTcp(p, socket, address, port, options.timeoutUs === 0 ? AT_ONCE_US : options.timeoutUs);
  if (errno === null) return new SocketFile(socket);
  socket.close();
  if (errno === 'EINTR') return 1;
  if (options.has('v')) {
    const shown = textOf(target) === host ? '' : ` (${textOf(target)})`;
    const how = errno === 'EINPROGRESS' ? 'timed out' : 'failed';
    yield* p.error(`nc: connect to ${host}${shown} port ${port} (${isUdp ? 'udp' : 'tcp'}) ${how}: ${strerror(errno)}\n`);
  }
  return 'failed';
}
/** udptest: whether nobody says that nobody is there. */
function* probe(p: Process, file: SocketFile): Sys<boolean> {
  for (let i = 0; i <= 3; i++) {
    if (!file.write('X').ok) return false;
    yield* p.sleep(1e6 / 4);
  }
  return true;
}
const textOf = ({ address, scope }: HostAddress): Bytes => formatIp(address) + (scope === null ? '' : `%${scope.name}`);
function* report(p: Process, options: NcOptions, host: Bytes, target: HostAddress, port: number): Sys {
  const protocol = options.has('u') ? 'udp' : 'tcp';
  const service = options.has('n') ? undefined : serviceOfPort(port, protocol);
  const text = textOf(target);
  const shown = host === text ? '' : ` (${text})`;
  yield* p.error(`Connection to ${host}${shown} ${port} port [${protocol}/${service ?? '*'}] succeeded!\n`);
}

// --- listener ---

function* listen(p: Process, options: NcOptions): Sys<number> {
  const [operand = ''] = options.ports;
  const ports = portsOf(operand, options.has('u'));
  if ('message' in ports) return yield* say(p, ports.message);
  const [port = 0] = ports;
  const family = options.has('6') ? 6 : 4;
  const found = options.host === undefined ? undefined : yield* resolve(p, options, options.host, port);
  if (typeof found === 'string') return yield* say(p, found.replace(/ for host .* port [^:]*/, ''));
  const local: HostAddress = found?.[0] ?? { address: family === 6 ? IPV6_ANY : 0, scope: null };
  if (options.has('u')) return yield* listenUdp(p, options, local, port);
  const { address, scope } = local;
  const listener = tcpSocket(p, familyOf(address));
  listener.boundDevice = scope;
  listener.reuseAddress = true;
  listener.reusePort = true;
  const errno = bindSocket(p, listener, address, port);
  const listened = errno === null ? listener.listen(1) : null;
  if (errno !== null || listened === null || !listened.ok) {
    listener.close();
    return yield* say(p, strerror(errno ?? (listened !== null && !listened.ok ? listened.error.errno : 'EINVAL')));
  }
  const file = new SocketFile(listener);
  const fd = p.install(file);
  yield* announce(p, options, 'Listening on', address, port);
  for (;;) {
    const peer = yield* acceptTcp(p, listener);
    if (!peer.ok) return yield* say(p, `accept: ${strerror(peer.error)}`);
    const { remoteAddress, remotePort } = peer.value;
    yield* announce(p, options, 'Connection received on', remoteAddress, remotePort);
    const connection = new SocketFile(peer.value);
    const at = p.install(connection);
    // It goes on listening while it serves: a second client connects, and waits for an answer that never comes.
    yield* transfer(p, connection, options);
    if (at.ok) p.close(at.value);
    if (options.has('k')) continue;
    if (fd.ok) p.close(fd.value);
    return 0;
  }
}
function* announce(p: Process, options: NcOptions, what: string, address: IpAddress, port: number): Sys {
  if (!options.has('v')) return;
  const name = options.has('n') ? formatIp(address) : hostNameOf(p, address);
  if (name === undefined) yield* p.error('nc: getnameinfo: Temporary failure in name resolution\n');
  else yield* p.error(`${what} ${name} ${port}\n`);
}

function* listenUdp(p: Process, options: NcOptions, { address, scope }: HostAddress, port: number): Sys<number> {
  for (let first = true; ; first = false) {
    const socket = udpSocket(p, familyOf(address));
    socket.boundDevice = scope;
    socket.reuseAddress = true;
    const errno = bindSocket(p, socket, address, port);
    if (errno !== null) {
      socket.close();
      return yield* say(p, strerror(errno));
    }
    const file = new SocketFile(socket);
    const fd = p.install(file);
    if (first) yield* announce(p, options, 'Bound on', address, port);
    while (!socket.readable) if (!(yield* waitReadable(p, socket))) return 1;
    // Whoever speaks first is the peer; with -k everybody may speak.
    const peer = socket.peek();
    if (peer !== undefined) {
      const from = senderOf(peer.packet);
      if (!options.has('k')) socket.connect(from, peer.packet.udp!.srcPort);
      yield* announce(p, options, 'Connection received on', from, peer.packet.udp!.srcPort);
    }
    yield* transfer(p, file, options);
    if (fd.ok) p.close(fd.value);
    if (!options.has('k')) return 0;
  }
}

const DECLARATION: Declaration = { synopsis: '[options] [destination] [port]', options: declaredOptions(SPECS) };
const at = (path: Bytes): InstalledProgram => ({ path, main: declared(DECLARATION, main), origin: 'netcat-openbsd 1.219' });
export const NC_PROGRAMS: readonly InstalledProgram[] = [at('/usr/bin/nc'), at('/usr/bin/netcat')];
