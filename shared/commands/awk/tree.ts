/** awk programs as trees. */
import type { Bytes } from '../../base/index.ts';

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: Bytes }
  | { readonly kind: 'regex'; readonly source: Bytes }
  | { readonly kind: 'name'; readonly name: Bytes }
  | { readonly kind: 'index'; readonly name: Bytes; readonly keys: readonly Expr[] }
  | { readonly kind: 'field'; readonly of: Expr }
  | { readonly kind: 'group'; readonly items: readonly Expr[] }
  | { readonly kind: 'unary'; readonly op: '!' | '-' | '+'; readonly of: Expr }
  | { readonly kind: 'step'; readonly op: '++' | '--'; readonly isPrefix: boolean; readonly of: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'in'; readonly keys: readonly Expr[]; readonly name: Bytes }
  | { readonly kind: 'match'; readonly isNegated: boolean; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'choose'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'assign'; readonly op: string; readonly to: Expr; readonly value: Expr }
  | { readonly kind: 'call'; readonly name: Bytes; readonly args: readonly Expr[]; readonly isBuiltin: boolean }
  | { readonly kind: 'getline'; readonly into: Expr | undefined; readonly from: Expr | undefined; readonly how: 'input' | 'file' | 'command' };

export type Statement =
  | { readonly kind: 'expression'; readonly expr: Expr }
  | { readonly kind: 'print' | 'printf'; readonly args: readonly Expr[]; readonly to: { readonly how: '>' | '>>' | '|'; readonly target: Expr } | undefined }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'if'; readonly test: Expr; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Statement }
  | { readonly kind: 'do'; readonly test: Expr; readonly body: Statement }
  | {
      readonly kind: 'for';
      readonly first: Statement | undefined;
      readonly test: Expr | undefined;
      readonly next: Statement | undefined;
      readonly body: Statement;
    }
  | { readonly kind: 'forin'; readonly variable: Expr; readonly array: Bytes; readonly body: Statement }
  | { readonly kind: 'break' | 'continue' | 'next' | 'nextfile' }
  | { readonly kind: 'exit' | 'return'; readonly value: Expr | undefined }
  | { readonly kind: 'delete'; readonly name: Bytes; readonly keys: readonly Expr[] | undefined };

export type Pattern =
  | { readonly kind: 'begin' | 'end' | 'always' }
  | { readonly kind: 'test'; readonly test: Expr }
  | { readonly kind: 'range'; readonly from: Expr; readonly to: Expr };
export interface Rule {
  readonly pattern: Pattern;
  /** undefined: print the record. */
  readonly body: Statement | undefined;
  active: boolean;
}
export interface Fn {
  readonly params: readonly Bytes[];
  readonly body: Statement;
}
export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<Bytes, Fn>;
}
