/** Putting fragments together (net/ipv4/ip_fragment.c): by source, destination, protocol, id and who asks; 30 s of patience. */
import { decodeTransport } from '../../wire/index.ts';
import { toUint8Array } from '../../base/index.ts';
import type { FragmentQueue, Netns, Skb } from '../model.ts';
import { drop } from '../transmit.ts';

/** Who collects: pieces are not shared between conntrack's defragmentation and local delivery. */
export type Collector = 'local' | 'conntrack-in' | 'conntrack-out' | 'bridge';

/** True when `skb` is now the whole packet; false when it was kept (or was a duplicate) and the caller forgets it. */
export function reassemble(skb: Skb, netns: Netns, collector: Collector): boolean {
  const ip = skb.ip!;
  const { ip: mib } = netns.mib;
  mib.ReasmReqds++;
  const key = `${collector} ${ip.src} ${ip.dst} ${ip.protocol} ${ip.id}`;
  let queue = netns.fragments.get(key);
  if (queue === undefined) {
    const timer = netns.simulation.housekeeping(netns.ipv4.ipfragTimeS * 1e6, () => expire(netns, key));
    queue = { pieces: [], timer };
    netns.fragments.set(key, queue);
  }
  const { pieces } = queue;
  const end = ip.fragmentOffset + skb.payload.length;
  for (const piece of pieces) {
    const from = piece.ip!.fragmentOffset;
    if (ip.fragmentOffset < from + piece.payload.length && end > from) {
      mib.ReasmOverlaps++;
      mib.ReasmFails++;
      drop(skb, netns, 'DUP_FRAG', 'overlaps a fragment that is there');
      return false;
    }
  }
  pieces.push(skb);
  if (!isComplete(queue)) return false;
  queue.timer.cancel();
  netns.fragments.delete(key);
  join(skb, pieces, netns);
  mib.ReasmOKs++;
  return true;
}

function isComplete(queue: FragmentQueue): boolean {
  queue.pieces.sort((a, b) => a.ip!.fragmentOffset - b.ip!.fragmentOffset);
  let expected = 0;
  for (const piece of queue.pieces) {
    if (piece.ip!.fragmentOffset !== expected) return false;
    expected += piece.payload.length;
  }
  return !queue.pieces.at(-1)!.ip!.moreFragments;
}

/** The last piece to arrive becomes the packet. */
function join(skb: Skb, pieces: readonly Skb[], netns: Netns): void {
  let bytes = '';
  for (const piece of pieces) {
    bytes += piece.payload;
    if (piece !== skb && piece.recorder !== null) piece.end({ kind: 'passed' });
  }
  const ip = pieces[0]!.ip!.clone();
  ip.moreFragments = false;
  ip.fragmentOffset = 0;
  ip.dontFragment = false;
  skb.ip = ip;
  skb.payload = '';
  decodeTransport(toUint8Array(bytes), skb);
  if (skb.recorder !== null) skb.step({ kind: 'reassemble', pieces: pieces.length }, netns);
}

function expire(netns: Netns, key: string): void {
  const queue = netns.fragments.get(key);
  netns.fragments.delete(key);
  netns.mib.ip.ReasmFails++;
  netns.mib.ip.ReasmTimeout++;
  const first = queue?.pieces.find((piece) => piece.ip!.fragmentOffset === 0);
  if (first !== undefined && key.startsWith('local')) netns.stack.reassemblyTimeout(first);
  for (const piece of queue?.pieces ?? []) drop(piece, netns, 'FRAG_REASM_TIMEOUT', 'not all fragments came');
}
