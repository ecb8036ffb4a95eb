/** grep, egrep, fgrep: GNU grep 3.8 in the C locale. Lines go through as they come, so that it can stand behind a running program. */
import { compilePosixRegex, strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { LineReader, type Process, type Program, type Sys } from '../../shell/index.ts';
import { closeInput, openInput, type GnuUsage, type Parsed, program } from '../coreutils/index.ts';

const GREP: GnuUsage = {
  usage: '[OPTION]... PATTERNS [FILE]...',
  summary: 'Search for PATTERNS in each FILE.',
  version: 'GNU grep) 3.8',
  options: [
    { short: 'E', long: 'extended-regexp', help: 'PATTERNS are extended regular expressions' },
    { short: 'F', long: 'fixed-strings', help: 'PATTERNS are strings' },
    { short: 'G', long: 'basic-regexp', help: 'PATTERNS are basic regular expressions' },
    { short: 'P', long: 'perl-regexp', help: 'PATTERNS are Perl regular expressions' },
    { short: 'e', long: 'regexp', argument: 'required', help: 'use PATTERNS for matching' },
    { short: 'f', long: 'file', argument: 'required', help: 'take PATTERNS from FILE' },
    { short: 'i', long: 'ignore-case', help: 'ignore case distinctions in patterns and data' },
    { short: 'y' },
    { short: 'w', long: 'word-regexp', help: 'match only whole words' },
    { short: 'x', long: 'line-regexp', help: 'match only whole lines' },
    { short: 's', long: 'no-messages', help: 'suppress error messages' },
    { short: 'v', long: 'invert-match', help: 'select non-matching lines' },
    { short: 'm', long: 'max-count', argument: 'required', help: 'stop after NUM selected lines' },
    { short: 'b', long: 'byte-offset', help: 'print the byte offset with output lines' },
    { short: 'n', long: 'line-number', help: 'print line number with output lines' },
    { long: 'line-buffered', help: 'flush output on every line' },
    { short: 'H', long: 'with-filename', help: 'print file name with output lines' },
    { short: 'h', long: 'no-filename', help: 'suppress the file name prefix on output' },
    { short: 'o', long: 'only-matching', help: 'show only nonempty parts of lines that match' },
    { short: 'q', long: 'quiet', help: 'suppress all normal output' },
    { long: 'silent' },
    { short: 'a', long: 'text', help: 'process binary files as if they were text' },
    { short: 'r', long: 'recursive', help: 'search directories recursively' },
    { short: 'R', long: 'dereference-recursive', help: 'likewise, but follow all symlinks' },
    { long: 'include', argument: 'required', help: 'search only files that match GLOB' },
    { long: 'exclude', argument: 'required', help: 'skip files that match GLOB' },
    { short: 'L', long: 'files-without-match', help: 'print only names of FILEs with no selected lines' },
    { short: 'l', long: 'files-with-matches', help: 'print only names of FILEs with selected lines' },
    { short: 'c', long: 'count', help: 'print only a count of selected lines per FILE' },
    { short: 'A', long: 'after-context', argument: 'required', help: 'print NUM lines of trailing context' },
    { short: 'B', long: 'before-context', argument: 'required', help: 'print NUM lines of leading context' },
    { short: 'C', long: 'context', argument: 'required', help: 'print NUM lines of output context' },
    { long: 'color', argument: 'optional', help: 'use markers to highlight the matching strings' },
    { long: 'colour', argument: 'optional' },
    { short: 'T', long: 'initial-tab', help: 'make tabs line up (if needed)' },
    { short: 'Z', long: 'null', help: 'print 0 byte after FILE name' },
    { short: 'z', long: 'null-data', help: 'a data line ends in 0 byte, not newline' },
    { short: 'I', help: 'equivalent to --binary-files=without-match' },
    { long: 'binary-files', argument: 'required', help: "assume that binary files are TYPE: 'binary', 'text', or 'without-match'" },
    { short: 'd', long: 'directories', argument: 'required', help: "how to handle directories: 'read', 'recurse', or 'skip'" },
    { short: 'D', long: 'devices', argument: 'required', help: "how to handle devices, FIFOs and sockets: 'read' or 'skip'" },
    { long: 'exclude-dir', argument: 'required', help: 'skip directories that match GLOB' },
    { long: 'label', argument: 'required', help: 'use LABEL as the standard input file name prefix' },
    { short: 'U', long: 'binary', help: 'do not strip CR characters at EOL (MSDOS/Windows)' },
  ],
  failure: 2,
  intro: 'Usage: grep [OPTION]... PATTERNS [FILE]...',
  obsolete: (word) => (/^-\d+$/.test(word) ? ['-C', word.slice(1)] : undefined),
};
const USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";

/** Where matches of any pattern are in a line. */
type Matcher = (line: Bytes, from: number) => { readonly start: number; readonly end: number } | undefined;

const escaped = (text: Bytes): Bytes => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const isWord = (char: string | undefined): boolean => char !== undefined && /[A-Za-z0-9_]/.test(char);

/** What Perl writes otherwise than the language that it is matched by. */
function perlSource(pattern: Bytes): Bytes {
  const [, inline = '', rest = pattern] = /^\(\?([a-z]+)\)(.*)$/s.exec(pattern) ?? [];
  let source = rest
    .replace(/\[\[:(\^?)(\w+):\]\]/g, (whole, negated: string, name: string) =>
      PERL_CLASSES[name] === undefined ? whole : `[${negated}${PERL_CLASSES[name]}]`,
    )
    .replace(/\[:(\w+):\]/g, (whole, name: string) => PERL_CLASSES[name] ?? whole)
    .replace(/\\h/g, '[ \\t]')
    .replace(/\\([AzZ])/g, (_, letter: string) => (letter === 'A' ? '^' : '$'))
    .replace(/\(\?P</g, '(?<')
    .replace(/([*+?}])\+/g, '$1');
  // What is in front of \K is looked for, and not part of the match.
  const kept = /^((?:[^\\]|\\[^K])*)\\K(.*)$/s.exec(source);
  if (kept) source = `(?<=${kept[1] ?? ''})${kept[2] ?? ''}`;
  return inline.includes('i')
    ? source.replace(/[a-z]/gi, (letter, at: number) => (source[at - 1] === '\\' ? letter : `[${letter.toLowerCase()}${letter.toUpperCase()}]`))
    : source;
}
const PERL_CLASSES: Readonly<Record<string, string>> = {
  ...{
    digit: '0-9',
    alpha: 'A-Za-z',
    alnum: 'A-Za-z0-9',
    space: ' \\t\\n\\v\\f\\r',
    blank: ' \\t',
    upper: 'A-Z',
    lower: 'a-z',
    xdigit: '0-9A-Fa-f',
    punct: '!-\\/:-@[-`{-~',
  },
};

function compile(patterns: readonly Bytes[], parsed: Parsed, syntax: 'basic' | 'extended' | 'fixed' | 'perl'): Matcher | string {
  const ignoreCase = parsed.has('ignore-case') || parsed.has('y');
  const flags = `g${ignoreCase ? 'i' : ''}`;
  const regexes: RegExp[] = [];
  for (const pattern of patterns) {
    if (syntax === 'fixed' || syntax === 'perl') {
      try {
        regexes.push(new RegExp(syntax === 'fixed' ? escaped(pattern) : perlSource(pattern), flags));
      } catch {
        return perlProblem(pattern);
      }
      continue;
    }
    const regex = compilePosixRegex(pattern, { syntax, ignoreCase, flags: 'g' });
    if (!regex.ok) return regex.error;
    regexes.push(regex.value);
  }
  const words = parsed.has('word-regexp');
  const lines = parsed.has('line-regexp');
  const whole = regexes.map((regex) => (lines ? new RegExp(`^(?:${regex.source})$`, regex.flags) : regex));
  const first = (regex: RegExp, line: Bytes, from: number): { start: number; end: number } | undefined => {
    for (regex.lastIndex = from; regex.lastIndex <= line.length;) {
      const match = regex.exec(line);
      if (!match) return undefined;
      const start = match.index;
      let end = start + match[0].length;
      if (!words || lines) return { start, end };
      // grep -w tries shorter matches at the same place before going on
      for (; end >= start; end--) {
        if (
          !isWord(line[start - 1]) &&
          !isWord(line[end]) &&
          (end === start + match[0].length || new RegExp(`^(?:${regex.source})$`, regex.flags.replace('g', '')).test(line.slice(start, end)))
        )
          return { start, end };
      }
      regex.lastIndex = start + 1;
    }
    return undefined;
  };
  return (line, from) => {
    let best: { start: number; end: number } | undefined;
    for (const regex of whole) {
      const found = first(regex, line, from);
      if (found && (!best || found.start < best.start || (found.start === best.start && found.end > best.end))) best = found;
    }
    return best;
  };
}

/** PCRE's words for what JavaScript refuses too. */
function perlProblem(pattern: Bytes): string {
  const plain = pattern.replace(/\\[^]/g, '');
  if (/\[[^\]]*$/.test(plain)) return 'missing terminating ] for character class';
  const outside = plain.replace(/\[[^\]]*\]/g, '');
  const depth = [...outside].reduce((open, char) => (char === '(' ? open + 1 : char === ')' ? (open > 0 ? open - 1 : NaN) : open), 0);
  if (Number.isNaN(depth)) return 'unmatched closing parenthesis';
  if (depth > 0) return 'missing closing parenthesis';
  if (/^[*+?]|[(|][*+?]/.test(outside)) return 'quantifier does not follow a repeatable item';
  return /\{(\d+),(\d+)\}/.test(outside) ? 'numbers out of order in {} quantifier' : 'invalid regular expression';
}

const globTest = (glob: Bytes, path: Bytes): boolean =>
  new RegExp(`^${escaped(glob).replace(/\\\*/g, '[^/]*').replace(/\\\?/g, '[^/]')}$`).test(path.slice(path.lastIndexOf('/') + 1));

/** Files below directories, in readdir's order, as -r visits them. */
function* walk(p: Process, path: Bytes, parsed: Parsed): Sys<readonly Bytes[]> {
  const listed = p.fs.readdir(path);
  const found: Bytes[] = [];
  for (const { name, inode } of listed.ok ? listed.value : []) {
    const below = path === '' ? name : path.endsWith('/') ? path + name : `${path}/${name}`;
    if (inode.kind === 'dir' && isExcluded(name, parsed)) continue;
    else if (inode.kind === 'dir') found.push(...(yield* walk(p, below, parsed)));
    else if (inode.kind === 'file' && wanted(below, parsed)) found.push(below);
    yield* p.tick();
  }
  return found;
}
const isExcluded = (name: Bytes, parsed: Parsed): boolean => parsed.given.some(([option, glob]) => option === 'exclude-dir' && globTest(glob, name));
function wanted(path: Bytes, parsed: Parsed): boolean {
  const include = parsed.given.filter(([name]) => name === 'include');
  const exclude = parsed.given.filter(([name]) => name === 'exclude');
  return (include.length === 0 || include.some(([, glob]) => globTest(glob, path))) && !exclude.some(([, glob]) => globTest(glob, path));
}

const CHOICES = { directories: ['read', 'recurse', 'skip'] } as const;
/** What is wrong with the arguments of options. */
function wrongArgument(parsed: Parsed): string | undefined {
  for (const [name, value] of parsed.given) {
    if (name.endsWith('context') && !/^\d+$/.test(value)) return `${value}: invalid context length argument`;
    if (name === 'max-count' && !/^-?\d+$/.test(value)) return 'invalid max count';
    if (name === 'binary-files' && !['binary', 'text', 'without-match'].includes(value)) return 'unknown binary-files type';
    if (name === 'devices' && !['read', 'skip'].includes(value)) return 'unknown devices method';
    if (name === 'directories' && !(CHOICES.directories as readonly string[]).includes(value)) {
      const list = CHOICES.directories.map((choice) => `  - '${choice}'`).join('\n');
      return `invalid argument '${value}' for '--directories'\nValid arguments are:\n${list}\n${USAGE.trimEnd()}`;
    }
  }
  const matchers = new Set(parsed.given.map(([name]) => name).filter((name) => /^(?:extended|basic|perl)-regexp$|^fixed-strings$/.test(name)));
  return matchers.size > 1 ? 'conflicting matchers specified' : undefined;
}

const grepAs = (defaultSyntax: 'basic' | 'extended' | 'fixed'): Program =>
  program(GREP, function* (p, parsed) {
    const wrong = wrongArgument(parsed);
    if (wrong !== undefined) return yield* p.fail(wrong, 2);
    const operands = [...parsed.operands];
    const given: Bytes[] = [];
    for (const [name, value] of parsed.given) {
      if (name === 'regexp') given.push(...value.split('\n'));
      if (name !== 'file') continue;
      const file = value === '-' ? yield* p.readAll(0) : p.fs.readFile(value);
      if (!file.ok) return yield* p.failErrno(value, file.error, 2);
      if (file.value !== '') given.push(...file.value.replace(/\n$/, '').split('\n'));
    }
    if (!parsed.has('regexp') && !parsed.has('file')) {
      const pattern = operands.shift();
      if (pattern === undefined) return (yield* p.error(USAGE), 2);
      given.push(...pattern.split('\n'));
    }
    const syntax =
      [...parsed.given]
        .reverse()
        .map(
          ([name]) =>
            ({ 'extended-regexp': 'extended', 'fixed-strings': 'fixed', 'basic-regexp': 'basic', 'perl-regexp': 'perl' })[name] as
              'basic' | 'extended' | 'fixed' | 'perl' | undefined,
        )
        .find((found) => found !== undefined) ?? defaultSyntax;
    const matcher = compile(given, parsed, syntax);
    if (typeof matcher === 'string') return yield* p.fail(matcher, 2);
    const isRecursive = parsed.has('recursive') || parsed.has('dereference-recursive') || parsed.options.get('directories') === 'recurse';
    const search = new Search(p, parsed, matcher, operands.length > 1 || isRecursive);
    if (parsed.has('line-buffered')) p.stdout.lineBuffered();
    if (operands.length === 0) operands.push(isRecursive ? '' : '-');
    for (const operand of operands) {
      const inode = operand === '' ? undefined : p.fs.stat(operand);
      if (isRecursive && (operand === '' || (inode?.ok && inode.value.kind === 'dir')))
        for (const path of yield* walk(p, operand, parsed)) yield* search.file(path);
      else yield* search.file(operand);
      if (search.isSettled) break;
    }
    return search.status;
  });

class Search {
  private selected = false;
  private failed = false;
  private readonly before: number;
  private readonly after: number;
  private readonly withName: boolean;
  private printedAny = false;

  constructor(
    private readonly p: Process,
    private readonly parsed: Parsed,
    private readonly matcher: Matcher,
    many: boolean,
  ) {
    const context = parsed.options.get('context') ?? '0';
    this.before = Number(parsed.options.get('before-context') ?? context);
    this.after = Number(parsed.options.get('after-context') ?? context);
    this.withName = parsed.has('with-filename') || (many && !parsed.has('no-filename'));
  }
  get isQuiet(): boolean {
    return this.parsed.has('quiet') || this.parsed.has('silent');
  }
  private get isText(): boolean {
    return this.parsed.has('text') || this.parsed.options.get('binary-files') === 'text';
  }
  private get skipsBinary(): boolean {
    return this.parsed.has('I') || this.parsed.options.get('binary-files') === 'without-match';
  }
  get isSettled(): boolean {
    return this.isQuiet && this.selected;
  }
  get status(): number {
    if (this.failed && !(this.isQuiet && this.selected)) return 2;
    return this.selected ? 0 : 1;
  }

  *file(operand: Bytes): Sys {
    const { p, parsed } = this;
    const opened = yield* openInput(p, operand);
    if (opened.kind === 'failed') {
      this.failed = true;
      if (!parsed.has('no-messages')) yield* p.error(`${p.name}: ${operand}: ${strerror(opened.errno)}\n`);
      return;
    }
    if (p.fds.get(opened.fd)?.inode?.kind === 'dir') {
      if (parsed.options.get('directories') === 'skip') return closeInput(p, opened.fd);
      if (!parsed.has('no-messages')) yield* p.error(`${p.name}: ${operand}: Is a directory\n`);
      closeInput(p, opened.fd);
      this.failed = true;
      return;
    }
    const name = operand === '-' ? (parsed.options.get('label') ?? '(standard input)') : operand;
    const count = yield* this.lines(opened.fd, name);
    closeInput(p, opened.fd);
    if (count > 0) this.selected = true;
    const ending = parsed.has('null') ? '\0' : '\n';
    const prefix = this.withName ? `${name}${parsed.has('null') ? '\0' : ':'}` : '';
    if (this.isQuiet) return;
    if (parsed.has('files-with-matches')) {
      if (count > 0) yield* p.print(name + ending);
    } else if (parsed.has('files-without-match')) {
      if (count === 0) yield* p.print(name + ending);
    } else if (parsed.has('count')) yield* p.print(`${prefix}${count}\n`);
  }

  private *lines(fd: number, name: Bytes): Sys<number> {
    const { p, parsed } = this;
    const listsOnly = this.isQuiet || parsed.has('files-with-matches') || parsed.has('files-without-match');
    const printsNothing = listsOnly || parsed.has('count');
    const most = Number(parsed.options.get('max-count') ?? Infinity);
    const limit = most < 0 ? Infinity : most;
    const reader = new LineReader(p, fd);
    const held: { text: Bytes; number: number }[] = [];
    let afterLeft = 0;
    let count = 0;
    let number = 0;
    let offset = 0;
    let lastPrinted = 0;
    for (let line; count < limit && (line = yield* reader.next()) !== undefined; offset += line.length + 1) {
      number++;
      const found = this.matcher(line, 0);
      if ((found !== undefined) === parsed.has('invert-match')) {
        if (afterLeft > 0 && !printsNothing) {
          yield* this.print(line, name, number, offset, '-');
          lastPrinted = number;
          afterLeft--;
        } else if (this.before > 0) {
          held.push({ text: line, number });
          if (held.length > this.before) held.shift();
        }
        continue;
      }
      count++;
      if (listsOnly) return count;
      if (printsNothing) continue;
      if (line.includes('\0') && !this.isText) {
        if (this.skipsBinary) return 0;
        yield* p.print(`${p.name}: ${name}: binary file matches\n`);
        return count;
      }
      const first = held[0]?.number ?? number;
      if ((this.before > 0 || this.after > 0) && this.printedAny && first > lastPrinted + 1) yield* p.print('--\n');
      for (const { text, number: at } of held.splice(0)) yield* this.print(text, name, at, 0, '-');
      yield* this.print(line, name, number, offset, ':');
      this.printedAny = true;
      lastPrinted = number;
      afterLeft = this.after;
    }
    for (let line; afterLeft > 0 && !printsNothing && (line = yield* reader.next()) !== undefined; afterLeft--) {
      if (this.matcher(line, 0) && !parsed.has('invert-match')) break;
      yield* this.print(line, name, ++number, offset, '-');
    }
    return count;
  }

  private *print(line: Bytes, name: Bytes, number: number, offset: number, mark: ':' | '-'): Sys {
    const { p, parsed } = this;
    const colour = parsed.options.get('color') ?? parsed.options.get('colour');
    const isColoured = colour !== undefined && colour !== 'never' && (colour === 'always' || p.isTerminal(1));
    const painted = (text: Bytes | number, colour: number): Bytes => (isColoured ? `\x1b[${colour}m\x1b[K${text}\x1b[m\x1b[K` : String(text));
    const prefix = (at: number): Bytes => {
      const behindName = parsed.has('null') ? '\0' : painted(mark, 36);
      const parts = [this.withName ? painted(name, 35) + behindName : ''];
      if (parsed.has('line-number')) parts.push(painted(number, 32) + painted(mark, 36));
      if (parsed.has('byte-offset')) parts.push(painted(offset + at, 32) + painted(mark, 36));
      return parts.join('');
    };
    const red = (text: Bytes): Bytes => (isColoured ? `\x1b[01;31m\x1b[K${text}\x1b[m\x1b[K` : text);
    if (parsed.has('only-matching')) {
      if (mark === '-' || parsed.has('invert-match')) return;
      for (let at = 0; at <= line.length;) {
        const found = this.matcher(line, at);
        if (!found) break;
        if (found.end > found.start) yield* p.print(`${prefix(found.start)}${red(line.slice(found.start, found.end))}\n`);
        at = Math.max(found.end, found.start + 1);
      }
      return;
    }
    let text = line;
    if (isColoured && mark === ':' && !parsed.has('invert-match')) {
      text = '';
      let at = 0;
      for (let found = this.matcher(line, at); found && at <= line.length; found = this.matcher(line, at)) {
        text += line.slice(at, found.start) + (found.end > found.start ? red(line.slice(found.start, found.end)) : (line[found.start] ?? ''));
        at = Math.max(found.end, found.start + 1);
      }
      text += line.slice(at);
    }
    yield* p.print(`${prefix(0)}${text}\n`);
  }
}

const at = (name: string, main: Program): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin: 'grep 3.8' });
export const GREP_PROGRAMS: readonly InstalledProgram[] = [at('grep', grepAs('basic')), at('egrep', grepAs('extended')), at('fgrep', grepAs('fixed'))];
