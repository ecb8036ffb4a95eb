/** ifconfig(8) of net-tools 2.10. Authority: ifconfig.c. */
import { strerror, type Bytes, type Errno } from '../../base/index.ts';
import { addAddress6, Iff, removeAddress6, shownFlags, type Netns } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { ipv4Mask, parseIpv6, type Ipv4 } from '../../wire/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { atoi } from '../iproute2/numbers.ts';
import { familyList, hardwareList, isFamily, hardwareNamed, parseEther, VERSION } from './families.ts';
import { allInterfaces, IFCONFIG_HEAD, interfaceNamed, isShown, longText, shortText } from './interfaces.ts';
import { addressOf, deviceOf, setAddress, setBroadcast, setDestination, setFlags, setLinkOption, setNetmask } from './ioctl.ts';
import { resolveName, splitMask } from './names.ts';

const NAME_MAX = 15;
const SYNOPSIS = [
  '  ifconfig [-a] [-v] [-s] <interface> [[<AF>] <address>]',
  '  [add <address>[/<prefixlen>]]',
  '  [del <address>[/<prefixlen>]]',
  '  [[-]broadcast [<address>]]  [[-]pointopoint [<address>]]',
  '  [netmask <address>]  [dstaddr <address>]  [tunnel <address>]',
  '  [outfill <NN>] [keepalive <NN>]',
  '  [hw <HW> <address>]  [mtu <NN>]',
  '  [[-]trailers]  [[-]arp]  [[-]allmulti]',
  '  [multicast]  [[-]promisc]',
  '  [mem_start <NN>]  [io_addr <NN>]  [irq <NN>]  [media <type>]',
  '  [txqueuelen <NN>]',
  '  [name <newname>]',
  '  [[-]dynamic]',
  '  [up|down] ...',
  '',
  '  <HW>=Hardware Type.',
  '  List of possible hardware types:',
];
const FAMILY_HEAD = '  <AF>=Address family. Default: inet\n  List of possible address families:\n';
const HELP_HEAD = `Usage:\n${SYNOPSIS.join('\n')}\n`;
/** The lists go to standard error always. */
const USAGE = `${HELP_HEAD}${hardwareList()}${FAMILY_HEAD}${familyList('all')}`;
const OPTION_ERROR = 3;

/** Ends the program at once. */
class Leave extends Error {
  constructor(
    readonly status: number,
    readonly text: Bytes,
  ) {
    super(text);
  }
}
const usage = (): never => {
  throw new Leave(OPTION_ERROR, USAGE);
};

/** Words that set or clear a flag of the device. */
const FLAG_WORDS: Readonly<Record<string, readonly [flag: number, on: boolean]>> = {
  arp: [Iff.NOARP, false],
  '-arp': [Iff.NOARP, true],
  trailers: [Iff.NOTRAILERS, false],
  '-trailers': [Iff.NOTRAILERS, true],
  promisc: [Iff.PROMISC, true],
  '-promisc': [Iff.PROMISC, false],
  multicast: [Iff.MULTICAST, true],
  '-multicast': [Iff.MULTICAST, false],
  allmulti: [Iff.ALLMULTI, true],
  '-allmulti': [Iff.ALLMULTI, false],
  up: [Iff.UP | Iff.RUNNING, true],
  down: [Iff.UP, false],
  dynamic: [Iff.DYNAMIC, true],
  '-dynamic': [Iff.DYNAMIC, false],
  '-broadcast': [Iff.BROADCAST, false],
  '-pointopoint': [Iff.POINTOPOINT, false],
  '-pointtopoint': [Iff.POINTOPOINT, false],
};
/** Flags that may stay in spite of being cleared, and how the program calls that. */
const STAYS: Readonly<Record<string, readonly [flag: number, text: string]>> = {
  '-promisc': [Iff.PROMISC, 'promisc mode... maybe other application is running?'],
  '-multicast': [Iff.MULTICAST, 'MULTICAST mode.'],
  '-allmulti': [Iff.ALLMULTI, 'ALLMULTI mode.'],
  '-dynamic': [Iff.DYNAMIC, 'DYNAMIC mode.'],
  '-broadcast': [Iff.BROADCAST, 'BROADCAST mode.'],
  '-pointopoint': [Iff.POINTOPOINT, 'POINTOPOINT mode.'],
  '-pointtopoint': [Iff.POINTOPOINT, 'POINTOPOINT mode.'],
};

class Configuration {
  errors = '';
  private status = 0;
  private needsMask: Ipv4 | undefined;
  private hasMask = false;
  private at = 0;
  private readonly netns: Netns;

  constructor(
    private readonly p: Process,
    private readonly name: Bytes,
    private readonly words: readonly Bytes[],
  ) {
    this.netns = netnsOf(p);
  }
  private take(): Bytes {
    this.at++;
    return this.words[this.at] ?? usage();
  }
  private fail(text: Bytes, status = 1): void {
    this.errors += text;
    this.status |= status;
  }
  /** `SIOCSIFADDR: No such device`. */
  private report(what: Bytes, errno: Errno | null, note = ''): void {
    if (errno !== null) this.fail(`${what}: ${strerror(errno)}${note}\n`);
  }
  private flag(flag: number, on: boolean): void {
    const { netns, name } = this;
    if (!deviceOf(netns, name)) this.fail(`${name}: ERROR while getting interface flags: ${strerror('ENODEV')}\n`, -1);
    else {
      const errno = setFlags(netns, name, on ? flag : 0, flag & ~Iff.RUNNING);
      if (errno !== null) this.fail(`SIOCSIFFLAGS: ${strerror(errno)}\n`, -1);
    }
  }
  private address(name: Bytes): Ipv4 | undefined {
    const found = resolveName(this.p, name);
    if (typeof found !== 'string') return found.address;
    this.fail(found);
    return undefined;
  }

  run(): number {
    if (isFamily(this.words[0] ?? '')) this.at = 1;
    for (; this.at < this.words.length; this.at++) this.word(this.words[this.at]!);
    if (this.needsMask !== undefined) this.report('SIOCSIFNETMASK', setNetmask(this.netns, this.name, this.needsMask));
    return this.status & 0xff;
  }
  private word(word: Bytes): void {
    const flag = Object.hasOwn(FLAG_WORDS, word) ? FLAG_WORDS[word] : undefined;
    if (flag) {
      this.flag(...flag);
      const stays = Object.hasOwn(STAYS, word) ? STAYS[word] : undefined;
      const device = deviceOf(this.netns, this.name);
      if (stays && device && (shownFlags(device) & stays[0]) !== 0) this.errors += `Warning: Interface ${this.name} still in ${stays[1]}\n`;
    } else if (Object.hasOwn(Configuration.SETTINGS, word)) Configuration.SETTINGS[word]!(this);
    else this.setAddress(word);
  }

  private static readonly SETTINGS: Readonly<Record<string, (it: Configuration) => void>> = {
    mtu: (it) => it.report('SIOCSIFMTU', setLinkOption(it.netns, it.name, { mtu: atoi(it.take()) })),
    txqueuelen: (it) => it.report('SIOCSIFTXQLEN', setLinkOption(it.netns, it.name, { txQueueLength: Number.parseInt(it.take()) || 0 })),
    name: (it) => it.report('SIOCSIFNAME', setLinkOption(it.netns, it.name, { name: it.take() })),
    netmask: (it) => {
      const word = it.take();
      if (it.hasMask) usage();
      const mask = it.address(word);
      if (mask === undefined) return;
      it.hasMask = true;
      it.report('SIOCSIFNETMASK', setNetmask(it.netns, it.name, mask));
    },
    broadcast: (it) => {
      it.at++;
      const word = it.words[it.at];
      const broadcast = word === undefined ? undefined : it.address(word);
      if (word !== undefined && broadcast === undefined) return;
      if (broadcast !== undefined) it.report('SIOCSIFBRDADDR', setBroadcast(it.netns, it.name, broadcast));
      it.flag(Iff.BROADCAST, true);
    },
    dstaddr: (it) => {
      const peer = it.address(it.take());
      if (peer !== undefined) it.report('SIOCSIFDSTADDR', setDestination(it.netns, it.name, peer));
    },
    pointopoint: (it) => it.pointToPoint(),
    pointtopoint: (it) => it.pointToPoint(),
    hw: (it) => it.hardware(),
    add: (it) => it.addOrDelete('add'),
    del: (it) => it.addOrDelete('del'),
    tunnel: (it) => it.tunnel(),
    keepalive: (it) => (it.take(), it.report('SIOCSKEEPALIVE', 'EOPNOTSUPP')),
    outfill: (it) => (it.take(), it.report('SIOCSOUTFILL', 'EOPNOTSUPP')),
    mem_start: (it) => (it.take(), it.report('mem_start: SIOCSIFMAP', 'EOPNOTSUPP')),
    io_addr: (it) => (it.take(), it.report('io_addr: SIOCSIFMAP', 'EOPNOTSUPP')),
    irq: (it) => (it.take(), it.report('irq: SIOCSIFMAP', 'EOPNOTSUPP')),
    media: (it) => (it.take(), it.report('port: SIOCSIFMAP', 'EOPNOTSUPP')),
  };

  private pointToPoint(): void {
    const word = this.words[this.at + 1];
    if (word !== undefined) {
      this.at++;
      const peer = this.address(word);
      if (peer === undefined) return;
      this.report('SIOCSIFDSTADDR', setDestination(this.netns, this.name, peer));
    }
    this.flag(Iff.POINTOPOINT, true);
  }
  private hardware(): void {
    if (hardwareNamed(this.take()) === undefined) usage();
    const kind = this.words[this.at] ?? '';
    const word = this.take();
    if (kind !== 'ether') return this.fail(`hw address type \`${kind}' has no handler to set address. failed.\n`);
    const mac = parseEther(word);
    if (mac === undefined) return this.fail(`${word}: invalid ether address.\n`);
    const errno = setLinkOption(this.netns, this.name, { address: mac });
    this.report('SIOCSIFHWADDR', errno, errno === 'EBUSY' ? ' - you may need to down the interface' : '');
  }

  /** Only sit devices have such an end, and there are none. */
  private tunnel(): void {
    const word = this.take();
    if (parseIpv6(word.split('/', 1)[0] ?? '') === undefined) this.fail(`${word}: Unknown host\n`);
    else if (!deviceOf(this.netns, this.name)) this.report('SIOGIFINDEX', 'ENODEV');
    else this.report('SIOCSIFDSTADDR', 'ENODEV');
  }

  private addOrDelete(what: 'add' | 'del'): void {
    const word = this.take();
    if (word.includes(':')) return this.change6(what, word);
    const found = resolveName(this.p, word, 'host');
    if (typeof found === 'string') return this.fail(found);
    const { address } = found;
    const device = interfaceNamed(this.netns, this.name)?.device;
    if (!device) return this.fail(`Interface ${this.name} not initialized\n`);
    const parent = addressOf(device, this.name);
    const aliases = (device.ipv4?.addresses ?? []).filter(({ label }) => label.startsWith(`${this.name}:`));
    const known = aliases.find((ifa) => ifa.address === address);
    if (known) setFlags(this.netns, known.label, what === 'add' ? Iff.UP : 0, Iff.UP);
    else {
      let number = 0;
      while (aliases.some(({ label }) => label === `${this.name}:${number}`)) number++;
      const alias = `${this.name}:${number}`;
      if (setAddress(this.netns, alias, address) !== null) return;
      setNetmask(this.netns, alias, parent ? ipv4Mask(parent.prefixLength) : 0);
      setBroadcast(this.netns, alias, parent?.broadcast ?? 0);
    }
  }
  private change6(what: 'add' | 'del', word: Bytes): void {
    const [text = '', length] = word.split('/');
    const prefixLength = length === undefined ? 128 : atoi(length);
    if (prefixLength < 0 || prefixLength > 128) usage();
    const local = parseIpv6(text);
    if (local === undefined) return this.fail(`${text}: Unknown host\n`);
    const device = interfaceNamed(this.netns, this.name)?.device;
    if (!device) return this.fail(`SIOGIFINDEX: ${strerror('ENODEV')}\n`);
    const request = { device: device.index, local, prefixLength };
    const done = what === 'add' ? addAddress6(this.netns, { ...request, create: true, exclusive: true }) : removeAddress6(this.netns, request);
    this.report(what === 'add' ? 'SIOCSIFADDR' : 'SIOCDIFADDR', done.ok ? null : done.error.errno);
  }

  /** Any other word is the address. */
  private setAddress(word: Bytes): void {
    const split = splitMask(word) ?? usage();
    if (split.mask !== undefined) {
      if (this.hasMask) usage();
      this.needsMask = split.mask;
    }
    const found = resolveName(this.p, split.name);
    if (typeof found === 'string') throw new Leave(1, `${this.errors}${found}ifconfig: \`--help' gives usage information.\n`);
    this.report('SIOCSIFADDR', setAddress(this.netns, this.name, found.address));
    const isAlias = this.name.includes(':');
    if (!isAlias || (found.address !== 0 && !this.name.endsWith('-'))) this.flag(Iff.UP | Iff.RUNNING, true);
  }
}

function* show(p: Process, name: Bytes | undefined, all: boolean, brief: boolean): Sys<number> {
  const netns = netnsOf(p);
  const text = brief ? shortText : longText;
  if (brief) yield* p.print(IFCONFIG_HEAD);
  if (name === undefined) {
    for (const each of allInterfaces(netns)) if (isShown(each, all)) yield* p.print(text(each));
    return 0;
  }
  const shown = interfaceNamed(netns, name);
  if (!shown) {
    yield* p.error(`${name}: error fetching interface information: Device not found\n`);
    return 1;
  }
  yield* p.print(text(shown));
  return 0;
}

const DECLARATION: Declaration = {
  synopsis: '[-a] [-v] [-s] <interface> [[<AF>] <address>] ...',
  options: [
    { names: ['-a'], help: 'display all interfaces which are currently available, even if down' },
    { names: ['-s'], help: 'display a short list' },
    { names: ['-v'], help: 'be more verbose for some error conditions' },
    { names: ['-V', '-version', '--version'], help: 'the version' },
    { names: ['-?', '-h', '-help', '--help'], help: 'help' },
  ],
};
const [VERSION_NAMES, HELP_NAMES] = DECLARATION.options.slice(-2).map(({ names }) => names);
const ifconfig: Program = function* (p) {
  const words = p.argv.slice(1);
  const given = new Set<Bytes>();
  while (words[0]?.startsWith('-') === true) {
    const option = words.shift()!;
    if (VERSION_NAMES?.includes(option)) return (yield* p.print(VERSION), 0);
    if (HELP_NAMES?.includes(option)) {
      yield* p.error(hardwareList() + familyList('all'));
      yield* p.print(HELP_HEAD + FAMILY_HEAD);
      return 0;
    }
    if (!DECLARATION.options.some(({ names }) => names.includes(option))) {
      yield* p.error(`ifconfig: option \`${option}' not recognised.\nifconfig: \`--help' gives usage information.\n`);
      return 1;
    }
    given.add(option);
  }
  const [whole, ...rest] = words;
  if (whole === undefined) return yield* show(p, undefined, given.has('-a'), given.has('-s'));
  const name = whole.slice(0, NAME_MAX);
  if (rest.length === 0) return yield* show(p, name, given.has('-a'), given.has('-s'));
  const configuration = new Configuration(p, name, rest);
  try {
    const status = configuration.run();
    yield* p.error(configuration.errors);
    return status;
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    yield* p.error(error.text);
    return error.status;
  }
};

export const IFCONFIG: InstalledProgram = { path: '/usr/sbin/ifconfig', main: declared(DECLARATION, ifconfig), origin: 'net-tools 2.10' };
