/** RTM_NEWTFILTER and RTM_DELTFILTER (net/sched/cls_api.c), in the kernel's order of checks and with its words. */
import { done, ok } from '../../base/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import { Htb } from '../qdisc/htb.ts';
import { Prio } from '../qdisc/prio.ts';
import { makeAction, type ActionOptions } from '../tc/action.ts';
import { forget, type Classifier, type Filter, type FilterBlock, type Matching } from '../tc/filter.ts';
import { U32Filter } from '../tc/u32.ts';
import { ingressPlace, qdiscByHandle, rootQdisc, setRoot } from './qdisc.ts';

const INGRESS_MAJOR = 0xffff0000;
const [MINOR_INGRESS, MINOR_EGRESS] = [0xfff2, 0xfff3];

export interface FilterRequest {
  readonly device: number;
  /** `root`, or the number of a discipline or class: ffff: is the ingress, ffff:fff2 and :fff3 the two of clsact. */
  readonly parent: number | 'root';
  /** 0: not said. */
  readonly priority: number;
  readonly protocol: number;
  /** 0: not said. */
  readonly handle: number;
  /** Its kind, when one was given. */
  readonly kind?: string;
  /** Of kinds that this kernel has; undefined with a known kind: no options. */
  readonly matching?: Matching;
  readonly classId?: number;
  readonly actions?: readonly ActionOptions[];
  readonly create?: boolean;
  readonly exclusive?: boolean;
}

/** Where filters stand. */
export function filterBlock(device: Device, parent: number | 'root'): KernelResult<FilterBlock> {
  if (parent !== 'root' && (parent & ~0xffff) >>> 0 === INGRESS_MAJOR) {
    const place = ingressPlace(device);
    if (place === null) return fail('EINVAL', "Parent Qdisc doesn't exists");
    const minor = parent & 0xffff;
    if (minor === MINOR_EGRESS && place.name === 'clsact') return ok(place.outgoing);
    if (minor === 0 || minor === MINOR_INGRESS) return ok(place.incoming);
    return fail('ENOENT', "Specified class doesn't exist");
  }
  const qdisc = parent === 'root' ? rootQdisc(device) : qdiscByHandle(device, parent);
  if (!qdisc) return fail('EINVAL', parent === 'root' && device.qdisc !== 'noop' ? 'Qdisc not classful' : "Parent Qdisc doesn't exists");
  if (!(qdisc instanceof Htb) && !(qdisc instanceof Prio)) return fail('EINVAL', 'Qdisc not classful');
  const minor = parent === 'root' ? 0 : parent & 0xffff;
  if (minor === 0) return ok(qdisc.filters);
  const inner = qdisc instanceof Htb ? qdisc.find((parent as number) >>> 0) : undefined;
  return inner ? ok(inner.filters) : fail('ENOENT', "Specified class doesn't exist");
}

export function changeFilter(netns: Netns, request: FilterRequest): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV');
  const found = filterBlock(device, request.parent);
  if (!found.ok) return found;
  const block = found.value;
  block.parent = request.parent === 'root' ? (rootQdisc(device)?.handle ?? 0) : request.parent;
  const { protocol, kind, matching, create } = request;
  let { priority } = request;
  if (priority === 0) {
    if (create !== true) return fail('ENOENT', 'Invalid filter command with priority of zero');
    priority = block.ownPriority();
  }
  let classifier = block.classifier(priority);
  if (classifier && classifier.protocol !== protocol && protocol !== 0) return fail('EINVAL', 'Filter with specified priority/protocol not found');
  if (!classifier) {
    if (kind === undefined || protocol === 0) return fail('EINVAL', 'Filter kind and protocol must be specified');
    if (create !== true) return fail('ENOENT', 'Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter');
    if (matching === undefined) return fail('ENOENT', 'TC classifier not found');
    classifier = block.add(priority, protocol, matching.kind);
  } else if (kind !== undefined && kind !== classifier.kind) return fail('EINVAL', 'Specified filter kind does not match existing one');
  const made = makeFilter(netns, classifier, request);
  if (!made.ok && classifier.filters.length === 0) block.remove(classifier, netns);
  setRoot(device, rootQdisc(device));
  return made;
}
function makeFilter(netns: Netns, classifier: Classifier, { handle, matching, classId = 0, actions = [], create, exclusive }: FilterRequest): KernelResult {
  const present = classifier.filters.find((one) => one.handle === handle && handle !== 0);
  if (present && exclusive === true) return fail('EEXIST', 'Filter already exists');
  if (!present && handle !== 0 && create !== true) return fail('ENOENT', 'Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter');
  if (matching === undefined) return done;
  if (matching.kind === 'u32' && matching.keys.length === 0) return done; // only its table
  if (matching.kind === 'matchall' && classifier.filters.length > 0) return fail('EEXIST');
  if (matching.kind === 'flower' && !present && classifier.filters.some((one) => isSame(one.matching, matching))) return fail('EEXIST');
  const number = handle !== 0 ? handle : freeHandle(classifier);
  const filter: Filter = {
    handle: number,
    classId,
    matching,
    actions: actions.map((options) => makeAction(netns, options)),
    asked: 0,
    matched: 0,
    u32: matching.kind === 'u32' ? new U32Filter(matching.keys) : null,
  };
  if (present) {
    forget(present, netns);
    classifier.filters[classifier.filters.indexOf(present)] = filter;
    return done;
  }
  const at = classifier.filters.findIndex((one) => one.handle > number);
  classifier.filters.splice(at < 0 ? classifier.filters.length : at, 0, filter);
  return done;
}
const isSame = (a: Matching, b: Matching): boolean => JSON.stringify(a) === JSON.stringify(b);
function freeHandle({ kind, table, filters }: Classifier): number {
  const first = kind === 'u32' ? table * 2 ** 20 + 0x800 : 1;
  for (let handle = first; ; handle++) if (!filters.some((one) => one.handle === handle)) return handle;
}

export function deleteFilter(netns: Netns, { device: index, parent, priority, protocol, handle, kind }: FilterRequest): KernelResult {
  const device = netns.devices.get(index);
  if (device === undefined) return fail('ENODEV');
  if (priority === 0 && (protocol !== 0 || handle !== 0 || kind !== undefined)) return fail('ENOENT', 'Cannot flush filters with protocol, handle or kind set');
  const found = filterBlock(device, parent);
  if (!found.ok) return found;
  const block = found.value;
  if (priority === 0) block.clear(netns);
  else {
    const classifier = block.classifier(priority);
    if (!classifier || (protocol !== 0 && protocol !== classifier.protocol)) return fail('ENOENT', 'Filter with specified priority/protocol not found');
    if (kind !== undefined && kind !== classifier.kind) return fail('EINVAL', 'Specified filter kind does not match existing one');
    if (handle === 0) block.remove(classifier, netns);
    else {
      const filter = classifier.filters.find((one) => one.handle === handle);
      if (!filter) return fail('ENOENT', 'Specified filter handle not found');
      forget(filter, netns);
      classifier.filters.splice(classifier.filters.indexOf(filter), 1);
      if (classifier.filters.length === 0) block.remove(classifier, netns);
    }
  }
  setRoot(device, rootQdisc(device));
  return done;
}
