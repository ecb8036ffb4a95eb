/**
 * What lies between the keys and the program that reads a terminal (n_tty): editing of the line, echo, signals from keys.
 * Knows no processes: it reports signals and echo to its owner.
 * Deviation: an erased tab or wide character moves the cursor back by one column, as the kernel does for wide ones only.
 */
import type { Bytes } from '../../base/index.ts';
import type { SignalName } from '../process/signals.ts';
import { saneTermios, type Termios } from './termios.ts';

/** N_TTY_BUF_SIZE: the longest line that can be edited. */
const LINE_BYTES = 4095;
/** What may wait to be read; more is dropped. */
const QUEUE_BYTES = 1 << 20;

export interface LineOwner {
  echo(text: Bytes): void;
  signal(signal: SignalName): void;
  /** Something can be read now. */
  readable(): void;
  stopOutput(stopped: boolean): void;
}

const isContinuation = (char: string): boolean => (char.charCodeAt(0) & 0xc0) === 0x80;
const isControl = (char: string): boolean => char < ' ' || char === '\x7f';

export class LineDiscipline {
  termios: Termios = saneTermios();
  /** Whole lines and, after ^D, parts of lines or ''. */
  private lines: Bytes[] = [];
  /** The line being edited; without icanon everything that waits. */
  private current = '';
  private isLiteralNext = false;

  constructor(private readonly owner: LineOwner) {}

  setTermios(termios: Termios, flush: boolean): void {
    if (flush) {
      this.lines = [];
      this.current = '';
    }
    if (this.termios.icanon && !termios.icanon) {
      this.current = this.lines.join('') + this.current;
      this.lines = [];
    } else if (!this.termios.icanon && termios.icanon && this.current !== '') {
      this.lines.push(this.current);
      this.current = '';
    }
    this.termios = termios;
    if (this.hasInput) this.owner.readable();
  }
  get hasInput(): boolean {
    return this.termios.icanon ? this.lines.length > 0 : this.current !== '' || this.termios.min === 0;
  }
  /** Undefined when nothing can be read yet; '' is an end of file. */
  read(max: number): Bytes | undefined {
    if (!this.hasInput) return undefined;
    if (!this.termios.icanon) {
      const data = this.current.slice(0, max);
      this.current = this.current.slice(max);
      return data;
    }
    const line = this.lines[0] ?? '';
    if (line.length <= max) this.lines.shift();
    else this.lines[0] = line.slice(max);
    return line.slice(0, max);
  }

  /** Keys have been pressed. */
  input(bytes: Bytes): void {
    const { icanon, isig, ixon, echo } = this.termios;
    if (!icanon && !isig && !ixon && !echo) this.raw(bytes);
    else for (const char of bytes) this.key(char);
  }
  private raw(bytes: Bytes): void {
    const { icrnl, inlcr, igncr } = this.termios;
    let data = bytes;
    if (igncr) data = data.replaceAll('\r', '');
    else if (icrnl) data = data.replaceAll('\r', '\n');
    else if (inlcr) data = data.replaceAll('\n', '\r');
    if (this.current.length + data.length > QUEUE_BYTES) return;
    this.current += data;
    this.owner.readable();
  }
  private key(key: string): void {
    const { termios } = this;
    const { cc } = termios;
    let char = key;
    if (this.isLiteralNext) {
      this.isLiteralNext = false;
      this.append(char);
      return;
    }
    if (char === '\r') {
      if (termios.igncr) return;
      if (termios.icrnl) char = '\n';
    } else if (char === '\n' && termios.inlcr) char = '\r';
    if (termios.isig && this.signalKey(char)) return;
    if (termios.ixon && (char === cc.stop || char === cc.start)) {
      this.owner.stopOutput(char === cc.stop);
      return;
    }
    if (!termios.icanon) {
      this.echoed(char);
      if (this.current.length < QUEUE_BYTES) this.current += char;
      this.owner.readable();
      return;
    }
    this.edit(char);
  }
  private signalKey(char: string): boolean {
    const { cc, echo, noflsh } = this.termios;
    const signal: SignalName | undefined =
      char === '' ? undefined : char === cc.intr ? 'INT' : char === cc.quit ? 'QUIT' : char === cc.susp ? 'TSTP' : undefined;
    if (!signal) return false;
    if (!noflsh) {
      this.lines = [];
      this.current = '';
    }
    if (echo) this.echoed(char);
    this.owner.signal(signal);
    return true;
  }
  private edit(char: string): void {
    const { cc, echo, echoe, echok, echonl, iexten } = this.termios;
    if (char === cc.erase || (char === '\b' && cc.erase === '\x7f')) this.erase();
    else if (char === cc.kill) {
      if (echoe) while (this.current !== '') this.erase();
      else if (echo && echok) this.owner.echo('^U\r\n');
      this.current = '';
    } else if (iexten && char === cc.werase) {
      while (/\s$/.test(this.current)) this.erase();
      while (/[^\s]$/.test(this.current)) this.erase();
    } else if (iexten && char === cc.lnext) {
      this.isLiteralNext = true;
      if (echo) this.owner.echo('^\b');
    } else if (iexten && char === cc.rprnt) {
      if (echo) this.owner.echo(`^R\r\n${this.shown(this.current)}`);
    } else if (char === cc.eof) this.complete('');
    else if (char === '\n') {
      if (echo || echonl) this.owner.echo('\r\n');
      this.complete('\n');
    } else this.append(char);
  }
  private append(char: string): void {
    if (this.termios.icanon && this.current.length >= LINE_BYTES) {
      this.owner.echo('\x07');
      return;
    }
    this.current += char;
    this.echoed(char);
    if (!this.termios.icanon) this.owner.readable();
  }
  private complete(end: string): void {
    this.lines.push(this.current + end);
    this.current = '';
    this.owner.readable();
  }
  private erase(): void {
    let at = this.current.length - 1;
    if (at < 0) return;
    if (this.termios.iutf8) while (at > 0 && isContinuation(this.current.charAt(at))) at--;
    const char = this.current.slice(at);
    this.current = this.current.slice(0, at);
    if (!this.termios.echo) return;
    const columns = isControl(char) && this.termios.echoctl && char !== '\t' ? 2 : 1;
    this.owner.echo(this.termios.echoe ? '\b \b'.repeat(columns) : this.termios.cc.erase);
  }
  private echoed(char: string): void {
    if (!this.termios.echo) return;
    this.owner.echo(char === '\n' && this.termios.opost && this.termios.onlcr ? '\r\n' : this.shown(char));
  }
  private shown(text: string): string {
    if (!this.termios.echoctl) return text;
    return text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, (char) => (char === '\x7f' ? '^?' : `^${String.fromCharCode(char.charCodeAt(0) + 64)}`));
  }
}
