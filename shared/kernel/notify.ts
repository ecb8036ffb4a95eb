/**
 * Who is told of changes: rtnetlink listeners of the namespace at once, and those who watch the host once per burst of changes.
 * Invariant: every function that changes what a snapshot shows calls `emit` or `touch`.
 */
import type { Work } from '../base/index.ts';
import type { Host, Netns, RtnlEvent } from './model.ts';

class Burst implements Work {
  constructor(private readonly host: Host) {}
  run(): void {
    this.host.changePosted = false;
    this.host.changed.notify();
  }
}

/** Something that a snapshot shows has changed. */
export function touch(host: Host): void {
  host.version++;
  if (host.changePosted || host.changed.isEmpty) return;
  host.changePosted = true;
  host.world.simulation.ready(new Burst(host));
}

export function emit(netns: Netns, event: RtnlEvent): void {
  touch(netns.host);
  if (event.kind === 'link' && event.change === 'new' && event.device.linkNetns !== null) netnsIdOf(event.device.netns, event.device.linkNetns);
  if (!netns.monitors.isEmpty) netns.monitors.notify(event);
}

/** peernet2id_alloc: the id by which `netns` knows `peer`; the lowest free one the first time. News of a device name its link, and so give an id. */
export function netnsIdOf(netns: Netns, peer: Netns): number {
  const known = netns.peerIds.get(peer);
  if (known !== undefined) return known;
  if (peer.destroyed) return -1;
  const taken = new Set(netns.peerIds.values());
  let id = 0;
  while (taken.has(id)) id++;
  netns.peerIds.set(peer, id);
  emit(netns, { kind: 'nsid', change: 'new', nsid: id });
  return id;
}
