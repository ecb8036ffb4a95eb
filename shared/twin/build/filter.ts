/** Rules, sets and connections of a snapshot. A rule that this kernel cannot take over is told, and the others hold without it. */
import { makeSets, restoreRules } from '../../commands/index.ts';
import { makeZone, netfilterOf, Status, TCP_STATES, TcpTrack, Tuple, type Address, type Connection, type Netns } from '../../kernel/index.ts';
import type { NetnsSnapshot, TableFact } from '../../snapshot/index.ts';
import { parseIpv4, parseIpv6 } from '../../wire/index.ts';
import type { Report } from './problem.ts';

export function makeFilter(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  if (seen.sets && seen.sets.length > 0) for (const problem of makeSets(netns, seen.sets)) report(problem, 'the set could not be made');
  for (const table of seen.iptables) {
    const family = table.family === 'inet' ? 'ip' : 'ip6';
    if (restoreRules(netns, family, saved(table)).status === 0) continue;
    const bare = { ...table, chains: table.chains.map((chain) => ({ ...chain, rules: [] })) };
    restoreRules(netns, family, saved(bare));
    for (const { rules } of table.chains) {
      for (const rule of rules) {
        const one = `*${table.table}\n[${rule.packets}:${rule.bytes}] ${rule.text}\nCOMMIT\n`;
        const { status, errors } = restoreRules(netns, family, one);
        if (status !== 0) report(`${table.table}: ${rule.text}`, errors.trim().split('\n')[0] ?? '');
      }
    }
  }
  if (seen.conntrack.length > 0) makeConnections(netns, seen.conntrack, report);
}

function saved({ table, chains }: TableFact): string {
  const heads = chains.map(({ name, policy, packets, bytes }) => `:${name} ${policy ?? '-'} [${packets}:${bytes}]\n`);
  const rules = chains.flatMap((chain) => chain.rules.map(({ text, packets, bytes }) => `[${packets}:${bytes}] ${text}\n`));
  return `*${table}\n${heads.join('')}${rules.join('')}COMMIT\n`;
}

/** `conntrack -L`'s lines. */
function makeConnections(netns: Netns, lines: readonly string[], report: Report): void {
  const { conntrack } = netfilterOf(netns);
  // a chain of the table has what came last in front
  for (const line of [...lines].reverse()) {
    const connection = connectionOf(conntrack, line, netns.simulation.nowUs);
    if (!connection || !conntrack.insert(connection)) report(line, 'the connection could not be made');
  }
}

function connectionOf(table: ReturnType<typeof netfilterOf>['conntrack'], line: string, nowUs: number): Connection | undefined {
  const [, number, timeout, rest = ''] = /(?:^ipv[46]\s+\d+\s+)?\w+\s+(\d+)\s+(?:(\d+)\s+)?(.*)$/.exec(line) ?? [];
  if (number === undefined) return undefined;
  const protocol = Number(number);
  const sides = rest.split(/(?=\bsrc=)/).filter((part) => part.startsWith('src='));
  const [original, reply] = sides.map((part) => tupleOf(part, protocol));
  if (!original || !reply) return undefined;
  const connection = table.create(typeof original.tuple.src === 'number' ? 'ip' : 'ip6', original.tuple, reply.tuple);
  connection.expiresUs = nowUs + Number(timeout ?? 30) * 1e6;
  if (!rest.includes('[UNREPLIED]')) connection.status |= Status.SEEN_REPLY;
  if (rest.includes('[ASSURED]')) connection.status |= Status.ASSURED;
  if (original.tuple.src !== reply.tuple.dst || (protocol !== 1 && original.tuple.srcPort !== reply.tuple.dstPort)) connection.status |= Status.SRC_NAT;
  if (original.tuple.dst !== reply.tuple.src || (protocol !== 1 && original.tuple.dstPort !== reply.tuple.srcPort)) connection.status |= Status.DST_NAT;
  connection.status |= Status.SRC_NAT_DONE | Status.DST_NAT_DONE;
  const [, direction, zone] = /\bzone(-orig|-reply)?=(\d+)/.exec(rest) ?? [];
  if (zone !== undefined) connection.zone = makeZone(Number(zone), direction === '-orig' ? 'orig' : direction === '-reply' ? 'reply' : 'both');
  connection.mark = Number(/\bmark=(\d+)/.exec(rest)?.[1] ?? 0);
  const state = TCP_STATES.findIndex((one) => rest.startsWith(`${one} `));
  if (protocol === 6) {
    connection.tcp = new TcpTrack();
    connection.tcp.state = Math.max(state, 0);
  }
  if (original.packets !== undefined && reply.packets !== undefined)
    connection.counters = { packets: [original.packets, reply.packets], bytes: [original.bytes ?? 0, reply.bytes ?? 0] };
  return connection;
}

function tupleOf(
  text: string,
  protocol: number,
): { readonly tuple: Tuple; readonly packets: number | undefined; readonly bytes: number | undefined } | undefined {
  const value = (key: string): string | undefined => new RegExp(`\\b${key}=(\\S+)`).exec(text)?.[1];
  const number = (key: string): number | undefined => {
    const found = value(key);
    return found === undefined ? undefined : Number(found);
  };
  const address = (found: string | undefined): Address | undefined => (found === undefined ? undefined : (parseIpv4(found) ?? parseIpv6(found)));
  const src = address(value('src'));
  const dst = address(value('dst'));
  if (src === undefined || dst === undefined) return undefined;
  const isIcmp = protocol === 1 || protocol === 58;
  const from = isIcmp ? number('id') : (number('sport') ?? number('srckey'));
  const to = isIcmp ? ((number('type') ?? 0) << 8) | (number('code') ?? 0) : (number('dport') ?? number('dstkey'));
  return { tuple: new Tuple(src, dst, protocol, from ?? 0, to ?? 0), packets: number('packets'), bytes: number('bytes') };
}
