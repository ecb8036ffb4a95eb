/**
 * conntrack(8) of conntrack-tools 1.4.7: lists, watches and changes the connections of its namespace. Counts go to standard error.
 * Deviation: expectations are never there, zones and labels are not modelled.
 */
import {
  invertTuple,
  netfilterOf,
  Status,
  TCP_STATES,
  TcpTrack,
  Tuple,
  type Connection,
  type ConntrackEvent,
  type ConntrackTable,
  type MaskedAddress,
  type Address,
} from '../../kernel/index.ts';
import { flowText, netnsOf, type FlowFormat, type InstalledProgram } from '../../machine/index.ts';
import { WaitQueue, type Process, type Program, type Sys } from '../../shell/index.ts';
import { flowXml } from './flow-xml.ts';
import { HELP } from './help.ts';
import { CONNTRACK_OPTIONS, parseConntrack, UsageError, type Filter, type Options } from './options.ts';
import { declared, type Declaration } from '../declaration.ts';

const BANNER = 'conntrack v1.4.7 (conntrack-tools): ';
const HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n';

const main: Program = function* (p) {
  let options: Options;
  try {
    options = parseConntrack(p.argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield* p.error(`${BANNER}${error.message}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`);
    return 2;
  }
  const table = netfilterOf(netnsOf(p)).conntrack;
  switch (options.command) {
    case 'help':
      yield* p.print(HELP);
      return 0;
    case 'version':
      yield* p.print('conntrack v1.4.7 (conntrack-tools)\n');
      return 0;
    case 'count':
      table.collect();
      yield* p.print(`${table.count}\n`);
      return 0;
    case 'statistics':
      yield* p.print(statistics(table));
      return 0;
    case 'flush':
      for (const connection of [...table.all()]) table.remove(connection, { pid: p.pid, program: 'conntrack' });
      yield* p.error(`${BANNER}connection tracking table has been emptied.\n`);
      return 0;
    case 'list':
      return yield* list(p, options, table);
    case 'get':
      return yield* get(p, options, table);
    case 'delete':
      return yield* remove(p, options, table);
    case 'update':
      return yield* update(p, options, table);
    case 'insert':
      return yield* insert(p, options, table);
    case 'event':
      return yield* watch(p, options, table);
  }
};

const formatOf = (options: Options, what: FlowFormat['what'], use = 1): FlowFormat => ({
  extended: options.output.has('extended'),
  id: options.output.has('id'),
  what,
  use,
});

function isMasked(wanted: MaskedAddress | undefined, value: Address): boolean {
  if (wanted === undefined) return true;
  if (typeof value !== typeof wanted.address) return false;
  if (typeof value === 'number') return (value & (wanted.mask as number)) === wanted.address;
  return Array.from(value, (char, i) => (parseInt(char, 16) & parseInt((wanted.mask as string)[i]!, 16)).toString(16)).join('') === wanted.address;
}
const isSame = <T>(wanted: T | undefined, value: T): boolean => wanted === undefined || wanted === value;

function matches(filter: Filter, connection: Connection, ignoreMark = false): boolean {
  const { original, reply, status } = connection;
  const isIcmp = original.protocol === 1 || original.protocol === 58;
  if (!isSame(filter.family, connection.family) || !isSame(filter.protocol, original.protocol)) return false;
  if (!isMasked(filter.originalSource, original.src) || !isMasked(filter.originalDestination, original.dst)) return false;
  if (!isMasked(filter.replySource, reply.src) || !isMasked(filter.replyDestination, reply.dst)) return false;
  if (!isSame(filter.originalSourcePort, original.srcPort) || !isSame(filter.originalDestinationPort, original.dstPort)) return false;
  if (!isSame(filter.replySourcePort, reply.srcPort) || !isSame(filter.replyDestinationPort, reply.dstPort)) return false;
  if (filter.icmpType !== undefined && !(isIcmp && original.dstPort >> 8 === filter.icmpType)) return false;
  if (filter.icmpCode !== undefined && !(isIcmp && (original.dstPort & 255) === filter.icmpCode)) return false;
  if (filter.icmpId !== undefined && !(isIcmp && original.srcPort === filter.icmpId)) return false;
  if (filter.tcpState !== undefined && (connection.tcp === null || TCP_STATES[connection.tcp.state] !== filter.tcpState)) return false;
  if (filter.mark !== undefined && !ignoreMark && (connection.mark & filter.mark.mask) >>> 0 !== filter.mark.value) return false;
  for (const name of filter.statuses) if (!hasStatus(name, status)) return false;
  return matchesNat(filter, connection);
}
function hasStatus(name: string, status: number): boolean {
  if (name === 'ASSURED') return (status & Status.ASSURED) !== 0;
  if (name === 'SEEN_REPLY') return (status & Status.SEEN_REPLY) !== 0;
  if (name === 'UNREPLIED') return (status & Status.SEEN_REPLY) === 0;
  if (name === 'SRC_NAT') return (status & Status.SRC_NAT) !== 0;
  if (name === 'DST_NAT') return (status & Status.DST_NAT) !== 0;
  return name === 'EXPECTED' ? (status & Status.EXPECTED) !== 0 : name === 'FIXED_TIMEOUT' && (status & Status.FIXED_TIMEOUT) !== 0;
}
/** Translated where the two tuples do not mirror each other; for ICMP they never do, and the program takes it so. */
function matchesNat(filter: Filter, { original, reply }: Connection): boolean {
  const source = original.src !== reply.dst || original.srcPort !== reply.dstPort;
  const destination = original.dst !== reply.src || original.dstPort !== reply.srcPort;
  if (filter.sourceNat !== undefined && !(source && (filter.sourceNat === true || filter.sourceNat === reply.dst))) return false;
  if (filter.destinationNat !== undefined && !(destination && (filter.destinationNat === true || filter.destinationNat === reply.src))) return false;
  if (filter.anyNat === undefined) return true;
  if (filter.anyNat === true) return source || destination;
  return (source && filter.anyNat === reply.dst) || (destination && filter.anyNat === reply.src);
}

function* list(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  if (options.table === 'expect') {
    yield* p.error(`${BANNER}0 expectations have been shown.\n`);
    return 0;
  }
  const isXml = options.output.has('xml');
  let shown = 0;
  const format = formatOf(options, 'listing');
  for (const connection of options.table === 'conntrack' ? [...table.all()] : []) {
    if (!matches(options.filter, connection)) continue;
    if (isXml && shown === 0) yield* p.print(HEAD);
    yield* p.print(`${isXml ? flowXml(connection, p.nowUs) : flowText(connection, p.nowUs, format)}\n`);
    if (options.zero && connection.counters !== null) connection.counters = { packets: [0, 0], bytes: [0, 0] };
    shown++;
  }
  if (isXml && shown > 0) {
    yield* p.print('</conntrack>\n');
    yield* p.flush();
  }
  yield* p.error(`${BANNER}${shown} flow entries have been shown.\n`);
  return 0;
}

function statistics(table: ConntrackTable): string {
  const line = (cpu: number, invalid: number, drop: number): string =>
    `cpu=${cpu}   \tfound=0 invalid=${invalid} insert=0 insert_failed=0 drop=${drop} early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0 \n`;
  return line(0, table.invalid, table.dropped) + line(1, 0, 0);
}

function* remove(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const found = [...table.all()].filter((connection) => matches(options.filter, connection));
  for (const connection of found) {
    yield* p.print(`${flowText(connection, p.nowUs, formatOf(options, 'listing'))}\n`);
    table.remove(connection, { pid: p.pid, program: 'conntrack' });
  }
  yield* p.error(`${BANNER}${found.length} flow entries have been deleted.\n`);
  return found.length > 0 ? 0 : 1;
}

function* update(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const found = [...table.all()].filter((connection) => matches(options.filter, connection, true));
  for (const connection of found) {
    const { mark, timeoutS } = options.filter;
    if (mark !== undefined) connection.mark = mark.mask === 0xffffffff ? mark.value : ((connection.mark & ~mask(mark.mask)) ^ mark.value) >>> 0;
    if (timeoutS !== undefined) connection.expiresUs = p.nowUs + timeoutS * 1e6;
    yield* p.print(`${flowText(connection, p.nowUs, formatOf(options, 'listing', 2))}\n`);
  }
  yield* p.error(`${BANNER}${found.length} flow entries have been updated.\n`);
  return found.length > 0 ? 0 : 1;
}
const mask = (value: number): number => value | 0;

/** The tuple that a command names whole; undefined when something is missing. */
function tupleOf(filter: Filter): Tuple | undefined {
  const { originalSource, originalDestination, protocol } = filter;
  if (!originalSource || !originalDestination || protocol === undefined) return undefined;
  if (protocol === 1 || protocol === 58)
    return new Tuple(originalSource.address, originalDestination.address, protocol, filter.icmpId ?? 0, ((filter.icmpType ?? 0) << 8) | (filter.icmpCode ?? 0));
  return new Tuple(originalSource.address, originalDestination.address, protocol, filter.originalSourcePort ?? 0, filter.originalDestinationPort ?? 0);
}

function* get(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const tuple = tupleOf(options.filter);
  const node = tuple ? table.find(tuple) : null;
  if (node === null) {
    yield* p.error(`${BANNER}Operation failed: such conntrack doesn't exist\n`);
    return 1;
  }
  yield* p.print(`${flowText(node.connection, p.nowUs, formatOf(options, 'listing', 2))}\n`);
  yield* p.error(`${BANNER}1 flow entries have been shown.\n`);
  return 0;
}

function* insert(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const { filter } = options;
  const missing = missingOption(filter);
  if (missing !== undefined) {
    yield* p.error(
      `${BANNER}You need to supply the \`--${missing}' option for this command\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`,
    );
    return 2;
  }
  const tuple = tupleOf(filter)!;
  const reply = invertTuple(tuple);
  if (reply === undefined) {
    yield* p.error(`${BANNER}Operation failed: invalid parameters\n`);
    return 1;
  }
  if (filter.replySource) reply.src = filter.replySource.address;
  if (filter.replyDestination) reply.dst = filter.replyDestination.address;
  if (filter.replySourcePort !== undefined) reply.srcPort = filter.replySourcePort;
  if (filter.replyDestinationPort !== undefined) reply.dstPort = filter.replyDestinationPort;
  const connection = table.create(typeof tuple.src === 'number' ? 'ip' : 'ip6', tuple, reply);
  connection.expiresUs = p.nowUs + filter.timeoutS! * 1e6;
  connection.mark = filter.mark?.value ?? 0;
  if (filter.statuses.includes('SEEN_REPLY') || filter.statuses.includes('ASSURED')) connection.status |= Status.SEEN_REPLY;
  if (filter.statuses.includes('ASSURED')) connection.status |= Status.ASSURED;
  if (tuple.protocol === 6) {
    connection.tcp = new TcpTrack();
    connection.tcp.state = (TCP_STATES as readonly string[]).indexOf(filter.tcpState ?? 'NONE');
  }
  if (!table.insert(connection)) {
    yield* p.error(`${BANNER}Operation failed: Such conntrack exists, try -U to update\n`);
    return 1;
  }
  yield* p.error(`${BANNER}1 flow entries have been created.\n`);
  return 0;
}
function missingOption(filter: Filter): string | undefined {
  if (!filter.originalSource) return 'orig-src';
  if (!filter.originalDestination) return 'orig-dst';
  if (filter.protocol === undefined) return 'protonum';
  if (filter.timeoutS === undefined) return 'timeout';
  if (filter.protocol === 1 && filter.icmpType === undefined) return 'icmp-type';
  if (filter.protocol === 58 && filter.icmpType === undefined) return 'icmpv6-type';
  if (filter.protocol === 6 && filter.tcpState === undefined) return 'state';
  if ((filter.protocol === 6 || filter.protocol === 17) && filter.originalSourcePort === undefined) return 'orig-port-src';
  return (filter.protocol === 6 || filter.protocol === 17) && filter.originalDestinationPort === undefined ? 'orig-port-dst' : undefined;
}

const EVENT_WORDS = { new: '    [NEW] ', update: ' [UPDATE] ', destroy: '[DESTROY] ' } as const;
const EVENT_NAMES = { new: 'NEW', update: 'UPDATES', destroy: 'DESTROY' } as const;

/** Until a signal ends it. */
function* watch(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const arrived = new WaitQueue();
  const queue: string[] = [];
  let shown = 0;
  const format = formatOf(options, 'event');
  const line = (event: ConntrackEvent): string => {
    const stamp = options.output.has('timestamp') ? `[${Math.floor(p.unixUs / 1e6)}.${`${Math.floor(p.unixUs % 1e6)}`.padEnd(6, '0')}]\t` : '';
    const by = event.by ? ` [USERSPACE] portid=${event.by.pid} progname=${event.by.program}` : '';
    return `${stamp}${EVENT_WORDS[event.kind]}${flowText(event.connection, p.nowUs, format)}${by}\n`;
  };
  const stop = table.events.add((event) => {
    if (options.events.size > 0 && !options.events.has('ALL') && !options.events.has(EVENT_NAMES[event.kind])) return;
    if (!matches(options.filter, event.connection)) return;
    queue.push(line(event));
    arrived.wakeAll();
  });
  let ended = false;
  const isEnded = (): boolean => ended;
  for (const signal of ['INT', 'TERM'] as const) {
    p.on(signal, () => {
      ended = true;
      arrived.wakeAll();
    });
  }
  try {
    while (!isEnded()) {
      for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
        yield* p.print(text);
        yield* p.flush();
        shown++;
      }
      if (!isEnded() && queue.length === 0) yield* p.block(arrived);
    }
  } finally {
    stop();
  }
  yield* p.error(`${BANNER}${shown} flow events have been shown.\n`);
  return 0;
}

const DECLARATION: Declaration = { synopsis: '[commands] [options]', options: CONNTRACK_OPTIONS };
export const CONNTRACK_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/sbin/conntrack', main: declared(DECLARATION, main), origin: 'conntrack-tools 1.4.7' },
];
