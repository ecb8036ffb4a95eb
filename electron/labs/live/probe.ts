/** Echo requests between real places: one shell at each place asks all of its others at once, and not too many shells at a time. */
import type { Endpoint, ProbeResult } from '../../../shared/lab/index.ts';
import type { Output } from './node.ts';

type Pair = Pick<ProbeResult, 'from' | 'to'>;

/** More say nothing new, and would take minutes. */
const MOST_PAIRS = 400;
/** An sshd lets in ten at a time. */
const AT_ONCE = 6;

/** For `sh -c`: addresses. A line for each: status, address, what a router said. */
const SCRIPT = `
line='
'
for address; do
  (
    said=$(ping -n -c 1 -W 1 "$address" 2>&1) && status=0 || status=$?
    case $said in *icmp_seq=*) said=\${said#*icmp_seq=}; said=\${said#* } ;; *) said= ;; esac
    printf '%s\\n' "$status $address \${said%%"$line"*}"
  ) &
done
wait`;

export async function probeForReal(
  endpoints: readonly Endpoint[],
  pairs: readonly Pair[] | undefined,
  run: (from: string, argv: readonly string[]) => Promise<Output>,
): Promise<readonly ProbeResult[]> {
  const asked = pairs ?? some(between(endpoints.filter(({ kind }) => kind === 'pod')));
  const addressOf = (to: string): string => endpoints.find(({ id }) => id === to)?.address ?? to;
  const sources = [...new Set(asked.map(({ from }) => from))];
  const answers = new Map<string, { readonly status: string; readonly said: string }>();
  const ask = async (from: string): Promise<void> => {
    const addresses = new Set(asked.flatMap((one) => (one.from === from ? [addressOf(one.to)] : [])));
    const { stdout } = await run(from, ['sh', '-c', SCRIPT, 'sh', ...addresses]);
    for (const [, status = '', address, said = ''] of stdout.matchAll(/^(\d+) (\S+) ?(.*)$/gm)) answers.set(`${from} ${address}`, { status, said });
  };
  const work = async (): Promise<void> => {
    for (let from = sources.shift(); from !== undefined; from = sources.shift()) await ask(from);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return asked.map(({ from, to }) => {
    const answer = answers.get(`${from} ${addressOf(to)}`);
    const reached = answer?.status === '0';
    return {
      from,
      to,
      reached,
      outcome: reached ? 'reply' : answer && /[Uu]nreachable|exceeded|filtered|prohibited/.test(answer.said) ? answer.said : 'timeout',
    };
  });
}

const between = (pods: readonly Endpoint[]): readonly Pair[] =>
  pods.flatMap((from) => pods.flatMap((to) => (to === from ? [] : [{ from: from.id, to: to.id }])));

function some(pairs: readonly Pair[]): readonly Pair[] {
  const step = Math.max(1, pairs.length / MOST_PAIRS);
  return Array.from({ length: Math.min(pairs.length, MOST_PAIRS) }, (_, i) => pairs[Math.floor(i * step)]!);
}
