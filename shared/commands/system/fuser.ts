/** fuser of psmisc 23.6: who has a file, a directory or a local port open. Names and letters go to standard error, numbers to standard output. */
import { strerror, type Bytes } from '../../base/index.ts';
import { TcpSocket, UdpSocket } from '../../kernel/index.ts';
import { SocketFile } from '../../machine/index.ts';
import { parseSignal, SIGNAL_NAMES, type Inode, type Process, type Program } from '../../shell/index.ts';
import { owners } from '../coreutils/index.ts';
import { declared, type Declaration } from '../declaration.ts';

const FUSER: Declaration = {
  synopsis: '[-fIMuvw] [-a|-s] [-4|-6] [-c|-m|-n SPACE] [-k [-i] [-SIGNAL]] NAME...',
  options: [
    { names: ['-a', '--all'], help: 'display unused files too' },
    { names: ['-i', '--interactive'], help: 'ask before killing (ignored without -k)', isMissing: true },
    { names: ['-I', '--inode'], help: 'use always inodes to compare files' },
    { names: ['-k', '--kill'], help: 'kill processes accessing the named file' },
    { names: ['-l', '--list-signals'], help: 'list available signal names' },
    { names: ['-m', '--mount'], help: 'show all processes using the named filesystems or block device', isMissing: true },
    { names: ['-M', '--ismountpoint'], help: 'fulfill request only if NAME is a mount point' },
    { names: ['-n', '--namespace'], value: 'SPACE', help: 'search in this name space (file, udp, or tcp)' },
    { names: ['-s', '--silent'], help: 'silent operation' },
    { names: ['-u', '--user'], help: 'display user IDs' },
    { names: ['-v', '--verbose'], help: 'verbose output' },
    { names: ['-w', '--writeonly'], help: 'kill only processes with write access' },
    { names: ['-V', '--version'], help: 'display version information' },
    { names: ['-4', '--ipv4'], help: 'search IPv4 sockets only' },
    { names: ['-6', '--ipv6'], help: 'search IPv6 sockets only' },
  ],
};
const HELP = `Usage: fuser [-fIMuvw] [-a|-s] [-4|-6] [-c|-m|-n SPACE]
             [-k [-i] [-SIGNAL]] NAME...
       fuser -l
       fuser -V
Show which processes use the named files, sockets, or filesystems.

  -a,--all              display unused files too
  -i,--interactive      ask before killing (ignored without -k)
  -I,--inode            use always inodes to compare files
  -k,--kill             kill processes accessing the named file
  -l,--list-signals     list available signal names
  -m,--mount            show all processes using the named filesystems or
                        block device
  -M,--ismountpoint     fulfill request only if NAME is a mount point
  -n,--namespace SPACE  search in this name space (file, udp, or tcp)
  -s,--silent           silent operation
  -SIGNAL               send this signal instead of SIGKILL
  -u,--user             display user IDs
  -v,--verbose          verbose output
  -w,--writeonly        kill only processes with write access
  -V,--version          display version information
  -4,--ipv4             search IPv4 sockets only
  -6,--ipv6             search IPv6 sockets only
  udp/tcp names: [local_port][,[rmt_host][,[rmt_port]]]

`;

interface Use {
  readonly pid: number;
  readonly process: Process;
  /** `F` written, `f` open, `c` current directory, `e` being executed, `r` root, in this order. */
  readonly letters: string;
}
function usersOfFile(p: Process, inode: Inode): readonly Use[] {
  return p.namespaces.pid.list().flatMap(({ pid, process }) => {
    let letters = '';
    if (process.fs.cwd.inode === inode) letters += 'c';
    const exe = process.fs.stat(process.exe);
    if (exe.ok && exe.value === inode) letters += 'e';
    const files = process.fds.numbers().flatMap((fd) => process.fds.get(fd) ?? []);
    if (files.some((file) => file.inode === inode)) letters += 'F';
    if (process.fs.root.inode === inode) letters += 'r';
    return letters === '' ? [] : [{ pid, process, letters }];
  });
}
function usersOfPort(p: Process, space: Bytes, port: number): readonly Use[] {
  const kind = space === 'udp' ? UdpSocket : TcpSocket;
  return p.namespaces.pid.list().flatMap(({ pid, process }) => {
    const files = process.fds.numbers().flatMap((fd) => process.fds.get(fd) ?? []);
    const isUser = files.some((file) => file instanceof SocketFile && file.socket instanceof kind && file.socket.localPort === port);
    return isUser ? [{ pid, process, letters: 'F' }] : [];
  });
}

export const fuser: Program = declared(FUSER, function* (p) {
  const flags = new Set<string>();
  const names: { readonly space: Bytes; readonly name: Bytes }[] = [];
  let space = 'file';
  let signal = parseSignal('KILL');
  const words = p.argv.slice(1);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--' || word === '-') space = 'file';
    else if (!word.startsWith('-')) {
      const [, port, own] = /^(\d+)\/(tcp|udp)$/.exec(word) ?? [];
      names.push(port === undefined || own === undefined ? { space, name: word } : { space: own, name: port });
    } else if (word.startsWith('--')) {
      const long = FUSER.options.find((each) => each.names.includes(word));
      if (!long) return (yield* p.error(`fuser: unrecognized option '${word}'\n${HELP}`), 1);
      if (long.value === undefined) flags.add(long.names[0]![1]!);
      else space = words.shift() ?? '';
    } else if (/^-[A-Z0-9]{2,}$/.test(word) || /^-[1-9]\d*$/.test(word)) {
      if (word === '-4' || word === '-6') continue;
      signal = parseSignal(word.slice(1));
      if (!signal) return (yield* p.error(`${word.slice(1)}: unknown signal; fuser -l lists signals.\n`), 1);
    } else
      for (const letter of word.slice(1)) {
        if (letter === 'n') space = words.shift() ?? '';
        else if (!FUSER.options.some((each) => each.names.includes(`-${letter}`)) && letter !== 'f' && letter !== 'c')
          return (yield* p.error(`fuser: Invalid option ${letter}\n${HELP}`), 1);
        else flags.add(letter);
      }
    if (!['file', 'tcp', 'udp'].includes(space)) return (yield* p.error(`Invalid namespace name\n${HELP}`), 1);
  }
  if (flags.has('V')) return (yield* p.error('fuser (PSmisc) 23.6\n'), 0);
  if (flags.has('l')) return (yield* p.print(`${SIGNAL_NAMES.join(' ')}\n`), 0);
  for (const letter of ['i', 'm']) if (flags.has(letter)) return (yield* p.error(`not modelled: fuser -${letter}\n`), 1);
  if (names.length === 0) return (yield* p.error(`No process specification given\n${HELP}`), 1);
  const isVerbose = flags.has('v');
  let status = 1;
  let isFirst = true;
  for (const { space: own, name } of names) {
    let found: readonly Use[];
    if (own === 'file') {
      const inode = p.fs.stat(name);
      if (!inode.ok) {
        yield* p.error(inode.error === 'ENOENT' ? `Specified filename ${name} does not exist.\n` : `Cannot stat ${name}: ${strerror(inode.error)}\n`);
        continue;
      }
      found = usersOfFile(p, inode.value);
    } else found = usersOfPort(p, own, Number(name.split(',')[0]));
    if (found.length > 0) status = 0;
    if (flags.has('s') || (found.length === 0 && !flags.has('a'))) continue;
    const shown = own === 'file' ? name : `${name}/${own}`;
    if (isVerbose && isFirst) yield* p.error(`${' '.repeat(21)}USER        PID ACCESS COMMAND\n`);
    isFirst = false;
    yield* p.error(`${shown}:`.padEnd(isVerbose ? 21 : 20));
    for (const [i, { pid, process, letters }] of found.entries()) {
      const user = owners(p).user(process.credentials.euid);
      if (isVerbose) {
        const access = ['F', 'c', 'r', 'e', 'M']
          .map((letter, at) => (at === 0 ? (letters.includes('F') ? 'F' : '.') : letters.includes(letter) ? letter : '.'))
          .join('');
        yield* p.error(`${i > 0 ? ' '.repeat(21) : ''}${user.padEnd(8)} `);
        yield* p.print(String(pid).padStart(6));
        yield* p.flush();
        yield* p.error(` ${access} ${process.comm}\n`);
        continue;
      }
      yield* p.print(` ${String(pid).padStart(5)}`);
      yield* p.flush();
      const more = letters.replace('F', '');
      if (more !== '' || flags.has('u')) yield* p.error(`${more}${flags.has('u') ? `(${user})` : ''}`);
    }
    if (!isVerbose || found.length === 0) yield* p.error('\n');
    if (flags.has('k')) for (const { pid, process } of found) if (process !== p) p.kill(pid, signal);
  }
  return status;
});
