/**
 * A script as the interpreter runs it: commands, words and their pieces, with quoting already taken apart and line numbers in place.
 * `lower.ts` makes it from unbash's tree; nothing else knows that tree.
 */
import type { Bytes } from '../../../base/index.ts';

// --- words ---

export type Piece =
  /** Text of the script; only unquoted text is split, matched or expanded further. */
  | { readonly kind: 'literal'; readonly text: Bytes; readonly isQuoted: boolean }
  | { readonly kind: 'parameter'; readonly parameter: Parameter; readonly isQuoted: boolean }
  /** `$(…)` and backquotes. */
  | { readonly kind: 'command'; readonly script: List; readonly isQuoted: boolean; readonly text: Bytes }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly isQuoted: boolean }
  /** `<(…)` and `>(…)`. */
  | { readonly kind: 'process'; readonly direction: '<' | '>'; readonly script: List; readonly text: Bytes };

export type ParameterOperation =
  | { readonly kind: 'default'; readonly test: '-' | '=' | '+' | '?'; readonly alsoEmpty: boolean; readonly word: Word }
  | { readonly kind: 'remove'; readonly from: 'start' | 'end'; readonly isLongest: boolean; readonly pattern: Word }
  | { readonly kind: 'replace'; readonly where: 'first' | 'all' | 'start' | 'end'; readonly pattern: Word; readonly replacement: Word }
  | { readonly kind: 'slice'; readonly offset: Word; readonly length: Word | undefined }
  | { readonly kind: 'case'; readonly to: 'upper' | 'lower' | 'toggle'; readonly isAll: boolean; readonly pattern: Word | undefined }
  | { readonly kind: 'transform'; readonly letter: string }
  /** `${!prefix*}`. */
  | { readonly kind: 'names'; readonly joined: boolean }
  | { readonly kind: 'bad' };

export interface Parameter {
  /** `x`, `1`, `@`, `?` … */
  readonly name: Bytes;
  readonly prefix: '' | '!' | '#';
  readonly index: Word | undefined;
  /** For `[@]` and `[*]`, and for `$@` and `$*` themselves. */
  readonly all: '@' | '*' | undefined;
  readonly operation: ParameterOperation | undefined;
  /** As it stands in the script, for messages. */
  readonly text: Bytes;
}

export interface Word {
  /** As it stands in the script. */
  readonly text: Bytes;
  readonly pieces: readonly Piece[];
  /** Its value, where that is the same whenever it is expanded. */
  readonly literal: Bytes | undefined;
  /** It holds a command or process substitution, so expanding it may have to wait. */
  readonly waits: boolean;
  /** It may expand to several words by braces. */
  readonly hasBraces: boolean;
}

// --- commands ---

export interface Assignment {
  readonly name: Bytes;
  readonly index: Word | undefined;
  readonly isAppend: boolean;
  /** A scalar, or the elements of an array in parentheses. */
  readonly value: Word | readonly ArrayElement[];
  readonly text: Bytes;
}
export interface ArrayElement {
  /** `[index]=value`. */
  readonly index: Word | undefined;
  readonly isAppend: boolean;
  readonly value: Word;
}

export type RedirectOperator = '<' | '>' | '>>' | '<>' | '>|' | '<&' | '>&' | '&>' | '&>>' | '<<<' | '<<' | '<<-';
export interface Redirect {
  readonly operator: RedirectOperator;
  readonly fd: number | undefined;
  /** `{name}>file`. */
  readonly variable: Bytes | undefined;
  /** Of a here-document its body. */
  readonly target: Word;
  /** Of a here-document: its end as written. */
  readonly delimiter: Bytes | undefined;
  readonly isQuoted: boolean;
  readonly line: number;
}

interface Base {
  readonly line: number;
  /** Of a compound command: those behind its end. */
  readonly redirects: readonly Redirect[];
}
export interface Simple extends Base {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  /** Name and arguments; an assignment only behind a declaring builtin. */
  readonly words: readonly (Word | Assignment)[];
  /** Expanding it may have to wait for a substitution, or it redirects. */
  readonly waits: boolean;
}
export interface Pipeline extends Base {
  readonly kind: 'pipeline';
  readonly commands: readonly Command[];
  /** For each but the last: whether its errors go into the pipe too. */
  readonly withErrors: readonly boolean[];
  readonly isNegated: boolean;
  readonly time: 'no' | 'bash' | 'posix';
}
export interface AndOr extends Base {
  readonly kind: 'and-or';
  readonly commands: readonly Command[];
  readonly operators: readonly ('&&' | '||')[];
}
export interface If extends Base {
  readonly kind: 'if';
  readonly branches: readonly { readonly condition: List; readonly body: List }[];
  readonly otherwise: List | undefined;
}
export interface While extends Base {
  readonly kind: 'while';
  readonly isUntil: boolean;
  readonly condition: List;
  readonly body: List;
}
export interface For extends Base {
  readonly kind: 'for' | 'select';
  readonly name: Bytes;
  /** Undefined for the positional parameters. */
  readonly words: readonly Word[] | undefined;
  readonly body: List;
}
export interface ArithmeticFor extends Base {
  readonly kind: 'arithmetic-for';
  readonly initialize: Word | undefined;
  readonly test: Word | undefined;
  readonly update: Word | undefined;
  readonly body: List;
}
export interface Case extends Base {
  readonly kind: 'case';
  readonly word: Word;
  readonly items: readonly { readonly patterns: readonly Word[]; readonly body: List; readonly end: ';;' | ';&' | ';;&' }[];
}
export interface Group extends Base {
  readonly kind: 'group';
  readonly body: List;
}
export interface Subshell extends Base {
  readonly kind: 'subshell';
  readonly body: List;
}
export interface FunctionDefinition extends Base {
  readonly kind: 'function';
  readonly name: Bytes;
  readonly body: Command;
}
export interface Arithmetic extends Base {
  readonly kind: 'arithmetic';
  readonly expression: Word;
}
export interface Test extends Base {
  readonly kind: 'test';
  readonly expression: TestExpression;
}
export interface Coproc extends Base {
  readonly kind: 'coproc';
  readonly name: Bytes;
  readonly body: Command;
}
export type TestExpression =
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly operands: readonly TestExpression[] }
  | { readonly kind: 'not'; readonly operand: TestExpression }
  | { readonly kind: 'group'; readonly expression: TestExpression };

export type Command = Simple | Pipeline | AndOr | If | While | For | ArithmeticFor | Case | Group | Subshell | FunctionDefinition | Arithmetic | Test | Coproc;

export interface Item {
  readonly command: Command;
  readonly isBackground: boolean;
}
export type List = readonly Item[];
