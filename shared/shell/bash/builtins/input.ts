/** read and mapfile. */
import { strerror, type Bytes, type Errno } from '../../../base/index.ts';
import { AssociativeArray, IndexedArray } from '../arrays.ts';
import { backslashQuote } from '../expand/quote.ts';
import type { Builtin, Shell } from '../shell.ts';
import type { Sys } from '../../process/wait.ts';
import type { Termios } from '../../terminal/termios.ts';
import { assignTo } from './output.ts';
import { isName, readOptions } from './usage.ts';

interface ReadPlan {
  readonly fd: number;
  readonly delimiter: string;
  readonly isRaw: boolean;
  readonly maximum: number | undefined;
  readonly isExact: boolean;
  readonly deadlineUs: number | undefined;
}

type ReadEnd = 'delimiter' | 'count' | 'end' | 'timeout' | 'interrupted' | { readonly errno: Errno };

const read: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'ersa:d:i:n:N:p:t:u:');
  if (typeof parsed === 'number') return parsed;
  const fdText = parsed.value('u');
  const fd = Number(fdText ?? 0);
  if (fdText !== undefined && !/^\d+$/.test(fdText)) return shell.fail(`${fdText}: invalid file descriptor specification`);
  const timeoutText = parsed.value('t');
  if (timeoutText !== undefined && !/^\d*\.?\d*$/.test(timeoutText)) return shell.fail(`${timeoutText}: invalid timeout specification`);
  const countText = parsed.value('N') ?? parsed.value('n');
  if (countText !== undefined && !/^\d+$/.test(countText)) return shell.fail(`${countText}: invalid number`);
  const names = parsed.rest.length > 0 ? parsed.rest : undefined;
  const bad = names?.find((name) => !/^[A-Za-z_]\w*(\[[\s\S]+\])?$/.test(name));
  if (bad !== undefined) return shell.fail(`\`${bad}': not a valid identifier`);
  const array = parsed.value('a');
  if (array !== undefined && !isName(array)) return shell.fail(`\`${array}': not a valid identifier`);
  if (!shell.process.fds.get(fd)) return shell.fail(`${fdText === undefined ? 'read error: 0' : `${fd}: invalid file descriptor`}: ${strerror('EBADF')}`);
  const timeoutUs = timeoutText === undefined ? undefined : Number(timeoutText || 0) * 1e6;
  if (timeoutUs === 0) return shell.process.fds.get(fd)?.poll().readable ? 0 : 1;
  const delimiter = parsed.value('d');
  return run(shell, {
    names,
    array,
    prompt: parsed.value('p'),
    isSilent: parsed.has('s'),
    plan: {
      fd,
      delimiter: delimiter === undefined ? '\n' : delimiter === '' ? '\0' : delimiter.charAt(0),
      isRaw: parsed.has('r'),
      maximum: countText === undefined ? undefined : Number(countText),
      isExact: parsed.has('N'),
      deadlineUs: timeoutUs === undefined ? undefined : shell.process.nowUs + timeoutUs,
    },
  });
};

interface Job {
  readonly names: readonly Bytes[] | undefined;
  readonly array: Bytes | undefined;
  readonly prompt: Bytes | undefined;
  readonly isSilent: boolean;
  readonly plan: ReadPlan;
}

function* run(shell: Shell, { names, array, prompt, isSilent, plan }: Job): Sys<number> {
  const { process } = shell;
  const isTerminal = process.isTerminal(plan.fd);
  if (prompt !== undefined && isTerminal) {
    shell.say(prompt);
    yield* shell.settle();
  }
  const restore = isTerminal && (isSilent || plan.maximum !== undefined || plan.delimiter !== '\n') ? setTerminal(shell, plan, isSilent) : undefined;
  const { text, quoted, end } = yield* gather(shell, plan);
  restore?.();
  if (typeof end === 'object') {
    return shell.fail(`read error: ${plan.fd}: ${strerror(end.errno)}`);
  }
  assignFields(shell, text, quoted, names, array, plan.isExact);
  if (end === 'timeout') return 142;
  if (end === 'interrupted') return 130;
  return end === 'end' ? 1 : 0;
}

function setTerminal(shell: Shell, plan: ReadPlan, isSilent: boolean): (() => void) | undefined {
  const file = shell.process.fds.get(plan.fd);
  const answer = file?.control({ kind: 'tty.get-attributes' }, shell.process);
  if (!file || !answer?.ok) return undefined;
  const saved = answer.value as Termios;
  const set = (termios: Termios): void => void file.control({ kind: 'tty.set-attributes', termios } as { kind: string }, shell.process);
  set({ ...saved, icanon: saved.icanon && plan.maximum === undefined && plan.delimiter === '\n', echo: saved.echo && !isSilent });
  return () => set(saved);
}

/** Characters up to the delimiter; `quoted` marks those that a backslash protected. Reads no byte more than it needs. */
function* gather(shell: Shell, plan: ReadPlan): Sys<{ text: Bytes; quoted: ReadonlySet<number>; end: ReadEnd }> {
  const { process } = shell;
  const file = process.fds.get(plan.fd);
  const quoted = new Set<number>();
  let text = '';
  let isEscaped = false;
  // What can be put back is read in one piece.
  const canSeek = file?.seek(0, 'current').ok ?? false;
  for (;;) {
    if (plan.maximum !== undefined && shell.decode(text).length >= plan.maximum) return { text, quoted, end: 'count' };
    if (plan.deadlineUs !== undefined) {
      const isReady = yield* process.waitFor(
        () => file?.poll().readable ?? true,
        file?.changed ?? process.timer(0),
        Math.max(0, plan.deadlineUs - process.nowUs),
      );
      if (!isReady) return { text, quoted, end: process.nowUs >= plan.deadlineUs ? 'timeout' : 'interrupted' };
    }
    const piece = yield* process.read(plan.fd, canSeek && plan.maximum === undefined ? 512 : 1);
    if (!piece.ok) {
      if (piece.error === 'EINTR' && !shell.isInterrupted && shell.traps.pending.length === 0) continue;
      return { text, quoted, end: piece.error === 'EINTR' ? 'interrupted' : { errno: piece.error } };
    }
    if (piece.value === '') return { text, quoted, end: 'end' };
    for (let i = 0; i < piece.value.length; i++) {
      const char = piece.value.charAt(i);
      if (isEscaped) {
        isEscaped = false;
        if (char !== '\n') {
          quoted.add(text.length);
          text += char;
        }
      } else if (char === '\\' && !plan.isRaw) isEscaped = true;
      else if (char === plan.delimiter && !plan.isExact) {
        if (canSeek) file?.seek(i + 1 - piece.value.length, 'current');
        return { text, quoted, end: 'delimiter' };
      } else if (char !== '\0') text += char;
    }
    if (process.spend()) yield* process.tick();
  }
}

function assignFields(
  shell: Shell,
  text: Bytes,
  quoted: ReadonlySet<number>,
  names: readonly Bytes[] | undefined,
  array: Bytes | undefined,
  isExact: boolean,
): void {
  const ifs = shell.getVariable('IFS') ?? ' \t\n';
  if (array !== undefined) {
    const variable = shell.variables.ensure(array);
    shell.checkWritable(variable);
    variable.value = new IndexedArray(new Splitter(text, quoted, ifs).all());
    return;
  }
  if (!names) {
    shell.assign('REPLY', text);
    return;
  }
  if (isExact) {
    names.forEach((name, i) => assignTo(shell, name, i === 0 ? text : ''));
    return;
  }
  const splitter = new Splitter(text, quoted, ifs);
  names.forEach((name, i) => assignTo(shell, name, i === names.length - 1 ? splitter.rest() : splitter.next()));
}

/** Field by field at IFS; the last takes all that is left. */
class Splitter {
  private at = 0;
  constructor(
    private readonly text: Bytes,
    private readonly quoted: ReadonlySet<number>,
    private readonly ifs: Bytes,
  ) {
    this.skipSpace();
  }
  private isDelimiter(at: number): boolean {
    return !this.quoted.has(at) && this.ifs.includes(this.text.charAt(at)) && at < this.text.length;
  }
  private isSpace(at: number): boolean {
    return this.isDelimiter(at) && ' \t\n'.includes(this.text.charAt(at));
  }
  private skipSpace(): void {
    while (this.isSpace(this.at)) this.at++;
  }
  get isDone(): boolean {
    return this.at >= this.text.length;
  }
  next(): Bytes {
    const start = this.at;
    while (this.at < this.text.length && !this.isDelimiter(this.at)) this.at++;
    const field = this.text.slice(start, this.at);
    this.skipSpace();
    if (this.isDelimiter(this.at)) {
      this.at++;
      this.skipSpace();
    }
    return field;
  }
  rest(): Bytes {
    const start = this.at;
    let end = this.text.length;
    while (end > start && this.isSpace(end - 1)) end--;
    // One field and its delimiter: the delimiter goes too.
    let stop = start;
    while (stop < end && !this.isDelimiter(stop)) stop++;
    if (stop === end - 1 && this.isDelimiter(stop)) end--;
    this.at = this.text.length;
    return this.text.slice(start, end);
  }
  all(): Bytes[] {
    const fields: Bytes[] = [];
    while (!this.isDone) fields.push(this.next());
    return fields;
  }
}

/** Elements that one mapfile makes at most. */
const MAPFILE_LIMIT = 1 << 22;

const mapfile: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'd:u:n:O:tC:c:s:');
  if (typeof parsed === 'number') return parsed;
  const number = (letter: string, what: string, fallback: number): number | undefined => {
    const text = parsed.value(letter);
    if (text === undefined) return fallback;
    if (/^\d+$/.test(text)) return Number(text);
    shell.fail(`${text}: invalid ${what}`);
    return undefined;
  };
  const fd = number('u', 'file descriptor specification', 0);
  const count = number('n', 'line count', 0);
  const origin = number('O', 'array origin', 0);
  const skip = number('s', 'line count', 0);
  const quantum = number('c', 'callback quantum', 5000);
  if (fd === undefined || count === undefined || origin === undefined || skip === undefined || quantum === undefined) return 1;
  const name = parsed.rest[0] ?? 'MAPFILE';
  if (!isName(name)) return shell.fail(`\`${name}': not a valid identifier`);
  if (!shell.process.fds.get(fd)) return shell.fail(`${fd}: invalid file descriptor: ${strerror('EBADF')}`);
  const delimiter = parsed.value('d');
  return fill(shell, {
    fd,
    count,
    origin,
    skip,
    quantum,
    name,
    keepsOld: parsed.has('O'),
    trims: parsed.has('t'),
    callback: parsed.value('C'),
    delimiter: delimiter === undefined ? '\n' : delimiter === '' ? '\0' : delimiter.charAt(0),
  });
};

interface MapfilePlan {
  readonly fd: number;
  readonly count: number;
  readonly origin: number;
  readonly skip: number;
  readonly quantum: number;
  readonly name: Bytes;
  readonly keepsOld: boolean;
  readonly trims: boolean;
  readonly callback: Bytes | undefined;
  readonly delimiter: string;
}

function* fill(shell: Shell, plan: MapfilePlan): Sys<number> {
  const variable = shell.variables.ensure(plan.name);
  shell.checkWritable(variable);
  if (variable.value instanceof AssociativeArray) return shell.fail(`${plan.name}: not an indexed array`);
  const array = plan.keepsOld && variable.value instanceof IndexedArray ? variable.value : new IndexedArray();
  variable.value = array;
  const { process } = shell;
  const file = process.fds.get(plan.fd);
  const canSeek = file?.seek(0, 'current').ok ?? false;
  let buffer = '';
  let isAtEnd = false;
  let line = 0;
  let index = plan.origin;
  while (plan.count === 0 || index - plan.origin < plan.count) {
    const end = buffer.indexOf(plan.delimiter);
    if (end < 0 && !isAtEnd) {
      const piece = yield* process.read(plan.fd, plan.count === 0 || canSeek ? 4096 : 1);
      if (!piece.ok || piece.value === '') isAtEnd = true;
      else buffer += piece.value;
      continue;
    }
    if (end < 0 && buffer === '') break;
    const raw = end < 0 ? buffer : buffer.slice(0, end + 1);
    buffer = buffer.slice(raw.length);
    if (line++ < plan.skip) continue;
    const text = plan.trims && end >= 0 ? raw.slice(0, -1) : raw;
    if (plan.callback !== undefined && (index - plan.origin + 1) % plan.quantum === 0) {
      yield* shell.runner.evaluate(shell, `${plan.callback} ${index} ${backslashQuote(text, shell.isUtf8)}`, { line: shell.line, isFlat: true });
    }
    array.set(index++, text.replaceAll('\0', ''));
    if (array.size > MAPFILE_LIMIT) return shell.fail(`${plan.name}: too many elements`);
    if (process.spend()) yield* process.tick();
  }
  if (canSeek && buffer !== '') file?.seek(-buffer.length, 'current');
  return 0;
}

export const INPUT: readonly (readonly [string, Builtin])[] = [
  ['read', read],
  ['mapfile', mapfile],
  ['readarray', mapfile],
];
