/**
 * Between the two sides, until both have ended: the end of one is handed to the other, which may then go on for -t seconds (_socat of socat.c).
 */
import type { Bytes } from '../../base/index.ts';
import { strerror } from '../../base/index.ts';
import { anyOf, type Process, type Sys } from '../../shell/index.ts';
import type { Endpoint } from './endpoint.ts';
import { Fatal, stamp, type Log } from './log.ts';
import type { SocatOptions } from './options.ts';

/** How often a source with `ignoreeof` is tried again. */
const IGNORED_END_US = 1e6;

interface Channel {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly mark: '>' | '<';
  /** The side it reads from. */
  readonly number: 1 | 2;
  readonly ignoresEnd: boolean;
  readonly convert: (data: Bytes) => Bytes;
  buffer: Bytes;
  isOpen: boolean;
  /** `ignoreeof`: when its source is looked at again. */
  asleepUntilUs: number;
}

export interface Side {
  readonly endpoint: Endpoint;
  readonly options: ReadonlyMap<string, Bytes | undefined>;
}

/** `crnl`: lines end with two characters on that side; `cr`: with a return. */
function outward(options: Side['options'], data: Bytes): Bytes {
  if (options.has('crnl') || options.has('crlf')) return data.replaceAll('\n', '\r\n');
  return options.has('cr') ? data.replaceAll('\n', '\r') : data;
}
function inward(options: Side['options'], data: Bytes): Bytes {
  if (options.has('crnl') || options.has('crlf')) return data.replaceAll('\r\n', '\n');
  return options.has('cr') ? data.replaceAll('\r', '\n') : data;
}

export function* relay(p: Process, left: Side, right: Side, options: SocatOptions, log: Log): Sys {
  const channel = (from: Side, to: Side, mark: '>' | '<', number: 1 | 2): Channel => ({
    from: from.endpoint,
    to: to.endpoint,
    mark,
    number,
    ignoresEnd: from.options.has('ignoreeof'),
    convert: (data) => outward(to.options, inward(from.options, data)),
    buffer: '',
    isOpen: true,
    asleepUntilUs: 0,
  });
  const channels: Channel[] = [];
  if (options.direction !== 'right-to-left') channels.push(channel(left, right, '>', 1));
  if (options.direction !== 'left-to-right') channels.push(channel(right, left, '<', 2));
  const describe = ({ readFd, writeFd }: Endpoint): string => `[${readFd},${writeFd}]`;
  yield* log.say(p, 'N', `starting data transfer loop with FDs ${describe(left.endpoint)} and ${describe(right.endpoint)}`);
  const waits = anyOf([...left.endpoint.waits, ...right.endpoint.waits, p.childChanged]);
  let endAtUs = Infinity;
  while (channels.some(({ isOpen }) => isOpen)) {
    const idleAtUs = options.idleUs > 0 ? p.nowUs + options.idleUs : Infinity;
    const wakeAtUs = Math.min(...channels.map(({ asleepUntilUs }) => (asleepUntilUs > p.nowUs ? asleepUntilUs : Infinity)));
    const endsAtUs = Math.min(endAtUs, idleAtUs);
    const untilUs = Math.min(endsAtUs, wakeAtUs);
    const isReady = (): boolean => channels.some((each) => canMove(p, each)) || childFailed(left, right, endAtUs) !== undefined;
    const moved = yield* p.waitFor(isReady, waits, untilUs === Infinity ? undefined : Math.max(0, untilUs - p.nowUs));
    if (!moved && p.nowUs >= endsAtUs) break;
    const failed = childFailed(left, right, endAtUs);
    if (failed !== undefined) throw new Fatal(failed);
    for (const each of channels) {
      if (!each.isOpen) continue;
      const ended = yield* move(p, each, options, log);
      if (!ended) continue;
      each.isOpen = false;
      yield* log.say(p, 'N', `socket ${each.number} (fd ${each.from.readFd}) is at EOF`);
      each.to.endWriting(p);
      endAtUs = Math.min(endAtUs, p.nowUs + options.closeUs);
    }
    yield* p.tick(50);
  }
}
function canMove(p: Process, { isOpen, buffer, from, to, asleepUntilUs }: Channel): boolean {
  if (!isOpen || p.nowUs < asleepUntilUs) return false;
  return buffer === '' ? from.canRead(p) : to.canWrite(p);
}
/** A program behind a side that fails ends all, unless the end has come already. */
function childFailed(left: Side, right: Side, endAtUs: number): string | undefined {
  if (endAtUs !== Infinity) return undefined;
  for (const { endpoint } of [left, right]) {
    const ending = endpoint.child?.ending;
    if (ending?.kind === 'exited' && ending.code !== 0) return `waitpid(): child ${endpoint.child!.pid} exited with status ${ending.code}`;
  }
  return undefined;
}

/** True when its source is at its end and all is written. */
function* move(p: Process, each: Channel, options: SocatOptions, log: Log): Sys<boolean> {
  if (each.buffer === '' && each.from.canRead(p)) {
    const data = each.from.read(p, options.bufferBytes);
    if (!data.ok) {
      if (data.error === 'EAGAIN') return false;
      // Where the buffer lies in memory is nobody's matter; it is as random as there.
      const address = (0x5500_0000_0000 + p.os.rng.below(0x4000_0000) * 4096).toString(16);
      throw new Fatal(`read(${each.from.readFd}, 0x${address}, ${options.bufferBytes}): ${strerror(data.error)}`);
    }
    if (data.value === '' && !each.from.isPacket) {
      if (each.ignoresEnd) each.asleepUntilUs = p.nowUs + IGNORED_END_US;
      return !each.ignoresEnd;
    }
    if (options.dump !== 'none') yield* p.error(dumpOf(data.value, each.mark, options.dump, p.unixUs));
    each.buffer = each.convert(data.value);
  }
  while (each.buffer !== '') {
    if (!each.to.canWrite(p)) return false;
    const written = each.to.write(p, each.buffer);
    if (!written.ok) {
      if (written.error === 'EAGAIN') return false;
      if (each.to.writeFd === 1 && written.error === 'EPIPE') return true;
      throw new Fatal(`write(${each.to.writeFd}, 0x${(0x5500_0000_0000).toString(16)}, ${each.buffer.length}): ${strerror(written.error)}`);
    }
    yield* log.say(p, 'I', `transferred ${written.value} bytes from ${each.from.readFd} to ${each.to.writeFd}`);
    each.buffer = each.buffer.slice(written.value);
  }
  return false;
}

function dumpOf(data: Bytes, mark: string, dump: SocatOptions['dump'], unixUs: number): Bytes {
  const head = `${mark} ${stamp(unixUs)}.${`${Math.floor(unixUs % 1e6)}`.padStart(9, '0')}  length=${data.length} from=0 to=${data.length - 1}\n`;
  const hex = `${Array.from(data, (char) => ` ${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}\n`;
  const text = data.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  return head + (dump === 'hex' ? hex : dump === 'text' ? text : `${hex}--\n${text}`);
}
