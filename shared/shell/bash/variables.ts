/**
 * Variables of one shell: global ones, and those that functions made local, which hide them while the function runs (dynamic scope).
 * Values are byte strings; arrays and attributes as declare(1) gives them. Special variables compute their value when they are read.
 */
import type { Bytes } from '../../base/index.ts';
import { IndexedArray, type AssociativeArray } from './arrays.ts';

export type Value = Bytes | IndexedArray | AssociativeArray | undefined;

export interface Attributes {
  exported?: boolean;
  readonly?: boolean;
  integer?: boolean;
  lower?: boolean;
  upper?: boolean;
  /** It names another variable. */
  reference?: boolean;
  trace?: boolean;
}

export class Variable implements Attributes {
  exported = false;
  readonly = false;
  integer = false;
  lower = false;
  upper = false;
  reference = false;
  trace = false;
  /** Computes the value of a special variable when it is read. */
  compute: (() => Value) | undefined = undefined;
  /** What assigning to a special variable does instead. */
  assigned: ((value: Bytes) => void) | undefined = undefined;

  constructor(
    readonly name: Bytes,
    public value: Value,
  ) {}

  copy(): Variable {
    const twin = new Variable(this.name, typeof this.value === 'object' ? this.value.copy() : this.value);
    twin.exported = this.exported;
    twin.readonly = this.readonly;
    twin.integer = this.integer;
    twin.lower = this.lower;
    twin.upper = this.upper;
    twin.reference = this.reference;
    twin.trace = this.trace;
    return twin;
  }
  get current(): Value {
    return this.compute ? this.compute() : this.value;
  }
  /** As a scalar: of an array element 0. */
  get scalar(): Bytes | undefined {
    const value = this.current;
    if (typeof value !== 'object') return value;
    return value instanceof IndexedArray ? value.get(0) : value.get('0');
  }
  get isSet(): boolean {
    const value = this.current;
    return typeof value === 'object' ? value.size > 0 : value !== undefined;
  }
}

export type Scope = Map<Bytes, Variable>;

const UNLISTED = new Set(
  'BASHPID BASH_ARGV0 BASH_COMMAND BASH_SUBSHELL EPOCHREALTIME EPOCHSECONDS FUNCNAME HISTCMD LINENO PIPESTATUS RANDOM SECONDS SRANDOM'.split(' '),
);

/** Chains of references longer than this are circular. */
const MAX_REFERENCES = 8;

export class Variables {
  /** The innermost is the last; the first is global. */
  private readonly scopes: Scope[] = [new Map<Bytes, Variable>()];
  /** Those of the assignments before a command: what it declares goes into the scope below. */
  private readonly temporary = new Set<Scope>();
  /** Names whose assignment the shell watches: PATH, IFS, LANG … */
  private readonly watchers = new Map<Bytes, () => void>();

  /** Called whenever the variable of that name may have another value. */
  watch(name: Bytes, callback: () => void): void {
    this.watchers.set(name, callback);
  }
  changed(name: Bytes): void {
    this.watchers.get(name)?.();
  }

  /** The visible variable of that name itself, references not followed. */
  find(name: Bytes): Variable | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const variable = this.scopes[i]?.get(name);
      if (variable) return variable;
    }
    return undefined;
  }
  /** As `find`, with references followed; `target` is the name that is meant, which may be an array element. */
  resolve(name: Bytes): { readonly variable: Variable | undefined; readonly target: Bytes } {
    let target = name;
    for (let hops = 0; hops < MAX_REFERENCES; hops++) {
      const variable = this.find(target);
      if (!variable?.reference || typeof variable.value !== 'string' || variable.value === '') return { variable, target };
      target = variable.value;
      if (target.includes('[')) return { variable: undefined, target };
    }
    return { variable: undefined, target: name };
  }
  get(name: Bytes): Bytes | undefined {
    const variable = this.find(name);
    if (!variable) return undefined;
    return variable.reference ? this.resolve(name).variable?.scalar : variable.scalar;
  }
  /** The variable to assign to, made when there is none. */
  ensure(name: Bytes): Variable {
    const { variable, target } = this.resolve(name);
    return variable ?? this.declareIn(this.global, target);
  }
  /** Sets a global scalar without asking attributes: for the shell's own. */
  put(name: Bytes, value: Bytes, attributes: Attributes = {}): Variable {
    const variable = this.ensure(name);
    variable.value = value;
    Object.assign(variable, attributes);
    this.changed(name);
    return variable;
  }
  /** Of the function that runs, or global outside of functions. */
  declareHere(name: Bytes): Variable {
    return this.declareIn(this.innermost, name);
  }
  declareGlobal(name: Bytes): Variable {
    return this.global.get(name) ?? this.declareIn(this.global, name);
  }
  isLocal(name: Bytes): boolean {
    return this.innermost !== this.global && this.innermost.has(name);
  }
  /** Whether a name is one of the assignments before the command that runs. */
  isTemporary(name: Bytes): boolean {
    return this.scopes.some((scope) => this.temporary.has(scope) && scope.has(name));
  }
  private declareIn(scope: Scope, name: Bytes): Variable {
    const variable = new Variable(name, undefined);
    scope.set(name, variable);
    return variable;
  }
  /** Takes the visible variable away; a local one leaves its name unset until its function returns. */
  unset(name: Bytes): void {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const scope = this.scopes[i];
      if (!scope?.has(name)) continue;
      if (i > 0 && scope === this.innermost) scope.set(name, new Variable(name, undefined));
      else scope.delete(name);
      break;
    }
    this.changed(name);
  }

  get global(): Scope {
    return this.scopes[0] ?? new Map<Bytes, Variable>();
  }
  private get innermost(): Scope {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const scope = this.scopes[i];
      if (scope && !this.temporary.has(scope)) return scope;
    }
    return this.global;
  }
  /** The scope of a function that is called. */
  enter(): void {
    this.scopes.push(new Map());
  }
  /** Assignments before a command, for as long as it runs. */
  enterTemporary(): Scope {
    const scope: Scope = new Map();
    this.scopes.push(scope);
    this.temporary.add(scope);
    return scope;
  }
  declareTemporary(scope: Scope, name: Bytes): Variable {
    return this.declareIn(scope, name);
  }
  leave(): void {
    const scope = this.scopes.pop();
    if (scope) this.temporary.delete(scope);
    for (const name of scope?.keys() ?? []) this.changed(name);
  }

  /** All visible variables, by name. */
  list(): Variable[] {
    const visible = new Map<Bytes, Variable>();
    for (const scope of this.scopes) for (const [name, variable] of scope) visible.set(name, variable);
    return [...visible.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  /** Those that `set` and `declare` list: what bash makes only when it is asked for does not stand there. */
  listed(): Variable[] {
    return this.list().filter(({ name, compute }) => !compute || !UNLISTED.has(name));
  }
  locals(): Variable[] {
    return [...this.innermost.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  /** What programs get: exported variables that have a value. */
  environment(): Map<Bytes, Bytes> {
    const env = new Map<Bytes, Bytes>();
    for (const scope of this.scopes) {
      for (const [name, variable] of scope) {
        const value = variable.exported && typeof variable.current !== 'object' ? variable.scalar : undefined;
        if (value !== undefined) env.set(name, value);
        else env.delete(name);
      }
    }
    return env;
  }
  copy(): Variables {
    const twin = new Variables();
    twin.scopes.length = 0;
    for (const scope of this.scopes) {
      const copied: Scope = new Map();
      for (const [name, variable] of scope) if (!variable.compute) copied.set(name, variable.copy());
      twin.scopes.push(copied);
      if (this.temporary.has(scope)) twin.temporary.add(copied);
    }
    return twin;
  }
}
