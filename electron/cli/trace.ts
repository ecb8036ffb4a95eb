/** `podwalk trace`: exits 0 when the packet arrived and, where one is expected, its answer came back; 1 when not. */
import {
  dispositionWords,
  replyOutcome,
  requestOutcome,
  sentWords,
  stepWords,
  type Hop,
  type Locale,
  type ProbeProtocol,
  type Trace,
} from '../../shared/ipc/index.ts';
import { Twin, type Snapshot } from '../../shared/lab/index.ts';
import { join } from 'node:path';
import { replaceFile } from '../file.ts';
import { findPlaces } from '../places.ts';
import { labByName } from './lab-by-name.ts';
import { borrowLab } from './running.ts';
import { savedSnapshot } from './snapshot.ts';
import { localeOption, printJson } from './table.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

export async function trace({ options, operands }: Arguments): Promise<number> {
  const protocol = protocolOf(options);
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError(`--locale is en or zh, not ${JSON.stringify(options['locale'])}`);
  const [name, from, to] = operands as [string, string, string];
  const { found, names } = await traced(name, from, to, protocol, options['provider']);
  if (options['json'] === true) printJson(found);
  else process.stdout.write(formatTrace(found, locale, names, { all: options['all'] === true }));
  if (found.sent && options['json'] !== true) process.stdout.write(`${sentWords(found.sent, locale).join('\n')}\n`);
  if (found.sent?.agrees === false) await keepCase(name, found);
  const arrived = (kind: string): boolean => kind === 'delivered' || kind === 'left';
  return arrived(requestOutcome(found).kind) && (protocol.kind === 'udp' || arrived(replyOutcome(found).kind)) ? 0 : 1;
}

/** What the model got wrong is worth looking at. */
async function keepCase(lab: string, found: Trace): Promise<void> {
  const path = join(findPlaces().home, 'cases', `${lab.replaceAll(/[^A-Za-z0-9._-]/g, '_')}-${Date.now()}.json`);
  const borrowed = await borrowLab(lab, undefined);
  try {
    await replaceFile(path, `${JSON.stringify({ lab, trace: found, snapshot: await borrowed?.lab.snapshot() })}\n`);
    process.stderr.write(`podwalk: the case is kept in ${path}\n`);
  } finally {
    await borrowed?.giveBack();
  }
}

interface Traced {
  readonly found: Trace;
  /** Pods by the box of their namespace. */
  readonly names: ReadonlyMap<string, string>;
}

/** In the lab itself where its packets can be followed; in the twin of a snapshot, and of machines that really are there. */
async function traced(name: string, from: string, to: string, protocol: ProbeProtocol, provider: string | boolean | undefined): Promise<Traced> {
  const saved = provider === undefined ? savedSnapshot(name) : undefined;
  if (saved) return inTwin(saved, from, to, protocol);
  const borrowed = await borrowLab(name, provider);
  if (borrowed) {
    const { lab } = borrowed;
    try {
      if (!lab.capabilities.canTrace) return inTwin(await lab.snapshot(), from, to, protocol);
      return { found: await lab.trace(from, to, protocol), names: boxNames(lab.endpoints()) };
    } finally {
      await borrowed.giveBack();
    }
  }
  const lab = await labByName(name);
  const begun = lab.trace(from, to, protocol);
  if (!begun.ok) throw new Failure(begun.error.message);
  const names = boxNames(lab.endpoints());
  const found = lab.runPending(begun.value);
  lab.close();
  if (!found) throw new Failure('the trace did not come to an end');
  return { found, names };
}
const boxNames = (endpoints: readonly { readonly box: string; readonly id: string }[]): ReadonlyMap<string, string> =>
  new Map(endpoints.map(({ box, id }) => [box, id]));

function inTwin(snapshot: Snapshot, from: string, to: string, protocol: ProbeProtocol): Traced {
  const twin = new Twin(snapshot);
  for (const { node, what, why } of twin.problems) process.stderr.write(`podwalk: ${node}: not modelled: ${what}: ${why}\n`);
  const known = `there are: ${twin.places.map(({ id }) => id).join(', ')}`;
  const source = twin.find(from);
  if (!source) throw new Failure(`There is no ${from}; ${known}.`);
  const address = twin.addressOf(to);
  if (address === undefined) throw new Failure(`There is no ${to} with an address; ${known}.`);
  const found = twin.trace(source, address, protocol);
  if (!found) throw new Failure('the trace did not come to an end');
  const inodes = new Map(snapshot.nodes.flatMap((node) => node.namespaces.map((netns) => [`${node.name} ${netns.id}`, netns.inode] as const)));
  return { found, names: new Map(twin.places.map(({ node, netnsId, id }) => [`${node}/ns:${inodes.get(`${node} ${netnsId}`)}`, id])) };
}

function protocolOf(options: Arguments['options']): ProbeProtocol {
  const chosen = (['icmp', 'tcp', 'udp'] as const).filter((name) => options[name] !== undefined);
  if (chosen.length > 1) throw new UsageError(`--${chosen.join(' and --')} exclude each other`);
  const [kind = 'icmp'] = chosen;
  if (kind === 'icmp') return { kind };
  const port = Number(options[kind]);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError(`--${kind} wants a port from 1 to 65535, not ${JSON.stringify(options[kind])}`);
  return { kind, port };
}

const DIRECTIONS: Record<Hop['direction'], Record<Locale, string>> = {
  request: { en: 'request', zh: '请求' },
  reply: { en: 'reply', zh: '应答' },
  helper: { en: 'on its behalf', zh: '为它服务' },
};
const OUTCOMES = { en: ['The packet:', 'The answer:'], zh: ['数据包：', '应答：'] } as const;

/** `names`: pods by the box of their namespace. `all`: also what happened on the packet's behalf, ARP and copies that a bridge flooded. */
export function formatTrace(trace: Trace, locale: Locale, names: ReadonlyMap<string, string>, { all }: { readonly all: boolean }): string {
  const told = all ? trace.hops : trace.hops.filter((hop) => hop.direction !== 'helper');
  const hops = told.map((hop) => {
    const { node, netns, netnsInode } = hop.place;
    const place = netns === '' ? node : (names.get(`${node}/ns:${netnsInode}`) ?? `${node}/${netns}`);
    const head = `${String(hop.id + 1).padStart(2)}. ${place} (${DIRECTIONS[hop.direction][locale]})`;
    const steps = hop.steps.map(
      ({ atUs, step }) => `${`+${((atUs - trace.startedUs) / 1000).toFixed(3)}`.padStart(12)} ms  ${stepWords(step, locale).text.replaceAll('`', '')}\n`,
    );
    return `${head}\n${steps.join('')}${' '.repeat(17)}→ ${dispositionWords(hop.disposition, locale)}\n`;
  });
  const [request, reply] = OUTCOMES[locale];
  const untold = trace.hops.length - told.length;
  const more = {
    en: `\n${untold} more hops on the packet's behalf (ARP, errors): --all tells them.\n`,
    zh: `\n另有 ${untold} 段为它服务的经过（ARP、差错）：用 --all 查看。\n`,
  }[locale];
  return `${hops.join('')}${untold > 0 ? more : ''}\n${request} ${dispositionWords(requestOutcome(trace), locale)}\n${reply} ${dispositionWords(replyOutcome(trace), locale)}\n`;
}
