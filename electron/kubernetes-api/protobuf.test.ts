/** Goal: bodies in protocol buffers say what the same object in JSON would. Method: bytes as Go's client wrote them, and made ones. */
import { describe, expect, it } from 'vitest';
import { protobufToJson, type Messages } from './protobuf.ts';

const MESSAGES: Messages = {
  Thing: { 1: 'metadata:Meta', 2: 'spec:Spec' },
  Meta: { 1: 'name:string', 8: 'creationTimestamp:Time', 11: 'labels:%string' },
  Spec: { 1: 'replicas:?int32', 2: 'paused:bool', 3: 'ports:*Port', 4: 'source:^Source', 5: 'data:%bytes' },
  Port: { 1: 'port:int32', 2: 'targetPort:IntOrString' },
  Source: { 1: 'path:string' },
};
const bytes = (field: number, content: Buffer | string): Buffer => {
  const data = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([field * 8 + 2, data.length]), data]);
};
const int = (field: number, value: number): Buffer => Buffer.from([field * 8, value]);
const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const envelope = (object: Buffer): Buffer => join(Buffer.from('k8s\0'), bytes(1, join(bytes(1, 'v1'), bytes(2, 'Thing'))), bytes(2, object));
const read = (object: Buffer): unknown => JSON.parse(protobufToJson(MESSAGES, envelope(object)));

describe('an object', () => {
  it.each<[string, Buffer, Record<string, unknown>]>([
    ['is named', bytes(1, join(bytes(1, 'x'), bytes(8, ''))), { metadata: { name: 'x' } }],
    ['has a time', bytes(1, bytes(8, int(1, 60))), { metadata: { creationTimestamp: '1970-01-01T00:01:00Z' } }],
    [
      'has labels',
      bytes(1, join(bytes(11, join(bytes(1, 'a'), bytes(2, 'b'))), bytes(11, join(bytes(1, 'c'), bytes(2, ''))))),
      { metadata: { labels: { a: 'b', c: '' } } },
    ],
    ['keeps the zero of a pointer, no other', bytes(2, join(int(1, 0), int(2, 0))), { spec: { replicas: 0 } }],
    [
      'has lists, numbers and names of ports',
      bytes(2, join(bytes(3, join(int(1, 80), bytes(2, join(int(1, 0), int(2, 81), bytes(3, ''))))), bytes(3, bytes(2, join(int(1, 1), bytes(3, 'web')))))),
      { spec: { ports: [{ port: 80, targetPort: 81 }, { targetPort: 'web' }] } },
    ],
    ['has parts that JSON does not name', bytes(2, bytes(4, bytes(1, '/p'))), { spec: { path: '/p' } }],
    ['has bytes', bytes(2, bytes(5, join(bytes(1, 'k'), bytes(2, 'hi')))), { spec: { data: { k: 'aGk=' } } }],
    ['ignores fields that are newer than it', join(bytes(1, bytes(1, 'x')), int(9, 3)), { metadata: { name: 'x' } }],
  ])('%s', (_, object, expected) => expect(read(object)).toEqual({ apiVersion: 'v1', kind: 'Thing', ...expected }));
});

it.each([
  ['no envelope', Buffer.from('{}')],
  ['cut off', envelope(bytes(1, bytes(1, 'x'))).subarray(0, -1)],
  ['a kind that nobody knows', join(Buffer.from('k8s\0'), bytes(1, bytes(2, 'Gadget')), bytes(2, ''))],
])('%s is refused', (_, body) => expect(() => protobufToJson(MESSAGES, body)).toThrow());
