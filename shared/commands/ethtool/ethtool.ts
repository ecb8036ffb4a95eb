/** ethtool(8) 6.1: what drivers tell of their devices. Authority: ethtool 6.1; texts recorded from it over Linux 6.18. */
import { strerror, type Bytes } from '../../base/index.ts';
import { Bridge, Card, Macvlan, Tun, Veth, Vlan, Vxlan, type Device } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program } from '../../shell/index.ts';
import { HELP, OPTIONS, VERSION } from './options.ts';
import { ask, BITS, GROUPS, isFeature, isOn, isWanted, listFeatures } from './features.ts';
import { declared, type Declaration } from '../declaration.ts';

interface Answer {
  readonly out?: Bytes;
  readonly error?: Bytes;
  readonly status: number;
}
const BAD_LINE: Answer = { error: 'ethtool: bad command line argument(s)\nFor more information run ethtool -h\n', status: 1 };
const NO_DEVICE = 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\n';
const UNSUPPORTED: Answer = { error: 'netlink error: Operation not supported\n', status: 1 };
const NO_DATA: Answer = { error: 'No data available\n', status: 75 };
/** Five questions are asked for the settings. */
const SETTINGS_QUESTIONS = 5;

type Command = (device: Device | undefined, words: readonly Bytes[]) => Answer;

// --- settings ---

interface Link {
  readonly speedMbps: number;
  readonly duplex: string;
  readonly port: string;
}
const UNKNOWN_DUPLEX = 'Unknown! (255)';
function linkOf(device: Device): Link | undefined {
  const wire = (speedMbps: number): Link => ({ speedMbps, duplex: 'Full', port: 'Twisted Pair' });
  if (device instanceof Veth || device instanceof Tun) return wire(10_000);
  if (device instanceof Card) return wire(device.speedMbps > 0 ? device.speedMbps : 1000);
  if (device instanceof Vxlan) return device.lower ? linkOf(device.lower) : { speedMbps: 0, duplex: UNKNOWN_DUPLEX, port: 'Other' };
  if (device instanceof Vlan || device instanceof Macvlan) return linkOf(device.link);
  if (!(device instanceof Bridge)) return undefined;
  const speeds = device.ports.filter((port) => port.device.isUp && port.device.carrier).map((port) => linkOf(port.device)?.speedMbps ?? 0);
  return { speedMbps: Math.max(0, ...speeds), duplex: UNKNOWN_DUPLEX, port: 'Other' };
}
const hasLink = (device: Device): boolean => device.isUp && device.carrier;

function settings(device: Device | undefined): Answer {
  if (!device) return { error: `${NO_DEVICE.repeat(SETTINGS_QUESTIONS)}No data available\n`, status: 75 };
  const link = linkOf(device);
  if (device.kind === 'ifb') return NO_DATA;
  let out = `Settings for ${device.name}:\n`;
  if (link) {
    const rows = [
      'Supported ports: [  ]',
      'Supported link modes:   Not reported',
      'Supported pause frame use: No',
      'Supports auto-negotiation: No',
      'Supported FEC modes: Not reported',
      'Advertised link modes:  Not reported',
      'Advertised pause frame use: No',
      'Advertised auto-negotiation: No',
      'Advertised FEC modes: Not reported',
      `Speed: ${link.speedMbps > 0 ? `${link.speedMbps}Mb/s` : 'Unknown!'}`,
      `Duplex: ${link.duplex}`,
      'Auto-negotiation: off',
      `Port: ${link.port}`,
      'PHYAD: 0',
      'Transceiver: internal',
      ...(link.port === 'Twisted Pair' ? ['MDI-X: Unknown'] : []),
    ];
    out += rows.map((row) => `\t${row}\n`).join('');
  }
  if (device instanceof Tun) out += `        Current message level: 0x00000000 (0)\n${' '.repeat(30)}\n`;
  return { out: `${out}\tLink detected: ${hasLink(device) ? 'yes' : 'no'}\n`, status: 0 };
}

// --- driver, statistics ---

interface Driver {
  readonly version: string;
  readonly firmware?: string;
  readonly bus?: string;
  readonly hasStatistics?: true;
}
/** Kinds without an ethtool driver of their own have the kernel's release as version. */
const RELEASE = '6.1.0-18-amd64';
const DRIVERS: Readonly<Record<string, Driver>> = {
  veth: { version: '1.0', hasStatistics: true },
  bridge: { version: '2.3', firmware: 'N/A', bus: 'N/A' },
  vxlan: { version: '0.1' },
  macvlan: { version: '0.1' },
  vlan: { version: '1.8', firmware: 'N/A' },
  ifb: { version: RELEASE, hasStatistics: true },
  tun: { version: '1.6' },
};
const yesNo = (yes: boolean): string => (yes ? 'yes' : 'no');
function driver(device: Device | undefined): Answer {
  const refuse = (why: string): Answer => ({ error: `Cannot get driver information: ${why}\n`, status: 71 });
  if (!device) return refuse('No such device');
  if (device.isLoopback || device.driver === '') return refuse('Operation not supported');
  const known = DRIVERS[device instanceof Tun ? 'tun' : device.driver] ?? { version: RELEASE };
  const bus = device instanceof Tun ? (device.isEthernet ? 'tap' : 'tun') : (known.bus ?? '');
  const rows = [
    `driver: ${device instanceof Tun ? 'tun' : device.driver}`,
    `version: ${known.version}`,
    `firmware-version: ${known.firmware ?? ''}`,
    'expansion-rom-version: ',
    `bus-info: ${bus}`,
    `supports-statistics: ${yesNo(known.hasStatistics === true)}`,
    ...['test', 'eeprom-access', 'register-dump', 'priv-flags'].map((what) => `supports-${what}: no`),
  ];
  return { out: `${rows.join('\n')}\n`, status: 0 };
}

const QUEUE_COUNTERS = ['xdp_packets', 'xdp_bytes', 'drops', 'xdp_redirect', 'xdp_drops', 'xdp_tx', 'xdp_tx_errors'].map((name) => `rx_queue_0_${name}`);
const SENT_COUNTERS = ['xdp_xmit', 'xdp_xmit_errors'].map((name) => `tx_queue_0_${name}`);
const IFB_COUNTERS = ['rx_queue_0_packets', 'rx_queue_0_bytes', 'tx_queue_0_packets', 'tx_queue_0_bytes'];
function statistics(device: Device | undefined): Answer {
  if (!device) return { error: 'Cannot get stats strings information: No such device\n', status: 96 };
  if (device.kind === 'ifb') return { out: `NIC statistics:\n${IFB_COUNTERS.map((name) => `     ${name}: 0\n`).join('')}`, status: 0 };
  if (!(device instanceof Veth)) return { error: 'no stats available\n', status: 94 };
  const rows = [`peer_ifindex: ${device.peer?.index ?? 0}`, ...[...QUEUE_COUNTERS, ...SENT_COUNTERS].map((name) => `${name}: 0`)];
  return { out: `NIC statistics:\n${rows.map((row) => `     ${row}\n`).join('')}`, status: 0 };
}

// --- features ---

const showFeatures: Command = (device) => (device ? { out: listFeatures(device), status: 0 } : { error: NO_DEVICE, status: 1 });

function setFeatures(device: Device | undefined, words: readonly Bytes[]): Answer {
  const requested = new Map<string, boolean>();
  for (let i = 0; i < words.length; i += 2) {
    const word = words[i] ?? '';
    const value = words[i + 1];
    if (value !== 'on' && value !== 'off') return { error: "ethtool (-K): flag '(null)' for parameter '(null)' is not followed by 'on' or 'off'\n", status: 1 };
    const group = GROUPS.find((each) => each.word === word || each.title === word);
    if (device && !group && !isFeature(word))
      return { error: 'netlink error: bit name not found (offset 56)\nnetlink error: Operation not supported\n', status: 92 };
    for (const name of group?.members ?? [word]) requested.set(name, value === 'on');
  }
  if (!device) return { error: NO_DEVICE, status: 92 };
  if (requested.size === 0) return { error: 'Could not change any device features\n', status: 1 };
  const before = new Map(BITS.map((name) => [name, isOn(device, name)]));
  for (const [name, on] of requested) if (isOn(device, name) !== on || isWanted(device, name) !== on) ask(device, name, on);
  const rows: string[] = [];
  let isSurprising = false;
  for (const name of BITS) {
    const on = isOn(device, name);
    const wish = requested.get(name);
    const changed = on !== before.get(name);
    if (!changed && (wish === undefined || wish === on)) continue;
    const note = wish === undefined ? ' [not requested]' : wish !== on ? ` [requested ${wish ? 'on' : 'off'}]` : '';
    if (note !== '') isSurprising = true;
    rows.push(`${name}: ${on ? 'on' : 'off'}${note}\n`);
  }
  if (!isSurprising) return { status: 0 };
  const nothing = [...requested].every(([name, on]) => isOn(device, name) !== on);
  return { ...(nothing && { error: 'Could not change any device features\n' }), out: `Actual changes:\n${rows.join('')}`, status: nothing ? 1 : 0 };
}

// --- the rest ---

/** Queues a veth has at most: as many as the machine has processors, whatever they are here. */
const MOST_QUEUES = 2;
function channels(device: Device | undefined): Answer {
  if (!device) return { error: NO_DEVICE, status: 1 };
  const table = (rx: string, tx: string, combined: string): string => `RX:\t\t${rx}\nTX:\t\t${tx}\nOther:\t\tn/a\nCombined:\t${combined}\n`;
  const text = (most: string, now: string): Answer => ({
    out: `Channel parameters for ${device.name}:\nPre-set maximums:\n${most}Current hardware settings:\n${now}`,
    status: 0,
  });
  if (device instanceof Veth) return text(table(String(MOST_QUEUES), String(MOST_QUEUES), 'n/a'), table('1', '1', 'n/a'));
  if (device instanceof Tun) return text(table('n/a', 'n/a', '1'), table('n/a', 'n/a', '0'));
  return UNSUPPORTED;
}
function permanentAddress(device: Device | undefined): Answer {
  return device ? { out: 'Permanent address: not set\n', status: 0 } : { error: 'netlink error: No such device\n', status: 1 };
}
function timestamping(device: Device | undefined): Answer {
  if (!device) return { error: NO_DEVICE, status: 1 };
  const sends = device instanceof Veth || device.isLoopback || device instanceof Tun || device instanceof Macvlan;
  const able = [...(sends ? ['software-transmit'] : []), 'software-receive', 'software-system-clock'];
  const none = ['PTP Hardware Clock: none', 'Hardware Transmit Timestamp Modes: none', 'Hardware Receive Filter Modes: none'];
  return { out: `Time stamping parameters for ${device.name}:\nCapabilities:\n${able.map((each) => `\t${each}\n`).join('')}${none.join('\n')}\n`, status: 0 };
}
/** What the kernel answers for all that these devices lack, asked by netlink. */
const lacking =
  (status = 1): Command =>
  (device) =>
    device ? { ...UNSUPPORTED, status } : { error: NO_DEVICE, status };
/** The same, asked by ioctl(2): the program says what it could not do. */
const refused =
  (status: number, what: (why: Bytes) => Bytes): Command =>
  (device) => ({ error: what(strerror(device ? 'EOPNOTSUPP' : 'ENODEV')), status });
const rings = refused(1, (why) => `Cannot get RX rings: ${why}\nrxclass: Cannot get RX class rule count: ${why}\nRX classification rule retrieval failed\n`);
/** Devices without a driver's own operations do not even say who they are. */
const dump =
  (what: Bytes, absent: number): Command =>
  (device) => {
    if (!device) return { error: `Cannot get driver information: ${strerror('ENODEV')}\n`, status: absent };
    return device.isLoopback
      ? { error: `Cannot get driver information: ${strerror('EOPNOTSUPP')}\n`, status: absent }
      : { error: `Cannot get ${what}: ${strerror('EOPNOTSUPP')}\n`, status: 74 };
  };

function coalescing(device: Device | undefined): Answer {
  if (!device) return { error: NO_DEVICE, status: 1 };
  if (!(device instanceof Tun)) return UNSUPPORTED;
  const unknown = (...names: readonly string[]): string => names.map((name) => `${name}: n/a\n`).join('');
  const sides = (when: string): string =>
    unknown(
      ...(when === ''
        ? ['tx-usecs', 'tx-frames', 'tx-usecs-irq', 'tx-frames-irq']
        : ['rx-usecs', 'rx-frame', 'tx-usecs', 'tx-frame'].map((name) => `${name}-${when}`)),
    );
  const head = `Coalesce parameters for ${device.name}:\nAdaptive RX: n/a  TX: n/a\n${unknown('stats-block-usecs', 'sample-interval', 'pkt-rate-low', 'pkt-rate-high')}`;
  const receiving = `${unknown('rx-usecs')}rx-frames: 0\n${unknown('rx-usecs-irq', 'rx-frames-irq')}`;
  return { out: `${[head, receiving, sides(''), sides('low'), sides('high'), 'CQE mode RX: n/a  TX: n/a\n'].join('\n')}\n`, status: 0 };
}

const CHANGES = ['speed', 'lanes', 'duplex', 'port', 'mdix', 'autoneg', 'advertise', 'phyad', 'xcvr', 'wol', 'sopass', 'msglvl', 'master-slave'];
function change(device: Device | undefined, words: readonly Bytes[]): Answer {
  const [word] = words;
  if (word === undefined) return { status: 0 };
  if (!CHANGES.includes(word)) return { error: `ethtool (-s): unknown parameter '${word}'\n`, status: 1 };
  return device ? { ...UNSUPPORTED, status: 75 } : { error: NO_DEVICE, status: 75 };
}
function setChannels(device: Device | undefined, words: readonly Bytes[]): Answer {
  if (!device) return { error: NO_DEVICE, status: 1 };
  if (!(device instanceof Veth)) return UNSUPPORTED;
  for (let i = 0; i < words.length; i += 2) {
    const most = words[i] === 'rx' || words[i] === 'tx' ? MOST_QUEUES : 0;
    if (Number(words[i + 1]) > most)
      return { error: 'netlink error: requested channel count exceeds maximum (offset 36)\nnetlink error: Invalid argument\n', status: 1 };
  }
  return { status: 0 };
}

/** What each option does, by its first name; those that are missing want more than a device. */
const COMMANDS: Readonly<Record<string, Command>> = {
  '': settings,
  '-s': change,
  '-a': lacking(),
  '-A': lacking(76),
  '-c': coalescing,
  '-C': lacking(),
  '-g': lacking(),
  '-G': lacking(81),
  '-k': showFeatures,
  '-K': setFeatures,
  '-i': (device, words) => (words.length > 0 ? BAD_LINE : driver(device)),
  '-d': dump('register dump', 72),
  '-e': dump('EEPROM data', 74),
  '-r': refused(255, (why) => `Cannot restart autonegotiation: ${why}\n`),
  '-p': refused(255, (why) => `Cannot identify NIC: ${why}\n`),
  '-t': (device) => ({ error: device ? 'Cannot test: Operation not supported\n' : 'Cannot get strings: No such device\n', status: 74 }),
  '-S': (device, words) => (words[0] === undefined ? statistics(device) : { error: `ethtool (-S): unknown parameter '${words[0]}'\n`, status: 1 }),
  '-n': rings,
  '-T': timestamping,
  '-x': refused(1, (why) => `Cannot get RX ring count: ${why}\n`),
  '-P': permanentAddress,
  '-w': refused(1, (why) => `Can not get dump level: ${why}\n`),
  '-l': channels,
  '-L': setChannels,
  '--show-priv-flags': lacking(),
  '--set-priv-flags': lacking(),
  '-m': lacking(),
  '--show-eee': lacking(),
  '--set-eee': (device, words) => (words.length === 0 ? { error: 'ethtool (--set-eee): parameters missing\n', status: 1 } : lacking()(device, words)),
  '--show-fec': lacking(),
};
const NAME_MAX = 15;
/** They ask by netlink, which takes long names too. */
const LONG_NAMES = ['', '-s', '-a', '-A', '-c', '-C', '-g', '-G', '-k', '-K', '-T', '-P', '-l', '-L', '-m', '--show-eee', '--show-fec', '--show-priv-flags'];

const ethtool: Program = function* (p) {
  const answer = run(p);
  if (answer.error !== undefined) yield* p.error(answer.error);
  if (answer.out !== undefined) yield* p.print(answer.out);
  return answer.status;
};
function run(p: Process): Answer {
  const words = p.argv.slice(1);
  while (words[0] === '-I' || words[0] === '--include-statistics') words.shift();
  if (words[0] === '--json') return { error: 'not modelled: ethtool --json\n', status: 1 };
  const [word] = words;
  if (word === undefined) return BAD_LINE;
  if (word === '--version') return { out: VERSION, status: 0 };
  if (word === '-h' || word === '--help') return { out: HELP, status: 0 };
  const option = OPTIONS.find(({ names }) => names.includes(word));
  if (!option && word.startsWith('-')) return BAD_LINE;
  const [name, ...rest] = option ? words.slice(1) : words;
  const command = COMMANDS[option?.names[0] ?? ''];
  if (!command || name === undefined) return BAD_LINE;
  if (name.length > NAME_MAX && !LONG_NAMES.includes(option?.names[0] ?? ''))
    return { error: 'ethtool netlink support for subcommand missing, device name longer than 15 not supported\n', status: 1 };
  return command(netnsOf(p).device(name), rest);
}

const DECLARATION: Declaration = {
  synopsis: '[ FLAGS ] [ OPTION ] DEVNAME ...',
  options: [
    ...OPTIONS.flatMap(({ names, title }) => (names[0] === '' ? [] : [{ names, help: title }])),
    { names: ['-I', '--include-statistics'], help: 'request device statistics related to the command' },
    { names: ['-h', '--help'], help: 'Show this help' },
    { names: ['--version'], help: 'Show version number' },
    { names: ['--json'], help: 'enable JSON output format', isMissing: true },
  ],
};
export const ETHTOOL_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/ethtool', main: declared(DECLARATION, ethtool), origin: 'ethtool 6.1' }];
