/** RTM_NEWTCLASS and RTM_DELTCLASS (net/sched/sch_api.c: tc_ctl_tclass), of htb; other disciplines make their classes themselves. */
import { ok } from '../../base/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import type { Discipline } from '../qdisc/discipline.ts';
import { Htb, type HtbClassOptions } from '../qdisc/htb.ts';
import { Prio } from '../qdisc/prio.ts';
import { qdiscByHandle, rootQdisc } from './qdisc.ts';

export interface ClassRequest {
  readonly device: number;
  /** `root`, or the number of a class or discipline; 0: not said. */
  readonly parent: number | 'root';
  /** 0: not said. */
  readonly id: number;
  readonly options?: HtbClassOptions;
  readonly create?: boolean;
  readonly exclusive?: boolean;
}

interface Located {
  readonly qdisc: Discipline;
  readonly id: number;
  readonly parent: number;
}
/** The discipline that is meant, and whole numbers. */
function locate(netns: Netns, { device: index, parent, id }: ClassRequest): KernelResult<Located> {
  const device = netns.devices.get(index);
  if (device === undefined) return fail('ENODEV');
  const [major, parentMajor] = [(id & ~0xffff) >>> 0, parent === 'root' ? 0 : (parent & ~0xffff) >>> 0];
  if (major !== 0 && parentMajor !== 0 && major !== parentMajor) return fail('EINVAL');
  const handle = major || parentMajor || (rootQdisc(device)?.handle ?? 0) >>> 0;
  const qdisc = qdiscByHandle(device, handle);
  if (qdisc === undefined) return fail('ENOENT');
  if (!(qdisc instanceof Htb) && !(qdisc instanceof Prio)) return fail('EINVAL');
  const whole = id === 0 ? (parent === 'root' ? handle : 0) : (handle | (id & 0xffff)) >>> 0;
  return ok({ qdisc, id: whole, parent: parent === 'root' ? 0 : parent >>> 0 });
}

/** Answers with what the kernel has to remark, if anything. */
export function changeClass(netns: Netns, request: ClassRequest): KernelResult<string | undefined> {
  const found = locate(netns, request);
  if (!found.ok) return found;
  const { qdisc, id, parent } = found.value;
  const { create, exclusive, options } = request;
  if (!(qdisc instanceof Htb)) return fail('EOPNOTSUPP');
  const present = qdisc.find(id);
  if (present !== undefined) {
    if (exclusive === true) return fail('EEXIST');
    if (options === undefined) return fail('EINVAL');
    return ok(qdisc.changeClass(present, options));
  }
  if (create !== true) return fail('ENOENT');
  return id === 0 || options === undefined ? fail('EINVAL') : qdisc.addClass(id, parent, options);
}
export function deleteClass(netns: Netns, request: ClassRequest): KernelResult<undefined> {
  const found = locate(netns, request);
  if (!found.ok) return found;
  const { qdisc, id } = found.value;
  if (!(qdisc instanceof Htb)) return fail('EOPNOTSUPP');
  const present = qdisc.find(id);
  if (present === undefined) return fail('ENOENT');
  const removed = qdisc.removeClass(present);
  return removed.ok ? ok(undefined) : removed;
}

/** Disciplines with classes, in the order of a dump. */
export function classful(device: Device): readonly Discipline[] {
  const root = rootQdisc(device);
  return root === null ? [] : [root, ...below(root)];
}
function below(one: Discipline): Discipline[] {
  const leaves = one instanceof Prio ? one.leaves : one instanceof Htb ? [...one.classes].flatMap(({ leaf }) => leaf ?? []) : [];
  return leaves.filter(({ handle }) => handle !== 0).flatMap((leaf) => [leaf, ...below(leaf)]);
}
