// A kept way is the way that a lookup would find, whatever was changed since.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { removeAddress } from './inetdev.ts';
import { addLink, setLink } from '../rtnl/link.ts';
import type { Netns } from '../model.ts';
import { Iff } from '../numbers.ts';
import { deleteRoute } from '../rtnl/routes.ts';
import { addRule } from '../rtnl/rules.ts';
import { writeSysctl } from '../sysctl/sysctl.ts';
import { ip, TestLab } from '../test-lab.ts';

/** a ─ router ─ b, and a second wire from the router to b. */
class Routed {
  readonly lab = new TestLab(7);
  readonly a = this.lab.netns('a');
  readonly r = this.lab.netns('r');
  readonly b = this.lab.netns('b');
  constructor() {
    const { lab, a, r, b } = this;
    lab.wire(a, 'eth0', '10.1.0.2/24', r, 'ra', '10.1.0.1/24');
    lab.wire(b, 'eth0', '10.2.0.2/24', r, 'rb', '10.2.0.1/24');
    lab.wire(b, 'eth1', '10.3.0.2/24', r, 'rc', '10.3.0.1/24');
    lab.route(a, 'default via 10.1.0.1');
    lab.route(b, 'default via 10.2.0.1');
    lab.address(b, 'lo', '10.9.0.1/32');
    lab.route(r, '10.9.0.0/24 via 10.2.0.2');
    writeSysctl(r, 'ipv4/conf/all/forwarding', '1');
    lab.sleep(1);
  }
  forget(): void {
    for (const netns of [this.a, this.r, this.b]) for (const device of netns.devices.values()) if (device.ipv4 !== null) device.ipv4.ways = null;
  }
  /** What three hosts have counted: what was routed, delivered, refused. */
  counters(): string {
    const of = ({ mib: { ip: counts, tcp } }: Netns): (number | undefined)[] => [
      counts.InDelivers,
      counts.OutForwDatagrams,
      counts.InAddrErrors,
      counts.InHdrErrors,
      counts.InNoRoutes,
      tcp.IPReversePathFilter,
    ];
    return JSON.stringify([this.a, this.r, this.b].map(of));
  }
}

const changes: Readonly<Record<string, (it: Routed) => unknown>> = {
  'forwarding off': ({ r }) => writeSysctl(r, 'ipv4/conf/all/forwarding', '0'),
  'forwarding on': ({ r }) => writeSysctl(r, 'ipv4/conf/all/forwarding', '1'),
  'strict reverse path at b': ({ b }) => writeSysctl(b, 'ipv4/conf/all/rp_filter', '1'),
  'strict reverse path at r': ({ r }) => writeSysctl(r, 'ipv4/conf/ra/rp_filter', '1'),
  'no reverse path at b': ({ b }) => writeSysctl(b, 'ipv4/conf/all/rp_filter', '0'),
  'the other way': ({ lab, r }) => lab.route(r, '10.9.0.1/32 via 10.3.0.2'),
  'the first way again': ({ lab, r }) => deleteRoute(r, lab.routeRequest(r, '10.9.0.1/32')),
  'no way': ({ lab, r }) => lab.route(r, 'unreachable 10.9.0.0/28'),
  'a way again': ({ lab, r }) => deleteRoute(r, lab.routeRequest(r, 'unreachable 10.9.0.0/28')),
  'a has no address at r': ({ r }) => removeAddress(r, { device: r.device('ra')!.index, local: ip('10.1.0.1'), prefixLength: 24 }),
  'a has one again': ({ lab, r }) => lab.address(r, 'ra', '10.1.0.1/24'),
  'the target is gone': ({ b }) => removeAddress(b, { device: b.device('lo')!.index, local: ip('10.9.0.1'), prefixLength: 32 }),
  'the target is of r': ({ lab, r }) => lab.address(r, 'lo', '10.9.0.1/32'),
  'rb down': ({ r }) => setLink(r, 'rb', { flagsMask: Iff.UP, flags: 0 }),
  'rb up': ({ r }) => setLink(r, 'rb', { flagsMask: Iff.UP, flags: Iff.UP }),
  'a smaller mtu': ({ r }) => setLink(r, 'rb', { mtu: 600 }),
  'a rule by source': ({ r }) =>
    addRule(r, { family: 4, priority: 100, src: ip('10.1.0.0'), srcLength: 24, action: 'blackhole', create: true, exclusive: true }),
  'ra elsewhere and back': ({ lab, r, a }) => {
    const away = lab.netns(`away-${lab.nowUs}`);
    if (!setLink(r, 'ra', { netns: away }).ok) return;
    setLink(away, 'ra', { netns: r });
    addLink(a, { name: 'd0', info: { kind: 'dummy' } });
    lab.up(r, 'ra');
    lab.address(r, 'ra', '10.1.0.1/24');
  },
};
/** A change that is refused (an address that is there) is no change. */
function change(lab: Routed, name: string): void {
  try {
    changes[name]!(lab);
  } catch (error) {
    if (!String(error).includes('refused')) throw error;
  }
}

it('a packet goes the way that a lookup finds', () => {
  const kept = new Routed();
  expect(kept.lab.ping(kept.a, '10.9.0.1', { recorded: false })).toBe('reply ttl=63');
  expect(kept.r.device('ra')?.ipv4?.ways).not.toBeNull();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(changes)), fc.constantFrom('10.9.0.1', '10.2.0.2', '10.3.0.2')), { maxLength: 12 }),
      (steps) => {
        const one = new Routed();
        const other = new Routed();
        for (const [name, target] of steps) {
          change(one, name);
          change(other, name);
          for (let i = 0; i < 2; i++) {
            other.forget();
            const answer = other.lab.ping(other.a, target, { recorded: false, size: 1000 });
            expect([name, target, one.lab.ping(one.a, target, { recorded: false, size: 1000 }), one.counters()]).toEqual([
              name,
              target,
              answer,
              other.counters(),
            ]);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
