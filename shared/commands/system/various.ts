/** mountpoint, logger, pwdx, renice and time: small programs of util-linux and procps, and GNU time. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Program } from '../../shell/index.ts';
import { formatDate, statusOf } from '../coreutils/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { option, tool, type ToolUsage } from './usage.ts';

const UTIL_LINUX = 'util-linux 2.38.1';
const MOUNTPOINT: ToolUsage<'quiet' | 'nofollow' | 'fs-devno' | 'devno'> = {
  synopsis: ['[-qd] /path/to/directory', '-x /dev/device'],
  summary: 'Check whether a directory or file is a mountpoint.',
  options: [
    option('quiet', '-q --quiet', "quiet mode - don't print anything"),
    option('nofollow', '--nofollow', 'do not follow symlink'),
    option('fs-devno', '-d --fs-devno', 'print maj:min device number of the filesystem'),
    option('devno', '!-x --devno', 'print maj:min device number of the block device'),
  ],
  ...{ column: 19, from: UTIL_LINUX },
};
const mountpoint = tool(MOUNTPOINT, function* (p, line) {
  const [path, extra] = line.operands;
  if (path === undefined || extra !== undefined) return yield* p.fail(`bad usage\nTry '${p.name} --help' for more information.`);
  const place = p.fs.lookup(path, { follow: !line.has('nofollow') });
  if (!place.ok) return line.has('quiet') ? 1 : yield* p.failErrno(path, place.error);
  const mount = p.namespaces.mnt.list.find(({ fs }) => fs === place.value.inode.fs);
  const isRoot = mount !== undefined && (mount.at ?? mount.top).path(p.fs.root) === place.value.path(p.fs.root);
  if (line.has('fs-devno') && isRoot) yield* p.print(`0:${mount.fs.device}\n`);
  else if (!line.has('quiet')) yield* p.print(`${path} is ${isRoot ? '' : 'not '}a mountpoint\n`);
  return isRoot ? 0 : 32;
});

const FACILITIES = 'auth authpriv cron daemon ftp kern lpr mail news security syslog user uucp local0 local1 local2 local3 local4 local5 local6 local7'.split(
  ' ',
);
const LEVELS = 'alert crit debug emerg err error info notice panic warning warn'.split(' ');
const LOGGER: ToolUsage<'id' | 'pid' | 'file' | 'skip' | 'no-act' | 'priority' | 'stderr' | 'size' | 'tag' | 'server' | 'port' | 'tcp' | 'udp' | 'socket'> = {
  synopsis: ['[options] [<message>]'],
  summary: 'Enter messages into the system log.',
  options: [
    option('pid', '-i', "log the logger command's PID"),
    option('id', '--id=<id>', 'log the given <id>, or otherwise the PID'),
    option('file', '-f --file <file>', 'log the contents of this file'),
    option('skip', '-e --skip-empty', 'do not log empty lines when processing files'),
    option('no-act', '--no-act', 'do everything except the write the log'),
    option('priority', '-p --priority <prio>', 'mark given message with this priority'),
    option('stderr', '-s --stderr', 'output message to standard error as well'),
    option('size', '-S --size <size>', 'maximum size for a single message'),
    option('tag', '-t --tag <tag>', 'mark every line with this tag'),
    option('server', '!-n --server <name>', 'write to this remote syslog server'),
    option('port', '-P --port <port>', 'use this port for UDP or TCP connection'),
    option('tcp', '-T --tcp', 'use TCP only'),
    option('udp', '-d --udp', 'use UDP only'),
    option('socket', '!-u --socket <socket>', 'write to this Unix socket'),
  ],
  ...{ column: 26, from: UTIL_LINUX, missing: ['a system log: there is none that would take messages'] },
};
const logger = tool(LOGGER, function* (p, line) {
  const priority = line.value('priority') ?? 'user.notice';
  const [first = '', level] = priority.split('.');
  if (level !== undefined && !FACILITIES.includes(first) && !/^\d+$/.test(first)) return yield* p.fail(`unknown facility name: ${first}`);
  if (!LEVELS.includes(level ?? first) && !/^\d+$/.test(level ?? first)) return yield* p.fail(`unknown priority name: ${level ?? first}`);
  const file = line.value('file');
  const opened = file === undefined ? undefined : yield* p.open(file, { read: true });
  if (opened && !opened.ok) return yield* p.failErrno(`file ${file ?? ''}`, opened.error);
  const all = line.operands.length > 0 && !opened ? undefined : yield* p.readAll(opened?.value ?? 0);
  const lines = all === undefined ? [line.operands.join(' ')] : (all.ok ? all.value : '').replace(/\n$/, '').split('\n');
  const tag = line.value('tag') ?? 'root';
  const pid = line.has('pid') ? `[${p.pid}]` : line.has('id') ? `[${line.value('id') ?? p.pid}]` : '';
  const code = 8 * Math.max(1, FACILITIES.indexOf(first)) + 5;
  for (const text of lines)
    if (line.has('stderr'))
      yield* p.error(`<${level === undefined || priority === 'user.notice' ? 13 : code}>${formatDate('%b %e %H:%M:%S', p.unixUs)} ${tag}${pid}: ${text}\n`);
  return 0;
});

const pwdx = declared({ synopsis: 'pid...', options: [] }, function* (p) {
  if (p.argv.length < 2)
    return (
      yield* p.error(
        '\nUsage:\n pwdx [options] pid...\n\nOptions:\n -h, --help     display this help and exit\n -V, --version  output version information and exit\n\nFor more details see pwdx(1).\n',
      ),
      1
    );
  let status = 0;
  for (const word of p.argv.slice(1)) {
    const pid = /^(?:\/proc\/)?(\d+)$/.exec(word)?.[1];
    if (pid === undefined) return yield* p.fail(word.startsWith('-') ? `invalid option -- '${word.slice(1, 2)}'` : `invalid process id: ${word}`);
    const target = p.fs.readlink(`/proc/${pid}/cwd`);
    if (target.ok) yield* p.print(`${word}: ${target.value}\n`);
    else {
      status = 1;
      yield* p.error(`${word}: ${strerror(target.error === 'ENOENT' ? 'ESRCH' : target.error)}\n`);
    }
  }
  return status;
});

const RENICE: ToolUsage<'priority' | 'relative' | 'pid' | 'pgrp' | 'user'> = {
  synopsis: [
    '[-n|--priority|--relative] <priority> [-p|--pid] <pid>...',
    '[-n|--priority|--relative] <priority> -g|--pgrp <pgid>...',
    '[-n|--priority|--relative] <priority> -u|--user <user>...',
  ],
  summary: 'Alter the priority of running processes.',
  options: [
    option('priority', '-n --priority <num>', 'specify the nice value'),
    option('relative', '--relative <num>', 'specify the nice value relative to the current one'),
    option('pid', '-p --pid', 'interpret arguments as process ID (default)'),
    option('pgrp', '!-g --pgrp', 'interpret arguments as process group ID'),
    option('user', '!-u --user', 'interpret arguments as username or user ID'),
  ],
  ...{ column: 24, from: UTIL_LINUX, missing: ['niceness: there is no scheduler that would heed it, so it stays 0'] },
};
const renice = tool(RENICE, function* (p, line) {
  const words = [...line.operands];
  const priority = line.value('priority') ?? line.value('relative') ?? words.shift();
  if (priority === undefined || words.length === 0) return yield* p.fail(`not enough arguments\nTry '${p.name} --help' for more information.`);
  if (!/^[-+]?\d+$/.test(priority)) return yield* p.fail(`invalid priority '${priority}'\nTry '${p.name} --help' for more information.`);
  let status = 0;
  for (const word of words) {
    if (!/^\d+$/.test(word)) status = yield* p.fail(`bad process ID value: ${word}`);
    else if (!p.namespaces.pid.lookup(Number(word))) status = yield* p.fail(`failed to get priority for ${word} (process ID): No such process`);
    else yield* p.print(`${word} (process ID) old priority 0, new priority ${Math.max(-20, Math.min(19, Number(priority)))}\n`);
  }
  return status;
});

const TIME: readonly OptionSpec<'append' | 'format' | 'output' | 'portability' | 'verbose' | 'quiet' | 'version'>[] = [
  { id: 'append', short: 'a', long: 'append', argument: 'none', help: 'with -o FILE, append instead of overwriting' },
  { id: 'format', short: 'f', long: 'format', argument: 'required', value: 'FORMAT', help: 'use the specified FORMAT instead of the default' },
  { id: 'output', short: 'o', long: 'output', argument: 'required', value: 'FILE', help: 'write to FILE instead of STDERR' },
  { id: 'portability', short: 'p', long: 'portability', argument: 'none', help: 'print POSIX standard 1003.2 conformant string' },
  { id: 'quiet', short: 'q', long: 'quiet', argument: 'none', help: 'do not print information about abnormal program termination' },
  { id: 'verbose', short: 'v', long: 'verbose', argument: 'none', help: 'print all resource usage information instead of the default format', isMissing: true },
  { id: 'version', short: 'V', long: 'version', argument: 'none', help: 'output version information and exit' },
];
const POSIX_TIME = 'real %e\nuser %U\nsys %S';
const DEFAULT_TIME = '%Uuser %Ssystem %Eelapsed %PCPU (%Xavgtext+%Davgdata %Mmaxresident)k\n%Iinputs+%Ooutputs (%Fmajor+%Rminor)pagefaults %Wswaps';
const time = declared(
  { synopsis: '[-apvV] [-f format] [-o file] command [arg...]', options: declaredOptions(TIME), missing: ['memory, faults and disks: they stay 0'] },
  function* (p) {
    const { options, operands, error } = parseOptions(p.argv, TIME, 'posix');
    const value = (id: string): Bytes | undefined => options.findLast((each) => each.id === id)?.argument;
    const has = (id: string): boolean => options.some((each) => each.id === id);
    if (error !== undefined)
      return (
        yield* p.error(
          `${error}Usage: ${p.name} [-apvV] [-f format] [-o file] [--append] [--verbose]\n       [--portability] [--format=format] [--output=file] [--version]\n       [--quiet] [--help] command [arg...]\n`,
        ),
        125
      );
    if (has('version')) return (yield* p.print('time (GNU Time) UNKNOWN\n'), 0);
    if (has('verbose')) return (yield* p.error('not modelled: time --verbose\n'), 1);
    if (operands.length === 0)
      return (
        yield* p.error(
          `Usage: ${p.name} [-apvV] [-f format] [-o file] [--append] [--verbose]\n       [--portability] [--format=format] [--output=file] [--version]\n       [--quiet] [--help] command [arg...]\n`,
        ),
        125
      );
    const beganUs = p.nowUs;
    for (const signal of ['INT', 'QUIT'] as const) p.on(signal, 'ignore');
    const child = p.spawn(operands);
    if (!child.ok) return yield* p.fail(`cannot run ${operands[0] ?? ''}: ${strerror(child.error)}`, child.error === 'ENOENT' ? 127 : 126);
    const ending = yield* p.waitExit(child.value);
    const elapsedUs = p.nowUs - beganUs;
    const cpuUs = child.value.cpuUs;
    const two = (us: number): string => (us / 1e6).toFixed(2);
    const clock = `${Math.floor(elapsedUs / 6e7)}:${((elapsedUs / 1e6) % 60).toFixed(2).padStart(5, '0')}`;
    const facts: Readonly<Record<string, string>> = {
      ...{
        e: two(elapsedUs),
        U: two(cpuUs),
        S: '0.00',
        E: clock,
        P: `${elapsedUs === 0 ? 0 : Math.floor((cpuUs * 100) / elapsedUs)}%`,
        x: String(statusOf(ending)),
        C: operands.join(' '),
      },
      ...Object.fromEntries(Array.from('XDMIOFRWKtpcwZrskN', (letter) => letter).map((letter) => [letter, '0'])),
    };
    const format = has('portability') ? POSIX_TIME : (value('format') ?? p.getenv('TIME') ?? DEFAULT_TIME);
    const text = format.replace(/%(.)|\\([nt\\])/g, (whole, letter: string | undefined, escape: string | undefined) =>
      letter === undefined ? ({ n: '\n', t: '\t', '\\': '\\' }[escape ?? ''] ?? whole) : letter === '%' ? '%' : (facts[letter] ?? `?${letter}`),
    );
    const note = has('quiet')
      ? ''
      : ending.kind === 'exited' && ending.code !== 0
        ? `Command exited with non-zero status ${ending.code}\n`
        : ending.kind === 'killed'
          ? `Command terminated by signal ${statusOf(ending) - 128}\n`
          : '';
    const target = value('output');
    if (target === undefined) yield* p.error(`${note}${text}\n`);
    else p.fs.writeFile(target, `${note}${text}\n`, { append: has('append') });
    return statusOf(ending);
  },
);
export const VARIOUS_TOOLS: Readonly<Record<string, Program>> = { mountpoint, logger, pwdx, renice, time };
