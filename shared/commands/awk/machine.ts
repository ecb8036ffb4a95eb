/** What an awk program works on: variables, fields, files and commands it has open. The program's own steps are in run.ts. */
import { compilePosixRegex, strerror, type Bytes } from '../../base/index.ts';
import { LineReader, type Process, type Sys } from '../../shell/index.ts';
import { openInput, closeInput } from '../coreutils/index.ts';
import { fromInput, toNumber, toText, type Value } from './value.ts';

export class AwkError extends Error {}

/** Lines of input as RS cuts them. */
class Records {
  private rest = '';
  private isAtEnd = false;
  private readonly lines: LineReader;
  constructor(
    private readonly p: Process,
    private readonly fd: number,
  ) {
    this.lines = new LineReader(p, fd);
  }
  *next(separator: Bytes, regex: (source: Bytes) => RegExp): Sys<Bytes | undefined> {
    if (separator === '\n' && this.rest === '') return yield* this.lines.next();
    for (;;) {
      const isParagraph = separator === '';
      if (isParagraph) this.rest = this.rest.replace(/^\n+/, '');
      const cut = isParagraph ? /\n\n+/.exec(this.rest) : separator.length === 1 ? this.literal(separator) : regex(separator).exec(this.rest);
      const isSafe = cut && (this.isAtEnd || cut.index + cut[0].length < this.rest.length || separator.length === 1);
      if (cut && isSafe && cut[0] !== '') {
        const record = this.rest.slice(0, cut.index);
        this.rest = this.rest.slice(cut.index + cut[0].length);
        return record;
      }
      if (this.isAtEnd) {
        if (this.rest === '') return undefined;
        const record = isParagraph || separator === '\n' ? this.rest.replace(/\n+$/, '') : this.rest.replace(/\n$/, '');
        this.rest = '';
        return record;
      }
      const line = yield* this.lines.next();
      if (line === undefined) this.isAtEnd = true;
      else this.rest += line + (this.lines.lastWasTerminated ? '\n' : '');
    }
  }
  private literal(separator: Bytes): { index: number; 0: Bytes } | undefined {
    const index = this.rest.indexOf(separator);
    return index < 0 ? undefined : { index, 0: separator };
  }
  close(): void {
    closeInput(this.p, this.fd);
  }
}

interface Output {
  readonly fd: number;
  readonly child: Process | undefined;
}

export class AwkMachine {
  readonly globals = new Map<Bytes, Value>();
  readonly arrays = new Map<Bytes, Map<Bytes, Value>>();
  private fields: Value[] = [''];
  private areSplit = true;
  private isRebuilt = true;
  private readonly regexes = new Map<Bytes, RegExp>();
  private input: Records | undefined;
  private files: readonly Bytes[] | undefined;
  private fileAt = 1;
  private readonly readers = new Map<Bytes, Records>();
  private readonly children = new Map<Bytes, Process>();
  private readonly outputs = new Map<Bytes, Output>();
  failed = false;
  seed: number;
  previousSeed = 0;

  constructor(readonly p: Process) {
    const defaults: readonly (readonly [Bytes, Value])[] = [
      ['FS', ' '],
      ['OFS', ' '],
      ['ORS', '\n'],
      ['RS', '\n'],
      ['NR', 0],
      ['NF', 0],
      ['FNR', 0],
      ['SUBSEP', '\x1c'],
      ['CONVFMT', '%.6g'],
      ['OFMT', '%.6g'],
      ['RSTART', 0],
      ['RLENGTH', -1],
      ['FILENAME', ''],
    ];
    for (const [name, value] of defaults) this.globals.set(name, value);
    this.arrays.set('ENVIRON', new Map([...p.env].map(([name, value]) => [name, fromInput(value)])));
    this.seed = p.os.rng.uint32();
  }
  text(value: Value): Bytes {
    return toText(value, toText(this.globals.get('CONVFMT'), '%.6g'));
  }
  output(value: Value): Bytes {
    return toText(value, toText(this.globals.get('OFMT'), '%.6g'));
  }
  regex(source: Bytes): RegExp {
    let regex = this.regexes.get(source);
    if (!regex) {
      const compiled = compilePosixRegex(source, { syntax: 'extended', dialect: 'awk' });
      if (!compiled.ok) throw new AwkError(`regular expression compile failed (${compiled.error})\n${source}`);
      regex = compiled.value;
      this.regexes.set(source, regex);
    }
    return regex;
  }
  array(name: Bytes): Map<Bytes, Value> {
    let array = this.arrays.get(name);
    if (!array) this.arrays.set(name, (array = new Map<Bytes, Value>()));
    return array;
  }

  // --- fields ---

  setRecord(text: Bytes): void {
    this.fields = [fromInput(text)];
    this.areSplit = false;
    this.isRebuilt = true;
  }
  split(text: Bytes, separator: Bytes): Bytes[] {
    if (text === '') return [];
    if (separator === ' ') return text.split(/[ \t\n\r\f\v]+/).filter((word) => word !== '');
    if (separator === '') return [...text];
    if (separator.length === 1 && separator !== '\\' && !/[.[\]()*+?{}|^$]/.test(separator)) return text.split(separator);
    if (separator.length === 1) return text.split(separator);
    return text.split(new RegExp(this.regex(separator).source.replace(/\((?!\?)/g, '(?:')));
  }
  private ensureSplit(): void {
    if (this.areSplit) return;
    this.areSplit = true;
    const parts = this.split(this.text(this.fields[0]), this.text(this.globals.get('FS')));
    this.fields = [this.fields[0], ...parts.map(fromInput)];
    this.globals.set('NF', parts.length);
  }
  field(index: number): Value {
    if (index === 0) {
      this.rebuild();
      return this.fields[0];
    }
    if (index < 0 || !Number.isFinite(index)) throw new AwkError(`negative field index $${index}`);
    this.ensureSplit();
    return this.fields[Math.trunc(index)];
  }
  setField(index: number, value: Value): void {
    if (index === 0) {
      this.setRecord(this.text(value));
      return;
    }
    if (index < 0 || index > 32767) throw new AwkError(`negative field index $${index}`);
    this.ensureSplit();
    while (this.fields.length <= index) this.fields.push('');
    this.fields[index] = value;
    this.globals.set('NF', this.fields.length - 1);
    this.isRebuilt = false;
  }
  private rebuild(): void {
    if (this.isRebuilt) return;
    this.isRebuilt = true;
    const separator = this.text(this.globals.get('OFS'));
    this.fields[0] = this.fields
      .slice(1)
      .map((value) => this.text(value))
      .join(separator);
  }
  get(name: Bytes): Value {
    if (name === 'NF') this.ensureSplit();
    return this.globals.get(name);
  }
  set(name: Bytes, value: Value): void {
    if (name === 'NF') {
      this.ensureSplit();
      const count = Math.max(0, Math.trunc(toNumber(value)));
      while (this.fields.length <= count) this.fields.push('');
      this.fields.length = count + 1;
      this.isRebuilt = false;
      this.globals.set('NF', count);
      return;
    }
    // fields of the present record are cut with the FS it was read under
    if (name === 'FS') this.ensureSplit();
    this.globals.set(name, value);
  }

  // --- input ---

  /** The next record of the main input; undefined at its end. */
  *record(): Sys<Bytes | undefined> {
    for (;;) {
      if (!this.input) {
        const opened = yield* this.openNext();
        if (!opened) return undefined;
      }
      const record = yield* this.input!.next(this.text(this.globals.get('RS')), (source) => this.regex(source));
      if (record !== undefined) {
        this.globals.set('NR', toNumber(this.globals.get('NR')) + 1);
        this.globals.set('FNR', toNumber(this.globals.get('FNR')) + 1);
        return record;
      }
      this.skipFile();
    }
  }
  skipFile(): void {
    this.input?.close();
    this.input = undefined;
  }
  private *openNext(): Sys<boolean> {
    const argv = this.array('ARGV');
    const count = toNumber(this.globals.get('ARGC'));
    this.files ??= [];
    while (this.fileAt < count) {
      const name = this.text(argv.get(String(this.fileAt++)));
      if (name === '') continue;
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(name);
      if (assignment) {
        this.set(assignment[1] ?? '', fromInput(unescapeAssignment(assignment[2] ?? '')));
        continue;
      }
      this.files = [...this.files, name];
      const opened = yield* openInput(this.p, name);
      if (opened.kind === 'failed') {
        yield* this.p.error(`${this.p.name}: cannot open ${name} (${strerror(opened.errno)})\n`);
        this.failed = true;
        continue;
      }
      this.globals.set('FILENAME', name);
      this.globals.set('FNR', 0);
      this.input = new Records(this.p, opened.fd);
      return true;
    }
    if (this.files.length > 0) return false;
    this.files = ['-'];
    this.input = new Records(this.p, 0);
    return true;
  }
  /** `getline < FILE` and `COMMAND | getline`: a line, undefined at the end, or null when it cannot be read. */
  *lineFrom(source: Bytes, how: 'file' | 'command'): Sys<Bytes | undefined | null> {
    let reader = this.readers.get(source);
    if (!reader) {
      if (how === 'file') {
        const opened = yield* openInput(this.p, source);
        if (opened.kind === 'failed') return null;
        reader = new Records(this.p, opened.fd);
      } else {
        yield* this.flush();
        const pipe = this.p.pipe();
        if (!pipe.ok) return null;
        const child = this.p.spawn(['sh', '-c', source], {
          path: '/bin/sh',
          fds: new Map([
            [0, 0],
            [1, pipe.value.write],
            [2, 2],
          ]),
        });
        this.p.close(pipe.value.write);
        if (!child.ok) return null;
        this.children.set(source, child.value);
        reader = new Records(this.p, pipe.value.read);
      }
      this.readers.set(source, reader);
    }
    return yield* reader.next(this.text(this.globals.get('RS')), (regex) => this.regex(regex));
  }

  // --- output ---

  *write(text: Bytes, to: { readonly how: '>' | '>>' | '|'; readonly target: Bytes } | undefined): Sys {
    if (!to || to.target === '/dev/stdout') {
      yield* this.p.print(text);
      return;
    }
    if (to.target === '/dev/stderr') {
      yield* this.p.error(text);
      return;
    }
    let output = this.outputs.get(to.target);
    if (!output) {
      output = yield* this.open(to.how, to.target);
      this.outputs.set(to.target, output);
    }
    yield* this.p.write(output.fd, text);
  }
  private *open(how: '>' | '>>' | '|', target: Bytes): Sys<Output> {
    if (how === '|') {
      yield* this.flush();
      const pipe = this.p.pipe();
      if (!pipe.ok) throw new AwkError(`cannot open "${target}" for output`);
      const child = this.p.spawn(['sh', '-c', target], {
        path: '/bin/sh',
        fds: new Map([
          [0, pipe.value.read],
          [1, 1],
          [2, 2],
        ]),
      });
      this.p.close(pipe.value.read);
      return { fd: pipe.value.write, child: child.ok ? child.value : undefined };
    }
    const fd = yield* this.p.open(target, { write: true, create: true, ...(how === '>' ? { truncate: true } : { append: true }) });
    if (!fd.ok) throw new AwkError(`cannot open "${target}" for output`);
    return { fd: fd.value, child: undefined };
  }
  *flush(): Sys {
    yield* this.p.flush();
  }
  *close(target: Bytes): Sys<number> {
    let status = -1;
    const output = this.outputs.get(target);
    if (output) {
      this.outputs.delete(target);
      yield* this.flush();
      this.p.close(output.fd);
      status = output.child ? exitCode(yield* this.p.waitExit(output.child)) : 0;
    }
    const reader = this.readers.get(target);
    if (reader) {
      this.readers.delete(target);
      reader.close();
      const child = this.children.get(target);
      this.children.delete(target);
      status = child ? exitCode(yield* this.p.waitExit(child)) : 0;
    }
    return status;
  }
  *system(command: Bytes): Sys<number> {
    yield* this.flush();
    const child = this.p.spawn(['sh', '-c', command], { path: '/bin/sh' });
    return child.ok ? exitCode(yield* this.p.waitExit(child.value)) : 127;
  }
  *closeAll(): Sys {
    yield* this.flush();
    for (const target of [...this.outputs.keys(), ...this.readers.keys()]) yield* this.close(target);
  }
}

const exitCode = (ending: { readonly kind: string; readonly code?: number }): number => (ending.kind === 'exited' ? (ending.code ?? 0) : 256);
const unescapeAssignment = (text: Bytes): Bytes =>
  text.replace(/\\(.)/gs, (whole, char: string) => ({ n: '\n', t: '\t', '\\': '\\', '"': '"', '/': '/' })[char] ?? whole);
