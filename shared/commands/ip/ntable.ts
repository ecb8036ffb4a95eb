/** `ip ntable`: the parameters of ARP's and ND's tables. Authority: ip/ipntable.c, net/core/neighbour.c (neightbl_fill_parms, neightbl_set). */
import { strerror } from '../../base/index.ts';
import { devicesInOrder, type Device, type NeighbourParms, type Netns } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { Family } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { ntableUsage } from './usage.ts';

type NumberField = { [K in keyof NeighbourParms]: NeighbourParms[K] extends number ? K : never }[keyof NeighbourParms];
/** SKB_TRUESIZE of a full Ethernet frame: what a packet that waits is counted as. */
const PACKET_BYTES = 2090;

/** Words in the order in which a line has them; each line of the listing is a row. */
const ROWS: readonly (readonly (readonly [string, NumberField])[])[] = [
  [
    ['reachable', 'reachableTimeMs'],
    ['base_reachable', 'baseReachableTimeMs'],
    ['retrans', 'retransTimeMs'],
  ],
  [
    ['gc_stale', 'gcStaleTimeMs'],
    ['delay_probe', 'delayFirstProbeTimeMs'],
    ['queue', 'unresQlenBytes'],
  ],
  [
    ['app_probes', 'app_solicit'],
    ['ucast_probes', 'ucast_solicit'],
    ['mcast_probes', 'mcast_solicit'],
  ],
  [
    ['anycast_delay', 'anycastDelayMs'],
    ['proxy_delay', 'proxyDelayMs'],
    ['proxy_queue', 'proxy_qlen'],
    ['locktime', 'locktimeMs'],
  ],
];
const THRESHOLDS = ['thresh1', 'thresh2', 'thresh3', 'gc_int'] as const;
const TABLES = [
  { name: 'arp_cache', family: Family.INET, word: 'inet' },
  { name: 'ndisc_cache', family: Family.INET6, word: 'inet6' },
] as const;
type Table = (typeof TABLES)[number];

const parmsOf = (device: Device, table: Table): NeighbourParms | undefined => (table.family === Family.INET ? device.ipv4 : device.ipv6)?.parms;
const defaultOf = (netns: Netns, table: Table): NeighbourParms => (table.family === Family.INET ? netns.arpDefault : netns.ndDefault);

export function ntableCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.isAtEnd || args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.begins('change', 'chg')) return change(session, rest);
  if (args.begins('help')) leave(255, ntableUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip ntable help".\n`);
}

function show(session: Session, args: Arguments): number {
  const { netns, options, printer } = session;
  let index = 0;
  let name: string | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      const word = args.next();
      index = session.indexOf(word) || giveUp(USAGE_ERROR, `Cannot find device "${word}"\n`);
    } else if (args.is('name')) name = args.next();
    else leave(255, `Command "${args.word}" is unknown, try "ip ntable help".\n`);
  }
  printer.startJson(options.json, options.pretty);
  for (const table of TABLES) {
    if ((options.family !== Family.UNSPEC && options.family !== table.family) || (name !== undefined && name !== table.name)) continue;
    if (index === 0) printTable(session, table, undefined, defaultOf(netns, table));
    // Parameters are listed with the newest first.
    for (const device of devicesInOrder(netns).reverse()) {
      const parms = parmsOf(device, table);
      if (parms && (index === 0 || device.index === index)) printTable(session, table, device, parms);
    }
  }
  printer.endJson();
  return 0;
}

function printTable(session: Session, table: Table, device: Device | undefined, parms: NeighbourParms): void {
  const { printer } = session;
  const { lineEnd } = printer;
  printer.openObject();
  printer.any('family', `${table.word} `, table.word);
  printer.any('name', `${table.name} `, table.name);
  printer.text(lineEnd);
  printer.text('    ');
  if (device) {
    printer.text('dev ');
    printer.any('dev', `${device.name} `, device.name, 'ifname');
  } else {
    for (const [word, value] of [
      ['thresh1', 128],
      ['thresh2', 512],
      ['thresh3', 1024],
      ['gc_interval', 30000],
    ] as const)
      printer.any(word, `${word === 'gc_interval' ? 'gc_int' : word} ${value} `, value);
  }
  printer.text(lineEnd);
  printer.text('    ');
  printer.any('refcnt', 'refcnt 1 ', 1);
  ROWS.forEach((row, at) => {
    if (at > 0) printer.text('    ');
    for (const [word, field] of row) {
      const value = field === 'unresQlenBytes' ? Math.floor(parms[field] / PACKET_BYTES) : Math.round(parms[field]);
      // ND has no lock time.
      const shown = field === 'locktimeMs' && table.family === Family.INET6 ? 0 : value;
      printer.any(word, `${word} ${shown} `, shown);
    }
    printer.text(lineEnd);
  });
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}

function change(session: Session, args: Arguments): number {
  const { netns } = session;
  let name: string | undefined;
  let device: Device | undefined;
  let hasThreshold = false;
  const wanted = new Map<NumberField, number>();
  const settable = ROWS.flat().filter(([word]) => word !== 'reachable');
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    const setting = settable.find(([each]) => each === word);
    if (word === 'name') {
      if (name !== undefined) duplicateArgument('NAME', word);
      name = args.next();
    } else if (word === 'dev') {
      const index = session.requireIndex(args.next());
      device = netns.devices.get(index);
    } else if (THRESHOLDS.some((each) => each === word)) {
      if (parseU32(args.next()) === undefined) invalidArgument(`"${word}" value is invalid`, args.word);
      hasThreshold = true;
    } else if (setting) {
      const value = parseU32(args.next()) ?? invalidArgument(`"${word}" value is invalid`, args.word);
      wanted.set(setting[1], setting[1] === 'unresQlenBytes' ? value * PACKET_BYTES : value);
    } else leave(255, `Argument "${word}" is unknown, try "ip ntable help".\n`);
  }
  if (name === undefined) return leave(255, 'Error: argument "NAME" is required\n');
  if (!hasThreshold && wanted.size === 0) leave(255, 'Not enough information: changeable attributes required.\n');
  const table = TABLES.find((each) => each.name === name);
  // Thresholds are the host's own, and only its first namespace may set them.
  const parms = table && (device ? parmsOf(device, table) : defaultOf(netns, table));
  if (!parms || hasThreshold) return giveUp(KERNEL_ERROR, `RTNETLINK answers: ${strerror('ENOENT')}\n`);
  for (const [field, value] of wanted) parms[field] = value;
  if (wanted.has('baseReachableTimeMs'))
    parms.reachableTimeMs = Math.floor(parms.baseReachableTimeMs / 2) + netns.rng.below(Math.max(1, parms.baseReachableTimeMs));
  return 0;
}
