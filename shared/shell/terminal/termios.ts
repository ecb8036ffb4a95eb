/** The settings of a terminal (termios(3)), as a pseudo-terminal starts with them on Linux, and what ioctl_tty(2) asks of one. */
import type { ProcessGroup } from '../process/session.ts';

export interface Termios {
  /** Input: carriage return becomes newline; newline becomes carriage return; carriage return is dropped. */
  icrnl: boolean;
  inlcr: boolean;
  igncr: boolean;
  /** ^S and ^Q stop and start output. */
  ixon: boolean;
  /** Input is UTF-8: erase takes a whole character. */
  iutf8: boolean;
  /** Output is processed; newline becomes carriage return and newline. */
  opost: boolean;
  onlcr: boolean;
  /** ^C, ^\ and ^Z send signals. */
  isig: boolean;
  /** Input is edited and given line by line. */
  icanon: boolean;
  echo: boolean;
  /** Erase wipes the character; kill wipes the line; control characters show as ^X; newline shows though echo is off. */
  echoe: boolean;
  echok: boolean;
  echoctl: boolean;
  echonl: boolean;
  /** ^V, ^W and ^R work. */
  iexten: boolean;
  /** Signals do not flush. */
  noflsh: boolean;
  /** Background processes that write are stopped. */
  tostop: boolean;
  /** Control characters; '' is disabled. */
  readonly cc: {
    intr: string;
    quit: string;
    erase: string;
    kill: string;
    eof: string;
    start: string;
    stop: string;
    susp: string;
    werase: string;
    lnext: string;
    rprnt: string;
  };
  /** Fewest bytes that a read without icanon waits for: 0 or 1 and more. */
  min: number;
}

export const saneTermios = (): Termios => ({
  icrnl: true,
  inlcr: false,
  igncr: false,
  ixon: true,
  iutf8: true,
  opost: true,
  onlcr: true,
  isig: true,
  icanon: true,
  echo: true,
  echoe: true,
  echok: true,
  echoctl: true,
  echonl: false,
  iexten: true,
  noflsh: false,
  tostop: false,
  cc: {
    intr: '\x03',
    quit: '\x1c',
    erase: '\x7f',
    kill: '\x15',
    eof: '\x04',
    start: '\x11',
    stop: '\x13',
    susp: '\x1a',
    werase: '\x17',
    lnext: '\x16',
    rprnt: '\x12',
  },
  min: 1,
});

export const copyTermios = (from: Termios): Termios => ({ ...from, cc: { ...from.cc } });

/** cfmakeraw(3). */
export const rawTermios = (from: Termios): Termios => ({
  ...from,
  icrnl: false,
  inlcr: false,
  igncr: false,
  ixon: false,
  opost: false,
  isig: false,
  icanon: false,
  echo: false,
  iexten: false,
  min: 1,
});

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

export type TerminalRequest =
  /** Termios; ENOTTY from everything that is no terminal: isatty(3). */
  | { readonly kind: 'tty.get-attributes' }
  | { readonly kind: 'tty.set-attributes'; readonly termios: Termios; readonly flush?: boolean }
  /** WindowSize. */
  | { readonly kind: 'tty.get-size' }
  | { readonly kind: 'tty.set-size'; readonly size: WindowSize }
  /** ProcessGroup or undefined. */
  | { readonly kind: 'tty.get-foreground' }
  | { readonly kind: 'tty.set-foreground'; readonly group: ProcessGroup }
  /** TIOCSCTTY: becomes the terminal of the caller's session. */
  | { readonly kind: 'tty.adopt' }
  /** Path of the device: ttyname(3). */
  | { readonly kind: 'tty.name' };
