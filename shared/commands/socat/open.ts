/** Opening the sides of socat: files, programs, sockets. Listeners that fork hand each connection to `serve` in a child and never return. */
import type { Bytes, Errno } from '../../base/index.ts';
import { strerror } from '../../base/index.ts';
import { arrivedBy6, senderOf, type TcpSocket, type UdpSocket } from '../../kernel/index.ts';
import { netnsOf, SocketFile } from '../../machine/index.ts';
import type { OpenFile, Process, Sys } from '../../shell/index.ts';
import { formatIp, IPV6_ANY, ipv6InPrefix, ipv6Mapped, isIpv6LinkLocal, parseIpv4Prefix, parseIpv6, type IpAddress, type Ipv6 } from '../../wire/index.ts';
import { portOfService } from '../names/services.ts';
import { acceptTcp, bindSocket, connectTcp, familyOf, resolveHosts, tcpSocket, udpSocket, waitReadable, type Family, type HostAddress } from '../net/index.ts';
import type { Address } from './address.ts';
import { ofFds, type Endpoint } from './endpoint.ts';
import { Fatal, type Log } from './log.ts';
import { VERSION } from './options.ts';

export interface Surroundings {
  readonly log: Log;
  /** Reads from it, writes to it. */
  readonly reads: boolean;
  readonly writes: boolean;
  /** SOCAT_PEERADDR and the like, for programs. */
  readonly environment: Map<Bytes, Bytes>;
  /** The rest of the program, in a child that has one connection. */
  serve(p: Process, endpoint: Endpoint): Sys<number>;
}

type Opener = (p: Process, address: Address, around: Surroundings) => Sys<Endpoint>;
interface Kind {
  readonly parameters: number;
  readonly open: Opener;
}

/** Names of options that change nothing here, or are read by who opens. */
const KNOWN_OPTIONS = new Set(
  (
    'fork reuseaddr so-reuseaddr reuseport so-reuseport bind sourceport sp backlog connect-timeout retry interval forever so-bindtodevice bindtodevice if interface ' +
    'nodelay tcp-nodelay keepalive so-keepalive keepidle keepintvl keepcnt tos ip-tos ttl ip-ttl mark so-mark crnl crlf cr ignoreeof null-eof shut-none shut-down shut-close shut-null ' +
    'end-close creat create o-create append o-append trunc o-trunc excl o-excl rdonly wronly rdwr stderr pipes socketpair setsid ctty pty raw echo rawer nofork range su max-children children-shutup ' +
    'broadcast so-broadcast pf protocol-family linger so-linger rcvbuf sndbuf so-rcvbuf so-sndbuf lowport mode perm user group unlink-early unlink-close cool-write cool-writes nonblock o-nonblock ' +
    'readbytes maxbytes lockfile waitlock debug so-debug mss tcp-maxseg quickack tcp-quickack escape dash login path chdir cd umask sighup sigint sigquit cloexec fdin fdout tcpwrap v6only ipv6only ipv6-v6only ip-mtu-discover mtudiscover fdin seek lseek flock-ex ' +
    'openssl-verify verify'
  ).split(' '),
);

const given = (address: Address, ...names: readonly string[]): Bytes | undefined => {
  for (const name of names) if (address.options.has(name)) return address.options.get(name) ?? '';
  return undefined;
};

export function* openAddress(p: Process, address: Address, around: Surroundings): Sys<Endpoint> {
  const kind = KINDS[address.name];
  if (kind === undefined) {
    if (NOT_MODELLED.test(address.name)) throw new Fatal(`not modelled: ${address.given}`);
    throw new Fatal(`unknown device/address "${address.given}"`);
  }
  const count = address.parameters.length;
  const isShell = address.name === 'system';
  if (isShell ? count < 1 : count !== kind.parameters && !(address.name === 'pipe' && count === 1)) {
    const shown = address.name === 'exec' && count > 0 ? `"${address.given}:${address.parameters[0]}"` : address.given;
    throw new Fatal(`${shown}: wrong number of parameters (${count} instead of ${kind.parameters})`);
  }
  for (const option of address.options.keys()) if (!KNOWN_OPTIONS.has(option)) throw new Fatal(`parseopts_table(): unknown option "${option}"`);
  return yield* kind.open(p, address, around);
}
const NOT_MODELLED = /^(openssl|ssl|unix|abstract|proxy|socks|sctp|vsock|dccp|tun|interface|pty|ip-|ip4-|ip6-|socket-|udplite)/;

// --- names and ports ---

/** AF_UNSPEC, AF_INET, AF_INET6 as numbers that messages show. */
type FamilyNumber = 0 | 2 | 10;
const wordOf = (family: FamilyNumber): Family => (family === 10 ? 6 : family === 2 ? 4 : 0);
function hostOf(p: Process, host: Bytes, type: number, protocol: number, family: FamilyNumber): HostAddress {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  const found = resolveHosts(p, plain, wordOf(family));
  if (found.kind === 'failed')
    throw new Fatal(`getaddrinfo("${plain}", "NULL", {${plain === host ? 1 : 5},${family},${type},${protocol}}, {}): ${found.message}`);
  return found.hosts[0];
}
/** `pf=`: which protocol family a socket is of. */
function familyBy(address: Address, otherwise: FamilyNumber): FamilyNumber {
  const word = given(address, 'pf', 'protocol-family');
  if (word === undefined) return otherwise;
  return /^(ip6|ipv6|inet6|10)$/i.test(word) ? 10 : /^(ip|ip4|ipv4|inet|2)$/i.test(word) ? 2 : otherwise;
}
/** Of a listener: what `bind` says counts where nothing else does. */
function localOf(p: Process, address: Address, type: number, protocol: number, family: FamilyNumber): HostAddress {
  const bind = given(address, 'bind');
  const [host = ''] = /^\[[^\]]*\]|^[^:]*/.exec(bind ?? '') ?? [];
  if (host === '') return { address: family === 10 ? IPV6_ANY : 0, scope: null };
  return hostOf(p, host, type, protocol, family);
}
function portOf(host: Bytes, port: Bytes, protocol: 'tcp' | 'udp'): number {
  if (port === '') throw new Fatal('empty port/service');
  const number = /^\d+$/.test(port) ? Number(port) & 0xffff : portOfService(port, protocol);
  if (number === undefined)
    throw new Fatal(`getaddrinfo"${host}", "${port}", {1,0,${protocol === 'tcp' ? 1 : 2},0}, {}): Servname not supported for ai_socktype`);
  return number;
}
/** As socat writes an address of IPv6: all of it. */
const wholeText = (address: Ipv6): string => `[${(address.match(/..../g) ?? []).join(':')}]`;
const textOf = (address: IpAddress, family: 4 | 6): string => {
  if (family === 6) return wholeText(typeof address === 'number' ? ipv6Mapped(address) : address);
  return formatIp(address);
};
const sockaddr = (address: IpAddress, port: number, family: 4 | 6 = familyOf(address)): string =>
  `AF=${family === 6 ? 10 : 2} ${textOf(address, family)}:${port}`;
const sockaddrLength = (address: IpAddress): number => (typeof address === 'number' ? 16 : 28);

/** What options ask of a socket before it is used. */
function prepare(p: Process, socket: TcpSocket | UdpSocket, address: Address, fd: number): void {
  socket.reuseAddress = given(address, 'reuseaddr', 'so-reuseaddr') !== undefined && given(address, 'reuseaddr', 'so-reuseaddr') !== '0';
  socket.reusePort = given(address, 'reuseport', 'so-reuseport') !== undefined;
  socket.broadcast = given(address, 'broadcast', 'so-broadcast') !== undefined;
  socket.tos = Number(given(address, 'tos', 'ip-tos') ?? 0);
  socket.ttl = Number(given(address, 'ttl', 'ip-ttl') ?? 0);
  socket.mark = Number(given(address, 'mark', 'so-mark') ?? 0);
  const device = given(address, 'so-bindtodevice', 'bindtodevice', 'if', 'interface');
  if (device !== undefined) {
    const found = netnsOf(p).device(device);
    if (found === undefined) throw new Fatal(`setsockopt(${fd}, 1, 25, "${device}", ${device.length + 1}): ${strerror('ENODEV')}`);
    socket.boundDevice = found;
  }
  const only = given(address, 'ipv6only', 'ipv6-v6only', 'v6only');
  if (only !== undefined) socket.v6Only = only !== '0';
  if ('noDelay' in socket) socket.noDelay = given(address, 'nodelay', 'tcp-nodelay') !== undefined;
}
function bindTo(p: Process, socket: TcpSocket | UdpSocket, fd: number, { address, scope }: HostAddress, port: number): void {
  if (scope !== null) socket.boundDevice = scope;
  const errno = bindSocket(p, socket, address, port);
  if (errno !== null) throw new Fatal(`bind(${fd}, {${sockaddr(address, port)}}, ${sockaddrLength(address)}): ${strerror(errno)}`);
}
/** The local side that options of a client ask for. */
function bindClient(p: Process, socket: TcpSocket | UdpSocket, address: Address, fd: number, protocol: 'tcp' | 'udp'): void {
  const bind = given(address, 'bind');
  const source = given(address, 'sourceport', 'sp');
  if (bind === undefined && source === undefined) return;
  const port = /^(?:\[[^\]]*\]|[^:]*):(.*)$/.exec(bind ?? '')?.[1];
  const local = localOf(p, address, protocol === 'tcp' ? 1 : 2, protocol === 'tcp' ? 6 : 17, socket.family === 6 ? 10 : 2);
  bindTo(p, socket, fd, local, portOf('', source ?? port ?? '0', protocol));
}

/** Gives a file a descriptor; the process ends when there is none. */
function place(p: Process, file: OpenFile): number {
  const fd = p.install(file);
  if (!fd.ok) throw new Fatal(`socket(2, 1, 6): ${strerror(fd.error)}`);
  return fd.value;
}

function socketEndpoint(p: Process, file: SocketFile, fd: number, around: Surroundings, more: Partial<Endpoint> = {}): Endpoint {
  const { socket } = file;
  return ofFds(p, around.reads ? fd : fd, fd, {
    endWriting: () => {
      if ('shutdownSend' in socket) socket.shutdownSend();
    },
    isPacket: !('shutdownSend' in socket),
    ...more,
  });
}
function rememberPeer(around: Surroundings, family: 4 | 6, local: readonly [IpAddress, number], peer: readonly [IpAddress, number]): void {
  around.environment.set('SOCAT_SOCKADDR', textOf(local[0], family));
  around.environment.set('SOCAT_SOCKPORT', `${local[1]}`);
  around.environment.set('SOCAT_PEERADDR', textOf(peer[0], family));
  around.environment.set('SOCAT_PEERPORT', `${peer[1]}`);
}

// --- TCP ---

const openTcp = (family: FamilyNumber): Opener =>
  function* (p, address, around) {
    const [host = '', port = ''] = address.parameters;
    const number = portOf(host, port, 'tcp');
    const { address: to, scope } = hostOf(p, host, 1, 6, familyBy(address, family));
    const retries = given(address, 'forever') !== undefined ? Infinity : Number(given(address, 'retry') ?? 0);
    const timeout = given(address, 'connect-timeout');
    for (let attempt = 0; ; attempt++) {
      const socket = tcpSocket(p, familyOf(to));
      socket.boundDevice = scope;
      const file = new SocketFile(socket);
      const fd = place(p, file);
      prepare(p, socket, address, fd);
      bindClient(p, socket, address, fd, 'tcp');
      yield* around.log.say(p, 'N', `opening connection to ${sockaddr(to, number)}`);
      const errno = yield* connectTcp(p, socket, to, number, timeout === undefined ? undefined : Number(timeout) * 1e6);
      if (errno === null) {
        yield* around.log.say(p, 'N', `successfully connected from local address ${sockaddr(socket.localAddress, socket.localPort)}`);
        return socketEndpoint(p, file, fd, around);
      }
      p.close(fd);
      if (attempt >= retries || errno === 'EINTR') throw new Fatal(connectError(errno, fd, to, number, timeout !== undefined));
      yield* p.sleep(Number(given(address, 'interval') ?? 1) * 1e6);
    }
  };
function connectError(errno: Errno, fd: number, to: IpAddress, port: number, isTimed: boolean): string {
  if (errno === 'EINPROGRESS') return `connecting to ${sockaddr(to, port)}: ${strerror('ETIMEDOUT')}`;
  return isTimed
    ? `connecting to ${sockaddr(to, port)}: ${strerror(errno)}`
    : `connect(${fd}, ${sockaddr(to, port)}, ${sockaddrLength(to)}): ${strerror(errno)}`;
}

const listenTcp = (family: FamilyNumber): Opener =>
  function* (p, address, around) {
    return yield* serveTcp(p, address, around, familyBy(address, family));
  };
function* serveTcp(p: Process, address: Address, around: Surroundings, family: FamilyNumber): Sys<Endpoint> {
  const [port = ''] = address.parameters;
  const number = portOf('', port, 'tcp');
  const local = localOf(p, address, 1, 6, family);
  const listener = tcpSocket(p, familyOf(local.address));
  const file = new SocketFile(listener);
  const fd = place(p, file);
  prepare(p, listener, address, fd);
  bindTo(p, listener, fd, local, number);
  const listened = listener.listen(Number(given(address, 'backlog') ?? 5));
  if (!listened.ok) throw new Fatal(`listen(${fd}, 5): ${strerror(listened.error.errno)}`);
  yield* around.log.say(p, 'N', `listening on ${sockaddr(local.address, number)}`);
  const forks = given(address, 'fork') !== undefined;
  const most = Number(given(address, 'max-children') ?? Infinity);
  for (;;) {
    yield* reap(p, most);
    const accepted = yield* acceptTcp(p, listener);
    if (!accepted.ok) {
      if (accepted.error === 'EINTR') continue;
      throw new Fatal(`accept(${fd}): ${strerror(accepted.error)}`);
    }
    const peer = accepted.value;
    const connection = new SocketFile(peer);
    const at = place(p, connection);
    const from = sockaddr(peer.remoteAddress, peer.remotePort, peer.family);
    yield* around.log.say(p, 'N', `accepting connection from ${from} on ${sockaddr(peer.localAddress, peer.localPort, peer.family)}`);
    if (!isInRange(address, peer.remoteAddress)) {
      yield* around.log.say(p, 'W', `refusing connection from ${from} due to range option`);
      p.close(at);
      continue;
    }
    rememberPeer(around, peer.family, [peer.localAddress, peer.localPort], [peer.remoteAddress, peer.remotePort]);
    if (!forks) {
      p.close(fd);
      return socketEndpoint(p, connection, at, around);
    }
    yield* serveInChild(p, around, (child) => {
      child.close(fd);
      return socketEndpoint(child, connection, at, around);
    });
    p.close(at);
    yield* around.log.say(p, 'N', `listening on ${sockaddr(local.address, number)}`);
  }
}
function isInRange(address: Address, peer: IpAddress): boolean {
  const range = given(address, 'range');
  if (range === undefined) return true;
  if (typeof peer === 'string') {
    const [, text = '', length = ''] = /^\[([^\]]*)\]\/(\d+)$/.exec(range) ?? [];
    const prefix6 = parseIpv6(text);
    return prefix6 !== undefined && ipv6InPrefix(peer, prefix6, Number(length));
  }
  const prefix = parseIpv4Prefix(range.replace(/:255\.255\.255\.255$/, '/32'));
  if (prefix === undefined) return false;
  const mask = prefix.length === 0 ? 0 : -1 << (32 - prefix.length);
  return (peer & mask) === (prefix.address & mask);
}
/** Buries children; waits while there are as many as there may be. */
function* reap(p: Process, most: number): Sys {
  while (yield* p.wait({ nohang: true }));
  while (p.children.size >= most) yield* p.wait();
}
function* serveInChild(p: Process, around: Surroundings, open: (child: Process) => Endpoint): Sys {
  const child = p.fork(function* (q) {
    q.on('CHLD', 'default');
    return yield* around.serve(q, open(q));
  });
  if (!child.ok) throw new Fatal(`fork(): ${strerror(child.error)}`);
  yield* around.log.say(p, 'N', `forked off child process ${child.value.pid}`);
}

// --- UDP ---

const connectUdp = (family: FamilyNumber): Opener =>
  function* (p, address, around) {
    const [host = '', port = ''] = address.parameters;
    const number = portOf(host, port, 'udp');
    const { address: to, scope } = hostOf(p, host, 2, 17, familyBy(address, family));
    const socket = udpSocket(p, familyOf(to));
    socket.boundDevice = scope;
    const file = new SocketFile(socket);
    const fd = place(p, file);
    prepare(p, socket, address, fd);
    bindClient(p, socket, address, fd, 'udp');
    yield* around.log.say(p, 'N', `opening connection to ${sockaddr(to, number)}`);
    const connected = socket.connect(to, number);
    if (!connected.ok) throw new Fatal(`connect(${fd}, ${sockaddr(to, number)}, ${sockaddrLength(to)}): ${strerror(connected.error.errno)}`);
    yield* around.log.say(p, 'N', `successfully connected from local address ${sockaddr(socket.localAddress, socket.localPort)}`);
    return socketEndpoint(p, file, fd, around);
  };
/** An unconnected socket that sends to one place; SENDTO hears only that place, DATAGRAM everybody. */
const sendToUdp = (hearsAll: boolean, family: FamilyNumber): Opener =>
  function* (p, address, around) {
    const [host = '', port = ''] = address.parameters;
    const number = portOf(host, port, 'udp');
    const { address: to, scope } = hostOf(p, host, 2, 17, familyBy(address, family));
    const socket = udpSocket(p, familyOf(to));
    const file = new SocketFile(socket);
    const fd = place(p, file);
    prepare(p, socket, address, fd);
    bindClient(p, socket, address, fd, 'udp');
    yield* around.log.say(p, 'N', `using ${sockaddr(to, number)} as peer`.replace('using', 'successfully prepared local socket, using'));
    return socketEndpoint(p, file, fd, around, {
      read: () => {
        for (let next = socket.receive(); next !== undefined; next = socket.receive())
          if (hearsAll || senderOf(next.packet) === to) return { ok: true, value: next.packet.payload };
        return { ok: false, error: 'EAGAIN' };
      },
      write: (_, data) => {
        const sent = socket.send(data, { to, port: number, ...(scope === null ? {} : { device: scope }) });
        return sent.ok ? sent : { ok: false, error: sent.error.errno };
      },
    });
  };
interface BoundUdp {
  readonly socket: UdpSocket;
  readonly file: SocketFile;
  readonly fd: number;
  readonly local: IpAddress;
  readonly port: number;
}
function bindUdp(p: Process, address: Address, family: FamilyNumber): BoundUdp {
  const [text = ''] = address.parameters;
  const port = portOf('', text, 'udp');
  const local = localOf(p, address, 2, 17, familyBy(address, family));
  const socket = udpSocket(p, familyOf(local.address));
  const file = new SocketFile(socket);
  const fd = place(p, file);
  prepare(p, socket, address, fd);
  bindTo(p, socket, fd, local, port);
  return { socket, file, fd, local: local.address, port };
}
/** Each packet is a connection of its own: one packet in, answers to who sent it. */
const receiveFromUdp = (family: FamilyNumber): Opener =>
  function* (p, address, around) {
    return yield* serveUdp(p, address, around, family);
  };
function* serveUdp(p: Process, address: Address, around: Surroundings, family: FamilyNumber): Sys<Endpoint> {
  const { socket, file, fd, local, port } = bindUdp(p, address, family);
  const forks = given(address, 'fork') !== undefined;
  for (;;) {
    yield* around.log.say(p, 'N', `receiving on ${sockaddr(local, port)}`);
    yield* reap(p, Number(given(address, 'max-children') ?? Infinity));
    while (!socket.readable) if (!(yield* waitReadable(p, socket))) yield* reap(p, Infinity);
    const packet = socket.receive()!.packet;
    const from = senderOf(packet);
    const device = typeof from === 'string' && isIpv6LinkLocal(from) ? arrivedBy6(packet) : null;
    const fromPort = packet.udp!.srcPort;
    yield* around.log.say(p, 'N', `receiving packet from ${sockaddr(from, fromPort)}`);
    if (!isInRange(address, from)) continue;
    rememberPeer(around, socket.family, [local, port], [from, fromPort]);
    let left: Bytes | undefined = packet.payload;
    const open = (q: Process): Endpoint =>
      socketEndpoint(q, file, fd, around, {
        canRead: () => true,
        read: () => {
          const data = left ?? '';
          left = undefined;
          return { ok: true, value: data };
        },
        write: (_, data) => {
          const sent = socket.send(data, { to: from, port: fromPort, ...(device === null ? {} : { device }) });
          return sent.ok ? sent : { ok: false, error: sent.error.errno };
        },
        isPacket: false,
      });
    if (!forks) return open(p);
    yield* serveInChild(p, around, open);
  }
}
const receiveUdp = (family: FamilyNumber): Opener =>
  function* (p, address, around) {
    const { socket, file, fd } = bindUdp(p, address, family);
    yield* around.log.say(p, 'N', 'receiving');
    return socketEndpoint(p, file, fd, around, {
      read: () => {
        const next = socket.receive();
        return next === undefined ? { ok: false, error: 'EAGAIN' } : { ok: true, value: next.packet.payload };
      },
    });
  };
/** The first who speaks is the peer: a socket connected to it. */
const listenUdp = (family: FamilyNumber): Opener =>
  function* (p, address, around) {
    return yield* serveUdpPeers(p, address, around, family);
  };
function* serveUdpPeers(p: Process, asked: Address, around: Surroundings, family: FamilyNumber): Sys<Endpoint> {
  let address = asked;
  const forks = given(address, 'fork') !== undefined;
  for (;;) {
    const { socket, file, fd, local, port } = bindUdp(p, address, family);
    yield* around.log.say(p, 'N', `listening on UDP ${sockaddr(local, port)}`);
    yield* reap(p, Number(given(address, 'max-children') ?? Infinity));
    while (!socket.readable) if (!(yield* waitReadable(p, socket))) yield* reap(p, Infinity);
    const { packet } = socket.peek()!;
    const from = senderOf(packet);
    const fromPort = packet.udp!.srcPort;
    yield* around.log.say(p, 'N', `accepting UDP connection from ${sockaddr(from, fromPort)}`);
    socket.reuseAddress = true;
    socket.connect(from, fromPort);
    rememberPeer(around, socket.family, [socket.localAddress, port], [from, fromPort]);
    if (!forks) return socketEndpoint(p, file, fd, around);
    yield* serveInChild(p, around, (child) => socketEndpoint(child, file, fd, around));
    p.close(fd);
    address = { ...address, options: new Map([...address.options, ['reuseaddr', undefined]]) };
  }
}

// --- files and programs ---

const openStandard = (reads: number, writes: number): Opener =>
  function* (p, _, around) {
    const what =
      around.reads && around.writes && reads === 0 && writes === 1
        ? 'reading from and writing to stdio'
        : around.writes
          ? 'writing to stdout'
          : 'reading from stdin';
    yield* around.log.say(p, 'N', what);
    return ofFds(p, reads, writes);
  };
const openFd: Opener = function* (p, { parameters }, around) {
  yield* around.log.say(p, 'N', `using FD ${parameters[0]}`);
  return ofFds(p, Number(parameters[0]), Number(parameters[0]));
};
const openFile = (how: 'open' | 'gopen' | 'create'): Opener =>
  function* (p, address, around) {
    const [path = ''] = address.parameters;
    const isThere = p.fs.stat(path).ok;
    const create = how === 'create' || given(address, 'creat', 'create', 'o-create') !== undefined || (how === 'gopen' && !isThere);
    const append = given(address, 'append', 'o-append') !== undefined || (how === 'gopen' && !isThere);
    const truncate = how === 'create' || given(address, 'trunc', 'o-trunc') !== undefined;
    const mode = how === 'create' ? 1 : around.reads && around.writes ? 2 : around.writes ? 1 : 0;
    const file = yield* p.open(path, {
      read: mode !== 1,
      write: mode !== 0,
      create,
      append,
      truncate,
      exclusive: given(address, 'excl', 'o-excl') !== undefined,
    });
    if (!file.ok) {
      const flags = mode | (create ? 0o100 : 0) | (truncate ? 0o1000 : 0) | (append && how !== 'gopen' ? 0o2000 : 0);
      const call = how === 'create' ? `creat("${path}", 0666)` : `open("${path}", 0${flags.toString(8)}, 0666)`;
      throw new Fatal(`${call}: ${strerror(file.error)}`);
    }
    yield* around.log.say(
      p,
      'N',
      `opening ${p.fs.stat(path).ok ? 'regular file' : 'character device'} "${path}" for ${mode === 2 ? 'reading and writing' : mode === 1 ? 'writing' : 'reading'}`,
    );
    return ofFds(p, file.value, file.value);
  };
/** What is written comes back. */
const openPipe: Opener = function* (p, { parameters }, around) {
  const [path] = parameters;
  if (path !== undefined) {
    if (!p.fs.exists(path)) p.fs.mknod(path, 'fifo', 0o644);
    const file = yield* p.open(path, { read: true, write: true });
    if (!file.ok) throw new Fatal(`open("${path}", 02, 0666): ${strerror(file.error)}`);
    return ofFds(p, file.value, file.value);
  }
  const ends = p.pipe();
  if (!ends.ok) throw new Fatal(`pipe(): ${strerror(ends.error)}`);
  yield* around.log.say(p, 'N', 'creating pipe');
  const { read, write } = ends.value;
  return ofFds(p, read, write, { endWriting: (q) => void q.close(write) });
};

/** Words of a command line: blanks separate, quotes were taken off before. */
const wordsOf = (command: Bytes): readonly Bytes[] => command.trim().split(/\s+/);

const openProgram = (isShell: boolean): Opener =>
  function* (p, address, around) {
    const [command = ''] = address.parameters;
    const argv = isShell ? ['sh', '-c', command] : wordsOf(command);
    const there = p.pipe();
    const back = p.pipe();
    if (!there.ok || !back.ok) throw new Fatal(`socketpair(): ${strerror('EMFILE')}`);
    const fds = new Map<number, number>();
    fds.set(0, around.writes ? there.value.read : 0);
    fds.set(1, around.reads ? back.value.write : 1);
    fds.set(2, address.options.has('stderr') ? back.value.write : 2);
    const env = new Map([...p.env, ...around.environment, ['SOCAT_VERSION', VERSION], ['SOCAT_PID', `${p.pid}`], ['SOCAT_PPID', `${p.pid}`]] as [
      Bytes,
      Bytes,
    ][]);
    yield* around.log.say(p, 'N', 'forking off child, using socket for reading and writing');
    const child = p.spawn(argv, { fds, env });
    p.close(there.value.read);
    p.close(back.value.write);
    if (!child.ok) throw new Fatal(`execvp("${argv[0]}", "${argv[0]}"): ${strerror(child.error)}`);
    yield* around.log.say(p, 'N', `forked off child process ${child.value.pid}`);
    return ofFds(p, back.value.read, there.value.write, { endWriting: (q) => void q.close(there.value.write), child: child.value });
  };

/** A kind for each family: `tcp` asks nobody, `tcp4` and `tcp6` mean it. Listeners and receivers are of IPv4 where nothing is said. */
const clients = (parameters: number, open: (family: FamilyNumber) => Opener): readonly [Kind, Kind, Kind] => [
  { parameters, open: open(0) },
  { parameters, open: open(2) },
  { parameters, open: open(10) },
];
const [tcp, tcp4, tcp6] = clients(2, openTcp);
const [, tcpListen, tcp6Listen] = clients(1, listenTcp);
const [udp, udp4, udp6] = clients(2, connectUdp);
const [, udpListen, udp6Listen] = clients(1, listenUdp);
const [, udpReceiveFrom, udp6ReceiveFrom] = clients(1, receiveFromUdp);
const [, udpReceive, udp6Receive] = clients(1, receiveUdp);
const [udpSendTo, udp4SendTo, udp6SendTo] = clients(2, (family) => sendToUdp(false, family));
const [udpDatagram, udp4Datagram, udp6Datagram] = clients(2, (family) => sendToUdp(true, family));
const KINDS: Readonly<Record<string, Kind>> = {
  tcp, 'tcp-connect': tcp, inet: tcp, tcp4, 'tcp4-connect': tcp4, inet4: tcp4, tcp6, 'tcp6-connect': tcp6, inet6: tcp6,
  'tcp-listen': tcpListen, 'tcp-l': tcpListen, 'tcp4-listen': tcpListen, 'tcp4-l': tcpListen, 'inet-listen': tcpListen, 'inet-l': tcpListen,
  'tcp6-listen': tcp6Listen, 'tcp6-l': tcp6Listen, 'inet6-listen': tcp6Listen, 'inet6-l': tcp6Listen,
  udp, 'udp-connect': udp, udp4, 'udp4-connect': udp4, udp6, 'udp6-connect': udp6,
  'udp-listen': udpListen, 'udp-l': udpListen, 'udp4-listen': udpListen, 'udp4-l': udpListen, 'udp6-listen': udp6Listen, 'udp6-l': udp6Listen,
  'udp-recvfrom': udpReceiveFrom, 'udp4-recvfrom': udpReceiveFrom, 'udp6-recvfrom': udp6ReceiveFrom,
  'udp-recv': udpReceive, 'udp4-recv': udpReceive, 'udp6-recv': udp6Receive,
  'udp-sendto': udpSendTo, 'udp4-sendto': udp4SendTo, 'udp6-sendto': udp6SendTo,
  'udp-datagram': udpDatagram, 'udp4-datagram': udp4Datagram, 'udp6-datagram': udp6Datagram,
  stdio: { parameters: 0, open: openStandard(0, 1) }, stdin: { parameters: 0, open: openStandard(0, 0) }, stdout: { parameters: 0, open: openStandard(1, 1) },
  stderr: { parameters: 0, open: openStandard(2, 2) }, fd: { parameters: 1, open: openFd },
  open: { parameters: 1, open: openFile('open') }, file: { parameters: 1, open: openFile('gopen') }, gopen: { parameters: 1, open: openFile('gopen') },
  create: { parameters: 1, open: openFile('create') }, creat: { parameters: 1, open: openFile('create') }, pipe: { parameters: 0, open: openPipe },
  fifo: { parameters: 1, open: openPipe }, exec: { parameters: 1, open: openProgram(false) }, system: { parameters: 1, open: openProgram(true) },
}; // prettier-ignore
