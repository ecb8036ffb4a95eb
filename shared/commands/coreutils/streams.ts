/** cat, head, tail, tee, wc, yes: what goes through programs line by line (GNU coreutils 9.1). */
import type { Bytes, Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { LineReader, type Process, type Program, type Sys } from '../../shell/index.ts';
import { closeInput, eachInput, eachPiece, openInput } from './input.ts';
import { type GnuUsage } from './options.ts';
import { paste, rev, seq, tac } from './sequences.ts';
import { program } from './program.ts';

const CAT: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Concatenate FILE(s) to standard output.',
  options: [
    { short: 'A', long: 'show-all', help: 'equivalent to -vET' },
    { short: 'b', long: 'number-nonblank', help: 'number nonempty output lines, overrides -n' },
    { short: 'e', help: 'equivalent to -vE' },
    { short: 'E', long: 'show-ends', help: 'display $ at end of each line' },
    { short: 'n', long: 'number', help: 'number all output lines' },
    { short: 's', long: 'squeeze-blank', help: 'suppress repeated empty output lines' },
    { short: 't', help: 'equivalent to -vT' },
    { short: 'T', long: 'show-tabs', help: 'display TAB characters as ^I' },
    { short: 'u', help: '(ignored)' },
    { short: 'v', long: 'show-nonprinting', help: 'use ^ and M- notation, except for LFD and TAB' },
  ],
};
const caret = (code: number): string => (code < 32 ? `^${String.fromCharCode(code + 64)}` : code === 127 ? '^?' : String.fromCharCode(code));
const visible = (char: string): string => {
  const code = char.charCodeAt(0);
  return code >= 128 ? `M-${caret(code - 128)}` : caret(code);
};

export const cat = program(CAT, function* (p, parsed) {
  const any = (...names: string[]): boolean => names.some((name) => parsed.has(name));
  const how = {
    ends: any('show-all', 'e', 'show-ends'),
    tabs: any('show-all', 't', 'show-tabs'),
    caret: any('show-all', 'e', 't', 'show-nonprinting'),
    number: any('number') && !any('number-nonblank'),
    nonblank: any('number-nonblank'),
    squeeze: any('squeeze-blank'),
  };
  const plain = !Object.values(how).some(Boolean);
  let count = 0;
  let blanks = 0;
  return yield* eachInput(p, parsed.operands, function* (fd): Sys<Errno | undefined> {
    if (p.fds.get(fd)?.inode?.kind === 'dir') return 'EISDIR';
    if (plain) {
      return yield* eachPiece(p, fd, function* (piece) {
        yield* p.write(1, piece);
      });
    }
    const lines = new LineReader(p, fd);
    for (let line; (line = yield* lines.next()) !== undefined;) {
      blanks = line === '' ? blanks + 1 : 0;
      if (how.squeeze && blanks > 1) continue;
      const numbered = how.number || (how.nonblank && line !== '') ? `${String(++count).padStart(6)}\t` : '';
      let text = how.caret ? line.replace(/[^\t -~]/g, visible) : line;
      if (how.tabs) text = text.replaceAll('\t', '^I');
      yield* p.print(`${numbered}${text}${lines.lastWasTerminated ? (how.ends ? '$\n' : '\n') : ''}`);
    }
    return lines.failure;
  });
});

const AMOUNT = /^([-+]?)(\d+)([bkKMGT]?)B?$/;
/** `5`, `-5`, `+5`, `2K`: sign and number. */
function amount(text: Bytes): { sign: string; count: number } | undefined {
  const [, sign = '', digits, unit = ''] = AMOUNT.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = { '': 1, b: 512, k: 1024, K: 1024, M: 1 << 20, G: 1 << 30, T: 2 ** 40 }[unit] ?? 1;
  return { sign, count: Number(digits) * factor };
}

const HEAD: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Print the first 10 lines of each FILE to standard output.',
  options: [
    { short: 'c', long: 'bytes', argument: 'required', help: 'print the first NUM bytes of each file' },
    { short: 'n', long: 'lines', argument: 'required', help: 'print the first NUM lines instead of the first 10' },
    { short: 'q', long: 'quiet', help: 'never print headers giving file names' },
    { long: 'silent' },
    { short: 'v', long: 'verbose', help: 'always print headers giving file names' },
    { short: 'z', long: 'zero-terminated', help: 'line delimiter is NUL, not newline' },
  ],
  obsolete: (word) => {
    const [, count = '', flags = ''] = /^-(\d+)([cqv]*)$/.exec(word) ?? [];
    if (count === '') return undefined;
    return [`-${flags.includes('c') ? 'c' : 'n'}`, count, ...[...flags.replace('c', '')].map((flag) => `-${flag}`)];
  },
};
export const head = program(HEAD, function* (p, parsed) {
  const bytes = parsed.options.get('bytes');
  const wanted = bytes ?? parsed.options.get('lines') ?? '10';
  const parsedAmount = amount(wanted);
  if (!parsedAmount) return yield* p.fail(`invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${wanted}'`);
  const { sign, count } = parsedAmount;
  const headers = parsed.has('verbose') || (parsed.operands.length > 1 && !parsed.has('quiet') && !parsed.has('silent'));
  let isFirst = true;
  return yield* eachInput(
    p,
    parsed.operands,
    function* (fd, name): Sys<Errno | undefined> {
      if (headers) yield* p.print(`${isFirst ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      isFirst = false;
      if (sign === '-') return yield* headAllBut(p, fd, count, bytes !== undefined);
      let left = count;
      if (left === 0) return undefined;
      return yield* eachPiece(p, fd, function* (piece) {
        if (bytes !== undefined) {
          yield* p.print(piece.slice(0, left));
          left -= piece.length;
          return left > 0;
        }
        let at = 0;
        while (left > 0) {
          const end = piece.indexOf(parsed.has('zero-terminated') ? '\0' : '\n', at);
          if (end < 0) break;
          at = end + 1;
          left--;
        }
        yield* p.print(left > 0 ? piece : piece.slice(0, at));
        return left > 0;
      });
    },
    (name, errno) =>
      `${errno === 'EISDIR' ? 'error reading' : 'cannot open'} '${name}'${errno === 'EISDIR' ? '' : ' for reading'}: ${({ ENOENT: 'No such file or directory', EACCES: 'Permission denied', EISDIR: 'Is a directory' } as Record<string, string>)[errno] ?? errno}`,
  );
});
function* headAllBut(p: Process, fd: number, count: number, byBytes: boolean): Sys<Errno | undefined> {
  const all = yield* p.readAll(fd);
  if (!all.ok) return all.error;
  const text = all.value;
  if (byBytes) yield* p.print(text.slice(0, Math.max(0, text.length - count)));
  else {
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    yield* p.print(lines.slice(0, Math.max(0, lines.length - count)).join(''));
  }
  return undefined;
}

const TAIL: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Print the last 10 lines of each FILE to standard output.',
  options: [
    { short: 'c', long: 'bytes', argument: 'required', help: 'output the last NUM bytes; or use -c +NUM to output starting with byte NUM' },
    { short: 'f', long: 'follow', argument: 'optional', help: 'output appended data as the file grows' },
    { short: 'F', help: 'same as --follow=name --retry' },
    { short: 'n', long: 'lines', argument: 'required', help: 'output the last NUM lines, or use -n +NUM to skip NUM-1 lines at the start' },
    { short: 'q', long: 'quiet', help: 'never output headers giving file names' },
    { long: 'retry' },
    { short: 's', long: 'sleep-interval', argument: 'required', help: 'with -f, sleep for approximately N seconds (default 1.0)' },
    { short: 'v', long: 'verbose', help: 'always output headers giving file names' },
    { long: 'pid', argument: 'required', help: 'with -f, terminate after process ID, PID dies' },
    { long: 'max-unchanged-stats', argument: 'required', help: 'with --follow=name, reopen a FILE which has not changed size after N iterations' },
    { short: 'z', long: 'zero-terminated', help: 'line delimiter is NUL, not newline' },
  ],
  obsolete: (word) =>
    /^[-+]\d+f?$/.test(word) ? [...(word.endsWith('f') ? ['-f'] : []), '-n', (word.startsWith('+') ? '+' : '') + word.slice(1).replace('f', '')] : undefined,
  // -f takes no argument as a short option
  rewrite: (words) =>
    words.flatMap((word) => (/^-[a-zA-Z]*f[a-zA-Z]*$/.test(word) ? [word.replace('f', ''), '--follow'].filter((part) => part !== '-') : [word])),
};
export const tail = program(TAIL, function* (p, parsed) {
  const bytes = parsed.options.get('bytes');
  const wanted = bytes ?? parsed.options.get('lines') ?? '10';
  const parsedAmount = amount(wanted);
  if (!parsedAmount) return yield* p.fail(`invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${wanted}'`);
  const { sign, count } = parsedAmount;
  const follow = parsed.has('follow') || parsed.has('F');
  const headers = parsed.has('verbose') || (parsed.operands.length > 1 && !parsed.has('quiet'));
  const followed: { readonly name: Bytes; readonly fd: number }[] = [];
  let status = 0;
  let last: Bytes | undefined;
  const header = function* (name: Bytes): Sys {
    if (headers && last !== name) yield* p.print(`${last === undefined ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
    last = name;
  };
  for (const operand of parsed.operands.length > 0 ? parsed.operands : ['-']) {
    const opened = yield* openInput(p, operand);
    if (opened.kind === 'failed') {
      status = yield* p.failErrno(`cannot open '${operand}' for reading`, opened.errno);
      continue;
    }
    if (headers) last = last === undefined ? undefined : '';
    yield* header(operand);
    const all = yield* p.readAll(opened.fd);
    if (all.ok)
      yield* p.print(
        parsed.has('zero-terminated')
          ? swapEnds(lastOf(swapEnds(all.value), sign, count, bytes !== undefined))
          : lastOf(all.value, sign, count, bytes !== undefined),
      );
    else status = yield* p.failErrno(`error reading '${operand}'`, all.error);
    // A pipe that is standard input has its end; what has none is waited for.
    if (follow && !(operand === '-' && p.fds.get(opened.fd)?.inode?.kind !== 'file')) followed.push({ name: operand, fd: opened.fd });
    else closeInput(p, opened.fd);
  }
  const watched = parsed.options.get('pid');
  while (followed.length > 0) {
    if (watched !== undefined && !p.kill(Number(watched), undefined).ok) break;
    yield* p.flush();
    yield* p.sleep(100_000);
    for (const { name, fd } of followed) {
      for (let piece = yield* p.read(fd); piece.ok && piece.value !== ''; piece = yield* p.read(fd)) {
        yield* header(name);
        yield* p.print(piece.value);
      }
    }
  }
  return status;
});
/** Lines that end in NUL as lines that end in newline, and back. */
const swapEnds = (text: Bytes): Bytes => text.replace(/[\n\0]/g, (char) => (char === '\n' ? '\0' : '\n'));
function lastOf(text: Bytes, sign: string, count: number, byBytes: boolean): Bytes {
  if (byBytes) return sign === '+' ? text.slice(Math.max(0, count - 1)) : count === 0 ? '' : text.slice(-count);
  let at = sign === '+' ? 0 : text.length;
  if (sign === '+') {
    for (let left = count - 1; left > 0; left--) {
      const end = text.indexOf('\n', at);
      if (end < 0) return '';
      at = end + 1;
    }
    return text.slice(at);
  }
  if (text.endsWith('\n')) at--;
  for (let left = count; left > 0; left--) {
    const end = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
    if (end < 0) return text;
    if (left === 1) return text.slice(end + 1);
    at = end;
  }
  return '';
}

const TEE: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Copy standard input to each FILE, and also to standard output.',
  options: [
    { short: 'a', long: 'append', help: 'append to the given FILEs, do not overwrite' },
    { short: 'i', long: 'ignore-interrupts', help: 'ignore interrupt signals' },
    { short: 'p', help: 'operate in a more appropriate MODE with pipes' },
  ],
};
export const tee = program(TEE, function* (p, parsed) {
  if (parsed.has('ignore-interrupts')) p.on('INT', 'ignore');
  const fds = [1];
  let status = 0;
  for (const name of parsed.operands) {
    const fd = yield* p.open(name, { write: true, create: true, ...(parsed.has('append') ? { append: true } : { truncate: true }) });
    if (fd.ok) fds.push(fd.value);
    else status = yield* p.failErrno(name, fd.error);
  }
  const failure = yield* eachPiece(p, 0, function* (piece) {
    for (const fd of fds) yield* p.write(fd, piece);
  });
  return failure === undefined ? status : yield* p.failErrno('read error', failure);
});

const WC: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Print newline, word, and byte counts for each FILE.',
  options: [
    { short: 'c', long: 'bytes', help: 'print the byte counts' },
    { short: 'm', long: 'chars', help: 'print the character counts' },
    { short: 'l', long: 'lines', help: 'print the newline counts' },
    { short: 'L', long: 'max-line-length', help: 'print the maximum display width' },
    { short: 'w', long: 'words', help: 'print the word counts' },
  ],
};
/** What `wc` can count of a text. */
const COUNTS: Readonly<Record<string, (text: Bytes) => number>> = {
  lines: (text) => text.split('\n').length - 1,
  words: (text) => text.match(/[^ \t\n\v\f\r]+/g)?.length ?? 0,
  chars: (text) => text.length,
  bytes: (text) => text.length,
  'max-line-length': (text) => text.split('\n').reduce((longest, line) => Math.max(longest, widthOf(line)), 0),
};
/** Columns on a terminal whose tabs stop at every eighth. */
const widthOf = (line: Bytes): number => line.split('\t').reduce((width, part, i) => (i === 0 ? part.length : width - (width % 8) + 8 + part.length), 0);

export const wc = program(WC, function* (p, parsed) {
  const columns = ['lines', 'words', 'chars', 'bytes', 'max-line-length'].filter((name) =>
    parsed.options.size === 0 ? ['lines', 'words', 'bytes'].includes(name) : parsed.has(name),
  );
  const inputs = parsed.operands.map((operand) => (operand === '-' ? p.fds.get(0)?.inode : p.fs.stat(operand)));
  const inodes = inputs.flatMap((input) => (input === undefined ? [undefined] : 'ok' in input ? (input.ok ? [input.value] : []) : [input]));
  // Wide enough for the sum of all sizes; what has no size gets seven columns.
  const own = parsed.operands.length === 0 ? p.fds.get(0)?.inode : undefined;
  let width =
    parsed.operands.length === 0
      ? own?.kind === 'file'
        ? String(own.size).length
        : 7
      : Math.max(1, String(inodes.reduce((sum, inode) => sum + (inode?.kind === 'file' ? inode.size : 0), 0)).length);
  if (inodes.some((inode) => inode?.kind !== 'file')) width = Math.max(width, 7);
  if (columns.length === 1 && parsed.operands.length <= 1) width = 1;
  const total = columns.map(() => 0);
  let status = 0;
  const show = (counts: readonly number[], name: Bytes | undefined): Sys<unknown> =>
    p.print(`${counts.map((n) => String(n).padStart(width)).join(' ')}${name === undefined ? '' : ` ${name}`}\n`);
  for (const operand of parsed.operands.length > 0 ? parsed.operands : ['-']) {
    const opened = yield* openInput(p, operand);
    if (opened.kind === 'failed') {
      status = yield* p.failErrno(operand, opened.errno);
      continue;
    }
    const all = yield* p.readAll(opened.fd);
    closeInput(p, opened.fd);
    const text = all.ok ? all.value : '';
    if (!all.ok) status = yield* p.failErrno(operand, all.error);
    const row = columns.map((name) => COUNTS[name]?.(text) ?? 0);
    row.forEach((n, i) => (total[i] = columns[i] === 'max-line-length' ? Math.max(total[i]!, n) : total[i]! + n));
    yield* show(row, parsed.operands.length > 0 ? operand : undefined);
  }
  if (parsed.operands.length > 1) yield* show(total, 'total');
  return status;
});

export const yes = program(
  { usage: '[STRING]...', summary: "Repeatedly output a line with all specified STRING(s), or 'y'.", options: [], stopAtOperand: true },
  function* (p, parsed) {
    const line = `${parsed.operands.length > 0 ? parsed.operands.join(' ') : 'y'}\n`;
    const piece = line.repeat(Math.max(1, Math.floor(4096 / line.length)));
    for (;;) {
      const written = yield* p.write(1, piece);
      if (!written.ok) return 1;
      yield* p.tick(10);
    }
  },
);

const at = (name: string, main: Program): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin: 'coreutils 9.1' });
export const STREAM_PROGRAMS: readonly InstalledProgram[] = [
  at('cat', cat),
  at('head', head),
  at('tail', tail),
  at('tee', tee),
  at('wc', wc),
  at('yes', yes),
  at('seq', seq),
  at('paste', paste),
  at('tac', tac),
  { path: '/usr/bin/rev', main: rev, origin: 'bsdextrautils 2.38.1' },
];
