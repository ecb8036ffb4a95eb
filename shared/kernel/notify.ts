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
  if (!netns.monitors.isEmpty) netns.monitors.notify(event);
}
