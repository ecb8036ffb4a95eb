/**
 * Go's text/template, read: text and actions as a tree (pkg.go.dev/text/template). Errors are worded as Go words them, after `template: NAME:LINE: `.
 * Deliberately absent: define, template, block, break and continue.
 */
import { err, ok, type Result } from '../../base/index.ts';

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'group'; readonly pipe: Pipe; readonly path: readonly string[] };
export type Stage = readonly Operand[];
export interface Pipe {
  readonly declares: readonly string[];
  readonly isAssignment: boolean;
  readonly stages: readonly Stage[];
  /** As it was written, for errors. */
  readonly text: string;
}
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe; readonly at: number }
  | { readonly kind: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly other: readonly Node[]; readonly at: number };

/** What a template may call. */
export type Functions = ReadonlySet<string>;

interface Piece {
  readonly action: boolean;
  readonly text: string;
  readonly line: number;
  readonly at: number;
}

export function parseTemplate(source: string, functions: Functions): Result<readonly Node[], string> {
  const pieces = split(source);
  if (!pieces.ok) return pieces;
  try {
    const reader = new Tree(pieces.value, functions);
    const nodes = reader.nodes(undefined);
    return ok(nodes);
  } catch (problem) {
    if (problem instanceof TemplateProblem) return err(`${problem.line}: ${problem.message}`);
    throw problem;
  }
}

class TemplateProblem extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Text and actions; `{{-` and `-}}` take the white space beside them. */
function split(source: string): Result<readonly Piece[], string> {
  const pieces: Piece[] = [];
  let at = 0;
  let trim = false;
  const lineOf = (offset: number): number => source.slice(0, offset).split('\n').length;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trim) text = text.trimStart();
    const trimsLeft = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    if (trimsLeft) text = text.trimEnd();
    if (text !== '') pieces.push({ action: false, text, line: lineOf(at), at });
    if (open < 0) break;
    const close = closing(source, open + 2);
    if (close < 0) return err(`${lineOf(source.length)}: unclosed action`);
    let inner = source.slice(open + (trimsLeft ? 3 : 2), close);
    trim = /\s-$/.test(inner);
    if (trim) inner = inner.slice(0, -1);
    at = close + 2;
    if (!/^\s*\/\*/.test(inner)) pieces.push({ action: true, text: inner.trim(), line: lineOf(open), at: open + 2 });
  }
  return ok(pieces);
}
/** Where the action ends, quotes minded. */
function closing(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    const char = source[i]!;
    if (char === '"' || char === '`' || char === "'") {
      for (i++; i < source.length && source[i] !== char; i++) if (source[i] === '\\' && char !== '`') i++;
    } else if (char === '}' && source[i + 1] === '}') return i;
  }
  return -1;
}

const TOKEN =
  /\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*'|:=|=|\||,|\(|\)|[-+]?(?:0x[\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|\$[A-Za-z0-9_]*|\.[A-Za-z0-9_]+|\.|[A-Za-z_][A-Za-z0-9_]*/y;

class Tree {
  private position = 0;
  private readonly variables: string[] = ['$'];
  constructor(
    private readonly pieces: readonly Piece[],
    private readonly functions: Functions,
  ) {}

  /** Until `end` or `else` of the block that is open. */
  nodes(open: string | undefined): readonly Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.pieces[this.position];
      if (!piece) {
        if (open !== undefined) throw new TemplateProblem(this.pieces.at(-1)?.line ?? 1, 'unexpected EOF');
        return nodes;
      }
      if (!piece.action) {
        nodes.push({ kind: 'text', text: piece.text });
        this.position++;
        continue;
      }
      const [word = ''] = /^[a-z]+\b/.exec(piece.text) ?? [];
      if (word === 'end' || word === 'else') {
        if (open === undefined) throw new TemplateProblem(piece.line, `unexpected {{${word}}}`);
        return nodes;
      }
      this.position++;
      if (word === 'if' || word === 'with' || word === 'range') nodes.push(this.block(word, piece, piece.text.slice(word.length)));
      else if (['define', 'template', 'block', 'break', 'continue'].includes(word)) throw new TemplateProblem(piece.line, `{{${word}}} is not modelled`);
      else {
        const pipe = this.pipe(piece, piece.text);
        if (pipe.stages.length === 0) throw new TemplateProblem(piece.line, 'missing value for command');
        nodes.push({ kind: 'print', pipe, at: piece.at });
      }
    }
  }
  private block(kind: 'if' | 'with' | 'range', piece: Piece, text: string): Node {
    const known = this.variables.length;
    const pipe = this.pipe(piece, text, kind === 'range');
    if (pipe.stages.length === 0) throw new TemplateProblem(piece.line, `missing value for ${kind}`);
    const body = this.nodes(kind);
    const next = this.pieces[this.position++]!;
    let other: readonly Node[] = [];
    if (next.text.startsWith('else')) {
      const rest = next.text.slice(4).trim();
      const [word] = /^(if|with)\b/.exec(rest) ?? [];
      if (word !== undefined) other = [this.block(word as 'if' | 'with', next, rest.slice(word.length))];
      else {
        other = this.nodes(kind);
        this.position++;
      }
    }
    this.variables.length = known;
    return { kind, pipe, body, other, at: piece.at };
  }

  private pipe(piece: Piece, text: string, isRange = false): Pipe {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) {
        const bad = text[from]!;
        throw new TemplateProblem(
          piece.line,
          bad === '"'
            ? 'unterminated quoted string'
            : `unexpected bad character U+${bad.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad}' in command`,
        );
      }
      tokens.push(match[0]);
    }
    return this.pipeOf(piece, tokens, text.trim(), isRange);
  }
  private pipeOf(piece: Piece, tokens: readonly string[], text: string, isRange: boolean): Pipe {
    const solid = tokens.filter((one) => one.trim() !== '');
    let declares: string[] = [];
    let isAssignment = false;
    let rest = tokens;
    const at = solid.findIndex((one) => one === ':=' || one === '=');
    if (at > 0 && solid.slice(0, at).every((one, index) => (index % 2 === 0 ? one.startsWith('$') : one === ',')) && (at === 1 || isRange)) {
      declares = solid.slice(0, at).filter((one) => one !== ',');
      isAssignment = solid[at] === '=';
      rest = tokens.slice(tokens.indexOf(solid[at]!) + 1);
    }
    const stages = this.stages(piece, rest);
    if (!isAssignment) this.variables.push(...declares);
    return { declares, isAssignment, stages, text };
  }
  private stages(piece: Piece, tokens: readonly string[]): readonly Stage[] {
    const stages: Operand[][] = [[]];
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (token.trim() === '') continue;
      const stage = stages.at(-1)!;
      if (token === '|') stages.push([]);
      else if (token === '(') {
        let depth = 1;
        let end = i + 1;
        for (; end < tokens.length && depth > 0; end++) depth += tokens[end] === '(' ? 1 : tokens[end] === ')' ? -1 : 0;
        if (depth > 0) throw new TemplateProblem(piece.line, 'unclosed left paren');
        const inner = tokens.slice(i + 1, end - 1);
        const path: string[] = [];
        while (/^\.\w/.test(tokens[end] ?? '')) path.push(tokens[end++]!.slice(1));
        stage.push({ kind: 'group', pipe: this.pipeOf(piece, inner, inner.join(''), false), path });
        i = end - 1;
      } else if (token === ')') throw new TemplateProblem(piece.line, 'unexpected right paren');
      else {
        const path: string[] = [];
        if (token.startsWith('.') || token.startsWith('$')) while (/^\.\w/.test(tokens[i + 1] ?? '')) path.push(tokens[++i]!.slice(1));
        stage.push(this.operand(piece, token, path));
      }
    }
    if (stages.length > 1 && stages.some((stage) => stage.length === 0)) throw new TemplateProblem(piece.line, 'missing value for command');
    return stages.filter((stage) => stage.length > 0);
  }
  private operand(piece: Piece, token: string, path: readonly string[]): Operand {
    if (token.startsWith('.')) return { kind: 'field', path: token === '.' ? path : [token.slice(1), ...path] };
    if (token.startsWith('$')) {
      if (!this.variables.includes(token)) throw new TemplateProblem(piece.line, `undefined variable "${token}"`);
      return { kind: 'variable', name: token, path };
    }
    if (token.startsWith('"')) return { kind: 'literal', value: unquote(token) };
    if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) };
    if (token.startsWith("'")) return { kind: 'literal', value: unquote(`"${token.slice(1, -1)}"`).codePointAt(0) ?? 0 };
    if (/^[-+\d]/.test(token)) return { kind: 'literal', value: Number(token) };
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
    if (token === 'nil') return { kind: 'literal', value: null };
    if (!this.functions.has(token)) throw new TemplateProblem(piece.line, `function "${token}" not defined`);
    return { kind: 'call', name: token };
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'", a: '\x07', b: '\b', f: '\f', v: '\v' };
function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replaceAll(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/g, (_, code: string) =>
      /^[ux]./.test(code) ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
    );
}
