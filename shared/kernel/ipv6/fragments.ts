/** Fragments of IPv6 (net/ipv6/ip6_output.c: ip6_fragment, reassembly.c): only the source cuts, only the destination joins. */
import { toUint8Array } from '../../base/index.ts';
import { completeChecksum, decodeTransport, encodeTransportBytes } from '../../wire/index.ts';
import type { Ipv6Header } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import type { FragmentQueue, Netns } from '../model.ts';
import { drop } from '../transmit.ts';

/** The pieces of a packet, each at most `mtu` long. */
export function fragments6(skb: Skb, mtu: number, netns: Netns): readonly Skb[] {
  const ip6 = skb.ip6!;
  completeChecksum(skb);
  const bytes = encodeTransportBytes(skb);
  const room = (mtu - 40 - ip6.extensionLength - 8) & ~7;
  const id = netns.rng.uint32();
  const pieces: Skb[] = [];
  for (let offset = 0; offset < bytes.length; offset += room) {
    const piece = new Skb();
    piece.etherType = skb.etherType;
    piece.ip6 = ip6.clone();
    piece.ip6.payloadLength = -1;
    piece.ip6.fragmentId = id;
    piece.ip6.fragmentOffset = offset;
    piece.ip6.moreFragments = offset + room < bytes.length;
    piece.payload = bytes.slice(offset, offset + room);
    piece.device = skb.device;
    piece.inDevice = skb.inDevice;
    piece.mark = skb.mark;
    piece.priority = skb.priority;
    piece.socket = skb.socket;
    piece.depth = skb.depth;
    piece.ct = skb.ct;
    piece.ctInfo = skb.ctInfo;
    piece.recorder = skb.recorder;
    piece.hop = skb.hop;
    pieces.push(piece);
  }
  if (skb.recorder !== null) skb.step({ kind: 'fragment', device: skb.device?.name ?? '', mtu, pieces: pieces.length }, netns);
  return pieces;
}

/** True when `skb` is now the whole packet; false when it waits for the rest. */
export function reassemble6(skb: Skb, netns: Netns): boolean {
  const ip6 = skb.ip6!;
  const key = `ipv6 ${ip6.src} ${ip6.dst} ${ip6.fragmentId}`;
  let queue = netns.fragments.get(key);
  if (queue === undefined) {
    const timer = netns.simulation.housekeeping(netns.ipv6.ip6frag_time * 1e6, () => expire(netns, key));
    queue = { pieces: [], timer };
    netns.fragments.set(key, queue);
  }
  const end = ip6.fragmentOffset + skb.payload.length;
  for (const piece of queue.pieces) {
    const from = piece.ip6!.fragmentOffset;
    if (ip6.fragmentOffset < from + piece.payload.length && end > from) {
      drop(skb, netns, 'DUP_FRAG', 'overlaps a fragment that is there');
      return false;
    }
  }
  queue.pieces.push(skb);
  if (!isComplete(queue)) return false;
  queue.timer.cancel();
  netns.fragments.delete(key);
  join(skb, queue.pieces, netns);
  return true;
}
function isComplete({ pieces }: FragmentQueue): boolean {
  pieces.sort((a, b) => a.ip6!.fragmentOffset - b.ip6!.fragmentOffset);
  let expected = 0;
  for (const piece of pieces) {
    if (piece.ip6!.fragmentOffset !== expected) return false;
    expected += piece.payload.length;
  }
  return !pieces.at(-1)!.ip6!.moreFragments;
}
/** The last piece to arrive becomes the packet. */
function join(skb: Skb, pieces: readonly Skb[], netns: Netns): void {
  let bytes = '';
  for (const piece of pieces) {
    bytes += piece.payload;
    if (piece !== skb && piece.recorder !== null) piece.end({ kind: 'passed' });
  }
  skb.ip6 = whole(pieces[0]!.ip6!);
  skb.payload = '';
  decodeTransport(toUint8Array(bytes), skb);
  if (skb.recorder !== null) skb.step({ kind: 'reassemble', pieces: pieces.length }, netns);
}
function whole(first: Ipv6Header): Ipv6Header {
  const ip6 = first.clone();
  ip6.fragmentId = -1;
  ip6.fragmentOffset = 0;
  ip6.moreFragments = false;
  ip6.payloadLength = -1;
  return ip6;
}
function expire(netns: Netns, key: string): void {
  const queue = netns.fragments.get(key);
  netns.fragments.delete(key);
  const first = queue?.pieces.find((piece) => piece.ip6!.fragmentOffset === 0);
  if (first !== undefined) netns.stack.reassemblyTimeout(first);
  for (const piece of queue?.pieces ?? []) drop(piece, netns, 'FRAG_REASM_TIMEOUT', 'not all fragments came');
}
