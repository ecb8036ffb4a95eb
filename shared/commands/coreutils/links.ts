/** ln and touch (GNU coreutils 9.1). */
import { strerror, type Bytes } from '../../base/index.ts';
import { parseDate } from './date-words.ts';
import { usageError, type GnuUsage } from './options.ts';
import { calendarOf } from './stat-text.ts';
import { baseName, isDir, join, program, quoted, relativeTo, said } from './program.ts';

const LN: GnuUsage = {
  usage: '[OPTION]... [-T] TARGET LINK_NAME',
  summary: 'Create links between files.',
  options: [
    { short: 'b', help: 'make a backup of each existing destination file', isMissing: true },
    { short: 'f', long: 'force', help: 'remove existing destination files' },
    { short: 'i', long: 'interactive', help: 'prompt whether to remove destinations', isMissing: true },
    { short: 'L', long: 'logical', help: 'dereference TARGETs that are symbolic links' },
    { short: 'n', long: 'no-dereference', help: 'treat LINK_NAME as a normal file if it is a symbolic link to a directory' },
    { short: 'P', long: 'physical', help: 'make hard links directly to symbolic links' },
    { short: 'r', long: 'relative', help: 'with -s, create links relative to link location' },
    { short: 's', long: 'symbolic', help: 'make symbolic links instead of hard links' },
    { short: 't', long: 'target-directory', argument: 'required', help: 'specify the DIRECTORY in which to create the links' },
    { short: 'T', long: 'no-target-directory', help: 'treat LINK_NAME as a normal file always' },
    { short: 'v', long: 'verbose', help: 'print name of each linked file' },
  ],
};
export const ln = program(LN, function* (p, parsed, usage) {
  const { operands } = parsed;
  if (operands.length === 0) return yield* usageError(p, 'missing file operand', usage);
  const isSymbolic = parsed.has('symbolic');
  const given = parsed.options.get('target-directory');
  const last = operands.at(-1) ?? '';
  const own = p.fs.lstat(last);
  const isPlain = parsed.has('no-target-directory') || (parsed.has('no-dereference') && own.ok && own.value.kind === 'symlink');
  if (isPlain && operands.length === 1) return yield* usageError(p, `missing destination file operand after ${quoted(last)}`, usage);
  if (parsed.has('no-target-directory') && operands.length > 2) return yield* usageError(p, `extra operand ${quoted(operands[2] ?? '')}`, usage);
  const dir = given ?? (operands.length > 1 && !isPlain && isDir(p, last) ? last : undefined);
  if (dir === undefined && operands.length > 2) return yield* p.fail(`target ${quoted(last)}: ${strerror(p.fs.exists(last) ? 'ENOTDIR' : 'ENOENT')}`);
  const targets = given !== undefined || operands.length === 1 ? operands : operands.slice(0, -1);
  let status = 0;
  for (const target of targets) {
    const name = dir !== undefined ? join(dir, baseName(target)) : operands.length === 1 ? `./${baseName(target)}` : last;
    status |= yield* (function* () {
      if (!isSymbolic) {
        const source = p.fs.lstat(target);
        if (!source.ok) return yield* p.failErrno(`failed to access ${quoted(target)}`, source.error);
        if (source.value.kind === 'dir') return yield* p.fail(`${target}: hard link not allowed for directory`);
      }
      const there = p.fs.lstat(name);
      if (parsed.has('force') && there.ok) {
        if (there.value.kind === 'dir') return yield* p.fail(`${name}: cannot overwrite directory`);
        if (!isSymbolic) {
          const source = p.fs.lstat(target);
          if (source.ok && source.value === there.value && target === name) return yield* p.fail(`${quoted(target)} and ${quoted(name)} are the same file`);
        }
        p.fs.unlink(name);
      }
      const text =
        isSymbolic && parsed.has('relative') ? relativeTo(p, target, name.includes('/') ? name.slice(0, name.lastIndexOf('/')) || '/' : '.') : target;
      const made = isSymbolic ? p.fs.symlink(text, name) : p.fs.link(target, name);
      const arrow = isSymbolic || (!made.ok && made.error === 'EEXIST') ? '' : ` => ${quoted(target)}`;
      if (made.ok && parsed.has('verbose')) yield* p.print(`${quoted(name)} ${isSymbolic ? '->' : '=>'} ${quoted(text)}\n`);
      return yield* said(p, made, `failed to create ${isSymbolic ? 'symbolic' : 'hard'} link ${quoted(name)}${arrow}`);
    })();
  }
  return status;
});

/** `[[CC]YY]MMDDhhmm[.ss]`. */
function stampOf(text: Bytes, nowUs: number): number | undefined {
  const [, century, year, month, day, hour, minute, second] = /^(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text) ?? [];
  if (month === undefined) return undefined;
  const full = year === undefined ? String(calendarOf(Math.floor(nowUs / 1e6)).year) : `${century ?? (Number(year) < 69 ? '20' : '19')}${year}`;
  return parseDate(`${full}-${month}-${day ?? ''} ${hour ?? ''}:${minute ?? ''}:${second ?? '00'}`, nowUs);
}
export const touch = program(
  {
    usage: '[OPTION]... FILE...',
    summary: 'Update the access and modification times of each FILE to the current time.',
    options: [
      { short: 'a', help: 'change only the access time' },
      { short: 'c', long: 'no-create', help: 'do not create any files' },
      { short: 'd', long: 'date', argument: 'required', help: 'parse STRING and use it instead of current time' },
      { short: 'f', help: '(ignored)' },
      { short: 'h', long: 'no-dereference', help: 'affect each symbolic link instead of any referenced file' },
      { short: 'm', help: 'change only the modification time' },
      { short: 'r', long: 'reference', argument: 'required', help: "use this file's times instead of current time" },
      { short: 't', argument: 'required', help: 'use [[CC]YY]MMDDhhmm[.ss] instead of current time' },
      { long: 'time', argument: 'required', help: 'change the specified time: WORD is access, atime, or use: equivalent to -a', isMissing: true },
    ],
  },
  function* (p, parsed, usage) {
    const [words, stamp, reference] = ['date', 't', 'reference'].map((name) => parsed.options.get(name));
    let [atimeUs, mtimeUs] = [p.unixUs, p.unixUs];
    const asked = words === undefined ? (stamp === undefined ? undefined : stampOf(stamp, p.unixUs)) : parseDate(words, p.unixUs);
    if (words !== undefined || stamp !== undefined) {
      if (asked === undefined) return yield* p.fail(`invalid date format ${quoted(words ?? stamp ?? '')}`);
      [atimeUs, mtimeUs] = [asked, asked];
    } else if (reference !== undefined) {
      const model = p.fs.stat(reference);
      if (!model.ok) return yield* p.failErrno(`failed to get attributes of ${quoted(reference)}`, model.error);
      ({ atimeUs, mtimeUs } = model.value);
    }
    if (parsed.operands.length === 0) return yield* usageError(p, 'missing file operand', usage);
    const follow = !parsed.has('no-dereference');
    let status = 0;
    for (const path of parsed.operands) {
      const there = follow ? p.fs.stat(path) : p.fs.lstat(path);
      if (!there.ok && parsed.has('no-create')) continue;
      const made = there.ok ? undefined : p.fs.writeFile(path, '', { append: true });
      const [only, other] = [parsed.has('a'), parsed.has('m')];
      const access = other && !only && there.ok ? there.value.atimeUs : atimeUs;
      const change = only && !other && there.ok ? there.value.mtimeUs : mtimeUs;
      status |= yield* said(p, made?.ok === false ? made : p.fs.utimes(path, access, change, { follow }), `cannot touch ${quoted(path)}`);
    }
    return status;
  },
);
