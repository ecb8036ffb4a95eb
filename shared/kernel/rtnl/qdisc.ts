/** RTM_NEWQDISC and RTM_DELQDISC (net/sched/sch_api.c: tc_modify_qdisc, tc_get_qdisc), in the kernel's order of checks and with its words. */
import { done } from '../../base/index.ts';
import { fail, notModelled } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import { emit } from '../notify.ts';
import { IngressQdisc, type Discipline } from '../qdisc/discipline.ts';
import { Fifo, type FifoOptions } from '../qdisc/fifo.ts';
import { Netem, type NetemOptions } from '../qdisc/netem.ts';
import { Tbf, type TbfOptions } from '../qdisc/tbf.ts';

export type QdiscOptions = FifoOptions | TbfOptions | NetemOptions;
export interface QdiscRequest {
  readonly device: number;
  readonly parent: 'root' | 'ingress' | 'none' | 'other';
  /** Upper half in the upper 16 bits; 0: any. */
  readonly handle: number;
  /** Its kind, when one was given. */
  readonly kind?: string;
  /** Parsed, of kinds that take them. */
  readonly options?: QdiscOptions;
  readonly create?: boolean;
  readonly replace?: boolean;
  readonly exclusive?: boolean;
}

/** Kinds that Linux has and this kernel does not. */
const NOT_MODELLED = new Set(
  'htb prio sfq fq fq_codel codel cake red gred choke hfsc drr qfq hhf pie fq_pie sfb ets mq mqprio taprio cbs etf multiq plug cbq atm dsmark skbprio'.split(
    ' ',
  ),
);
/** Linux has it, this kernel has not. */
export const lacksQdisc = (kind: string): boolean => NOT_MODELLED.has(kind);
const FIRST_HANDLE = 0x80010000;
const handles = new WeakMap<Netns['host']['world'], number>();
/** qdisc_alloc_handle: one after the other, whoever asks. */
function takeHandle({ host: { world } }: Netns): number {
  const handle = handles.get(world) ?? FIRST_HANDLE;
  handles.set(world, handle + 0x10000);
  return handle;
}

/** What a user put at the root, if anything: defaults have no handle. */
export const rootQdisc = (device: Device): Discipline | null => device.egress as Discipline | null;

export function changeQdisc(netns: Netns, request: QdiscRequest): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV');
  if (request.parent === 'ingress') return changeIngress(device, request);
  if (request.parent === 'other') return fail('ENOENT', 'Failed to find specified qdisc');
  const present = rootQdisc(device);
  const { handle, kind } = request;
  if (request.parent === 'none') {
    if (handle === 0) return fail('EINVAL', 'Handle cannot be zero');
    if (present?.handle !== handle) return fail('ENOENT', 'No qdisc found for specified handle');
    return changePresent(device, present, request);
  }
  if (present !== null && handle !== 0 && handle !== present.handle) {
    if (request.replace !== true) return fail('EEXIST', 'NLM_F_REPLACE needed to override');
    return graft(device, request);
  }
  if (present === null) {
    if (request.create !== true) return fail('ENOENT', 'Qdisc not found. To create specify NLM_F_CREATE flag');
    return graft(device, request);
  }
  // Another kind takes its place.
  if (handle === 0 && kind !== undefined && kind !== present.name) return graft(device, request);
  return changePresent(device, present, request);
}

function changePresent(device: Device, present: Discipline, { exclusive, kind, options }: QdiscRequest): KernelResult {
  if (exclusive === true) return fail('EEXIST', 'Exclusivity flag on, cannot modify');
  if (kind !== undefined && kind !== present.name) return fail('EINVAL', 'Invalid qdisc name: must match existing qdisc');
  if (options === undefined) return done;
  if (present instanceof Netem && options.kind === 'netem') present.change(options);
  else if (present instanceof Tbf && options.kind === 'tbf') present.change(options);
  else if (present instanceof Fifo && options.kind !== 'netem' && options.kind !== 'tbf') present.change(options, device);
  return done;
}

function graft(device: Device, { kind, options, handle }: QdiscRequest): KernelResult {
  if (kind === undefined) return fail('EINVAL', 'No qdisc kind specified');
  if (lacksQdisc(kind)) return notModelled(`the queueing discipline ${kind}`);
  if (options === undefined) return fail('ENOENT', 'Specified qdisc kind is unknown');
  const number = handle === 0 ? takeHandle(device.netns) : handle;
  const made =
    options.kind === 'netem'
      ? new Netem(number, options, device)
      : options.kind === 'tbf'
        ? new Tbf(number, options, device)
        : new Fifo(number, options, device);
  device.egress?.reset();
  device.egress = made;
  device.qdisc = made.name;
  emit(device.netns, { kind: 'link', change: 'new', device });
  return done;
}
function remove(device: Device): void {
  device.egress?.reset();
  device.egress = null;
  device.qdisc = device.isUp ? device.defaultQdisc : 'noop';
  emit(device.netns, { kind: 'link', change: 'new', device });
}

function changeIngress(device: Device, { kind, exclusive }: QdiscRequest): KernelResult {
  if (kind !== 'ingress' && kind !== 'clsact') return fail('EINVAL', 'Ingress qdisc must be of kind ingress or clsact');
  if (device.ingress !== null) return exclusive === true ? fail('EEXIST', 'Exclusivity flag on, cannot modify') : done;
  device.ingress = new IngressQdisc(kind);
  return done;
}

export function deleteQdisc(netns: Netns, { device: index, parent, handle, kind }: QdiscRequest): KernelResult {
  const device = netns.devices.get(index);
  if (device === undefined) return fail('ENODEV');
  if (parent === 'ingress') {
    if (device.ingress === null) return fail('ENOENT', 'Cannot find specified qdisc on specified device');
    device.ingress = null;
    return done;
  }
  if (parent === 'other') return fail('ENOENT', 'Failed to find qdisc with specified classid');
  const present = rootQdisc(device);
  if (parent === 'none' && (present === null || present.handle !== handle)) return fail('ENOENT', 'Failed to find qdisc with specified handle');
  if (present === null) return fail('ENOENT', 'Cannot delete qdisc with handle of zero');
  if (handle !== 0 && handle !== present.handle) return fail('EINVAL', 'Invalid handle');
  if (kind !== undefined && kind !== present.name) return fail('EINVAL', 'Invalid qdisc name: must match existing qdisc');
  remove(device);
  return done;
}
