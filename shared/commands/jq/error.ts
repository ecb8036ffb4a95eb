import type { Json } from './json.ts';

/** An error of jq's, with a value that `catch` sees. */
export class JqError extends Error {
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** `halt`, `halt_error`: the program ends with that status, and may say a last word. */
export class JqHalt extends Error {
  constructor(
    readonly status: number,
    readonly value: Json | undefined,
  ) {
    super('halt');
  }
}
