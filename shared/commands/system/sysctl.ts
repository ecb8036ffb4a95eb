/** sysctl(8) of procps-ng 4.0: reads and writes below /proc/sys. */
import { compilePosixRegex, done, strerror, type Bytes, type Errno } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import type { OptionSpec } from '../options.ts';
import { option } from './usage.ts';

/** Letter, long name, what it takes, help; several letters of one meaning have its name. */
const OPTIONS: readonly OptionSpec[] = [
  option('all', '-a --all', 'display all variables'),
  option('all', '-A', 'alias of -a'),
  option('all', '-X', 'alias of -a'),
  option('deprecated', '--deprecated', 'include deprecated parameters to listing'),
  option('dry-run', '--dry-run', 'Print the key and values but do not write'),
  option('binary', '-b --binary', 'print value without new line'),
  option('ignore', '-e --ignore', 'ignore unknown variables errors'),
  option('names', '-N --names', 'print variable names without values'),
  option('values', '-n --values', 'print only values of the given variable(s)'),
  option('load', '-p --load[=<file>]', 'read values from file'),
  option('load', '-f', 'alias of -p'),
  option('system', '--system', 'read values from all system directories'),
  option('pattern', '-r --pattern <expression>', 'select setting that match expression'),
  option('quiet', '-q --quiet', 'do not echo variable set'),
  option('write', '-w --write', 'enable writing a value to variable'),
  option('', '-o', 'does nothing'),
  option('', '-x', 'does nothing'),
  option('help', '-d', 'alias of -h'),
];
const LAST: readonly OptionSpec[] = [
  option('help', '-h --help', 'display this help and exit'),
  option('version', '-V --version', 'output version information and exit'),
];
const ALL = [...OPTIONS, ...LAST];
const namesOf = ({ short, long, argument, value = '' }: OptionSpec): string =>
  `${short === '' ? '    ' : `-${short}`}${long === undefined ? '' : `${short === '' ? '' : ', '}--${long}`}${argument === 'none' ? '' : argument === 'optional' ? `[=${value}]` : ` ${value}`}`;
const HELP = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
${OPTIONS.map((spec) => `  ${namesOf(spec).length > 20 && spec.argument === 'required' ? `${namesOf(spec)}\n${' '.repeat(23)}` : namesOf(spec).padEnd(21)}${spec.help ?? ''}\n`).join('')}
${LAST.map((spec) => ` ${namesOf(spec).padEnd(15)}${spec.help ?? ''}\n`).join('')}
For more details see sysctl(8).
`;

/** Dots and slashes change places; where the first separator is a slash the name is a path already. */
function pathOf(name: Bytes): Bytes {
  const first = /[./]/.exec(name)?.[0];
  const path = first === '.' ? name.replace(/[./]/g, (char) => (char === '.' ? '/' : '.')) : name;
  return `/proc/sys/${path}`;
}
const nameOf = (path: Bytes): Bytes => path.slice('/proc/sys/'.length).replace(/[./]/g, (char) => (char === '/' ? '.' : '/'));

class Sysctl {
  status = 0;
  constructor(
    private readonly p: Process,
    private readonly on: ReadonlySet<string>,
    private readonly pattern: RegExp | undefined,
  ) {}
  private *missing(path: Bytes, errno: Errno): Sys {
    if (this.on.has('ignore')) return;
    this.status = 1;
    yield* this.say(`cannot stat ${path}: ${strerror(errno)}`);
  }
  /** Its output is written line by line: errors stand where they happen. */
  private *say(words: Bytes): Sys {
    yield* this.p.flush();
    yield* this.p.error(`sysctl: ${words}\n`);
  }
  *read(name: Bytes): Sys {
    if (name === '') {
      this.status = 255;
      yield* this.say('"" is an unknown key');
      return;
    }
    const path = pathOf(name);
    const inode = this.p.fs.stat(path);
    if (!inode.ok) yield* this.missing(path, inode.error);
    else if (inode.value.kind === 'dir') yield* this.tree(path);
    else yield* this.show(path, inode.value.mode);
  }
  *tree(path: Bytes): Sys {
    const entries = this.p.fs.readdir(path);
    const names = (entries.ok ? entries.value : [])
      .map(({ name, inode }) => ({ below: `${path}/${name}`, inode }))
      .sort((a, b) => (a.below < b.below ? -1 : 1));
    for (const { below, inode } of names) {
      yield* this.p.tick();
      if (inode.kind === 'dir') yield* this.tree(below);
      else yield* this.show(below, inode.mode);
    }
  }
  private *show(path: Bytes, mode: number): Sys {
    if ((mode & 0o444) === 0) return;
    const key = nameOf(path);
    if (this.pattern && !this.pattern.test(key)) return;
    if (this.on.has('names')) {
      yield* this.p.print(`${key}\n`);
      return;
    }
    const value = this.p.fs.readFile(path);
    if (!value.ok) {
      this.status = 1;
      yield* this.say(value.error === 'EACCES' ? `permission denied on key '${key}'` : `reading key "${key}": ${strerror(value.error)}`);
      return;
    }
    const prefix = this.on.has('values') || this.on.has('binary') ? '' : `${key} = `;
    for (const row of value.value.replace(/\n$/, '').split('\n')) yield* this.p.print(`${prefix}${row}${this.on.has('binary') ? '' : '\n'}`);
  }
  *write(setting: Bytes): Sys {
    const at = setting.indexOf('=');
    const name = setting.slice(setting.startsWith('-') ? 1 : 0, at).trim();
    const value = setting.slice(at + 1).trim();
    const path = pathOf(name);
    if (name === '') {
      this.status = 1;
      yield* this.say(`Path is not under /proc/sys/: ${path}`);
      return;
    }
    const inode = this.p.fs.stat(path);
    if (!inode.ok) {
      yield* this.missing(path, inode.error);
      return;
    }
    const key = nameOf(path);
    const written = this.on.has('dry-run') ? done : this.p.fs.writeFile(path, `${value}\n`);
    if (!written.ok) {
      const isForbidden = written.error === 'EACCES' || written.error === 'EPERM';
      if (isForbidden && (inode.value.mode & 0o222) !== 0) yield* this.say(`permission denied on key "${key}"`);
      else yield* this.say(`setting key "${key}": ${strerror(isForbidden ? 'EINVAL' : written.error)}`);
      if (!isForbidden) this.status = 1;
      return;
    }
    if (this.on.has('quiet')) return;
    yield* this.p.print(this.on.has('values') ? `${value}\n` : this.on.has('names') ? `${key}\n` : `${key} = ${value}\n`);
  }
  *load(file: Bytes): Sys {
    const text = file === '-' ? yield* this.p.readAll(0) : this.p.fs.readFile(file);
    if (!text.ok) {
      this.status = 1;
      yield* this.say(`cannot open "${file}": ${strerror(text.error)}`);
      return;
    }
    // The file is read to its end before the first value is set.
    const settings: Bytes[] = [];
    for (const [i, row] of text.value.split('\n').entries()) {
      const line = row.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      if (line.includes('=')) settings.push(line);
      else yield* this.say(`${file}(${i + 1}): invalid syntax, continuing...`);
    }
    for (const setting of settings) yield* this.write(setting);
  }
}

const DECLARATION: Declaration = {
  synopsis: '[options] [variable[=value] ...]',
  options: ALL.map(({ short, long, argument, value, help }) => ({
    names: [short === '' ? '' : `-${short}`, long === undefined ? '' : `--${long}`].filter((name) => name !== ''),
    ...{ value: argument === 'none' ? undefined : value, isOptional: argument === 'optional', help },
  })),
};
export const sysctl = declared(DECLARATION, function* (p) {
  const on = new Set<string>();
  const operands: Bytes[] = [];
  const files: Bytes[] = [];
  let pattern: RegExp | undefined;
  const rest = p.argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest.splice(0));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const [long = '', attached] = word.startsWith('--') ? word.slice(2).split(/=(.*)/s) : [];
    const found = word.startsWith('--')
      ? [ALL.find((spec) => spec.long === long)]
      : [...word.slice(1)].map((letter) => ALL.find(({ short }) => short === letter));
    for (const name of found.map((spec) => spec?.id)) {
      if (name === undefined) {
        yield* p.error(`sysctl: ${word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word[1] ?? ''}'`}\n${HELP}`);
        return 0;
      }
      on.add(name);
      if (name === 'pattern') {
        const compiled = compilePosixRegex(attached ?? rest.shift() ?? '', { syntax: 'extended' });
        // regcomp fails without a word, and nothing matches.
        pattern = compiled.ok ? compiled.value : /(?!)/;
      }
      if (name === 'load')
        files.push(attached ?? (operands.length === 0 && rest[0] !== undefined && !rest[0].startsWith('-') ? (rest.shift() ?? '') : '/etc/sysctl.conf'));
    }
  }
  if (on.has('help')) return (yield* p.print(HELP), 0);
  if (on.has('version')) return (yield* p.print('sysctl from procps-ng 4.0.2\n'), 0);
  const run = new Sysctl(p, on, pattern);
  if (on.has('system')) {
    const listed = p.fs.readdir('/etc/sysctl.d');
    files.push(
      ...(listed.ok ? listed.value : []).map(({ name }) => `/etc/sysctl.d/${name}`).sort(),
      ...(p.fs.exists('/etc/sysctl.conf') ? ['/etc/sysctl.conf'] : []),
    );
  }
  for (const file of files) {
    if (on.has('system')) yield* p.print(`* Applying ${file} ...\n`);
    yield* run.load(file);
  }
  if (files.length > 0) {
    if (!on.has('system')) for (const file of operands) yield* run.load(file);
    return run.status;
  }
  if (on.has('all')) {
    yield* run.tree('/proc/sys');
    return run.status;
  }
  if (operands.length === 0) {
    if (p.argv.length === 1) return (yield* p.error(HELP), 1);
    return (yield* p.error("sysctl: no variables specified\nTry `sysctl --help' for more information.\n"), 1);
  }
  for (const operand of operands) {
    if (operand.includes('=')) yield* run.write(operand);
    else if (on.has('write')) {
      run.status = 1;
      yield* p.flush();
      yield* p.error('sysctl: command line(0): invalid syntax, continuing...\n');
    } else yield* run.read(operand);
  }
  return run.status;
});
