/**
 * The packet that was followed in a twin, sent for real: whether it is answered, and which router says that its time was over after one, two, three steps.
 * Needs `ping` (TCP: bash) where it begins, and changes nothing.
 */
import { replyOutcome, requestOutcome, type ProbeProtocol, type Trace } from '../../../shared/ipc/index.ts';
import { routersOf, type Snapshot } from '../../../shared/lab/index.ts';
import type { Output } from './node.ts';

type Sent = NonNullable<Trace['sent']>;
type Run = (argv: readonly string[]) => Promise<Output>;

/** A route that is longer goes round in circles. */
const MOST_ROUTERS = 12;
const WAIT_S = 2;

/** undefined: this protocol says nothing by itself. */
export async function sendForReal(trace: Trace, address: string, protocol: ProbeProtocol, snapshot: Snapshot, run: Run): Promise<Sent | undefined> {
  if (protocol.kind === 'udp') return undefined;
  const routers = routersOf(trace).slice(0, MOST_ROUTERS);
  const argv = commandOf(address, protocol);
  const [answer, ...told] = await Promise.all([run(argv), ...routers.map((_, i) => run(['ping', '-n', '-c', '1', '-W', '1', '-t', String(i + 1), address]))]);
  const seen = told.map(({ stdout }) => /^From (\S+?):? icmp_seq=\d+ Time to live exceeded/m.exec(stdout)?.[1]);
  const compared = routers.map(({ node, netns, netnsId }, i) => {
    const place = snapshot.nodes.find((one) => one.name === node)?.namespaces.find((one) => one.id === netnsId);
    const addresses = place?.links.flatMap((link) => link.addresses).filter((one) => one.family === 'inet') ?? [];
    const router = seen[i];
    return { place: netns === '' ? node : `${node}/${netns}`, addresses: addresses.map((one) => one.local), ...(router !== undefined && { seen: router }) };
  });
  const answered = protocol.kind === 'icmp' ? answer.status === 0 : answer.status === 0 || /refused/i.test(answer.stderr);
  // what lies beyond the lab nobody knows
  const end = requestOutcome(trace).kind;
  const expected = end === 'left' ? answered : end === 'delivered' && replyOutcome(trace).kind === 'delivered';
  return {
    command: argv.join(' '),
    answered,
    expected,
    routers: compared,
    agrees: answered === expected && compared.every((one) => one.seen === undefined || one.addresses.includes(one.seen)),
  };
}

function commandOf(address: string, protocol: Exclude<ProbeProtocol, { kind: 'udp' }>): readonly string[] {
  if (protocol.kind === 'icmp') return ['ping', '-n', '-c', '1', '-W', String(WAIT_S), address];
  return ['timeout', String(WAIT_S), 'bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"', address, String(protocol.port)];
}
