/** Where a packet that did not arrive, or its answer, came to an end: the last stay that tells, with what was decided there. */
import type { Disposition, DropReason, Hop, HookName, Step } from '../trace/index.ts';
import { requestOutcome } from '../trace/index.ts';
import type { Cell } from '../twin/index.ts';

export interface Death {
  readonly cell: Cell;
  readonly direction: 'request' | 'reply';
  readonly node: string;
  readonly netnsId: number;
  readonly hop: Hop;
  readonly end: Disposition;
  /** Absent where it was not dropped: it left the lab, or waits. */
  readonly reason?: DropReason;
  /** Where the packet was to go when it ended. */
  readonly destination: string;
  /** The route that was chosen last. */
  readonly route?: Extract<Step, { kind: 'route' }>;
  /** Of a packet that netfilter dropped: where, and what decided. */
  readonly verdict?: FilterVerdict;
}

export interface FilterVerdict {
  readonly hook: HookName;
  readonly bridged: boolean;
  readonly table: string;
  readonly chain: string;
  /** `-A FORWARD -j DROP`; absent where a policy decided. */
  readonly rule?: string;
}

/** A copy that a bridge flooded ends like this without anything being wrong. */
const NOISE: ReadonlySet<DropReason> = new Set(['OTHERHOST', 'ARP_IGNORED', 'LOCAL_MAC', 'BRIDGE_NO_EGRESS_PORT']);

export function deathOf(cell: Cell): Death | undefined {
  const { hops } = cell.trace;
  const direction = requestOutcome(cell.trace).kind === 'delivered' ? 'reply' : 'request';
  const own = hops.filter((hop) => hop.direction === direction);
  const ends = own.filter(({ disposition }) => disposition.kind !== 'passed' && disposition.kind !== 'delivered');
  const telling = ends.filter(({ disposition }) => !(disposition.kind === 'dropped' && NOISE.has(disposition.reason)));
  const hop = telling.find(({ disposition }) => disposition.kind === 'dropped') ?? telling.at(-1) ?? ends.at(-1) ?? own.at(-1) ?? hops.at(-1);
  if (!hop) return undefined;
  const steps = hop.steps.map(({ step }) => step);
  const route = steps.findLast((step) => step.kind === 'route' && step.purpose !== 'reverse-path');
  const without = steps.findLast((step) => step.kind === 'no-route');
  const verdict = hop.disposition.kind === 'dropped' && hop.disposition.reason === 'NETFILTER_DROP' ? verdictOf(steps) : undefined;
  return {
    cell,
    direction,
    node: hop.place.node,
    netnsId: hop.place.netnsId,
    hop,
    end: hop.disposition,
    destination: without?.kind === 'no-route' ? without.destination : route?.kind === 'route' ? route.destination : cell.address,
    ...(hop.disposition.kind === 'dropped' && { reason: hop.disposition.reason }),
    ...(route?.kind === 'route' && { route }),
    ...(verdict && { verdict }),
  };
}

function verdictOf(steps: readonly Step[]): FilterVerdict | undefined {
  const hook = steps.findLast((step) => step.kind === 'hook');
  if (hook?.kind !== 'hook') return undefined;
  const last = steps.findLast((step) => step.kind === 'iptables' || (step.kind === 'chain' && step.policy === 'DROP'));
  const place = { hook: hook.hook, bridged: hook.bridged };
  if (last?.kind === 'iptables') return { ...place, table: last.table, chain: last.chain, rule: last.text };
  if (last?.kind === 'chain') return { ...place, table: last.table, chain: last.chain };
  return { ...place, table: 'conntrack', chain: '' };
}
