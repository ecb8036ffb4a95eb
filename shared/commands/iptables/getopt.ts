/**
 * getopt_long(3) as glibc has it, in the mode where other arguments come in order, with options that can be added while it runs: iptables
 * loads extensions in the middle of a command line. Authority: glibc's getopt.c; abbreviations of long options included.
 */
export type HasArgument = 'no' | 'required' | 'optional';

export interface LongOption<V> {
  readonly name: string;
  readonly argument: HasArgument;
  readonly value: V;
}

export type Found<V> =
  /** A short option's letter or a long option's value. */
  | { readonly kind: 'option'; readonly value: V; readonly argument: string | undefined }
  /** An argument that is not an option. */
  | { readonly kind: 'argument'; readonly text: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'missing' };

export class Getopt<V> {
  /** The next argument to look at. */
  index: number;
  /** Where in a cluster of short options it is; '' when at the beginning of an argument. */
  private cluster = '';

  constructor(
    readonly argv: string[],
    private readonly short: ReadonlyMap<string, HasArgument>,
    private readonly shortValue: (letter: string) => V,
    private readonly longOptions: () => readonly LongOption<V>[],
    first = 1,
  ) {
    this.index = first;
  }

  /** Undefined at the end, or at `--`. */
  next(): Found<V> | undefined {
    if (this.cluster === '') {
      const word = this.argv[this.index];
      if (word === undefined) return undefined;
      if (word === '--') {
        this.index++;
        return undefined;
      }
      if (!word.startsWith('-') || word === '-') {
        this.index++;
        return { kind: 'argument', text: word };
      }
      if (word.startsWith('--')) return this.long(word.slice(2));
      this.cluster = word.slice(1);
    }
    return this.letter();
  }
  /** The argument before the next one: what messages quote. */
  get last(): string {
    return this.argv[this.index - 1] ?? '';
  }
  /** Whether an argument follows that is neither an option nor `!`. */
  get hasOperand(): boolean {
    const word = this.argv[this.index];
    return word !== undefined && !word.startsWith('-') && !word.startsWith('!');
  }
  takeOperand(): string {
    return this.argv[this.index++] ?? '';
  }

  private letter(): Found<V> {
    const letter = this.cluster[0] ?? '';
    this.cluster = this.cluster.slice(1);
    const argument = this.short.get(letter);
    if (this.cluster === '') this.index++;
    if (argument === undefined) return { kind: 'unknown' };
    const value = this.shortValue(letter);
    if (argument === 'no') return { kind: 'option', value, argument: undefined };
    if (this.cluster !== '') {
      const rest = this.cluster;
      this.cluster = '';
      this.index++;
      return { kind: 'option', value, argument: rest };
    }
    if (argument === 'optional') return { kind: 'option', value, argument: undefined };
    if (this.index >= this.argv.length) return { kind: 'missing' };
    return { kind: 'option', value, argument: this.argv[this.index++]! };
  }

  private long(text: string): Found<V> {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const given = equals < 0 ? undefined : text.slice(equals + 1);
    this.index++;
    const option = this.lookup(name);
    if (!option) return { kind: 'unknown' };
    if (given !== undefined) return option.argument === 'no' ? { kind: 'unknown' } : { kind: 'option', value: option.value, argument: given };
    if (option.argument !== 'required') return { kind: 'option', value: option.value, argument: undefined };
    if (this.index >= this.argv.length) return { kind: 'missing' };
    return { kind: 'option', value: option.value, argument: this.argv[this.index++]! };
  }
  /** Exact, or the only one that begins so (several that mean the same count as one). */
  private lookup(name: string): LongOption<V> | undefined {
    let found: LongOption<V> | undefined;
    let ambiguous = false;
    for (const option of this.longOptions()) {
      if (!option.name.startsWith(name)) continue;
      if (option.name === name) return option;
      if (!found) found = option;
      else if (found.argument !== option.argument || found.value !== option.value) ambiguous = true;
    }
    return ambiguous ? undefined : found;
  }
}
