/**
 * One run of `ip` or `bridge`: what was asked for in front of the object, the namespace it acts on, how it prints, and the two things every part
 * needs: devices by name and index, and what to say when the kernel says no. Authority: ip/ip.c, lib/ll_map.c, lib/libnetlink.c.
 */
import { strerror } from '../../base/index.ts';
import { syncLink, type Device, type KernelError, type KernelResult, type Netns } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process } from '../../shell/index.ts';
import { giveUp } from './exit.ts';
import { Names } from './names.ts';
import { Family } from './prefix.ts';
import { Printer } from './printer.ts';

export interface Options {
  family: Family;
  json: boolean;
  pretty: boolean;
  brief: boolean;
  oneline: boolean;
  /** Counted: -s -s shows more. */
  stats: number;
  details: number;
  human: boolean;
  iec: boolean;
  resolve: boolean;
  all: boolean;
  force: boolean;
  batch: boolean;
  echo: boolean;
  timestamp: 'none' | 'long' | 'short';
  maxFlushRounds: number;
  compressVlans: boolean;
}

/** Exit statuses of -1 and -2 in the sources: do_cmd() negates them. */
export const USAGE_ERROR = 1;
export const KERNEL_ERROR = 2;

export class Session {
  readonly printer = new Printer();
  readonly names: Names;
  readonly options: Options = {
    ...{ family: Family.UNSPEC, json: false, pretty: false, brief: false, oneline: false, stats: 0, details: 0, human: false, iec: false, resolve: false },
    ...{ all: false, force: false, batch: false, echo: false, timestamp: 'none', maxFlushRounds: 10, compressVlans: false },
  };
  netns: Netns;
  /** do_link, which nothing takes back: after one `link show` of a batch, addresses are listed as links are. */
  listsLinks = false;

  constructor(readonly process: Process) {
    this.names = new Names(process, (text) => this.printer.error(text));
    this.netns = netnsOf(process);
  }

  /** By name or alternative name, or `ifN`. */
  deviceNamed(name: string): Device | undefined {
    const device = this.netns.device(name);
    if (device) return device;
    const match = /^if(\d+)/.exec(name);
    return match ? this.netns.devices.get(Number(match[1])) : undefined;
  }
  /** ll_name_to_index: 0 when there is none. `ifN` is taken at its word. Being asked for it, the kernel looks after its link. */
  indexOf(name: string): number {
    const device = this.netns.device(name);
    if (device) syncLink(device);
    return device?.index ?? Number(/^if(\d+)/.exec(name)?.[1] ?? 0);
  }
  /**
   * Names that the program has met, while it watches: a device that is renamed keeps its old one, until it goes (ll_map.c, whose
   * ll_entry_update does not take the new one over).
   */
  met: Map<number, string> | null = null;
  /** ll_index_to_name. */
  nameOf(index: number): string {
    if (index === 0) return '*';
    if (this.met === null) return this.netns.devices.get(index)?.name ?? `if${index}`;
    const met = this.met.get(index);
    if (met !== undefined) return met;
    const device = this.netns.devices.get(index);
    // one that is on its way out is not found any more
    if (device === undefined || device.unregistered) return `if${index}`;
    this.met.set(index, device.name);
    return device.name;
  }
  callOf(device: { readonly index: number; readonly name: string }): string {
    return this.met === null ? device.name : this.nameOf(device.index);
  }
  /** The index of a device that must be there. */
  requireIndex(name: string): number {
    return this.indexOf(name) || giveUp(USAGE_ERROR, `Cannot find device "${name}"\n`);
  }
  /** Says what the kernel answered; true when it agreed. */
  accept<T>(result: KernelResult<T>): result is { readonly ok: true; readonly value: T } {
    if (!result.ok) this.printer.error(kernelSays(result.error));
    return result.ok;
  }
}

/** What libnetlink prints for an error. */
export function kernelSays(error: KernelError): string {
  if (error.notModelled !== undefined) return `not modelled: ${error.notModelled}\n`;
  if (error.extack === undefined) return `RTNETLINK answers: ${strerror(error.errno)}\n`;
  return `Error: ${error.extack}${/[.\n]$/.test(error.extack) ? '' : '.'}\n`;
}
