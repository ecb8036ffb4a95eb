/** What a client sent: decoded, of the right kind, with the fields that the type has. */
import { parse } from 'yaml';
import type { ApiResource, ApiStatus, Json } from '../../commands/index.ts';
import { Refused, param, type RestRequest } from './answer.ts';
import { isObject, type JsonObject, type Schema, type Schemas } from './schema.ts';
import { unsupportedMedia } from './status.ts';

const bad = (message: string): Refused => new Refused({ code: 400, reason: 'BadRequest', message });

export const apiVersionOf = ({ group, version }: Pick<ApiResource, 'group' | 'version'>): string => (group === '' ? version : `${group}/${version}`);

/** The body as data; undefined where there is none. */
export function readBody({ body, contentType }: RestRequest): Json | undefined {
  if (body.trim() === '') return undefined;
  const [type = ''] = contentType.split(';');
  if (!/^(application\/.*(json|yaml)|text\/.*)?$/.test(type.trim())) throw new Refused(unsupportedMedia(contentType));
  try {
    return (/yaml/.test(type) ? parse(body) : JSON.parse(body)) as Json;
  } catch (error) {
    throw bad(`error decoding the body: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function readObject(request: RestRequest): JsonObject {
  const value = readBody(request);
  if (isObject(value)) return value;
  throw bad(
    value === undefined ? 'unexpected end of JSON input' : "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct",
  );
}

/** An object of this kind, or why it is none. */
export function checkKind(resource: ApiResource, object: JsonObject): void {
  const { kind, apiVersion } = object;
  const wanted = apiVersionOf(resource);
  if (typeof kind !== 'string' || kind === '') throw bad(`Object 'Kind' is missing in '${JSON.stringify(object)}'`);
  if (kind !== resource.kind)
    throw bad(`${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: no kind "${kind}" is registered for version "${wanted}"`);
  if (apiVersion !== undefined && apiVersion !== wanted)
    throw bad(`the API version in the data (${JSON.stringify(apiVersion).slice(1, -1)}) does not match the expected API version (${wanted})`);
}

/** Fields that the type does not have are an error, a warning or nothing, as `fieldValidation` says; they are never kept. */
export function checkFields(
  schemas: Schemas,
  schema: Schema | undefined,
  resource: ApiResource,
  object: JsonObject,
  request: RestRequest,
): { readonly object: JsonObject; readonly warnings: readonly string[] } {
  const how = param(request, 'fieldValidation') ?? 'Warn';
  const mistake = schemas.mistyped(schema, object, resource.kind);
  if (mistake !== undefined) throw bad(`${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: json: ${mistake}`);
  if (!schema || how === 'Ignore') return { object: schemas.prune(schema, object) as JsonObject, warnings: [] };
  const unknown = schemas.unknownFields(schema, object).map((path) => `unknown field "${path}"`);
  if (unknown.length > 0 && how === 'Strict')
    throw bad(`${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${unknown.join(', ')}`);
  return { object: schemas.prune(schema, object) as JsonObject, warnings: unknown };
}

/** Who says so: the name the client gives, or how its program calls itself. */
export const managerOf = (request: RestRequest): string => param(request, 'fieldManager') ?? /^[^/\s]*/.exec(request.userAgent)?.[0] ?? 'unknown';

export const refusedBad = (message: string): Refused => bad(message);
export function valueOf<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ApiStatus }): T {
  if (result.ok) return result.value;
  throw new Refused(result.error);
}
