/**
 * An OpenAPI 2 document in protocol buffers, the only form in which kubectl takes it (google/gnostic, openapiv2/OpenAPIv2.proto): field numbers
 * are those of that file. What kubectl never reads (responses' headers, security) is not written.
 */
import { stringify } from 'yaml';

type Data = Readonly<Record<string, unknown>>;

export const OPENAPI_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export const encodeOpenApiV2 = (document: unknown): Buffer => {
  const { swagger, info, paths, definitions } = document as Record<string, Data>;
  return message([
    text(1, swagger),
    nested(2, message([text(1, info?.['title']), text(2, info?.['version'])])),
    nested(8, message(entries(paths).map(([path, item]) => nested(2, named(path, pathItem(item as Data)))))),
    nested(9, message(entries(definitions).map(([name, one]) => nested(1, named(name, schema(one as Data)))))),
  ]);
};

// --- wire format ---

const NOTHING = Buffer.alloc(0);
const message = (parts: readonly Buffer[]): Buffer => Buffer.concat(parts);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 0x80);
  }
}
const nested = (field: number, content: Buffer): Buffer => Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
const text = (field: number, value: unknown): Buffer => (typeof value === 'string' && value !== '' ? nested(field, Buffer.from(value)) : NOTHING);
const texts = (field: number, values: unknown): Buffer =>
  Array.isArray(values) ? message(values.map((value) => nested(field, Buffer.from(String(value))))) : NOTHING;
const bool = (field: number, value: unknown): Buffer => (value === true ? message([varint(field * 8), varint(1)]) : NOTHING);
const named = (name: string, value: Buffer): Buffer => message([text(1, name), nested(2, value)]);
const entries = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries((value ?? {}) as Data);

/** Any: YAML text. */
const any = (value: unknown): Buffer => text(2, stringify(value));
const extensions = (field: number, object: Data): Buffer =>
  message(
    entries(object)
      .filter(([name]) => name.startsWith('x-'))
      .map(([name, value]) => nested(field, named(name, any(value)))),
  );

// --- the document ---

function schema(one: Data): Buffer {
  const { additionalProperties, items, type, properties } = one;
  return message([
    text(1, one['$ref']),
    text(2, one['format']),
    text(4, one['description']),
    'default' in one ? nested(5, any(one['default'])) : NOTHING,
    texts(19, one['required']),
    additionalProperties === undefined ? NOTHING : nested(21, nested(1, schema(additionalProperties as Data))),
    typeof type === 'string' ? nested(22, text(1, type)) : NOTHING,
    items === undefined ? NOTHING : nested(23, nested(1, schema(items as Data))),
    properties === undefined ? NOTHING : nested(25, message(entries(properties).map(([name, inner]) => nested(1, named(name, schema(inner as Data)))))),
    extensions(31, one),
  ]);
}

const METHODS = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;

function pathItem(item: Data): Buffer {
  return message([
    ...Object.entries(METHODS).map(([method, field]) => (item[method] === undefined ? NOTHING : nested(field, operation(item[method] as Data)))),
    ...parameters(9, item['parameters']),
  ]);
}
function operation(one: Data): Buffer {
  return message([
    text(5, one['operationId']),
    texts(6, one['produces']),
    texts(7, one['consumes']),
    ...parameters(8, one['parameters']),
    nested(9, message(entries(one['responses']).map(([code, answer]) => nested(1, named(code, nested(1, response(answer as Data))))))),
    extensions(13, one),
  ]);
}
const parameters = (field: number, list: unknown): readonly Buffer[] =>
  ((list ?? []) as readonly Data[]).map((one) => nested(field, nested(1, parameter(one))));

/** A body, or one of the sub-schemas of query and path. */
function parameter(one: Data): Buffer {
  if (one['in'] === 'body')
    return nested(1, message([text(2, one['name']), text(3, 'body'), bool(4, one['required']), nested(5, schema(one['schema'] as Data))]));
  const isPath = one['in'] === 'path';
  // the query has `allow_empty_value` where the path goes on with its type
  const shift = isPath ? 0 : 1;
  const content = [bool(1, one['required']), text(2, one['in']), text(4, one['name']), text(5 + shift, one['type'])];
  return nested(2, nested(isPath ? 4 : 3, message(content)));
}
const response = (one: Data): Buffer =>
  message([text(1, one['description']), one['schema'] === undefined ? NOTHING : nested(2, nested(1, schema(one['schema'] as Data)))]);
