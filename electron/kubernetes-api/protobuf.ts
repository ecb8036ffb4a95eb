/**
 * Bodies in protocol buffers, which newer clients send for some requests whatever the server says it takes: read into the JSON that everybody
 * else sends. The fields of each type are data (resources/kubernetes/protobuf.json): `1: "replicas:?int32"`, where `*` is a list, `%` a map by
 * name, `^` a part that JSON has no name for, `?` a field whose zero is a value too. Answers are always JSON.
 */

/** By message and field number. */
export type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** What stands before the envelope (k8s.io/apimachinery/pkg/runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');

/** The text of the JSON; throws where it cannot be read. */
export function protobufToJson(messages: Messages, body: Buffer): string {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('the body does not begin as an object in protocol buffers does');
  const envelope = fieldsOf(body.subarray(MAGIC.length));
  const type = fieldsOf(lastBytes(envelope, 1));
  const [apiVersion, kind] = [lastBytes(type, 1).toString(), lastBytes(type, 2).toString()];
  const object = readMessage(messages, kind, lastBytes(envelope, 2));
  return JSON.stringify({ apiVersion, kind, ...(object as object) });
}

type Value = bigint | Buffer;
interface Field {
  readonly number: number;
  readonly value: Value;
}

function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('a number goes on beyond the end');
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('a field goes on beyond the end');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const value = wire === 0 ? varint() : wire === 1 ? take(8) : wire === 2 ? take(Number(varint())) : wire === 5 ? take(4) : undefined;
    if (value === undefined) throw new Error(`a field of the unknown wire type ${wire}`);
    fields.push({ number: tag >>> 3, value });
  }
  return fields;
}
const lastBytes = (fields: readonly Field[], number: number): Buffer => {
  const found = fields.findLast((field) => field.number === number)?.value;
  return Buffer.isBuffer(found) ? found : Buffer.alloc(0);
};
const lastNumber = (fields: readonly Field[], number: number): bigint => {
  const found = fields.findLast((field) => field.number === number)?.value;
  return typeof found === 'bigint' ? BigInt.asIntN(64, found) : 0n;
};

const DESCRIPTION = /^(\w+):([?^]?)([*%]?)(\w+)$/;

function readMessage(messages: Messages, name: string, bytes: Buffer): unknown {
  const special = SPECIAL[name];
  if (special) return special(fieldsOf(bytes));
  const known = messages[name];
  if (!known) throw new Error(`objects of kind ${name} are not served`);
  const object: Record<string, unknown> = {};
  for (const { number, value } of fieldsOf(bytes)) {
    const [, field = '', mark = '', many = '', type = ''] = DESCRIPTION.exec(known[number] ?? '') ?? [];
    if (field === '') continue;
    if (many === '%') {
      const entry = fieldsOf(value as Buffer);
      const inner = entry.findLast((one) => one.number === 2)?.value ?? Buffer.alloc(0);
      object[field] = { ...(object[field] as object | undefined), [lastBytes(entry, 1).toString()]: readValue(messages, type, inner) };
      continue;
    }
    const read = readValue(messages, type, value);
    if (many === '*') object[field] = [...((object[field] as readonly unknown[] | undefined) ?? []), read];
    else if (mark === '^') Object.assign(object, read);
    else if (mark === '?' || !isZero(read)) object[field] = read;
  }
  return object;
}

/** Go writes the zero of every field that is no pointer; JSON leaves it out. */
const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false || value === null || value === undefined;

function readValue(messages: Messages, type: string, value: Value): unknown {
  if (typeof value === 'bigint') return type === 'bool' ? value !== 0n : Number(BigInt.asIntN(64, value));
  if (type === 'string') return value.toString('utf8');
  if (type === 'bytes') return value.toString('base64');
  if (type === 'double') return value.readDoubleLE(0);
  return readMessage(messages, type, value);
}

const timeOf = (fields: readonly Field[]): string | null => {
  const seconds = Number(lastNumber(fields, 1));
  return fields.length === 0 ? null : new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
};
/** Types that are a single value in JSON. */
const SPECIAL: Readonly<Record<string, (fields: readonly Field[]) => unknown>> = {
  Time: timeOf,
  MicroTime: timeOf,
  Quantity: (fields) => lastBytes(fields, 1).toString(),
  IntOrString: (fields) => (lastNumber(fields, 1) === 0n ? Number(lastNumber(fields, 2)) : lastBytes(fields, 3).toString()),
  FieldsV1: (fields) => (lastBytes(fields, 1).length === 0 ? {} : (JSON.parse(lastBytes(fields, 1).toString()) as unknown)),
};
