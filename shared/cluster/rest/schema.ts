/**
 * The types of the API as its OpenAPI document describes them: which fields there are, and how lists and maps are merged and owned
 * (kubernetes.io/docs/reference/using-api/server-side-apply, "merge strategy"). Strict decoding, patches and server-side apply ask here.
 */
import type { Json, TypeSchema } from '../../commands/index.ts';

export type JsonObject = { readonly [key: string]: Json | undefined };

/** A part of an OpenAPI definition, with what says how it is merged and owned. */
export interface Schema extends TypeSchema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
}
export type Definitions = Readonly<Record<string, Schema>>;

const PREFIX = '#/definitions/';

export class Schemas {
  constructor(readonly definitions: Definitions) {}

  /** The type of an object. */
  ofKind(group: string, version: string, kind: string): Schema | undefined {
    return Object.values(this.definitions).find((one) =>
      one['x-kubernetes-group-version-kind']?.some((gvk) => gvk.group === group && gvk.version === version && gvk.kind === kind),
    );
  }
  /** What it refers to, where it does. */
  resolve(schema: Schema | undefined): Schema | undefined {
    const ref = schema?.$ref ?? schema?.allOf?.[0]?.$ref;
    return ref === undefined ? schema : this.definitions[ref.slice(PREFIX.length)];
  }
  /** The field's own description: how it is merged stands there, what it is in what it refers to. */
  field(schema: Schema | undefined, name: string): Schema | undefined {
    const resolved = this.resolve(schema);
    return resolved?.properties?.[name] ?? resolved?.additionalProperties;
  }
  items(schema: Schema | undefined): Schema | undefined {
    return this.resolve(schema)?.items;
  }
  isAtomic(schema: Schema | undefined, value: Json | undefined): boolean {
    if (Array.isArray(value)) return (schema?.['x-kubernetes-list-type'] ?? 'atomic') === 'atomic';
    const resolved = this.resolve(schema);
    return schema?.['x-kubernetes-map-type'] === 'atomic' || resolved?.['x-kubernetes-map-type'] === 'atomic' || !isFielded(resolved);
  }

  /** The first value that is of another type than its field, as Go's decoder words it. `struct`: the Go type that has the field. */
  mistyped(schema: Schema | undefined, value: Json | undefined, struct: string, path: readonly string[] = []): string | undefined {
    const resolved = this.resolve(schema);
    if (!resolved || value === null || value === undefined) return undefined;
    const given = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const wanted = WANTED[resolved.type ?? ''];
    const isFlexible = resolved.type === 'string' && (resolved.format === 'int-or-string' || schema?.$ref?.endsWith('.Quantity') === true);
    if (wanted !== undefined && given !== wanted && !(isFlexible && given === 'number'))
      return `cannot unmarshal ${given} into Go struct field ${struct}.${path.join('.')} of type ${this.goType(schema)}`;
    if (Array.isArray(value))
      return first((value as readonly Json[]).map((one) => () => this.mistyped(resolved.items, one, structName(resolved.items) ?? struct, path)));
    if (!isObject(value)) return undefined;
    const own = structName(schema) ?? struct;
    return first(
      Object.entries(value).map(
        ([name, inner]) =>
          () =>
            this.mistyped(this.field(resolved, name), inner, own, [...path, name]),
      ),
    );
  }
  private goType(schema: Schema | undefined): string {
    const name = structName(schema);
    const { type = '', format, items, additionalProperties } = this.resolve(schema) ?? {};
    if (type === 'array') return `[]${this.goType(items)}`;
    if (name !== undefined) return `v1.${name}`;
    if (type === 'object') return `map[string]${additionalProperties ? this.goType(additionalProperties) : 'interface {}'}`;
    return type === 'integer' ? (format === 'int64' ? 'int64' : 'int32') : type === 'boolean' ? 'bool' : type === 'number' ? 'float64' : type;
  }

  /** The paths of fields that the type does not have, as strict decoding names them: `spec.containers[0].imagee`. */
  unknownFields(schema: Schema | undefined, value: Json | undefined, path = ''): readonly string[] {
    const resolved = this.resolve(schema);
    if (!resolved || value === null || value === undefined) return [];
    if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item, index) => this.unknownFields(resolved.items, item, `${path}[${index}]`));
    if (typeof value !== 'object' || !isFielded(resolved)) return [];
    return Object.entries(value as JsonObject).flatMap(([name, inner]) => {
      const field = this.field(resolved, name);
      const at = path === '' ? name : `${path}.${name}`;
      return field ? this.unknownFields(field, inner, at) : [at];
    });
  }
  /** Without the fields that the type does not have. */
  prune(schema: Schema | undefined, value: Json): Json {
    const resolved = this.resolve(schema);
    if (!resolved || value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.prune(resolved.items, item));
    if (!isFielded(resolved)) return value;
    return Object.fromEntries(
      Object.entries(value as JsonObject).flatMap(([name, inner]) => {
        const field = this.field(resolved, name);
        return field && inner !== undefined ? [[name, this.prune(field, inner)]] : [];
      }),
    );
  }
}

/** It has named fields, or values of one type by free keys; anything else is taken whole (FieldsV1, RawExtension, Time). */
const isFielded = (schema: Schema | undefined): boolean => schema?.properties !== undefined || schema?.additionalProperties !== undefined;

const WANTED: Readonly<Record<string, string>> = { string: 'string', integer: 'number', number: 'number', boolean: 'bool', array: 'array', object: 'object' };
/** `Container` of `#/definitions/io.k8s.api.core.v1.Container`. */
const structName = (schema: Schema | undefined): string | undefined => (schema?.$ref ?? schema?.allOf?.[0]?.$ref)?.split('.').at(-1);
function first<T>(attempts: readonly (() => T | undefined)[]): T | undefined {
  for (const attempt of attempts) {
    const found = attempt();
    if (found !== undefined) return found;
  }
  return undefined;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
