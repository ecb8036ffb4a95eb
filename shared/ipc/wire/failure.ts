/**
 * A request that cannot be served, on its way to the window. Services throw it; the gate turns it into data; the client throws it again.
 * Whatever else is thrown is a bug of ours: the reader learns `internal` and the host's log the rest.
 */
import type { z } from 'zod';
import type { ErrorCode, WireError } from '../contract.ts';

export class WireFailure extends Error {
  override readonly name = 'WireFailure';
  constructor(readonly error: WireError) {
    super(error.message);
  }
  get code(): ErrorCode {
    return this.error.code;
  }
}

/** Refuses a request. */
export function refuse(code: ErrorCode, message: string, details?: WireError['details']): never {
  throw new WireFailure(details ? { code, message, details } : { code, message });
}

export const connectionLost = (): WireFailure => new WireFailure({ code: 'connection-lost', message: 'The connection to the core of Podwalk was lost.' });

const CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'invalid-request',
  'not-found',
  'not-running',
  'not-possible',
  'damaged',
  'too-many',
  'connection-lost',
  'internal',
]);

/** A refusal as it arrived; one that is not of the contract's form is a bug of the other side. */
export function asFailure(error: unknown): WireFailure {
  const { code, message, details } = (typeof error === 'object' && error !== null ? error : {}) as Partial<Record<keyof WireError, unknown>>;
  if (typeof code !== 'string' || !CODES.has(code) || typeof message !== 'string') {
    return new WireFailure({ code: 'internal', message: 'The core of Podwalk answered something that is not understood.' });
  }
  const wireError = { code: code as ErrorCode, message };
  return new WireFailure(typeof details === 'object' && details !== null ? { ...wireError, details: details as NonNullable<WireError['details']> } : wireError);
}

/** What is wrong with an input: every field by name, in one line. */
export function invalidInput(procedure: string, error: z.core.$ZodError): WireFailure {
  const problems = error.issues.slice(0, 8).map((issue) => ({ field: issue.path.map(String).join('.'), problem: issue.message }));
  const message = `${procedure}: ${problems.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`)).join('; ')}`;
  return new WireFailure({ code: 'invalid-request', message, details: { procedure, field: problems[0]?.field ?? '' } });
}
