/**
 * socat: joins two addresses (socat 1.7.4.4).
 * Deviation: no UNIX sockets, TLS, proxies, TUN devices, pseudo terminals, raw IP; -h lists what is here.
 */
import type { Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { AddressError, parseAddress, type Address } from './address.ts';
import type { Endpoint } from './endpoint.ts';
import { Fatal, Log } from './log.ts';
import { openAddress, type Surroundings } from './open.ts';
import { parseSocat, SOCAT_OPTIONS, type SocatOptions } from './options.ts';
import { relay, type Side } from './relay.ts';
import { declared, type Declaration } from '../declaration.ts';

const DEFAULTS: SocatOptions = {
  verbosity: 0,
  dump: 'none',
  bufferBytes: 8192,
  closeUs: 500_000,
  idleUs: 0,
  direction: 'both',
  name: 'socat',
  microseconds: false,
};

const main: Program = function* (p) {
  const parsed = parseSocat(p.argv);
  if (parsed.kind === 'print') {
    yield* p.print(parsed.text);
    return 0;
  }
  if (parsed.kind === 'wrong') {
    yield* new Log({ ...DEFAULTS, name: parsed.name }).say(p, 'E', parsed.message);
    return 1;
  }
  p.on('PIPE', 'ignore');
  p.on('CHLD', () => undefined);
  // It keeps a pipe for its children's messages: what it opens begins with descriptor 5.
  p.pipe();
  return yield* new Socat(parsed.options).run(p, parsed.addresses);
};

class Socat {
  private readonly log: Log;
  private readonly environment = new Map<Bytes, Bytes>();
  constructor(private readonly options: SocatOptions) {
    this.log = new Log(options);
  }
  *run(p: Process, [left, right]: readonly [Bytes, Bytes]): Sys<number> {
    return yield* this.guard(p, () => this.joinBoth(p, parseSide(left), parseSide(right)));
  }
  /** Tells what went wrong. */
  private *guard(p: Process, body: () => Sys<number>): Sys<number> {
    let status: number;
    try {
      status = yield* body();
    } catch (error) {
      if (!(error instanceof Fatal || error instanceof AddressError)) throw error;
      yield* this.log.say(p, 'E', error.message);
      yield* this.log.say(p, 'N', 'exit(1)');
      return 1;
    }
    yield* this.log.say(p, 'N', `exiting with status ${status}`);
    return status;
  }
  /** Opens the left side, then (in each child that it forks) the right one. */
  private *joinBoth(p: Process, left: SideAddress, right: SideAddress): Sys<number> {
    const { direction } = this.options;
    const leftEnd = yield* this.open(p, left, direction !== 'right-to-left', direction !== 'left-to-right', (q, endpoint) =>
      this.guard(q, () => this.joinRight(q, { endpoint, options: left.read.options }, right)),
    );
    return yield* this.joinRight(p, { endpoint: leftEnd, options: left.read.options }, right);
  }
  private *joinRight(p: Process, left: Side, right: SideAddress): Sys<number> {
    const { direction } = this.options;
    const serve = (q: Process, endpoint: Endpoint): Sys<number> => this.guard(q, () => this.relay(q, left, { endpoint, options: right.read.options }));
    const endpoint = yield* this.open(p, right, direction !== 'left-to-right', direction !== 'right-to-left', serve);
    return yield* this.relay(p, left, { endpoint, options: right.read.options });
  }
  private *relay(p: Process, left: Side, right: Side): Sys<number> {
    yield* relay(p, left, right, this.options, this.log);
    return 0;
  }
  private *open(p: Process, address: SideAddress, reads: boolean, writes: boolean, serve: Surroundings['serve']): Sys<Endpoint> {
    const around: Surroundings = { log: this.log, reads, writes, environment: this.environment, serve };
    if (address.write === undefined) return yield* openAddress(p, address.read, around);
    const reader = yield* openAddress(p, address.read, { ...around, writes: false });
    const writer = yield* openAddress(p, address.write, { ...around, reads: false });
    return {
      ...reader,
      writeFd: writer.writeFd,
      waits: [...reader.waits, ...writer.waits],
      canWrite: (q) => writer.canWrite(q),
      write: (q, data) => writer.write(q, data),
      endWriting: (q) => writer.endWriting(q),
    };
  }
}
interface SideAddress {
  readonly read: Address;
  readonly write: Address | undefined;
}
const parseSide = (text: Bytes): SideAddress => parseAddress(text);

const DECLARATION: Declaration = { synopsis: '[options] <bi-address> <bi-address>', options: SOCAT_OPTIONS };
export const SOCAT_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/socat', main: declared(DECLARATION, main), origin: 'socat 1.7.4.4' }];
