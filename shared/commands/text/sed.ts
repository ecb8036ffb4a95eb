/** sed(1): GNU sed 4.9 in the C locale. Lines go through as they come. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { type GnuUsage, program } from '../coreutils/index.ts';
import { Input } from './sed-input.ts';
import { SED_USAGE } from './sed-usage.ts';
import { parseSed, type Address, type Command, type Substitution } from './sed-script.ts';

const SED: GnuUsage = {
  usage: '[OPTION]... {script-only-if-no-other-script} [input-file]...',
  summary: 'Edit a stream of lines.',
  version: 'GNU sed) 4.9',
  help: SED_USAGE,
  options: [
    { short: 'n', long: 'quiet', help: 'suppress automatic printing of pattern space' },
    { long: 'silent' },
    { short: 'e', long: 'expression', argument: 'required', help: 'add the script to the commands to be executed' },
    { short: 'f', long: 'file', argument: 'required', help: 'add the contents of script-file to the commands to be executed' },
    { short: 'E', long: 'regexp-extended', help: 'use extended regular expressions in the script' },
    { short: 'r', help: 'as -E' },
    { short: 'i', long: 'in-place', argument: 'optional', help: 'edit files in place (makes backup if SUFFIX supplied)' },
    { short: 's', long: 'separate', help: 'consider files as separate' },
    { short: 'u', long: 'unbuffered', help: 'flush the output buffers often' },
    { short: 'z', long: 'null-data', help: 'separate lines by NUL characters' },
  ],
};

/** A script that loops without reading ends here, with a message. */
const MAX_JUMPS_A_LINE = 1_000_000;

class Machine {
  private pattern: Bytes = '';
  private hold: Bytes = '';
  private queue: { readonly text: Bytes }[] = [];
  private replaced = false;
  private lastRegex: RegExp | undefined;
  quit: number | undefined;
  private readonly outputs = new Map<Bytes, Bytes>();
  /** What `R` has not read yet, by file. */
  private readonly lines = new Map<Bytes, Bytes[]>();

  constructor(
    private readonly p: Process,
    private readonly commands: readonly Command[],
    private readonly isQuiet: boolean,
    private readonly emit: (text: Bytes) => Sys,
    /** Between records: a newline, or NUL under `-z`. */
    private readonly newline: Bytes = '\n',
  ) {}

  *run(input: Input): Sys {
    for (let line; this.quit === undefined && (line = yield* input.next()) !== undefined;) {
      this.pattern = line;
      yield* this.cycle(input);
    }
    for (const [name, text] of this.outputs) this.p.fs.writeFile(name, text);
  }
  private end(input: Input): Bytes {
    return input.isTerminated ? this.newline : '';
  }
  private *cycle(input: Input): Sys {
    let restart = true;
    while (restart) {
      restart = false;
      this.replaced = false;
      let jumps = 0;
      let silent = false;
      for (let i = 0; i < this.commands.length; i++) {
        const command = this.commands[i];
        if (!command || ++jumps > MAX_JUMPS_A_LINE) break;
        yield* this.p.tick();
        if ((yield* this.applies(command, input)) === command.isNegated) {
          if (command.name === '{') i = command.target - 1;
          continue;
        }
        const next = yield* this.execute(command, input);
        if (next === 'next') return;
        if (next === 'delete') {
          silent = true;
          break;
        }
        if (next === 'restart') {
          restart = true;
          silent = true;
          break;
        }
        if (next === 'end') break;
        if (typeof next === 'number') i = next - 1;
      }
      if (!silent && !this.isQuiet && this.quit !== -1) yield* this.emit(this.pattern + this.end(input));
      yield* this.flush();
    }
  }
  private *flush(): Sys {
    for (const { text } of this.queue.splice(0)) yield* this.emit(text);
  }
  private *matches(address: Address, input: Input): Sys<boolean> {
    switch (address.kind) {
      case 'line':
        return input.number === address.line;
      case 'step':
        return address.step === 0 ? input.number === address.first : input.number >= address.first && (input.number - address.first) % address.step === 0;
      case 'last':
        return yield* input.isLast();
      case 'regex':
        return this.test(address.regex);
      default:
        return false;
    }
  }
  private test(given: RegExp | undefined): boolean {
    const regex = given ?? this.lastRegex;
    this.lastRegex = regex;
    if (!regex) return false;
    regex.lastIndex = 0;
    return regex.test(this.pattern);
  }
  private *applies(command: Command, input: Input): Sys<boolean> {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return yield* this.matches(from, input);
    if (command.active) {
      const isEnd = to.kind === 'line' || to.kind === 'plus' || to.kind === 'multiple' ? input.number >= command.untilLine : yield* this.matches(to, input);
      if (isEnd) command.active = false;
      return to.kind === 'line' ? input.number <= command.untilLine : true;
    }
    const starts = from.kind === 'line' && from.line === 0 && to.kind === 'regex' ? input.number === 1 : yield* this.matches(from, input);
    if (!starts) return false;
    command.active = true;
    command.untilLine =
      to.kind === 'line'
        ? to.line
        : to.kind === 'plus'
          ? input.number + to.count
          : to.kind === 'multiple'
            ? (Math.floor(input.number / Math.max(1, to.of)) + 1) * Math.max(1, to.of)
            : Infinity;
    if (to.kind !== 'regex' && to.kind !== 'last' && command.untilLine <= input.number) command.active = false;
    if (to.kind === 'last' && (yield* input.isLast())) command.active = false;
    if (from.kind === 'line' && from.line === 0 && this.test((to as { regex: RegExp | undefined }).regex)) command.active = false;
    return true;
  }

  private *execute(command: Command, input: Input): Sys<number | 'next' | 'delete' | 'restart' | 'end' | undefined> {
    switch (command.name) {
      case '=':
        yield* this.emit(`${input.number}\n`);
        return undefined;
      case 'a':
        this.queue.push({ text: command.text });
        return undefined;
      case 'i':
        yield* this.emit(command.text);
        return undefined;
      case 'c':
        if (!command.to || !command.active || command.isNegated) yield* this.emit(command.text);
        return 'delete';
      case 'd':
        return 'delete';
      case 'D':
        if (!this.pattern.includes('\n')) return 'delete';
        this.pattern = this.pattern.slice(this.pattern.indexOf('\n') + 1);
        return 'restart';
      case 'g':
        this.pattern = this.hold;
        return undefined;
      case 'G':
        this.pattern += `\n${this.hold}`;
        return undefined;
      case 'h':
        this.hold = this.pattern;
        return undefined;
      case 'H':
        this.hold += `\n${this.pattern}`;
        return undefined;
      case 'x':
        [this.pattern, this.hold] = [this.hold, this.pattern];
        return undefined;
      case 'l':
        yield* this.emit(`${unambiguous(this.pattern)}$\n`);
        return undefined;
      case 'n':
      case 'N':
        return yield* this.readNext(command, input);
      case 'p':
        yield* this.emit(this.pattern + this.newline);
        return undefined;
      case 'P':
        yield* this.emit(`${this.pattern.split('\n', 1)[0] ?? ''}\n`);
        return undefined;
      case 'q':
      case 'Q':
        this.quit = Number(command.text || 0);
        return command.name === 'q' ? 'end' : 'delete';
      case 'r': {
        const file = this.p.fs.readFile(command.text);
        if (file.ok) this.queue.push({ text: file.value });
        return undefined;
      }
      case 'R': {
        const file = this.lines.get(command.text) ?? this.p.fs.readFile(command.text);
        const lines = Array.isArray(file) ? file : file.ok ? file.value.replace(/\n$/, '').split('\n') : [];
        this.lines.set(command.text, lines);
        const line = lines.shift();
        if (line !== undefined) this.queue.push({ text: `${line}\n` });
        return undefined;
      }
      case 'w':
        this.outputs.set(command.text, `${this.outputs.get(command.text) ?? ''}${this.pattern}\n`);
        return undefined;
      case 's':
        if (command.substitution) yield* this.substitute(command.substitution);
        return undefined;
      case 'y': {
        const [from = '', to = ''] = command.text.split('\0');
        this.pattern = [...this.pattern].map((char) => (from.includes(char) ? (to[from.indexOf(char)] ?? char) : char)).join('');
        return undefined;
      }
      case 'b':
        return command.target;
      case 't':
      case 'T': {
        const jumps = this.replaced === (command.name === 't');
        this.replaced = false;
        return jumps ? command.target : undefined;
      }
      case 'z':
        this.pattern = '';
        return undefined;
      case 'F':
        yield* this.emit('-\n');
        return undefined;
      default:
        return undefined;
    }
  }
  private *readNext(command: Command, input: Input): Sys<'next' | 'end' | undefined> {
    if (yield* input.isLast()) {
      // GNU: without a next line `n` prints (unless -n) and ends, `N` prints the pattern space and ends
      this.quit = 0;
      return 'end';
    }
    if (command.name === 'n') {
      if (!this.isQuiet) yield* this.emit(this.pattern + this.newline);
      yield* this.flush();
      this.pattern = (yield* input.next()) ?? '';
    } else {
      yield* this.flush();
      this.pattern += `\n${(yield* input.next()) ?? ''}`;
    }
    return undefined;
  }
  private *substitute(s: Substitution): Sys {
    const regex = s.regex ?? this.lastRegex;
    this.lastRegex = regex;
    if (!regex) return;
    let count = 0;
    let done = false as boolean;
    regex.lastIndex = 0;
    const before = this.pattern;
    let lastEnd = -1;
    const out = before.replace(regex, (...args: unknown[]) => {
      // right behind a match there is no empty one
      const at = Number(args.find((arg) => typeof arg === 'number'));
      if (args[0] === '' && at === lastEnd) return '';
      lastEnd = at + String(args[0]).length;
      count++;
      const groups = args.slice(
        0,
        args.findIndex((arg) => typeof arg === 'number'),
      ) as (Bytes | undefined)[];
      if (count < s.number || (count > s.number && !s.isGlobal)) return String(groups[0] ?? '');
      done = true;
      return replace(s, groups);
    });
    if (!done) return;
    this.pattern = out;
    this.replaced = true;
    for (let i = 0; i < s.prints; i++) yield* this.emit(this.pattern + this.newline);
    if (s.file !== undefined) {
      if (s.file === '/dev/stdout') yield* this.emit(this.pattern + this.newline);
      else this.outputs.set(s.file, `${this.outputs.get(s.file) ?? ''}${this.pattern}\n`);
    }
  }
}

function replace(s: Substitution, groups: readonly (Bytes | undefined)[]): Bytes {
  let out = '';
  let mode: 'U' | 'L' | undefined;
  let once: 'u' | 'l' | undefined;
  for (const piece of s.replacement) {
    if (piece.kind === 'case') {
      if (piece.mode === 'u' || piece.mode === 'l') once = piece.mode;
      else mode = piece.mode === 'E' ? undefined : piece.mode;
      continue;
    }
    let text = piece.kind === 'text' ? piece.text : (groups[piece.group] ?? '');
    if (mode) text = mode === 'U' ? text.toUpperCase() : text.toLowerCase();
    if (once && text !== '') {
      text = (once === 'u' ? text.slice(0, 1).toUpperCase() : text.slice(0, 1).toLowerCase()) + text.slice(1);
      once = undefined;
    }
    out += text;
  }
  return out;
}
const unambiguous = (text: Bytes): Bytes =>
  text.replace(
    /[^ -~]|\\/g,
    (char) =>
      ({ '\n': '\\n', '\t': '\\t', '\\': '\\\\', '\r': '\\r', '\f': '\\f', '\v': '\\v', '\b': '\\b', '\x07': '\\a' })[char] ??
      `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );

export const sed = program(SED, function* (p, parsed) {
  // It has error messages of its own, which wait for nothing.
  p.stdout.leavesBeforeErrors = false;
  const operands = [...parsed.operands];
  const parts: Bytes[] = [];
  for (const [name, value] of parsed.given) {
    if (name === 'expression') parts.push(value);
    if (name !== 'file') continue;
    const file = p.fs.readFile(value);
    if (!file.ok) return yield* p.fail(`couldn't open file ${value}: ${strerror(file.error)}`);
    parts.push(file.value.replace(/\n$/, ''));
  }
  if (parts.length === 0) {
    const script = operands.shift();
    if (script === undefined) return (yield* p.error(`${SED_USAGE}\n`), 1);
    parts.push(script);
  }
  const script = parts.join('\n');
  const isExtended = parsed.has('regexp-extended') || parsed.has('r');
  const isQuiet = parsed.has('quiet') || parsed.has('silent') || script.startsWith('#n\n');
  const checked = parseSed(script, isExtended);
  if (!checked.ok) return yield* p.fail(checked.error);
  if (parsed.has('unbuffered')) p.stdout.lineBuffered();
  const isNull = parsed.has('null-data');
  const newline = isNull ? '\0' : '\n';
  const suffix = parsed.options.get('in-place');
  if (suffix === undefined) {
    const print = function* (text: Bytes): Sys {
      yield* p.print(text);
    };
    const machine = new Machine(p, checked.value, isQuiet, print, newline);
    const names = operands.length > 0 ? operands : ['-'];
    let hasFailed = false;
    for (const files of parsed.has('separate') ? names.map((name) => [name]) : [names]) {
      const input = new Input(p, files, isNull);
      if (machine.quit === undefined) yield* machine.run(input);
      hasFailed ||= input.failed;
    }
    return machine.quit ? machine.quit : hasFailed ? 2 : 0;
  }
  let status = 0;
  for (const name of operands) {
    const inode = p.fs.stat(name);
    if (!inode.ok) {
      status = 4;
      yield* p.error(`${p.name}: can't read ${name}: ${strerror(inode.error)}\n`);
      continue;
    }
    if (inode.value.kind !== 'file') {
      status = 4;
      yield* p.error(`${p.name}: couldn't edit ${name}: not a regular file\n`);
      continue;
    }
    const again = parseSed(script, isExtended);
    let out = '';

    const keep = function* (text: Bytes): Sys {
      out += text;
    };
    const machine = new Machine(p, again.ok ? again.value : [], isQuiet, keep, newline);
    const before = p.fs.readFile(name);
    yield* machine.run(new Input(p, [name], isNull));
    if (suffix !== '' && before.ok) p.fs.writeFile(suffix.includes('*') ? suffix.replaceAll('*', name) : name + suffix, before.value);
    p.fs.writeFile(name, out);
  }
  return status === 4 ? 2 : status;
});

export const SED_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/sed', main: sed, origin: 'sed 4.9' }];
