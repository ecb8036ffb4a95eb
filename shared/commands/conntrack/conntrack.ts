/**
 * conntrack(8) of conntrack-tools 1.4.7: lists, watches and changes the connections of its namespace. Counts go to standard error.
 * Deviation: expectations are never there, and a label has no name, because no file names any.
 */
import {
  invertTuple,
  makeZone,
  netfilterOf,
  Status,
  TCP_STATES,
  TcpTrack,
  Tuple,
  zoneParts,
  type Connection,
  type ConntrackEvent,
  type ConntrackTable,
  type MaskedAddress,
  type Address,
} from '../../kernel/index.ts';
import { flowText, netnsOf, type FlowFormat, type InstalledProgram } from '../../machine/index.ts';
import { WaitQueue, type Process, type Program, type Sys } from '../../shell/index.ts';
import { flowSave } from './flow-save.ts';
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
    yield* p.error(`${error.warnings}${BANNER}${error.message}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`);
    return 2;
  }
  yield* p.error(options.warnings.join(''));
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
      yield* p.print(`${options.table === 'expect' ? 0 : table.count}\n`);
      return 0;
    case 'statistics':
      yield* p.print(options.table === 'expect' ? EXPECT_STATISTICS : statistics(table));
      return 0;
    case 'flush':
      if (options.table === 'expect') return (yield* p.error(`${BANNER}expectation table has been emptied.\n`), 0);
      for (const connection of [...table.all()])
        if (isSame(options.filter.family, connection.family)) table.remove(connection, { pid: p.pid, program: 'conntrack' });
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
    case 'add':
      return yield* insert(p, options, table);
    case 'event':
      return yield* watch(p, options, table);
  }
};

const EXPECT_STATISTICS = [0, 1].map((cpu) => `cpu=${cpu}   \texpect_new=0 expect_create=0 expect_delete=0 \n`).join('');

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

function matches(filter: Filter, connection: Connection, ignoreChanges = false): boolean {
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
  if (!isInZone(filter, connection)) return false;
  if (filter.mark !== undefined && !ignoreChanges && (connection.mark & filter.mark.mask) >>> 0 !== filter.mark.value) return false;
  if (!ignoreChanges) for (const name of filter.statuses) if (!hasStatus(name, status)) return false;
  return matchesNat(filter, connection);
}
/** What a connection has no zone of counts as 0. */
function isInZone({ zone, originalZone, replyZone }: Filter, connection: Connection): boolean {
  const { id, direction } = zoneParts(connection.zone);
  return (
    isSame(zone, direction === 'both' ? id : 0) && isSame(originalZone, direction === 'orig' ? id : 0) && isSame(replyZone, direction === 'reply' ? id : 0)
  );
}
function hasStatus(name: string, status: number): boolean {
  if (name === 'ASSURED') return (status & Status.ASSURED) !== 0;
  if (name === 'SEEN_REPLY') return (status & Status.SEEN_REPLY) !== 0;
  if (name === 'UNREPLIED') return (status & Status.SEEN_REPLY) === 0;
  return name === 'EXPECTED' ? (status & Status.EXPECTED) !== 0 : name === 'FIXED_TIMEOUT' && (status & Status.FIXED_TIMEOUT) !== 0;
}
/** Translated where the two tuples do not mirror each other; for ICMP they never do, and the program takes it so. */
function matchesNat(filter: Filter, { original, reply, status }: Connection): boolean {
  const source = (status & Status.SRC_NAT_DONE) !== 0 && (original.src !== reply.dst || original.srcPort !== reply.dstPort);
  const destination = (status & Status.DST_NAT_DONE) !== 0 && (original.dst !== reply.src || original.dstPort !== reply.srcPort);
  if (filter.sourceNat !== undefined && !(source && (filter.sourceNat === true || filter.sourceNat === reply.dst))) return false;
  if (filter.destinationNat !== undefined && !(destination && (filter.destinationNat === true || filter.destinationNat === reply.src))) return false;
  if (filter.destinationNatPort !== undefined && reply.srcPort !== filter.destinationNatPort) return false;
  if (filter.anyNat === undefined) return true;
  if (filter.anyNat === true) return source || destination;
  return (source && filter.anyNat === reply.dst) || (destination && filter.anyNat === reply.src);
}

function* list(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  if (options.table === 'expect') {
    yield* p.error(`${BANNER}0 expectations have been shown.\n`);
    return 0;
  }
  // The kernel refuses a filter for no status at all.
  if (options.filter.statuses.length > 0 && options.filter.statuses.every((name) => NO_STATUS.has(name))) {
    yield* p.error(`${BANNER}Operation failed: invalid parameters\n`);
    return 1;
  }
  const isXml = options.output.has('xml');
  const isSave = options.output.has('save');
  let shown = 0;
  const format = formatOf(options, 'listing');
  for (const connection of options.table === 'conntrack' ? [...table.all()] : []) {
    if (!matches(options.filter, connection)) continue;
    if (isXml && shown === 0) yield* p.print(HEAD);
    yield* p.print(`${isXml ? flowXml(connection, p.nowUs) : isSave ? flowSave(connection, p.nowUs) : flowText(connection, p.nowUs, format)}\n`);
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

const NO_STATUS = new Set(['UNSET', 'SRC_NAT', 'DST_NAT']);

function statistics(table: ConntrackTable): string {
  const { found, invalid, insertFailed, dropped, earlyDrop, error, clashResolve } = table;
  const line = (cpu: number, counts: readonly number[]): string => {
    const [a, b, c, d, e, f, g] = counts;
    return `cpu=${cpu}   \tfound=${a} invalid=${b} insert=0 insert_failed=${c} drop=${d} early_drop=${e} error=${f} search_restart=0 clash_resolve=${g} chaintoolong=0 \n`;
  };
  return line(0, [found, invalid, insertFailed, dropped, earlyDrop, error, clashResolve]) + line(1, [0, 0, 0, 0, 0, 0, 0]);
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

/** What `-U` would change; undefined when nothing would differ. */
function changesOf({ mark, statuses, timeoutS }: Filter, connection: Connection): { readonly mark: number; readonly status: number } | undefined {
  const newMark = mark === undefined ? connection.mark : mark.mask === 0xffffffff ? mark.value : ((connection.mark & ~mask(mark.mask)) ^ mark.value) >>> 0;
  const status = statuses.reduce((bits, name) => bits | (STATUS_BITS[name] ?? 0), connection.status);
  return newMark === connection.mark && status === connection.status && timeoutS === undefined ? undefined : { mark: newMark, status };
}
const STATUS_BITS: Readonly<Record<string, number>> = { ASSURED: Status.ASSURED, SEEN_REPLY: Status.SEEN_REPLY, FIXED_TIMEOUT: Status.FIXED_TIMEOUT };
const mask = (value: number): number => value | 0;

function* update(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const { timeoutS } = options.filter;
  let count = 0;
  for (const connection of [...table.all()].filter((each) => matches(options.filter, each, true))) {
    const change = changesOf(options.filter, connection);
    if (change === undefined) continue;
    // The program sends back all that it was told of a connection, and the kernel refuses some of it where packets made the connection.
    if (!connection.isByProgram) {
      yield* p.error(`Operation failed: Operation not supported\n${BANNER}Operation failed: Operation not supported\n`);
      return 1;
    }
    if (timeoutS !== undefined && (connection.status & Status.FIXED_TIMEOUT) !== 0)
      yield* p.error('Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this\n');
    else if (timeoutS !== undefined) connection.expiresUs = p.nowUs + timeoutS * 1e6;
    connection.mark = change.mark;
    connection.status = change.status;
    yield* p.print(`${flowText(connection, p.nowUs, formatOf(options, 'listing', 2))}\n`);
    count++;
  }
  yield* p.error(`${BANNER}${count} flow entries have been updated.\n`);
  return count > 0 ? 0 : 1;
}

/** The tuple that a command names whole; undefined when something is missing. */
function tupleOf(filter: Filter): Tuple | undefined {
  const { originalSource, originalDestination, protocol } = filter;
  if (!originalSource || !originalDestination || protocol === undefined) return undefined;
  if (protocol === 1 || protocol === 58)
    return new Tuple(originalSource.address, originalDestination.address, protocol, filter.icmpId ?? 0, ((filter.icmpType ?? 0) << 8) | (filter.icmpCode ?? 0));
  return new Tuple(originalSource.address, originalDestination.address, protocol, filter.originalSourcePort ?? 0, filter.originalDestinationPort ?? 0);
}

/** A connection that is named by what its answers look like. */
function replyTupleOf({ replySource, replyDestination, protocol, replySourcePort = 0, replyDestinationPort = 0 }: Filter): Tuple | undefined {
  if (!replySource || !replyDestination || protocol === undefined) return undefined;
  return invertTuple(new Tuple(replySource.address, replyDestination.address, protocol, replySourcePort, replyDestinationPort));
}

function* get(p: Process, options: Options, table: ConntrackTable): Sys<number> {
  const tuple = tupleOf(options.filter);
  if (tuple === undefined) return (yield* p.error(`${BANNER}Operation failed: invalid parameters\n`), 1);
  const node = table.find(tuple, 0);
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
  const tuple = tupleOf(filter) ?? replyTupleOf(filter)!;
  const reply = invertTuple(tuple);
  if (reply === undefined) {
    yield* p.error(`${BANNER}Operation failed: invalid parameters\n`);
    return 1;
  }
  if (typeof filter.sourceNat === 'number') reply.dst = filter.sourceNat;
  if (typeof filter.destinationNat === 'number') reply.src = filter.destinationNat;
  if (filter.sourceNatPort !== undefined) reply.dstPort = filter.sourceNatPort;
  if (filter.destinationNatPort !== undefined) reply.srcPort = filter.destinationNatPort;
  if (filter.replySource) reply.src = filter.replySource.address;
  if (filter.replyDestination) reply.dst = filter.replyDestination.address;
  if (filter.replySourcePort !== undefined) reply.srcPort = filter.replySourcePort;
  if (filter.replyDestinationPort !== undefined) reply.dstPort = filter.replyDestinationPort;
  const connection = table.create(typeof tuple.src === 'number' ? 'ip' : 'ip6', tuple, reply);
  connection.expiresUs = p.nowUs + filter.timeoutS! * 1e6;
  connection.isByProgram = true;
  const { zone, originalZone, replyZone } = filter;
  if (zone !== undefined) connection.zone = makeZone(zone, 'both');
  else if (originalZone !== undefined) connection.zone = makeZone(originalZone, 'orig');
  else if (replyZone !== undefined) connection.zone = makeZone(replyZone, 'reply');
  connection.mark = filter.mark?.value ?? 0;
  for (const name of filter.statuses) connection.status |= STATUS_BITS[name] ?? 0;
  if (filter.sourceNat !== undefined) connection.status |= Status.SRC_NAT | Status.SRC_NAT_DONE;
  if (filter.destinationNat !== undefined) connection.status |= Status.DST_NAT | Status.DST_NAT_DONE;
  if (table.settings.nf_conntrack_acct !== 0) connection.counters = { packets: [0, 0], bytes: [0, 0] };
  if (tuple.protocol === 6) {
    connection.tcp = new TcpTrack();
    connection.tcp.state = (TCP_STATES as readonly string[]).indexOf(filter.tcpState ?? 'NONE');
  }
  const known = options.command === 'add' ? table.find(tuple, connection.zone) : null;
  if (known === null && !table.insert(connection, { pid: p.pid, program: 'conntrack' })) {
    yield* p.error(`${BANNER}Operation failed: Such conntrack exists, try -U to update\n`);
    return 1;
  }
  if (known !== null) Object.assign(known.connection, { expiresUs: connection.expiresUs, mark: connection.mark });
  yield* p.error(`${BANNER}${known === null ? 1 : 0} flow entries have been ${options.command === 'add' ? 'added' : 'created'}.\n`);
  return 0;
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
    return `${stamp}${EVENT_WORDS[event.kind]}${flowText(event.connection, p.nowUs, { ...format, counters: event.kind === 'destroy', mark: event.by !== null && event.kind === 'new' })}${by}\n`;
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
