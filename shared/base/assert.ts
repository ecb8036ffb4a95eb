/** Thrown by `assert` alone: a mistake of ours, never of a user. Caught once, at the gate. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States what must be true here; a false condition is a bug in Podwalk. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the default of a switch over a closed union. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected case: ${JSON.stringify(value)}`);
}
