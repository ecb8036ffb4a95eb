/** ping and traceroute as the busybox applets of a container image have them (busybox 1.36, networking/ping.c and traceroute.c). */
import { strerror, type Bytes } from '../base/index.ts';
import { RawSocket } from '../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../machine/index.ts';
import { anyOf, type Program } from '../shell/index.ts';
import { formatIp, formatIpv4, IcmpType, type IpAddress } from '../wire/index.ts';
import { declared, type DeclaredOption } from './declaration.ts';
import { hostNameOf, lookupHost, watching } from './net/index.ts';
import { BUSYBOX_NSLOOKUP } from './dns/index.ts';
import { BUSYBOX_WGET } from './wget/index.ts';
import { answerOf, openUdp, sendProbe, type ProbeSettings } from './traceroute/index.ts';

interface Flags {
  readonly values: ReadonlyMap<string, Bytes>;
  readonly operands: readonly Bytes[];
}
/** getopt(3): `letters` with `:` after those that take an argument. */
function flagsOf(argv: readonly Bytes[], letters: string): Flags | string {
  const values = new Map<string, Bytes>();
  const operands: Bytes[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let j = 1; j < word.length; j++) {
      const at = letters.indexOf(word[j] ?? '');
      if (at < 0 || word[j] === ':') return `invalid option -- '${word[j] ?? ''}'`;
      if (letters[at + 1] !== ':') {
        values.set(word[j] ?? '', '');
        continue;
      }
      const value = j + 1 < word.length ? word.slice(j + 1) : argv[++i];
      if (value === undefined) return `option requires an argument -- '${word[j] ?? ''}'`;
      values.set(word[j] ?? '', value);
      break;
    }
  }
  return { values, operands };
}

const ms = (us: number): string => `${Math.trunc(us / 1000)}.${String(Math.trunc(us) % 1000).padStart(3, '0')}`;

const PING_LETTERS = 'c:s:t:w:W:i:I:p:q46A';
const TRACEROUTE_LETTERS = 'FIldnrvxf:i:m:p:q:s:t:w:z:g:46';
const busyboxPing: Program = function* (p) {
  const flags = flagsOf(p.argv, PING_LETTERS);
  if (typeof flags === 'string' || flags.operands.length === 0) {
    if (typeof flags === 'string') yield* p.error(`ping: ${flags}\n`);
    yield* p.error('BusyBox v1.36.1 multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n\nSend ICMP ECHO_REQUESTs to HOST\n');
    return 1;
  }
  const [host = ''] = flags.operands;
  const found = yield* lookupHost(p, host);
  if (found.kind === 'failed') return (yield* p.error(`ping: bad address '${host}'\n`), 1);
  const count = Number(flags.values.get('c') ?? 0);
  const size = Number(flags.values.get('s') ?? 56);
  const intervalUs = Number(flags.values.get('i') ?? 1) * 1e6;
  const waitUs = Number(flags.values.get('W') ?? 10) * 1e6;
  const deadlineUs = flags.values.has('w') ? p.nowUs + Number(flags.values.get('w')) * 1e6 : Infinity;
  const isQuiet = flags.values.has('q');
  const netns = netnsOf(p);
  const socket = new RawSocket(netns, 1);
  socket.icmpFilter = ~(1 << IcmpType.ECHO_REPLY);
  socket.ttl = Number(flags.values.get('t') ?? 0);
  const id = netns.rng.below(65536);
  const sent = new Map<number, number>();
  let transmitted = 0;
  const trips: number[] = [];
  let stopped = false as boolean;
  p.on('INT', () => void (stopped = true));
  p.stdout.lineBuffered();
  try {
    yield* p.print(`PING ${host} (${formatIpv4(found.address)}): ${size} data bytes\n`);
    let nextUs = p.nowUs;
    let lastUs = Infinity;
    while (!stopped && p.nowUs < Math.min(deadlineUs, lastUs) && !(count > 0 && trips.length >= count)) {
      if (p.nowUs >= nextUs && (count === 0 || transmitted < count)) {
        sent.set(transmitted & 0xffff, p.nowUs);
        const result = socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, id, transmitted & 0xffff, '\0'.repeat(size), { to: found.address });
        transmitted++;
        if (!result.ok) return (yield* p.error(`ping: sendto: ${strerror(result.error.errno)}\n`), 1);
        nextUs += intervalUs;
        if (count > 0 && transmitted >= count) lastUs = p.nowUs + (trips.length > 0 ? Math.max(2 * Math.max(...trips), 1e6) : waitUs);
      }
      for (let got = socket.receive(); got; got = socket.receive()) {
        const { icmp, ip } = got.packet;
        const sentUs = icmp && icmp.id === id ? sent.get(icmp.seq) : undefined;
        if (!icmp || !ip || sentUs === undefined) continue;
        trips.push(got.atUs - sentUs);
        if (!isQuiet)
          yield* p.print(`${got.packet.payload.length + 8} bytes from ${formatIpv4(ip.src)}: seq=${icmp.seq} ttl=${ip.ttl} time=${ms(got.atUs - sentUs)} ms\n`);
      }
      if (count > 0 && trips.length >= count) break;
      const untilUs = Math.min(count > 0 && transmitted >= count ? lastUs : nextUs, deadlineUs);
      if (untilUs > p.nowUs) yield* p.block(anyOf([watching(socket), p.timer(untilUs - p.nowUs)]));
    }
    yield* p.print(
      `\n--- ${host} ping statistics ---\n${transmitted} packets transmitted, ${trips.length} packets received, ${transmitted > 0 ? Math.trunc(((transmitted - trips.length) * 100) / transmitted) : 0}% packet loss\n`,
    );
    if (trips.length > 0)
      yield* p.print(
        `round-trip min/avg/max = ${ms(Math.min(...trips))}/${ms(trips.reduce((sum, trip) => sum + trip, 0) / trips.length)}/${ms(Math.max(...trips))} ms\n`,
      );
  } finally {
    socket.close();
  }
  return trips.length === 0 ? 1 : 0;
};

const FIRST_PORT = 33434;
const busyboxTraceroute: Program = function* (p) {
  const flags = flagsOf(p.argv, TRACEROUTE_LETTERS);
  if (typeof flags === 'string' || flags.operands.length === 0) {
    if (typeof flags === 'string') yield* p.error(`traceroute: ${flags}\n`);
    yield* p.error(
      'BusyBox v1.36.1 multi-call binary.\n\nUsage: traceroute [-46FIlnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]\n\t[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]\n\t[-z PAUSE_MSEC] HOST [BYTES]\n\nTrace the route to HOST\n',
    );
    return 1;
  }
  const [host = '', bytes] = flags.operands;
  const found = yield* lookupHost(p, host);
  if (found.kind === 'failed') return (yield* p.error(`traceroute: bad address '${host}'\n`), 1);
  const number = (letter: string, fallback: number): number => Number(flags.values.get(letter) ?? fallback);
  const length = Math.max(28, Number(bytes ?? 46));
  const maxTtl = number('m', 30);
  const settings: ProbeSettings = {
    netns: netnsOf(p),
    target: found.address,
    source: 0,
    device: flags.values.get('i'),
    tos: number('t', 0),
    mark: 0,
    dontFragment: flags.values.has('F'),
    scope: null,
    flowLabel: undefined,
    dontRoute: flags.values.has('r'),
    sourcePort: undefined,
  };
  const nameOf = (address: IpAddress): Bytes => {
    const text = formatIp(address);
    return flags.values.has('n') ? text : `${hostNameOf(p, address) ?? text} (${text})`;
  };
  yield* p.print(`traceroute to ${host} (${formatIpv4(found.address)}), ${maxTtl} hops max, ${length} byte packets\n`);
  let seq = 0;
  for (let ttl = number('f', 1); ttl <= maxTtl; ttl++) {
    yield* p.print(String(ttl).padStart(2));
    let last: IpAddress | undefined;
    let isFinal = false;
    for (let i = 0; i < number('q', 3); i++) {
      const sentUs = p.nowUs;
      const socket = openUdp(settings, number('p', FIRST_PORT) + ++seq);
      const failed = typeof socket === 'string' ? socket : sendProbe(socket, ttl, { length: length - 28 });
      if (typeof socket === 'string' || failed !== undefined)
        return (yield* p.print('\n'), yield* p.error(`traceroute: ${failed?.replace(/^connect: /, 'sendto: ')}\n`), 1);
      yield* p.flush();
      let answer = undefined as ReturnType<typeof answerOf>;
      yield* p.waitFor(
        () => {
          for (let error = socket.receiveError(); error && !answer; error = socket.receiveError()) answer = answerOf(error, sentUs);
          return answer !== undefined;
        },
        watching(socket),
        number('w', 3) * 1e6,
      );
      socket.close();
      if (!answer) {
        yield* p.print('  *');
        continue;
      }
      if (answer.from !== last) yield* p.print(`  ${nameOf(answer.from)}`);
      last = answer.from;
      yield* p.print(`  ${ms(answer.tripUs)} ms${answer.remark === '' ? '' : ` ${answer.remark}`}`);
      isFinal ||= answer.isFinal;
    }
    yield* p.print('\n');
    yield* p.flush();
    if (isFinal) break;
  }
  return 0;
};

/** Letters as getopt(3) has them, `:` after those that take an argument. */
const lettersOf = (letters: string): readonly DeclaredOption[] =>
  [...letters.matchAll(/(\w)(:?)/g)].map(([, letter = '', colon]) => ({ names: [`-${letter}`], value: colon === '' ? undefined : 'N' }));
const at = (name: string, main: Program, synopsis: string, letters: string): InstalledProgram => ({
  ...{ path: `/bin/${name}`, main: declared({ synopsis, options: lettersOf(letters) }, main), origin: 'busybox 1.36.1' },
});
/** Applets that differ from the programs of a Debian machine. */
export const BUSYBOX_NET: readonly InstalledProgram[] = [
  at('ping', busyboxPing, '[OPTIONS] HOST', PING_LETTERS),
  at('traceroute', busyboxTraceroute, '[OPTIONS] HOST [BYTES]', TRACEROUTE_LETTERS),
  BUSYBOX_NSLOOKUP,
  ...BUSYBOX_WGET,
];
