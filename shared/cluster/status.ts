/** Errors in the API's words (k8s.io/apimachinery/pkg/api/errors). */
import { err } from '../base/index.ts';
import type { ApiResource, ApiStatus } from '../commands/index.ts';

type Refusal = { readonly ok: false; readonly error: ApiStatus };
const refuse = (code: number, reason: ApiStatus['reason'], message: string): Refusal => err<ApiStatus>({ code, reason, message });

export const qualified = (resource: ApiResource): string => (resource.group === '' ? resource.name : `${resource.name}.${resource.group}`);

export const notFound = (resource: ApiResource, name: string): Refusal => refuse(404, 'NotFound', `${qualified(resource)} "${name}" not found`);
export const alreadyExists = (resource: ApiResource, name: string): Refusal => refuse(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`);
export const conflict = (resource: ApiResource, name: string): Refusal =>
  refuse(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  );
export const badRequest = (message: string): Refusal => refuse(400, 'BadRequest', message);
export const forbidden = (resource: ApiResource, name: string, why: string): Refusal =>
  refuse(403, 'Forbidden', `${qualified(resource)} "${name}" is forbidden: ${why}`);
export const methodNotAllowed = (): Refusal => refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

/** A field that does not hold what it should: `spec.containers[0].image: Required value`. */
export interface FieldError {
  readonly field: string;
  readonly text: string;
}
export const required = (field: string, detail = ''): FieldError => ({ field, text: `Required value${detail === '' ? '' : `: ${detail}`}` });
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({ field, text: `Invalid value: ${JSON.stringify(value)}: ${detail}` });
export const unsupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  field,
  text: `Unsupported value: "${value}": supported values: ${supported.map((one) => `"${one}"`).join(', ')}`,
});
export const duplicate = (field: string, value: string): FieldError => ({ field, text: `Duplicate value: "${value}"` });

/** All of them in one message, as the server aggregates them. */
export function invalidObject(kind: string, name: string, errors: readonly FieldError[]): Refusal {
  const causes = errors.map((error) => `${error.field}: ${error.text}`);
  const object = `${kind} "${name}"`;
  return err({
    code: 422,
    reason: 'Invalid',
    message: `${object} is invalid: ${causes.length === 1 ? causes[0] : `[${causes.join(', ')}]`}`,
    invalid: { object, causes },
  });
}
