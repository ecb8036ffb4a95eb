/**
 * Goal: whatever a window, a service or a line does, every request comes to an end, memory stays bounded and the gate lives.
 * Method: a small contract over two ends in one process, whose traffic is counted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Call, Stream } from '../contract.ts';
import {
  Connection,
  ReconnectingClient,
  Source,
  WINDOW_BYTES,
  WireFailure,
  channelPair,
  refuse,
  serve,
  type Channel,
  type ConnectionState,
  type Services,
} from './index.ts';

const call = <O>(input: z.ZodType): Call<z.ZodType, O> => ({ kind: 'call', input });
const contract = {
  add: { kind: 'call', input: z.object({ a: z.number(), b: z.number().int().max(10) }).strict() } as Call<
    z.ZodObject<{ a: z.ZodNumber; b: z.ZodNumber }>,
    number
  >,
  fail: call<null>(z.object({ how: z.enum(['refuse', 'throw', 'circular']) })),
  never: call<null>(z.object({})),
  flood: { kind: 'stream', input: z.object({ chunks: z.number(), size: z.number() }) } as Stream<
    z.ZodObject<{ chunks: z.ZodNumber; size: z.ZodNumber }>,
    Uint8Array
  >,
  latest: { kind: 'stream', input: z.object({}), isLatest: true } as Stream<z.ZodObject, { revision: number }>,
  idle: { kind: 'stream', input: z.object({}) } as Stream<z.ZodObject, Uint8Array>,
};
type TestContract = typeof contract;

/** Everything that one test looks at. */
function setup(options: Parameters<typeof serve>[3] = {}) {
  const [near, far] = channelPair();
  const world = { produced: 0, stopped: 0, revision: 0, bugs: [] as string[], sent: [] as (string | Uint8Array)[] };
  const services: Services<TestContract> = {
    add: ({ a, b }) => a + b,
    fail: (input) => {
      const { how } = input as { how: string };
      if (how === 'refuse') refuse('not-found', 'There is no such thing.', { thing: 'x' });
      if (how === 'throw') throw new Error('a bug');
      const circular: { self?: unknown } = {};
      circular.self = circular;
      return circular as unknown as null;
    },
    never: () => new Promise<null>(() => undefined),
    flood: async function* ({ chunks, size }) {
      try {
        for (let i = 0; i < chunks; i++) {
          world.produced += size;
          yield new Uint8Array(size).fill(i);
          await Promise.resolve();
        }
      } finally {
        world.stopped++;
      }
    },
    latest: () => {
      let seen = -1;
      return new Source(
        () => (seen === world.revision ? undefined : { revision: (seen = world.revision) }),
        () => world.stopped++,
      );
    },
    idle: () =>
      new Source<Uint8Array>(
        () => undefined,
        () => world.stopped++,
      ),
  };
  const counted: Channel = {
    send: (message) => {
      world.sent.push(message);
      far.send(message);
    },
    onMessage: (listener) => far.onMessage(listener),
    onClose: (listener) => far.onClose(listener),
    close: () => far.close(),
  };
  serve(counted, contract, services, { onBug: (procedure, error) => world.bugs.push(`${procedure}: ${String(error)}`), ...options });
  return { world, near, far, client: new Connection<TestContract>(near) };
}
const settle = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof WireFailure ? error.error : error),
  );

describe('calls', () => {
  it('are answered', async () => {
    expect(await setup().client.call('add', { a: 1, b: 2 })).toBe(3);
  });
  const refused: [name: string, input: unknown, error: unknown][] = [
    [
      'add',
      { a: 1, b: '2' },
      { code: 'invalid-request', message: 'add: b: Invalid input: expected number, received string', details: { procedure: 'add', field: 'b' } },
    ],
    ['add', { a: 1, b: 2, c: 3 }, { code: 'invalid-request', message: 'add: Unrecognized key: "c"', details: { procedure: 'add', field: '' } }],
    ['add', null, { code: 'invalid-request', message: 'add: Invalid input: expected object, received null', details: { procedure: 'add', field: '' } }],
    [
      'add',
      { b: 11 },
      {
        code: 'invalid-request',
        message: 'add: a: Invalid input: expected number, received undefined; b: Too big: expected number to be <=10',
        details: { procedure: 'add', field: 'a' },
      },
    ],
    ['toString', {}, { code: 'invalid-request', message: 'There is no procedure "toString".', details: { procedure: 'toString' } }],
    ['fail', { how: 'refuse' }, { code: 'not-found', message: 'There is no such thing.', details: { thing: 'x' } }],
    ['fail', { how: 'throw' }, { code: 'internal', message: 'fail failed: a bug' }],
  ];
  it.each(refused)('%s %j is refused', async (name, input, error) => {
    const { client } = setup();
    expect(await failureOf(client.call(name as 'add', input as { a: number; b: number }))).toEqual(error);
    expect(await client.call('add', { a: 2, b: 2 })).toBe(4);
  });
  it('that fail by a bug of ours are reported once', async () => {
    const { client, world } = setup();
    await failureOf(client.call('fail', { how: 'throw' }));
    await failureOf(client.call('fail', { how: 'circular' }));
    await failureOf(client.call('fail', { how: 'refuse' }));
    expect(world.bugs.map((bug) => bug.split('\n')[0])).toEqual(['fail: Error: a bug', 'fail: TypeError: Converting circular structure to JSON']);
  });
  it('are limited in number and length', async () => {
    const { client } = setup({ limits: { calls: 2, messageBytes: 100 } });
    const [first, second] = [client.call('never', {}), client.call('never', {})];
    void failureOf(first);
    void failureOf(second);
    expect(await failureOf(client.call('add', { a: 1, b: 1 }))).toMatchObject({ code: 'too-many', details: { limit: 'calls' } });
    expect(await failureOf(client.call('never', { text: 'x'.repeat(100) }))).toMatchObject({ code: 'too-many', details: { limit: 'messageBytes' } });
  });
});

describe('streams', () => {
  it('bring every byte in order, small chunks joined', async () => {
    const { client, world } = setup({ soon: (run) => setTimeout(run, 0) });
    const bytes: number[] = [];
    for await (const chunk of client.open('flood', { chunks: 200, size: 3 })) bytes.push(...chunk);
    expect(bytes).toEqual(Array.from({ length: 600 }, (_, i) => Math.floor(i / 3) & 255));
    expect(world.sent.length).toBeLessThan(10);
    expect(world.stopped).toBe(1);
  });
  it('hand a slow reader what waits in large pieces, a chunk of data in its place', async () => {
    const { client, world } = setup();
    const reading = client.open('flood', { chunks: 300, size: 1000 });
    const sizes: number[] = [];
    for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
      sizes.push(next.value.length);
      await settle();
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(300_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 17);
    expect(sizes.length).toBeLessThan(world.sent.length / 2);
  });
  it('of large chunks are cut into frames', async () => {
    const { client, world } = setup();
    let total = 0;
    for await (const chunk of client.open('flood', { chunks: 2, size: 200_000 })) total += chunk.length;
    expect(total).toBe(400_000);
    expect(Math.max(...world.sent.map((message) => message.length))).toBeLessThanOrEqual((1 << 16) + 4);
  });
  it('wait for a reader that does not read: no more than the window is ever under way', async () => {
    const { client, world } = setup();
    const reading = client.open('flood', { chunks: 20_000, size: 1000 });
    let taken = 0;
    for (let reads = 0; reads < 40; reads++) {
      const chunk = await reading.next();
      taken += (chunk.value as Uint8Array).length;
      await settle();
      expect(world.produced - taken).toBeLessThanOrEqual(WINDOW_BYTES + 2 * (1 << 16));
    }
    reading.cancel();
    await settle();
    expect(world).toMatchObject({ stopped: 1 });
    expect(world.produced).toBeLessThan(20_000_000);
  });
  it('end for their reader when it leaves the loop, and their producer hears of it', async () => {
    const { client, world } = setup();
    for await (const chunk of client.open('flood', { chunks: 1e9, size: 100 })) if (chunk.length > 0) break;
    await settle();
    expect(world.stopped).toBe(1);
  });
  it('that say nothing can be cancelled', async () => {
    const { client, world } = setup();
    const reading = client.open('idle', {});
    const next = reading.next();
    await settle();
    reading.cancel();
    expect(await next).toEqual({ value: undefined, done: true });
    await settle();
    expect(world.stopped).toBe(1);
  });
  it('of the latest only skip what the reader had no time for', async () => {
    const { client, world } = setup();
    const reading = client.open('latest', {});
    expect((await reading.next()).value).toEqual({ revision: 0 });
    for (let i = 0; i < 50; i++) {
      world.revision++;
      await settle();
    }
    expect(world.sent.length).toBe(1);
    expect((await reading.next()).value).toEqual({ revision: 50 });
  });
  it('are limited in number', async () => {
    const { client } = setup({ limits: { streams: 1 } });
    void client.open('idle', {}).next();
    expect(await failureOf(client.open('idle', {}).next())).toMatchObject({ code: 'too-many', details: { limit: 'streams' } });
  });
});

it('a number that is in use is refused, and what has it goes on', async () => {
  const { near, world } = setup();
  const heard: unknown[] = [];
  near.onMessage((message) => heard.push(message));
  for (const message of ['["q",7,"never",{}]', '["q",7,"add",{"a":1,"b":1}]', '["q",8,"add",{"a":1,"b":1}]']) near.send(message);
  await settle();
  expect(heard).toEqual(['["x",7,{"code":"invalid-request","message":"The number 7 is in use."}]', '["r",8,2]']);
  expect(world.bugs).toEqual([]);
});

describe('a source', () => {
  it('whose taking makes room for more loses nothing and keeps the order', async () => {
    const queue = [1, 2];
    let next = 3;
    const source: Source<number> = new Source(() => {
      const chunk = queue.shift();
      queue.push(next++);
      source.wake();
      return chunk;
    });
    const seen: (number | undefined)[] = [];
    for (let i = 0; i < 6; i++) seen.push((await source.next()).value as number);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it('that fails says so after what it had, once', async () => {
    const queue = [1];
    const source = new Source(() => queue.shift());
    source.end(new Error('over'));
    expect(await source.next()).toEqual({ value: 1, done: false });
    await expect(source.next()).rejects.toThrow('over');
    expect(await source.next()).toEqual({ value: undefined, done: true });
  });
});

describe('a connection that is lost', () => {
  it('ends every call and stream, here and there', async () => {
    const { client, far, world } = setup();
    const ends = Promise.all([failureOf(client.call('never', {})), failureOf(client.open('idle', {}).next())]);
    await settle();
    far.close();
    expect(await ends).toMatchObject([{ code: 'connection-lost' }, { code: 'connection-lost' }]);
    expect(await failureOf(client.call('add', { a: 1, b: 1 }))).toMatchObject({ code: 'connection-lost' });
    expect(await failureOf(client.open('idle', {}).next())).toMatchObject({ code: 'connection-lost' });
    expect(world.stopped).toBe(1);
  });
  it('is replaced, at growing intervals', async () => {
    const states: ConnectionState[] = [];
    const delays: number[] = [];
    const worlds: ReturnType<typeof setup>[] = [];
    let refusals = 2;
    const client = new ReconnectingClient<TestContract>({
      open: () => {
        if (worlds.length > 0 && refusals-- > 0) return Promise.reject(new Error('refused'));
        const world = setup();
        worlds.push(world);
        return Promise.resolve(world.near);
      },
      delay: (ms) => {
        delays.push(ms);
        return settle();
      },
      onState: (state) => states.push(state),
    });
    expect(await client.call('add', { a: 1, b: 1 })).toBe(2);
    worlds[0]?.far.close();
    await Promise.resolve();
    expect(await failureOf(client.call('add', { a: 1, b: 1 }))).toMatchObject({ code: 'connection-lost' });
    for (let i = 0; i < 10; i++) await settle();
    expect(await client.call('add', { a: 1, b: 2 })).toBe(3);
    expect(delays).toEqual([100, 200, 400]);
    expect(states).toEqual(['connecting', 'connected', 'lost', 'lost', 'lost', 'connected']);
    client.close();
  });
});

describe('anything that arrives', () => {
  const frame = fc.oneof(
    fc.string(),
    fc.json(),
    fc.uint8Array({ maxLength: 40 }),
    fc.anything(),
    fc
      .tuple(
        fc.constantFrom('q', 'ack', 'end', 'r', 'x', 'c'),
        fc.oneof(fc.integer({ min: 0, max: 3 }), fc.anything()),
        fc.oneof(fc.constantFrom('add', 'flood', 'idle', '__proto__'), fc.anything()),
        fc.anything(),
      )
      .map((parts) => {
        try {
          return JSON.stringify(parts);
        } catch {
          return 'not JSON';
        }
      }),
  );
  it('neither throws nor hangs, on both sides', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 30 }), async (frames) => {
        const { near, far, client, world } = setup();
        for (const one of frames) {
          near.send(one as string);
          far.send(one as string);
        }
        await Promise.resolve();
        let limit: NodeJS.Timeout | undefined;
        const answer = await Promise.race([
          client.call('add', { a: 20, b: 1 }).then(String, () => 'refused'),
          new Promise((resolve) => (limit = setTimeout(() => resolve('hung'), 5000))),
        ]);
        clearTimeout(limit);
        expect(answer).not.toBe('hung');
        expect(world.bugs).toEqual([]);
        client.close();
      }),
      { numRuns: 200 },
    );
  });
});
