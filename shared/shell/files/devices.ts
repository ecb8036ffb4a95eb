/** Character devices by number (null(4), random(4), full(4), tty(4)). Terminals and whatever else a machine has register their own opener. */
import { err, ok, type Bytes, type Errno, type Result, type Rng } from '../../base/index.ts';
import type { Caller } from '../process/caller.ts';
import { OpenFile, makeDevice, type OpenFlags } from './inode.ts';

export type DeviceOpener = (flags: OpenFlags, caller: Caller) => Result<OpenFile, Errno>;

/** How much a read of an endless device gives at most. */
const ENDLESS_BYTES = 65536;

abstract class Device extends OpenFile {
  override write(data: Bytes, _caller: Caller): Result<number, Errno> {
    return ok(data.length);
  }
  override seek(): Result<number, Errno> {
    return ok(0);
  }
}

class Null extends Device {
  override read(): Result<Bytes, Errno> {
    return ok('');
  }
}

class Zero extends Device {
  override read(max: number): Result<Bytes, Errno> {
    return ok('\0'.repeat(Math.min(max, ENDLESS_BYTES)));
  }
}

class Full extends Zero {
  override write(): Result<number, Errno> {
    return err('ENOSPC');
  }
}

class Random extends Device {
  constructor(private readonly rng: Rng) {
    super();
  }
  override read(max: number): Result<Bytes, Errno> {
    let bytes = '';
    for (let left = Math.min(max, ENDLESS_BYTES); left > 0; left--) bytes += String.fromCharCode(this.rng.uint32() & 255);
    return ok(bytes);
  }
}

export const DEVICES = {
  null: makeDevice(1, 3),
  zero: makeDevice(1, 5),
  full: makeDevice(1, 7),
  random: makeDevice(1, 8),
  urandom: makeDevice(1, 9),
  tty: makeDevice(5, 0),
  console: makeDevice(5, 1),
  ptmx: makeDevice(5, 2),
} as const;

/** The devices of one machine. */
export class DeviceTable {
  private readonly openers = new Map<number, DeviceOpener>();

  constructor(rng: Rng) {
    this.register(DEVICES.null, () => ok(new Null()));
    this.register(DEVICES.zero, () => ok(new Zero()));
    this.register(DEVICES.full, () => ok(new Full()));
    this.register(DEVICES.random, () => ok(new Random(rng)));
    this.register(DEVICES.urandom, () => ok(new Random(rng)));
  }
  register(rdev: number, opener: DeviceOpener): void {
    this.openers.set(rdev, opener);
  }
  forget(rdev: number): void {
    this.openers.delete(rdev);
  }
  open(rdev: number, flags: OpenFlags, caller: Caller): Result<OpenFile, Errno> {
    return this.openers.get(rdev)?.(flags, caller) ?? err('ENXIO');
  }
}
