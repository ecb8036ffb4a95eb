/** nmap -sL, watch, modprobe, lsmod, tty, uptime, free: small programs that scripts of network labs call. */
import { strerror, type Bytes } from '../../base/index.ts';
import { hasTunnels, loadTunnels, type TunnelKind } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Program } from '../../shell/index.ts';
import { duration, program, statusOf, usageError, type GnuUsage } from '../coreutils/index.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { option, tool, type ToolUsage } from './usage.ts';
import { formatIpv4, ipv4Mask, parseIpv4Prefix, type Ipv4 } from '../../wire/index.ts';
import { formatDate } from '../coreutils/index.ts';
import { hostNameOf } from '../net/index.ts';

/** Targets more than this are not listed. */
const MAX_TARGETS = 1 << 16;

/** nmap 7.93, list scan only: what a subnet contains. Without a resolver names are not found. */
const NMAP: Declaration = {
  synopsis: '[Scan Type(s)] [Options] {target specification}',
  options: [
    { names: ['-sL'], help: 'List Scan - simply list targets to scan' },
    { names: ['-n'], help: 'Never do DNS resolution' },
  ],
  missing: ['scans other than -sL'],
};
const nmap = declared(NMAP, function* (p) {
  const words = p.argv.slice(1);
  if (!words.includes('-sL')) return (yield* p.error('not modelled: nmap scans other than -sL\n'), 1);
  const other = words.find((word) => word.startsWith('-') && !NMAP.options.some(({ names }) => names.includes(word)));
  if (other !== undefined) return (yield* p.error(`not modelled: nmap ${other}\n`), 1);
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
});

const WATCH: ToolUsage<'beep' | 'color' | 'differences' | 'errexit' | 'chgexit' | 'equexit' | 'interval' | 'precise' | 'no-title' | 'no-wrap' | 'exec'> = {
  synopsis: ['[options] command'],
  options: [
    option('beep', '-b --beep', 'beep if command has a non-zero exit'),
    option('color', '-c --color', 'interpret ANSI color and style sequences'),
    option('differences', '!-d --differences[=<permanent>]', 'highlight changes between updates'),
    option('errexit', '-e --errexit', 'exit if command has a non-zero exit'),
    option('chgexit', '-g --chgexit', 'exit when output from command changes'),
    option('equexit', '-q --equexit <cycles>', 'exit when output from command does not change'),
    option('interval', '-n --interval <secs>', 'seconds to wait between updates'),
    option('precise', '-p --precise', 'attempt run command in precise intervals'),
    option('no-title', '-t --no-title', 'turn off header'),
    option('no-wrap', '-w --no-wrap', 'turn off line wrapping'),
    option('exec', '-x --exec', 'pass command to exec instead of "sh -c"'),
  ],
  ...{ column: 24, order: 'posix', from: 'procps-ng 4.0.2' },
};
const watch = tool(WATCH, function* (p, line) {
  const words = line.operands;
  const given = line.value('interval');
  const intervalUs = given === undefined ? 2_000_000 : duration(given.replace(',', '.'));
  if (intervalUs === undefined) return yield* p.fail(`failed to parse argument: '${given ?? ''}'`);
  const shell = !line.has('exec');
  const title = !line.has('no-title');
  if (words.length === 0) return (yield* p.error('\nUsage:\n watch [options] command\n'), 1);
  const cycles = Number(line.value('equexit') ?? Infinity);
  let before: Bytes | undefined;
  let same = 0;
  let stopped = false as boolean;
  p.on('INT', () => void (stopped = true));
  yield* p.print('\x1b[?1049h');
  while (!stopped) {
    const pipe = p.pipe();
    if (!pipe.ok) return yield* p.failErrno('unable to create IPC pipes', pipe.error, 2);
    const child = p.spawn(shell ? ['sh', '-c', words.join(' ')] : words, {
      fds: new Map([
        [0, 0],
        [1, pipe.value.write],
        [2, pipe.value.write],
      ]),
    });
    p.close(pipe.value.write);
    const output = yield* p.readAll(pipe.value.read);
    p.close(pipe.value.read);
    const status = child.ok ? statusOf(yield* p.waitExit(child.value)) : 127;
    if (!child.ok) yield* p.error(`sh: ${strerror(child.error)}\n`);
    const shown = output.ok ? output.value : '';
    const head = title
      ? `Every ${(intervalUs / 1e6).toFixed(1)}s: ${words.join(' ')}   ${p.namespaces.uts.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', p.unixUs)}\n\n`
      : '';
    yield* p.print(`\x1b[H\x1b[2J${head}${shown}${status !== 0 && line.has('beep') ? '\x07' : ''}`);
    yield* p.flush();
    if (status !== 0 && line.has('errexit')) break;
    same = before === shown ? same + 1 : 0;
    if ((line.has('chgexit') && before !== undefined && before !== shown) || same >= cycles) break;
    before = shown;
    if ((yield* p.sleep(intervalUs)) === 'interrupted') break;
  }
  yield* p.print('\x1b[?1049l');
  return 0;
});

const TUNNEL_MODULES: Readonly<Record<string, TunnelKind>> = { ipip: 'ipip', sit: 'sit', ip_gre: 'gre', gre: 'gre' };
const MODPROBE: readonly OptionSpec<'all' | 'remove' | 'dry-run' | 'quiet' | 'verbose' | 'first-time' | 'show-depends'>[] = [
  option('all', '-a --all', 'Consider every non-argument to be a module name'),
  option('remove', '-r --remove', 'Remove modules instead of inserting'),
  option('first-time', '--first-time', 'Fail if module already inserted or removed'),
  option('show-depends', '-D --show-depends', 'Only print module dependencies and exit'),
  option('dry-run', '-n --dry-run', 'Do not execute operations, just print out'),
  option('quiet', '-q --quiet', 'disable messages'),
  option('verbose', '-v --verbose', 'enables more messages'),
];
/** kmod's modprobe: what a lab needs is there already, but for the modules of tunnels, which make devices. */
const modprobe = declared({ synopsis: '[options] modulename', options: declaredOptions(MODPROBE) }, function* (p) {
  const line = parseOptions(p.argv, MODPROBE);
  if (line.error !== undefined) return (yield* p.error(line.error), 1);
  if (line.operands.length === 0) return (yield* p.error('modprobe: ERROR: missing parameters. See -h.\n'), 1);
  for (const name of line.operands) {
    const { host } = netnsOf(p);
    const kind = TUNNEL_MODULES[name];
    if (kind === undefined || hasTunnels(host, kind)) continue;
    if (!host.mayLoadModules) return (yield* p.error(`modprobe: ERROR: could not insert '${name}': ${strerror('EPERM')}\n`), 1);
    loadTunnels(host, kind);
  }
  return 0;
});
const lsmod = declared({ synopsis: '', options: [] }, function* (p) {
  if (p.argv.length > 1) return (yield* p.error('Usage: lsmod\n'), 1);
  const file = p.fs.readFile('/proc/modules');
  yield* p.print('Module                  Size  Used by\n');
  for (const row of (file.ok ? file.value : '').split('\n')) {
    const [name, size, used] = row.split(' ');
    if (name) yield* p.print(`${name.padEnd(19)} ${(size ?? '').padStart(8)}  ${used ?? '0'}\n`);
  }
  return 0;
});
const UPTIME: ToolUsage<'pretty' | 'since'> = {
  synopsis: ['[options]'],
  options: [option('pretty', '-p --pretty', 'show uptime in pretty format'), option('since', '-s --since', 'system up since')],
  ...{ column: 16, from: 'procps-ng 4.0.2' },
};
const uptime = tool(UPTIME, function* (p, line) {
  const minutes = Math.floor(p.nowUs / 6e7);
  if (line.has('since')) return (yield* p.print(`${formatDate('%Y-%m-%d %H:%M:%S', p.unixUs - p.nowUs)}\n`), 0);
  if (line.has('pretty')) {
    const parts = [
      [Math.floor(minutes / 10_080), 'week'],
      [Math.floor(minutes / 1440) % 7, 'day'],
      [Math.floor(minutes / 60) % 24, 'hour'],
      [minutes % 60, 'minute'],
    ] as const;
    const said = parts.filter(([n, unit]) => n > 0 || (unit === 'minute' && minutes < 60)).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
    return (yield* p.print(`up ${said.join(', ')}\n`), 0);
  }
  yield* p.print(` ${formatDate('%H:%M:%S', p.unixUs)} up ${minutes} min,  0 user,  load average: 0.00, 0.01, 0.00\n`);
  return 0;
});
const TTY: GnuUsage = {
  usage: '[OPTION]...',
  summary: 'Print the file name of the terminal connected to standard input.',
  options: [
    { short: 's', long: 'silent', help: 'print nothing, only return an exit status' },
    { long: 'quiet', help: 'the same' },
  ],
  failure: 2,
};
const tty = program(TTY, function* (p, parsed, usage) {
  const [extra] = parsed.operands;
  if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, usage);
  const name = p.fds.get(0)?.control({ kind: 'tty.name' }, p);
  if (parsed.has('silent') || parsed.has('quiet')) return name?.ok ? 0 : 1;
  if (!name?.ok) return (yield* p.print('not a tty\n'), 1);
  yield* p.print(`${String(name.value)}\n`);
  return 0;
});

export const SMALL_TOOLS: Readonly<Record<string, Program>> = { nmap, watch, modprobe, lsmod, uptime, tty };
