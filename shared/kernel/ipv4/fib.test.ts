// Route lookup equals brute force: every prefix tried, longest first, as RFC 1812 says it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatIpv4, ipv4InPrefix, ipv4Mask } from '../../wire/index.ts';
import { makeHost, makeWorld } from '../host.ts';
import { addRoute } from '../rtnl/routes.ts';
import { insertRoute } from './fib-edit.ts';
import { fibLookup, FibResult, Flow } from './fib.ts';

const routes = fc.array(
  fc.record({
    address: fc.integer({ min: 0, max: 0xffff }).map((bits) => (0x0a000000 | bits) << 0),
    length: fc.constantFrom(0, 8, 16, 24, 28, 32),
    metric: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 30 },
);

it('finds what brute force finds', () =>
  fc.assert(
    fc.property(routes, fc.array(fc.integer({ min: 0, max: 0x1ffff }), { minLength: 1, maxLength: 20 }), (wanted, probes) => {
      const { initNetns: netns } = makeHost(makeWorld(1, 0), 'h');
      const kept: { prefix: number; length: number; metric: number }[] = [];
      for (const { address, length, metric } of wanted) {
        const prefix = address & ipv4Mask(length);
        const added = addRoute(netns, { destination: prefix, length, priority: metric, type: 'unreachable', create: true, exclusive: true });
        const known = kept.some((route) => route.prefix === prefix && route.length === length && route.metric === metric);
        expect(added.ok).toBe(!known);
        if (added.ok) kept.push({ prefix, length, metric });
      }
      const flow = new Flow();
      const result = new FibResult();
      for (const probe of probes) {
        flow.dst = 0x0a000000 | probe;
        const matching = kept.filter((route) => ipv4InPrefix(flow.dst, route.prefix, route.length));
        matching.sort((a, b) => b.length - a.length || a.metric - b.metric);
        const best = matching[0];
        const errno = fibLookup(netns, flow, result);
        if (best === undefined) expect(errno).toBe('ENETUNREACH');
        else
          expect([errno, formatIpv4(result.route!.prefix), result.route!.length, result.route!.priority]).toEqual([
            'EHOSTUNREACH',
            formatIpv4(best.prefix),
            best.length,
            best.metric,
          ]);
      }
    }),
    { numRuns: 60 },
  ));

it('stays quick with 50,000 routes', () => {
  const { initNetns: netns } = makeHost(makeWorld(1, 0), 'h');
  for (let i = 0; i < 50_000; i++) insertRoute(netns, { destination: (0x0a000000 + i * 256) | 0, length: 24, type: 'unreachable', create: true });
  const flow = new Flow();
  const result = new FibResult();
  let hits = 0;
  for (let i = 0; i < 200_000; i++) {
    flow.dst = (0x0a000000 + ((i * 7919) % 50_000) * 256 + 5) | 0;
    if (fibLookup(netns, flow, result) === 'EHOSTUNREACH') hits++;
  }
  expect(hits).toBe(200_000);
});
