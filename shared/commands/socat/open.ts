/** Opening the sides of socat: files, programs, sockets. Listeners that fork hand each connection to `serve` in a child and never return. */
import type { Bytes, Errno } from '../../base/index.ts';
import { strerror } from '../../base/index.ts';
import { type TcpSocket, type UdpSocket } from '../../kernel/index.ts';
import { netnsOf, SocketFile } from '../../machine/index.ts';
import type { OpenFile, Process, Sys } from '../../shell/index.ts';
import { formatIpv4, parseIpv4Prefix, type Ipv4 } from '../../wire/index.ts';
import { portOfService } from '../names/services.ts';
import { acceptTcp, bindSocket, connectTcp, resolveHost, tcpSocket, udpSocket, waitReadable } from '../net/index.ts';
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
    'readbytes maxbytes lockfile waitlock debug so-debug mss tcp-maxseg quickack tcp-quickack escape dash login path chdir cd umask sighup sigint sigquit cloexec fdin fdout tcpwrap ipv6only ipv6-v6only ip-mtu-discover mtudiscover fdin seek lseek flock-ex ' +
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
const NOT_MODELLED = /^(openssl|ssl|unix|abstract|proxy|socks|sctp|vsock|dccp|tun|interface|pty|ip-|ip4-|ip6-|socket-|udplite|udp6|tcp6)/;

// --- names and ports ---

function hostOf(p: Process, host: Bytes, type: number, protocol: number, family = 0): Ipv4 {
  const wrong = (message: string): Fatal => new Fatal(`getaddrinfo("${host}", "NULL", {1,${family},${type},${protocol}}, {}): ${message}`);
  if (family === 10) throw wrong('Address family for hostname not supported');
  const found = resolveHost(p, host);
  if (found.kind === 'failed') throw wrong(found.message);
  return found.address;
}
function portOf(host: Bytes, port: Bytes, protocol: 'tcp' | 'udp'): number {
  if (port === '') throw new Fatal('empty port/service');
  const number = /^\d+$/.test(port) ? Number(port) & 0xffff : portOfService(port, protocol);
  if (number === undefined)
    throw new Fatal(`getaddrinfo"${host}", "${port}", {1,0,${protocol === 'tcp' ? 1 : 2},0}, {}): Servname not supported for ai_socktype`);
  return number;
}
const sockaddr = (address: Ipv4, port: number): string => `AF=2 ${formatIpv4(address)}:${port}`;

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
  if ('noDelay' in socket) socket.noDelay = given(address, 'nodelay', 'tcp-nodelay') !== undefined;
}
function bindTo(p: Process, socket: TcpSocket | UdpSocket, fd: number, address: Ipv4, port: number): void {
  const errno = bindSocket(p, socket, address, port);
  if (errno !== null) throw new Fatal(`bind(${fd}, {${sockaddr(address, port)}}, 16): ${strerror(errno)}`);
}
/** The local side that options of a client ask for. */
function bindClient(p: Process, socket: TcpSocket | UdpSocket, address: Address, fd: number, protocol: 'tcp' | 'udp'): void {
  const bind = given(address, 'bind');
  const source = given(address, 'sourceport', 'sp');
  if (bind === undefined && source === undefined) return;
  const [host = '', port] = (bind ?? '').split(':');
  const local = host === '' ? 0 : hostOf(p, host, protocol === 'tcp' ? 1 : 2, protocol === 'tcp' ? 6 : 17);
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
function rememberPeer(around: Surroundings, local: readonly [Ipv4, number], peer: readonly [Ipv4, number]): void {
  around.environment.set('SOCAT_SOCKADDR', formatIpv4(local[0]));
  around.environment.set('SOCAT_SOCKPORT', `${local[1]}`);
  around.environment.set('SOCAT_PEERADDR', formatIpv4(peer[0]));
  around.environment.set('SOCAT_PEERPORT', `${peer[1]}`);
}

// --- TCP ---

const openTcp = (family: number): Opener =>
  function* (p, address, around) {
    const [host = '', port = ''] = address.parameters;
    const number = portOf(host, port, 'tcp');
    const to = hostOf(p, host, 1, 6, family);
    const retries = given(address, 'forever') !== undefined ? Infinity : Number(given(address, 'retry') ?? 0);
    const timeout = given(address, 'connect-timeout');
    for (let attempt = 0; ; attempt++) {
      const socket = tcpSocket(p);
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
function connectError(errno: Errno, fd: number, to: Ipv4, port: number, isTimed: boolean): string {
  if (errno === 'EINPROGRESS') return `connecting to ${sockaddr(to, port)}: ${strerror('ETIMEDOUT')}`;
  return isTimed ? `connecting to ${sockaddr(to, port)}: ${strerror(errno)}` : `connect(${fd}, ${sockaddr(to, port)}, 16): ${strerror(errno)}`;
}

function* listenTcp(p: Process, address: Address, around: Surroundings): Sys<Endpoint> {
  const [port = ''] = address.parameters;
  const number = portOf('', port, 'tcp');
  const bind = given(address, 'bind');
  const local = bind === undefined || bind === '' ? 0 : hostOf(p, bind.split(':')[0]!, 1, 6);
  const listener = tcpSocket(p);
  const file = new SocketFile(listener);
  const fd = place(p, file);
  prepare(p, listener, address, fd);
  bindTo(p, listener, fd, local, number);
  const listened = listener.listen(Number(given(address, 'backlog') ?? 5));
  if (!listened.ok) throw new Fatal(`listen(${fd}, 5): ${strerror(listened.error.errno)}`);
  yield* around.log.say(p, 'N', `listening on ${sockaddr(local, number)}`);
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
    const from = sockaddr(peer.remoteAddress, peer.remotePort);
    yield* around.log.say(p, 'N', `accepting connection from ${from} on ${sockaddr(peer.localAddress, peer.localPort)}`);
    if (!isInRange(address, peer.remoteAddress)) {
      yield* around.log.say(p, 'W', `refusing connection from ${from} due to range option`);
      p.close(at);
      continue;
    }
    rememberPeer(around, [peer.localAddress, peer.localPort], [peer.remoteAddress, peer.remotePort]);
    if (!forks) {
      p.close(fd);
      return socketEndpoint(p, connection, at, around);
    }
    yield* serveInChild(p, around, (child) => {
      child.close(fd);
      return socketEndpoint(child, connection, at, around);
    });
    p.close(at);
    yield* around.log.say(p, 'N', `listening on ${sockaddr(local, number)}`);
  }
}
function isInRange(address: Address, peer: Ipv4): boolean {
  const range = given(address, 'range');
  if (range === undefined) return true;
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

const connectUdp: Opener = function* (p, address, around) {
  const [host = '', port = ''] = address.parameters;
  const number = portOf(host, port, 'udp');
  const to = hostOf(p, host, 2, 17);
  const socket = udpSocket(p);
  const file = new SocketFile(socket);
  const fd = place(p, file);
  prepare(p, socket, address, fd);
  bindClient(p, socket, address, fd, 'udp');
  yield* around.log.say(p, 'N', `opening connection to ${sockaddr(to, number)}`);
  const connected = socket.connect(to, number);
  if (!connected.ok) throw new Fatal(`connect(${fd}, ${sockaddr(to, number)}, 16): ${strerror(connected.error.errno)}`);
  yield* around.log.say(p, 'N', `successfully connected from local address ${sockaddr(socket.localAddress, socket.localPort)}`);
  return socketEndpoint(p, file, fd, around);
};
/** An unconnected socket that sends to one place; SENDTO hears only that place, DATAGRAM everybody. */
const sendToUdp = (hearsAll: boolean): Opener =>
  function* (p, address, around) {
    const [host = '', port = ''] = address.parameters;
    const number = portOf(host, port, 'udp');
    const to = hostOf(p, host, 2, 17);
    const socket = udpSocket(p);
    const file = new SocketFile(socket);
    const fd = place(p, file);
    prepare(p, socket, address, fd);
    bindClient(p, socket, address, fd, 'udp');
    yield* around.log.say(p, 'N', `using ${sockaddr(to, number)} as peer`.replace('using', 'successfully prepared local socket, using'));
    return socketEndpoint(p, file, fd, around, {
      read: () => {
        for (let next = socket.receive(); next !== undefined; next = socket.receive())
          if (hearsAll || next.packet.ip!.src === to) return { ok: true, value: next.packet.payload };
        return { ok: false, error: 'EAGAIN' };
      },
      write: (_, data) => {
        const sent = socket.send(data, { to, port: number });
        return sent.ok ? sent : { ok: false, error: sent.error.errno };
      },
    });
  };
function bindUdp(
  p: Process,
  address: Address,
): { readonly socket: UdpSocket; readonly file: SocketFile; readonly fd: number; readonly local: Ipv4; readonly port: number } {
  const [text = ''] = address.parameters;
  const port = portOf('', text, 'udp');
  const bind = given(address, 'bind');
  const local = bind === undefined || bind === '' ? 0 : hostOf(p, bind.split(':')[0]!, 2, 17);
  const socket = udpSocket(p);
  const file = new SocketFile(socket);
  const fd = place(p, file);
  prepare(p, socket, address, fd);
  bindTo(p, socket, fd, local, port);
  return { socket, file, fd, local, port };
}
/** Each packet is a connection of its own: one packet in, answers to who sent it. */
function* receiveFromUdp(p: Process, address: Address, around: Surroundings): Sys<Endpoint> {
  const { socket, file, fd, local, port } = bindUdp(p, address);
  const forks = given(address, 'fork') !== undefined;
  for (;;) {
    yield* around.log.say(p, 'N', `receiving on ${sockaddr(local, port)}`);
    yield* reap(p, Number(given(address, 'max-children') ?? Infinity));
    while (!socket.readable) if (!(yield* waitReadable(p, socket))) yield* reap(p, Infinity);
    const packet = socket.receive()!.packet;
    const from = packet.ip!.src;
    const fromPort = packet.udp!.srcPort;
    yield* around.log.say(p, 'N', `receiving packet from ${sockaddr(from, fromPort)}`);
    if (!isInRange(address, from)) continue;
    rememberPeer(around, [local, port], [from, fromPort]);
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
          const sent = socket.send(data, { to: from, port: fromPort });
          return sent.ok ? sent : { ok: false, error: sent.error.errno };
        },
        isPacket: false,
      });
    if (!forks) return open(p);
    yield* serveInChild(p, around, open);
  }
}
const receiveUdp: Opener = function* (p, address, around) {
  const { socket, file, fd } = bindUdp(p, address);
  yield* around.log.say(p, 'N', 'receiving');
  return socketEndpoint(p, file, fd, around, {
    read: () => {
      const next = socket.receive();
      return next === undefined ? { ok: false, error: 'EAGAIN' } : { ok: true, value: next.packet.payload };
    },
  });
};
/** The first who speaks is the peer: a socket connected to it. */
function* listenUdp(p: Process, address: Address, around: Surroundings): Sys<Endpoint> {
  const forks = given(address, 'fork') !== undefined;
  for (;;) {
    const { socket, file, fd, local, port } = bindUdp(p, address);
    yield* around.log.say(p, 'N', `listening on UDP ${sockaddr(local, port)}`);
    yield* reap(p, Number(given(address, 'max-children') ?? Infinity));
    while (!socket.readable) if (!(yield* waitReadable(p, socket))) yield* reap(p, Infinity);
    const { packet } = socket.peek()!;
    const from = packet.ip!.src;
    const fromPort = packet.udp!.srcPort;
    yield* around.log.say(p, 'N', `accepting UDP connection from ${sockaddr(from, fromPort)}`);
    socket.reuseAddress = true;
    socket.connect(from, fromPort);
    rememberPeer(around, [socket.localAddress, port], [from, fromPort]);
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

const tcp: Kind = { parameters: 2, open: openTcp(0) };
const tcp4: Kind = { parameters: 2, open: openTcp(2) };
const tcp6: Kind = { parameters: 2, open: openTcp(10) };
const tcpListen: Kind = { parameters: 1, open: listenTcp };
const udp: Kind = { parameters: 2, open: connectUdp };
const udpListen: Kind = { parameters: 1, open: listenUdp };
const udpReceiveFrom: Kind = { parameters: 1, open: receiveFromUdp };
const udpReceive: Kind = { parameters: 1, open: receiveUdp };
const udpSendTo: Kind = { parameters: 2, open: sendToUdp(false) };
const udpDatagram: Kind = { parameters: 2, open: sendToUdp(true) };
const KINDS: Readonly<Record<string, Kind>> = {
  tcp, 'tcp-connect': tcp, inet: tcp, tcp4, 'tcp4-connect': tcp4, inet4: tcp4, tcp6, 'tcp6-connect': tcp6,
  'tcp-listen': tcpListen, 'tcp-l': tcpListen, 'tcp4-listen': tcpListen, 'tcp4-l': tcpListen, 'inet-listen': tcpListen, 'inet-l': tcpListen,
  udp, 'udp-connect': udp, udp4: udp, 'udp4-connect': udp,
  'udp-listen': udpListen, 'udp-l': udpListen, 'udp4-listen': udpListen, 'udp4-l': udpListen,
  'udp-recvfrom': udpReceiveFrom, 'udp4-recvfrom': udpReceiveFrom, 'udp-recv': udpReceive, 'udp4-recv': udpReceive,
  'udp-sendto': udpSendTo, 'udp4-sendto': udpSendTo, 'udp-datagram': udpDatagram, 'udp4-datagram': udpDatagram,
  stdio: { parameters: 0, open: openStandard(0, 1) }, stdin: { parameters: 0, open: openStandard(0, 0) }, stdout: { parameters: 0, open: openStandard(1, 1) },
  stderr: { parameters: 0, open: openStandard(2, 2) }, fd: { parameters: 1, open: openFd },
  open: { parameters: 1, open: openFile('open') }, file: { parameters: 1, open: openFile('gopen') }, gopen: { parameters: 1, open: openFile('gopen') },
  create: { parameters: 1, open: openFile('create') }, creat: { parameters: 1, open: openFile('create') }, pipe: { parameters: 0, open: openPipe },
  fifo: { parameters: 1, open: openPipe }, exec: { parameters: 1, open: openProgram(false) }, system: { parameters: 1, open: openProgram(true) },
}; // prettier-ignore
