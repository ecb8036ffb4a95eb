/**
 * A result is a value or an error, as data. `shared/` never throws for what a user or a network can cause;
 * it throws only for our own mistakes (`assert`).
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
/** Success without a value. */
export const done = ok<void>(undefined);
