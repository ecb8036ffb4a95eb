/** Sinks that make one text: a value, a pattern, a regular expression. Nothing is split; they differ in what quoting leaves behind. */
import type { Bytes } from '../../../base/index.ts';
import type { Sink } from './fields.ts';
import { escapePattern } from './pattern.ts';

abstract class FlatSink implements Sink {
  readonly isFlat = true;
  text = '';
  abstract quoted(text: Bytes): void;
  quotedExpansion(text: Bytes): void {
    this.quoted(text);
  }
  literal(text: Bytes): void {
    this.text += text;
  }
  expanded(text: Bytes): void {
    this.text += text;
  }
  separate(): void {
    this.text += ' ';
  }
  separateExpanded(): void {
    this.text += ' ';
  }
  nothing(): void {}
}

/** The value of an assignment, a redirection, a here-document. */
export class TextSink extends FlatSink {
  quoted(text: Bytes): void {
    this.text += text;
  }
}

/** A pattern: what was quoted matches itself. */
export class PatternSink extends FlatSink {
  quoted(text: Bytes): void {
    this.text += escapePattern(text);
  }
}

export class ShownPatternSink extends PatternSink {
  override quoted(text: Bytes): void {
    this.text += text.replace(/[^]/g, '\\$&');
  }
}

const REGEX_SPECIAL = /[.[\]\\()*+?{}^$|]/g;

/** An extended regular expression: what was quoted matches itself. */
export class RegexSink extends FlatSink {
  quoted(text: Bytes): void {
    this.text += text.replace(REGEX_SPECIAL, '\\$&');
  }
}

/** The replacement of `${x/pattern/replacement}`: each unquoted `&` is a gap for what matched. */
export class ReplacementSink extends FlatSink {
  private readonly done: Bytes[] = [];

  constructor(private readonly hasGaps: boolean) {
    super();
  }
  quoted(text: Bytes): void {
    this.text += text;
  }
  override literal(text: Bytes): void {
    this.expanded(text);
  }
  override expanded(text: Bytes): void {
    if (!this.hasGaps || !/[&\\]/.test(text)) {
      this.text += text;
      return;
    }
    for (let i = 0; i < text.length; i++) {
      const char = text.charAt(i);
      if (char === '\\' && (text.charAt(i + 1) === '&' || text.charAt(i + 1) === '\\')) this.text += text.charAt(++i);
      else if (char === '&') {
        this.done.push(this.text);
        this.text = '';
      } else this.text += char;
    }
  }
  /** The texts between the gaps. */
  get parts(): readonly Bytes[] {
    return [...this.done, this.text];
  }
}
