/**
 * Carrier and operational state (net/core/link_watch.c). A carrier change is handled a moment later: at once when it is urgent (a device
 * with a link comes up), else at most once a second for the whole machine. Until then `operState` is the old one, as on Linux.
 */
import { deviceEvent } from './device-events.ts';
import type { Device, Host } from './model.ts';
import { emit } from './notify.ts';
import type { OperState } from './numbers.ts';

const SECOND_US = 1_000_000;
/** A kernel worker gets to run. */
const WORKER_US = 30;

export function setCarrier(device: Device, carrier: 'on' | 'off'): void {
  const on = carrier === 'on';
  if (device.carrier === on) return;
  device.carrier = on;
  if (device.index === 0) return;
  if (on) device.carrierUpCount++;
  else device.carrierDownCount++;
  fire(device);
}

/** linkwatch_fire_event. */
export function fire(device: Device): void {
  const { host } = device.netns;
  const urgent = isUrgent(device);
  if (!device.linkwatchPending) {
    device.linkwatchPending = true;
    host.linkwatchList.push(device);
  } else if (!urgent) return;
  schedule(host, urgent);
}

function isUrgent(device: Device): boolean {
  if (!device.isUp) return false;
  if (device.linkIndex !== device.index) return true;
  return device.carrier && device.qdiscWaits;
}

function schedule(host: Host, urgent: boolean): void {
  const { simulation } = host.world;
  if (host.linkwatchUrgent) return;
  let delay = host.linkwatchNextUs - simulation.nowUs;
  if (urgent) {
    host.linkwatchUrgent = true;
    host.linkwatchTimer?.cancel();
    delay = 0;
  } else if (host.linkwatchTimer !== null && !host.linkwatchTimer.cancelled) return;
  if (delay > SECOND_US || delay < 0) delay = 0;
  host.linkwatchTimer = simulation.housekeeping(delay + WORKER_US, () => run(host));
}

function run(host: Host): void {
  const now = host.world.simulation.nowUs;
  const urgentOnly = host.linkwatchNextUs > now;
  if (!urgentOnly) host.linkwatchNextUs = now + SECOND_US;
  host.linkwatchUrgent = false;
  host.linkwatchTimer = null;
  const list = host.linkwatchList;
  host.linkwatchList = [];
  for (const device of list) {
    if (device.unregistered) continue;
    if (urgentOnly && !isUrgent(device)) host.linkwatchList.push(device);
    else handle(device);
  }
  // What one device's state did to those on top of it comes in the same go.
  if (hasUrgent(host)) runAgain(host);
  else if (host.linkwatchList.length > 0) schedule(host, false);
}

const hasUrgent = (host: Host): boolean => host.linkwatchUrgent;
function runAgain(host: Host): void {
  host.linkwatchTimer?.cancel();
  run(host);
}

/** linkwatch_sync_dev: whoever asks for one device's link by name gets its present state. */
export function syncLink(device: Device): void {
  if (!device.linkwatchPending) return;
  const { host } = device.netns;
  host.linkwatchList = host.linkwatchList.filter((other) => other !== device);
  handle(device);
}

function handle(device: Device): void {
  device.linkwatchPending = false;
  applyOperationalPolicy(device);
  if (!device.isUp) return;
  if (device.carrier) device.qdiscWaits = false;
  else device.qdiscWaits = true;
  deviceEvent(device, 'change');
  emit(device.netns, { kind: 'link', change: 'new', device });
}

/** rfc2863_policy. */
export function applyOperationalPolicy(device: Device): void {
  let state = defaultOperState(device);
  if (device.linkMode === 1 && state === 'UP') state = 'DORMANT';
  device.operState = state;
}
function defaultOperState(device: Device): OperState {
  if (!device.carrier) {
    const linkIndex = device.unregistered ? device.index : device.linkIndex;
    if (linkIndex === device.index) return 'DOWN';
    const lower = device.netns.devices.get(linkIndex);
    return lower === undefined || lower.carrier ? 'DOWN' : 'LOWERLAYERDOWN';
  }
  return device.dormant ? 'DORMANT' : 'UP';
}
