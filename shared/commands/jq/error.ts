import type { Json } from './json.ts';

/** An error of jq's, with a value that `catch` sees. */
export class JqError extends Error {
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : JSON.stringify(value));
  }
}
