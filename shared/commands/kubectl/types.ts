/** The types that the server describes: of a kind, of a field, of what a list holds. */
import type { ApiResource, TypeSchema } from './api.ts';

export type Types = Readonly<Record<string, TypeSchema>>;
const PREFIX = '#/definitions/';

export function typeOf(types: Types, { group, version, kind }: ApiResource): TypeSchema | undefined {
  return Object.values(types).find((one) =>
    one['x-kubernetes-group-version-kind']?.some((gvk) => gvk.group === group && gvk.version === version && gvk.kind === kind),
  );
}
/** What it refers to, where it does. */
export function referred(types: Types, schema: TypeSchema | undefined): TypeSchema | undefined {
  const ref = refOf(schema);
  return ref === undefined ? schema : types[ref.slice(PREFIX.length)];
}
export const refOf = (schema: TypeSchema | undefined): string | undefined => schema?.$ref ?? schema?.allOf?.[0]?.$ref;
/** A field of the struct itself, or of what the list or map holds. */
export function fieldOf(types: Types, schema: TypeSchema | undefined, name: string): TypeSchema | undefined {
  const whole = referred(types, schema);
  const inner = whole?.items ?? (whole?.properties ? undefined : whole?.additionalProperties);
  return (inner ? referred(types, inner) : whole)?.properties?.[name];
}
