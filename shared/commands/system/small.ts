/** nmap -sL, watch, modprobe, lsmod, tty, uptime, free: small programs that scripts of network labs call. */
import { strerror } from '../../base/index.ts';
import { hasTunnels, loadTunnels, type TunnelKind } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Program } from '../../shell/index.ts';
import { duration, statusOf } from '../coreutils/index.ts';
import { formatIpv4, ipv4Mask, parseIpv4Prefix, type Ipv4 } from '../../wire/index.ts';
import { formatDate } from '../coreutils/index.ts';
import { hostNameOf } from '../net/index.ts';

/** Targets more than this are not listed. */
const MAX_TARGETS = 1 << 16;

/** nmap 7.93, list scan only: what a subnet contains. Without a resolver names are not found. */
const nmap: Program = function* (p) {
  const words = p.argv.slice(1);
  if (!words.includes('-sL')) return (yield* p.error('not modelled: nmap scans other than -sL\n'), 1);
  yield* p.print(`Starting Nmap 7.93 ( https://nmap.org ) at ${formatDate('%Y-%m-%d %H:%M UTC', p.unixUs)}\n`);
  let count = 0;
  for (const target of words.filter((word) => !word.startsWith('-'))) {
    const prefix = parseIpv4Prefix(target);
    if (!prefix) {
      yield* p.error(`Failed to resolve "${target}".\n`);
      continue;
    }
    const first = (prefix.address & ipv4Mask(prefix.length)) >>> 0;
    for (let i = 0; i < Math.min(MAX_TARGETS, 2 ** (32 - prefix.length)); i++) {
      const address = ((first + i) | 0) as Ipv4;
      const name = words.includes('-n') ? undefined : hostNameOf(p, address);
      yield* p.print(`Nmap scan report for ${name === undefined ? formatIpv4(address) : `${name} (${formatIpv4(address)})`}\n`);
      yield* p.tick();
      count++;
    }
  }
  if (count === 0) yield* p.error('WARNING: No targets were specified, so 0 hosts scanned.\n');
  yield* p.print(`Nmap done: ${count} IP address${count === 1 ? '' : 'es'} (0 hosts up) scanned in 0.00 seconds\n`);
  return 0;
};

const watch: Program = function* (p) {
  const words = p.argv.slice(1);
  let intervalUs = 2_000_000;
  let shell = true;
  let title = true;
  while (words[0]?.startsWith('-')) {
    const word = words.shift() ?? '';
    if (word === '-n' || word === '--interval') intervalUs = duration(words.shift() ?? '') ?? intervalUs;
    else if (/^-n[\d.]+$/.test(word)) intervalUs = duration(word.slice(2)) ?? intervalUs;
    else if (word === '-x' || word === '--exec') shell = false;
    else if (word === '-t' || word === '--no-title') title = false;
    else if (word === '--') break;
  }
  if (words.length === 0) return (yield* p.error('\nUsage:\n watch [options] command\n'), 1);
  let stopped = false as boolean;
  p.on('INT', () => void (stopped = true));
  yield* p.print('\x1b[?1049h');
  while (!stopped) {
    const pipe = p.pipe();
    if (!pipe.ok) return yield* p.failErrno('unable to create IPC pipes', pipe.error, 2);
    const child = p.spawn(shell ? ['/bin/sh', '-c', words.join(' ')] : words, {
      fds: new Map([
        [0, 0],
        [1, pipe.value.write],
        [2, pipe.value.write],
      ]),
    });
    p.close(pipe.value.write);
    const output = yield* p.readAll(pipe.value.read);
    p.close(pipe.value.read);
    if (child.ok) statusOf(yield* p.waitExit(child.value));
    else yield* p.error(`sh: ${strerror(child.error)}\n`);
    const head = title
      ? `Every ${(intervalUs / 1e6).toFixed(1)}s: ${words.join(' ')}   ${p.namespaces.uts.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', p.unixUs)}\n\n`
      : '';
    yield* p.print(`\x1b[H\x1b[2J${head}${output.ok ? output.value : ''}`);
    yield* p.flush();
    if ((yield* p.sleep(intervalUs)) === 'interrupted') break;
  }
  yield* p.print('\x1b[?1049l');
  return 0;
};

const TUNNEL_MODULES: Readonly<Record<string, TunnelKind>> = { ipip: 'ipip', sit: 'sit', ip_gre: 'gre', gre: 'gre' };
/** kmod's modprobe: what a lab needs is there already, but for the modules of tunnels, which make devices. */
const modprobe: Program = function* (p) {
  for (const name of p.argv.slice(1).filter((word) => !word.startsWith('-'))) {
    const { host } = netnsOf(p);
    const kind = TUNNEL_MODULES[name];
    if (kind === undefined || hasTunnels(host, kind)) continue;
    if (!host.mayLoadModules) return (yield* p.error(`modprobe: ERROR: could not insert '${name}': ${strerror('EPERM')}\n`), 1);
    loadTunnels(host, kind);
  }
  return 0;
};
const lsmod: Program = function* (p) {
  const file = p.fs.readFile('/proc/modules');
  yield* p.print('Module                  Size  Used by\n');
  for (const row of (file.ok ? file.value : '').split('\n')) {
    const [name, size, used] = row.split(' ');
    if (name) yield* p.print(`${name.padEnd(19)} ${(size ?? '').padStart(8)}  ${used ?? '0'}\n`);
  }
  return 0;
};
const uptime: Program = function* (p) {
  const minutes = Math.floor(p.nowUs / 6e7);
  yield* p.print(` ${formatDate('%H:%M:%S', p.unixUs)} up ${minutes} min,  0 user,  load average: 0.00, 0.01, 0.00\n`);
  return 0;
};
const tty: Program = function* (p) {
  const name = p.fds.get(0)?.control({ kind: 'tty.name' }, p);
  if (!name?.ok) return (yield* p.print('not a tty\n'), 1);
  yield* p.print(`${String(name.value)}\n`);
  return 0;
};

export const SMALL_TOOLS: Readonly<Record<string, Program>> = { nmap, watch, modprobe, lsmod, uptime, tty };
