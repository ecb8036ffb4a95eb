/**
 * The fields that one word becomes: text is added piece by piece, unquoted results of expansions are split at IFS (bash(1), Word Splitting), and
 * beside each field's text its pattern is kept, in which quoted characters are escaped, for as long as it may match file names.
 */
import type { Bytes } from '../../../base/index.ts';
import { escapePattern } from './pattern.ts';

/** Where the pieces of a word go as they are expanded. */
export interface Sink {
  /** One text in the end: what would be several fields is joined. */
  readonly isFlat: boolean;
  quoted(text: Bytes): void;
  /** The result of an expansion in quotes. */
  quotedExpansion(text: Bytes): void;
  literal(text: Bytes): void;
  expanded(text: Bytes): void;
  separate(): void;
  separateExpanded(): void;
  /** `"$@"` without parameters: it, and what else is empty beside it, makes no field. */
  nothing(): void;
}

export interface Field {
  readonly text: Bytes;
  /** Set when something unquoted in it could be a pattern. */
  readonly pattern: Bytes | undefined;
}

const MAGIC = /[*?[]|[@+!]\(/;
export const DEFAULT_IFS = ' \t\n';

export class Fields implements Sink {
  readonly isFlat = false;
  readonly done: Field[] = [];
  private text = '';
  private pattern: Bytes | undefined = undefined;
  /** There is a field, even if it is empty so far. */
  private isOpen = false;
  /** White space ended the last field: what comes begins another. */
  private isSplit = false;
  /** The field is there only because of empty quoted expansions. */
  private isWeak = false;
  private sawNothing = false;

  constructor(
    private readonly ifs: Bytes | undefined,
    private readonly splits: boolean,
  ) {}

  /** Quoted text, also if it is empty. */
  quoted(text: Bytes): void {
    this.begin();
    this.text += text;
    this.isWeak = false;
    if (this.pattern !== undefined) this.pattern += escapePattern(text);
  }
  quotedExpansion(text: Bytes): void {
    const wasOpen = this.isOpen && !this.isSplit && !this.isWeak;
    this.quoted(text);
    this.isWeak = text === '' && !wasOpen;
  }
  nothing(): void {
    this.sawNothing = true;
  }
  /** Unquoted text of the script: no splitting. */
  literal(text: Bytes): void {
    if (text === '') return;
    this.begin();
    this.append(text);
  }
  /** An unquoted expansion's result. */
  expanded(text: Bytes): void {
    if (text === '') return;
    if (!this.splits) {
      this.begin();
      this.append(text);
      return;
    }
    const ifs = this.ifs ?? DEFAULT_IFS;
    if (ifs === '') {
      this.begin();
      this.append(text);
      return;
    }
    if (ifs === DEFAULT_IFS) this.splitDefault(text);
    else this.split(text, ifs);
  }
  /** Ends the field that is there and begins another, as between the elements of `"$@"`. */
  separate(): void {
    this.isOpen = true;
    this.isWeak = false;
    this.finish();
    this.begin();
  }
  /** As `separate` between unquoted elements: an empty one makes no field. */
  separateExpanded(): void {
    this.finish();
  }
  finish(): void {
    if (this.isOpen && !(this.isWeak && this.sawNothing && this.text === '')) this.done.push({ text: this.text, pattern: this.pattern });
    this.isWeak = false;
    this.text = '';
    this.pattern = undefined;
    this.isOpen = false;
    this.isSplit = false;
  }
  private begin(): void {
    if (this.isSplit) this.finish();
    this.isOpen = true;
  }
  private append(text: Bytes): void {
    if (this.pattern !== undefined) this.pattern += text;
    else if (MAGIC.test(text)) this.pattern = escapePattern(this.text) + text;
    else if (text.includes('\\')) this.pattern = escapePattern(this.text) + text;
    this.text += text;
  }
  private splitDefault(text: Bytes): void {
    let start = 0;
    for (let at = 0; at <= text.length; at++) {
      const code = at < text.length ? text.charCodeAt(at) : 32;
      if (code !== 32 && code !== 9 && code !== 10) continue;
      if (at > start) {
        this.begin();
        this.append(start === 0 && at === text.length ? text : text.slice(start, at));
      }
      if (at < text.length && this.isOpen) this.isSplit = true;
      start = at + 1;
    }
  }
  /** White space of IFS only separates; every other character of IFS ends a field, also an empty one. */
  private split(text: Bytes, ifs: Bytes): void {
    const isSpace = (char: string): boolean => (char === ' ' || char === '\t' || char === '\n') && ifs.includes(char);
    let at = 0;
    while (at < text.length) {
      const char = text.charAt(at);
      if (!ifs.includes(char)) {
        let end = at + 1;
        while (end < text.length && !ifs.includes(text.charAt(end))) end++;
        this.begin();
        this.append(text.slice(at, end));
        at = end;
        continue;
      }
      let next = at;
      while (next < text.length && isSpace(text.charAt(next))) next++;
      if (next < text.length && ifs.includes(text.charAt(next))) {
        // A delimiter that is no white space: ends the field before it, which may be empty.
        if (!this.isOpen) this.isOpen = true;
        this.finish();
        next++;
        while (next < text.length && isSpace(text.charAt(next))) next++;
      } else if (this.isOpen) this.isSplit = true;
      at = next;
    }
  }
}
