/** RTM_NEWQDISC and RTM_DELQDISC (net/sched/sch_api.c: tc_modify_qdisc, tc_get_qdisc), in the kernel's order of checks and with its words. */
import { done, ok } from '../../base/index.ts';
import { fail, notModelled } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import { emit } from '../notify.ts';
import type { Discipline } from '../qdisc/discipline.ts';
import { FqCodel, Sfq, type FqCodelOptions, type SfqOptions } from '../qdisc/fair.ts';
import { Fifo, type FifoOptions } from '../qdisc/fifo.ts';
import { Htb, type HtbOptions } from '../qdisc/htb.ts';
import { Netem, type NetemOptions } from '../qdisc/netem.ts';
import { Prio, type PrioOptions } from '../qdisc/prio.ts';
import { Tbf, type TbfOptions } from '../qdisc/tbf.ts';
import { EgressPlace, IngressPlace } from '../tc/places.ts';

export type QdiscOptions = FifoOptions | TbfOptions | NetemOptions | FqCodelOptions | SfqOptions | PrioOptions | HtbOptions;
export interface QdiscRequest {
  readonly device: number;
  readonly parent: 'root' | 'ingress' | 'none' | 'class';
  /** Of `class`: the other's upper half and the class's number. */
  readonly parentId?: number;
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
  'fq codel cake red gred choke hfsc drr qfq hhf pie fq_pie sfb ets mq mqprio taprio cbs etf multiq plug cbq atm dsmark skbprio'.split(' '),
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
export const rootQdisc = ({ egress }: Device): Discipline | null => (egress instanceof EgressPlace ? egress.inner : (egress as Discipline | null));
/** Puts a discipline at the root, behind the filters of `clsact` where there are any. */
export function setRoot(device: Device, root: Discipline | null): void {
  const { ingress } = device;
  const filters = ingress instanceof IngressPlace && ingress.name === 'clsact' && !ingress.outgoing.isEmpty ? ingress.outgoing : null;
  device.egress = filters ? new EgressPlace(filters, root) : root;
}
/** Filters of `ingress` and `clsact`. */
export const ingressPlace = ({ ingress }: Device): IngressPlace | null => (ingress instanceof IngressPlace ? ingress : null);

export function changeQdisc(netns: Netns, request: QdiscRequest): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV');
  if (request.parent === 'ingress') return changeIngress(device, request);
  if (request.parent === 'class') return changeLeaf(device, request);
  const present = rootQdisc(device);
  const { handle, kind } = request;
  if (request.parent === 'none') {
    if (handle === 0) return fail('EINVAL', 'Handle cannot be zero');
    const named = present?.handle === handle ? present : leafQdiscs(device).find(({ leaf }) => leaf.handle === handle)?.leaf;
    if (named === undefined) return fail('ENOENT', 'No qdisc found for specified handle');
    return changePresent(device, named, request);
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
  else if (present instanceof Fifo && isFifo(options)) present.change(options, device);
  else if (present instanceof FqCodel && options.kind === 'fq_codel') return present.change(options, false);
  else if (present instanceof Prio && options.kind === 'prio') return present.change(options);
  else if (present instanceof Sfq || present instanceof Htb) return fail('ENOSYS', 'Change operation not supported by specified qdisc');
  return done;
}

const isFifo = (options: QdiscOptions): options is FifoOptions => ['pfifo', 'bfifo', 'pfifo_head_drop', 'pfifo_fast', 'noqueue'].includes(options.kind);

/** qdisc_create. */
function make(device: Device, { kind, options, handle }: QdiscRequest): KernelResult<Discipline> {
  if (kind === undefined) return fail('EINVAL', 'No qdisc kind specified');
  if (lacksQdisc(kind)) return notModelled(`the queueing discipline ${kind}`);
  if (options === undefined) return fail('ENOENT', 'Specified qdisc kind is unknown');
  const number = handle === 0 ? takeHandle(device.netns) : handle;
  if (options.kind === 'netem') return ok(new Netem(number, options, device));
  if (options.kind === 'tbf') return ok(new Tbf(number, options, device));
  if (isFifo(options)) return ok(new Fifo(number, options, device));
  if (options.kind === 'htb') return ok(new Htb(number, options, device));
  const made = options.kind === 'fq_codel' ? new FqCodel(number, device) : options.kind === 'sfq' ? new Sfq(number, device) : new Prio(number, device);
  const set =
    made instanceof FqCodel
      ? made.change(options as FqCodelOptions, true)
      : made instanceof Sfq
        ? made.set(options as SfqOptions)
        : made.change(options as PrioOptions);
  return set.ok ? ok(made) : set;
}
function graft(device: Device, request: QdiscRequest): KernelResult {
  const made = make(device, request);
  if (!made.ok) return made;
  device.egress?.reset();
  setRoot(device, made.value);
  device.qdisc = made.value.name;
  emit(device.netns, { kind: 'link', change: 'new', device });
  return done;
}

export interface Leaf {
  readonly leaf: Discipline;
  /** The class that it stands in. */
  readonly parentId: number;
}
/** hash_32 of the kernel's table of a device's disciplines. */
const bucketOf = (handle: number): number => Math.imul(handle, 0x61c88647) >>> 28;
/** What stands in the classes of a discipline. */
function leavesOf(one: Discipline): Leaf[] {
  if (one instanceof Prio) return one.leaves.map((leaf, i) => ({ leaf, parentId: one.handle + i + 1 }));
  if (one instanceof Htb) return [...one.classes].flatMap(({ leaf, id }) => (leaf ? [{ leaf, parentId: id }] : []));
  return [];
}
/** What users put into classes, as a dump lists it. */
export function leafQdiscs(device: Device): Leaf[] {
  const below = (one: Discipline): Leaf[] => leavesOf(one).flatMap((leaf) => [leaf, ...below(leaf.leaf)]);
  const root = rootQdisc(device);
  const found = root === null ? [] : below(root).filter(({ leaf }) => leaf.handle !== 0);
  return found.sort((a, b) => bucketOf(a.leaf.handle) - bucketOf(b.leaf.handle));
}
/** By the upper half of a number. */
export function qdiscByHandle(device: Device, id: number): Discipline | undefined {
  const isIt = (one: Discipline): boolean => ((one.handle ^ id) & ~0xffff) === 0;
  const root = rootQdisc(device);
  return root !== null && isIt(root) ? root : leafQdiscs(device).find(({ leaf }) => isIt(leaf))?.leaf;
}

/** A class in which a discipline may stand. */
interface ClassPlace {
  readonly leaf: Discipline | null | undefined;
  set(leaf: Discipline | null): KernelResult;
}
/** tc_modify_qdisc below a class. */
function changeLeaf(device: Device, request: QdiscRequest): KernelResult {
  const found = findClass(device, request.parentId ?? 0, 'Failed to find specified qdisc');
  if (!found.ok) return found;
  const { leaf: present } = found.value;
  const { handle, kind } = request;
  const isNew = !present || present.handle === 0;
  if (!isNew && (handle === 0 || handle === present.handle) && (kind === undefined || kind === present.name)) return changePresent(device, present, request);
  if (!isNew && request.replace !== true) return fail('EEXIST', 'NLM_F_REPLACE needed to override');
  if (isNew && request.create !== true) return fail('ENOENT', 'Qdisc not found. To create specify NLM_F_CREATE flag');
  if (handle !== 0 && (handle === rootQdisc(device)?.handle || leafQdiscs(device).some(({ leaf }) => leaf.handle === handle)))
    return fail('EEXIST', 'Exclusivity flag on, cannot override');
  const made = make(device, request);
  return made.ok ? found.value.set(made.value) : made;
}
function findClass(device: Device, id: number, unknown: string): KernelResult<ClassPlace> {
  const parent = qdiscByHandle(device, id);
  if (parent === undefined) return fail('ENOENT', unknown);
  if (parent instanceof Htb) {
    const one = parent.find(id >>> 0);
    if (one === undefined) return fail('ENOENT', 'Specified class not found');
    return ok({ leaf: one.leaf, set: (leaf) => (one.leaf === null ? fail('EINVAL') : (parent.setLeaf(one, leaf), done)) });
  }
  if (!(parent instanceof Prio)) return fail('EOPNOTSUPP', 'Parent Qdisc does not support classes');
  const minor = id & 0xffff;
  const set = (leaf: Discipline | null): KernelResult =>
    minor > parent.leaves.length ? fail('ENOENT', 'Specified class not found') : (parent.setLeaf(minor, leaf), done);
  return ok({ leaf: parent.leaves[minor - 1], set });
}
function remove(device: Device): void {
  device.egress?.reset();
  setRoot(device, null);
  device.qdisc = device.isUp ? device.defaultQdisc : 'noop';
  emit(device.netns, { kind: 'link', change: 'new', device });
}

function changeIngress(device: Device, { kind, exclusive }: QdiscRequest): KernelResult {
  if (kind !== 'ingress' && kind !== 'clsact') return fail('EINVAL', 'Ingress qdisc must be of kind ingress or clsact');
  if (device.ingress !== null) return exclusive === true ? fail('EEXIST', 'Exclusivity flag on, cannot modify') : done;
  device.ingress = new IngressPlace(kind);
  return done;
}

export function deleteQdisc(netns: Netns, { device: index, parent, parentId = 0, handle, kind }: QdiscRequest): KernelResult {
  const device = netns.devices.get(index);
  if (device === undefined) return fail('ENODEV');
  if (parent === 'ingress') {
    if (device.ingress === null) return fail('ENOENT', 'Cannot find specified qdisc on specified device');
    const place = ingressPlace(device);
    place?.incoming.clear(netns);
    place?.outgoing.clear(netns);
    device.ingress = null;
    setRoot(device, rootQdisc(device));
    return done;
  }
  if (parent === 'class') {
    const found = findClass(device, parentId, 'Failed to find qdisc with specified classid');
    if (!found.ok) return found;
    const { leaf } = found.value;
    if (!leaf) return fail('ENOENT', 'Specified class not found');
    if (leaf.handle === 0) return fail('ENOENT', 'Cannot delete qdisc with handle of zero');
    if (handle !== 0 && handle !== leaf.handle) return fail('EINVAL', 'Invalid handle');
    if (kind !== undefined && kind !== leaf.name) return fail('EINVAL', 'Invalid qdisc name: must match existing qdisc');
    return found.value.set(null);
  }
  const present = rootQdisc(device);
  if (parent === 'none' && (present === null || present.handle !== handle)) return fail('ENOENT', 'Failed to find qdisc with specified handle');
  if (present === null) return fail('ENOENT', 'Cannot delete qdisc with handle of zero');
  if (handle !== 0 && handle !== present.handle) return fail('EINVAL', 'Invalid handle');
  if (kind !== undefined && kind !== present.name) return fail('EINVAL', 'Invalid qdisc name: must match existing qdisc');
  remove(device);
  return done;
}
