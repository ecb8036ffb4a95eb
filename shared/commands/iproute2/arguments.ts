/**
 * The words of a command line, taken one after the other as iproute2 does: keywords in any order, most of them abbreviable.
 * Authority: include/utils.h (NEXT_ARG), lib/utils.c (matches).
 */
import { incompleteCommand } from './exit.ts';

/** Whether `word` is `keyword` or begins it. The empty word begins nothing. */
export const abbreviates = (word: string, keyword: string): boolean => word !== '' && keyword.startsWith(word);
export const abbreviatesAny = (word: string, keywords: readonly string[]): boolean => keywords.some((keyword) => abbreviates(word, keyword));

export class Arguments {
  constructor(
    readonly words: readonly string[],
    public at = 0,
  ) {}
  get isAtEnd(): boolean {
    return this.at >= this.words.length;
  }
  get remaining(): number {
    return this.words.length - this.at;
  }
  /** The word looked at; '' at the end. */
  get word(): string {
    return this.words[this.at] ?? '';
  }
  /** NEXT_ARG: goes to the next word, which must be there. */
  next(): string {
    this.at++;
    if (this.isAtEnd) incompleteCommand();
    return this.word;
  }
  /** Goes to the next word; false when there is none. */
  advance(): boolean {
    this.at++;
    return this.at < this.words.length;
  }
  get hasNext(): boolean {
    return this.at + 1 < this.words.length;
  }
  is(keyword: string): boolean {
    return this.word === keyword;
  }
  /** `matches(*argv, keyword) == 0`. */
  begins(...keywords: readonly string[]): boolean {
    return abbreviatesAny(this.word, keywords);
  }
  /** What follows, from the present word on. */
  rest(): readonly string[] {
    return this.words.slice(this.at);
  }
}
