/** What is wrong with a text that is no JSON, in the words and at the place of jq 1.6's parser (src/jv_parse.c), which reads character by character. */

type Top = 'array' | 'object' | 'key';

/** Undefined for a text that is right. */
export function jsonProblem(text: string): string | undefined {
  return new Scanner().scan(text);
}

class Scanner {
  private readonly stack: Top[] = [];
  /** Elements so far, of each array and object that is open. */
  private readonly counts: number[] = [];
  private next: 'none' | 'string' | 'other' = 'none';
  private literal = '';

  scan(text: string): string | undefined {
    let [line, column] = [1, 0];
    let inString = false;
    const place = (): string => `line ${line}, column ${column}`;
    for (let i = 0; i < text.length; i++) {
      const char = text.charAt(i);
      if (char === '\n') [line, column] = [line + 1, 0];
      else column++;
      if (inString) {
        if (char === '\\') {
          i++;
          column++;
        } else if (char === '"') {
          inString = false;
          const problem = this.value('string');
          if (problem !== undefined) return `${problem} at ${place()}`;
        }
        continue;
      }
      let problem: string | undefined;
      if (char === '"') {
        problem = this.endLiteral();
        inString = true;
      } else if (/[\s[\]{}:,]/.test(char)) problem = this.endLiteral() ?? (/\s/.test(char) ? undefined : this.token(char));
      else this.literal += char;
      if (problem !== undefined) return `${problem} at ${place()}`;
      if (this.stack.length === 0 && (this.literal === '' || this.next !== 'none')) this.next = 'none';
    }
    if (inString) return `Unfinished string at EOF at ${place()}`;
    const problem = this.endLiteral() ?? (this.stack.length > 0 ? 'Unfinished JSON term' : undefined);
    return problem === undefined ? undefined : `${problem} at EOF at ${place()}`;
  }

  private endLiteral(): string | undefined {
    const { literal } = this;
    if (literal === '') return undefined;
    this.literal = '';
    // three letters from n on can only be nan, and are read as a number
    if (/^[tf]/.test(literal) || (literal.startsWith('n') && (literal.length !== 3 || literal === 'nan'))) {
      if (!['true', 'false', 'null', 'nan'].includes(literal)) return 'Invalid literal';
    } else if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(literal)) return 'Invalid numeric literal';
    return this.value('other');
  }
  private value(kind: 'string' | 'other'): string | undefined {
    if (this.next !== 'none') return 'Expected separator between values';
    this.next = kind;
    return undefined;
  }
  private token(char: string): string | undefined {
    const top = this.stack.at(-1);
    const hasValue = this.next !== 'none';
    switch (char) {
      case '[':
      case '{':
        if (hasValue) return 'Expected separator between values';
        this.stack.push(char === '[' ? 'array' : 'object');
        this.counts.push(0);
        return undefined;
      case ':':
        if (!hasValue) return "Expected string key before ':'";
        if (top !== 'object') return "':' not as part of an object";
        if (this.next !== 'string') return 'Object keys must be strings';
        this.stack.push('key');
        this.next = 'none';
        return undefined;
      case ',':
        if (!hasValue || top === undefined) return "Expected value before ','";
        if (top === 'object') return 'Objects must consist of key:value pairs';
        this.add();
        return undefined;
      case ']':
        if (top !== 'array') return "Unmatched ']'";
        if (hasValue) this.add();
        else if (this.counts.at(-1) !== 0) return 'Expected another array element';
        return this.close();
      default:
        if (top === undefined) return "Unmatched '}'";
        if (hasValue) {
          if (top !== 'key') return 'Objects must consist of key:value pairs';
          this.add();
        } else if (top !== 'object') return "Unmatched '}'";
        else if (this.counts.at(-1) !== 0) return 'Expected another key-value pair';
        return this.close();
    }
  }
  private add(): void {
    if (this.stack.at(-1) === 'key') this.stack.pop();
    this.counts[this.counts.length - 1] = (this.counts.at(-1) ?? 0) + 1;
    this.next = 'none';
  }
  private close(): undefined {
    this.stack.pop();
    this.counts.pop();
    this.next = 'other';
    return undefined;
  }
}
