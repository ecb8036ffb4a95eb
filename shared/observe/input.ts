/**
 * A text to be read: its lines, and a list of what could not be. Colours and shell prompts around the output are no part of it.
 *
 * Invariant: reading never throws; whatever is skipped is a problem with its line and text.
 */
import type { CommandLine } from './command-line.ts';

export interface Problem {
  /** From 1. */
  readonly line: number;
  /** What stands there; long ones are cut. */
  readonly text: string;
  readonly message: string;
}
export interface Reading<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** More are counted, not kept. */
const PROBLEMS_LIMIT = 1000;
const TEXT_LIMIT = 200;
const COLOUR = /\x1b\[[\d;]*[A-Za-z]/g;
/** `[root@node ~]# ip a`, `user@node:~$ ip a`, `$ ip a`, `/ # ip a`. */
const PROMPT = /^(?:\[[\w.-]+@[\w.-]+ [^\]]*\]|[\w.-]+@[\w.-]+:\S*|\/\S*)? ?[#$](?: .*)?$/;

export class Input {
  readonly problems: Problem[] = [];
  readonly text: string;
  private unkept = 0;

  constructor(
    text: string,
    readonly command: CommandLine,
  ) {
    this.text = text.includes('\x1b') ? text.replace(COLOUR, '') : text;
  }

  /** Without blank ones and prompts. */
  lines(): Line[] {
    const lines: Line[] = [];
    const all = this.text.split('\n');
    for (let i = 0; i < all.length; i++) {
      const raw = all[i]!;
      const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (text !== '' && /\S/.test(text) && !this.isPrompt(text)) lines.push({ number: i + 1, text });
    }
    return lines;
  }

  /** iptables-save has comments that begin as root's prompt does. */
  private isPrompt(text: string): boolean {
    const [first] = text;
    return (first === '[' || first === '$' || first === '/' || first === '#' || text.includes('@')) && PROMPT.test(text);
  }

  problem(line: Line, message: string): void {
    if (this.problems.length >= PROBLEMS_LIMIT) {
      this.unkept++;
      return;
    }
    const { number, text } = line;
    this.problems.push({ line: number, text: text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text, message });
  }

  /** All problems, by line. */
  finish(): readonly Problem[] {
    const sorted = this.problems.sort((a, b) => a.line - b.line);
    return this.unkept === 0 ? sorted : [...sorted, { line: sorted.at(-1)!.line, text: '', message: `${this.unkept} more lines could not be read` }];
  }
}

/** Words between blanks. */
export const wordsOf = (text: string): string[] => {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  return trimmed.includes('  ') || trimmed.includes('\t') ? trimmed.split(/\s+/) : trimmed.split(' ');
};

/** A whole number without sign, or undefined. */
export const wholeNumber = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined);
