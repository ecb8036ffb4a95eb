/**
 * The types of the API as its OpenAPI document describes them: which fields there are, and how lists and maps are merged and owned
 * (kubernetes.io/docs/reference/using-api/server-side-apply, "merge strategy"). Strict decoding, patches and server-side apply ask here.
 */
import type { Json } from '../../commands/index.ts';

export type JsonObject = { readonly [key: string]: Json | undefined };

/** A part of an OpenAPI definition. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly default?: Json;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
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

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
