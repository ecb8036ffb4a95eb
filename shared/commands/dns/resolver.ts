/**
 * The resolver of resolv.conf(5): which names are asked for, of whom, in which order, and how long one waits. Queries are real datagrams.
 * Deviation: the hypervisor's own name server is not there: names that only it knows have no address, and nobody waits for it.
 */
import type { Bytes } from '../../base/index.ts';
import { getRoute, NatCard, UdpSocket } from '../../kernel/index.ts';
import { netnsOf, ownSocket } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { parseIpv4, type Ipv4 } from '../../wire/index.ts';
import { decodeDns, DnsCode, DnsType, encodeDns, type DnsMessage } from './message.ts';

/** RES_TIMEOUT, RES_DFLRETRY. */
const TIMEOUT_US = 5_000_000;
const ATTEMPTS = 2;

export interface ResolverSettings {
  readonly servers: readonly Ipv4[];
  readonly search: readonly string[];
  readonly ndots: number;
}

export function resolverSettings(p: Process): ResolverSettings {
  const file = p.fs.readFile('/etc/resolv.conf');
  const lines = (file.ok ? file.value : '').split('\n').map((line) => line.trim().split(/\s+/));
  const values = (key: Bytes): readonly Bytes[] => lines.filter(([word]) => word === key).flatMap(([, ...rest]) => rest);
  const ndots = values('options').find((option) => option.startsWith('ndots:'));
  return {
    servers: values('nameserver')
      .map((text) => parseIpv4(text))
      .filter((one) => one !== undefined),
    search: lines.findLast(([word]) => word === 'search' || word === 'domain')?.slice(1) ?? [],
    ndots: ndots === undefined ? 1 : Number(ndots.slice(6)),
  };
}

/** What a name may stand for, in the order in which it is asked for. */
export function candidatesOf(name: string, { search, ndots }: Pick<ResolverSettings, 'search' | 'ndots'>): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name];
}

/** One question to one server: its answer, or why there is none. */
export function* queryDns(p: Process, server: Ipv4, name: string, type: number): Sys<DnsMessage | 'timeout' | 'refused'> {
  const netns = netnsOf(p);
  const socket = new UdpSocket(netns);
  ownSocket(socket, p, p.comm, 3);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const id = netns.rng.below(0x10000);
      const connected = socket.connect(server, 53);
      const sent = connected.ok ? socket.send(encodeDns({ id, isAnswer: false, isAuthoritative: false, code: 0, name, type, answers: [] })) : connected;
      if (!sent.ok) return 'refused';
      const untilUs = p.nowUs + TIMEOUT_US;
      while (p.nowUs < untilUs) {
        const isReady = yield* p.waitFor(() => socket.readable, { arm: (wake) => socket.watchers.add(() => wake()) }, untilUs - p.nowUs);
        if (!isReady && p.nowUs < untilUs) return 'timeout';
        if (socket.takeError() !== null) return 'refused';
        const received = socket.receive();
        const answer = received && decodeDns(received.packet.payload);
        if (answer?.isAnswer && answer.id === id) return answer;
      }
    }
    return 'timeout';
  } finally {
    socket.close();
  }
}

/** Whether anybody could answer there. */
function isThere(p: Process, server: Ipv4): boolean {
  const route = getRoute(netnsOf(p), { destination: server });
  return route.ok && !(route.value.device instanceof NatCard);
}

/** The first address of a name; `unknown`: no server knows it, `silent`: none answered or there is none. */
export function* lookupAddress(p: Process, name: string): Sys<Ipv4 | 'unknown' | 'silent'> {
  const settings = resolverSettings(p);
  const servers = settings.servers.filter((server) => isThere(p, server));
  if (servers.length === 0) return settings.servers.length > 0 ? 'unknown' : 'silent';
  let isAnswered = false;
  for (const candidate of candidatesOf(name, settings)) {
    for (const server of servers) {
      const answer = yield* queryDns(p, server, candidate, DnsType.A);
      if (typeof answer === 'string') continue;
      isAnswered ||= answer.code === DnsCode.NXDOMAIN || answer.code === DnsCode.NOERROR;
      const found = answer.answers.find((one) => one.type === DnsType.A);
      if (found) return parseIpv4(found.data) ?? 'unknown';
      break;
    }
    if (!isAnswered) return 'silent';
  }
  return isAnswered ? 'unknown' : 'silent';
}
