/**
 * Whether a check holds, and what is missing when it does not, in the reader's language. Each kind of check is one entry of `CHECKS`.
 */
import type { LinkFact, NetnsSnapshot } from '../snapshot/index.ts';
import type { CheckDefinition } from './definition.ts';
import type { Locale } from './file.ts';
import type { LessonWorld, PodState } from './world.ts';

/** Undefined: it holds. */
export type Missing = Readonly<Record<Locale, string>> | undefined;

type Kind = keyof CheckDefinition;
type Args<K extends Kind> = NonNullable<CheckDefinition[K]>;
type Checker<K extends Kind> = (args: Args<K>, world: LessonWorld, sinceUs: number) => Missing;

const missing = (en: string, zh: string): Missing => ({ en, zh });

export function evaluate(check: CheckDefinition, world: LessonWorld, sinceUs: number): Missing {
  const kind = Object.keys(check)[0] as Kind;
  return (CHECKS[kind] as Checker<Kind>)(check[kind] as never, world, sinceUs);
}

const CHECKS: { readonly [K in Kind]-?: Checker<K> } = {
  pod: ({ name, namespace, node, status }, world) => {
    const pod = findPod(world, namespace, name);
    if (!pod) return missing(`There is no pod "${name}" yet.`, `还没有名为“${name}”的 Pod。`);
    if (node !== undefined && pod.node !== undefined && pod.node !== node) {
      return missing(
        `Pod "${name}" is on ${pod.node}; it should be on ${node}. Delete it and create it again.`,
        `Pod“${name}”在 ${pod.node} 上，应当在 ${node} 上。请删除后重新创建。`,
      );
    }
    const isThere = status === undefined ? pod.status === 'Running' : status === 'Completed' ? pod.hasCompleted : pod.status === status;
    return isThere
      ? undefined
      : missing(`Pod "${name}" is ${pod.status}; it should be ${status ?? 'Running'}.`, `Pod“${name}”的状态是 ${pod.status}，应当是 ${status ?? 'Running'}。`);
  },
  'no-pod': ({ name, namespace }, world) => (findPod(world, namespace, name) ? missing(`Pod "${name}" is still there.`, `Pod“${name}”还在。`) : undefined),
  ran: ({ command, shows, on, status }, world, sinceUs) => {
    const runs = world.commands(sinceUs).filter((run) => new RegExp(command).test(run.line));
    const here = runs.filter((run) => on === undefined || run.place === on || run.place.startsWith(`${on}/`));
    if (here.some((run) => status === 'any' || run.status === 0)) return undefined;
    const plain = `\`${shows}\``;
    if (here.length > 0)
      return missing(`${plain} ended with an error. Look at what it printed and try again.`, `${plain} 以出错告终。请看它输出了什么，再试一次。`);
    if (runs.length > 0) return missing(`${plain} ran on ${runs[0]!.place}; run it on ${on}.`, `${plain} 是在 ${runs[0]!.place} 上运行的，请在 ${on} 上运行。`);
    return on === undefined ? missing(`Run ${plain}.`, `请运行 ${plain}。`) : missing(`Run ${plain} on ${on}.`, `请在 ${on} 上运行 ${plain}。`);
  },
  route: ({ on, destination, via, device }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    const routes = netns.routes.filter((route) => route.destination === destination);
    const isThere = routes.some((route) => (via === undefined || route.via === via) && (device === undefined || route.device === device));
    if (isThere) return undefined;
    const wanted = `${destination}${via === undefined ? '' : ` via ${via}`}${device === undefined ? '' : ` dev ${device}`}`;
    const present = routes[0];
    return present
      ? missing(`${on} has the route "${present.text.trim()}"; wanted is "${wanted}".`, `${on} 上的路由是“${present.text.trim()}”，需要的是“${wanted}”。`)
      : missing(`${on} has no route to ${destination}.`, `${on} 上没有到 ${destination} 的路由。`);
  },
  'no-route': ({ on, destination }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    return netns.routes.some((route) => route.destination === destination)
      ? missing(`${on} still has a route to ${destination}.`, `${on} 上还有到 ${destination} 的路由。`)
      : undefined;
  },
  netns: ({ on, name }, world) =>
    netnsAt(world, `${on}/${name}`) ? undefined : missing(`${on} has no network namespace "${name}".`, `${on} 上没有名为“${name}”的网络命名空间。`),
  'no-netns': ({ on, name }, world) =>
    netnsAt(world, `${on}/${name}`) ? missing(`The network namespace "${name}" is still there on ${on}.`, `${on} 上的网络命名空间“${name}”还在。`) : undefined,
  'no-link': ({ on, name }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    return netns.links.some((one) => one.name === name) ? missing(`${on} still has the interface "${name}".`, `${on} 上还有接口“${name}”。`) : undefined;
  },
  link: ({ on, name, kind, master, state, mtu }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    const link = netns.links.find((one) => one.name === name);
    if (!link) return missing(`${on} has no interface "${name}".`, `${on} 上没有接口“${name}”。`);
    if (kind !== undefined && link.kind !== kind) return missing(`"${name}" on ${on} is no ${kind}.`, `${on} 上的“${name}”不是 ${kind}。`);
    const masterName = netns.links.find((one) => one.ifindex === link.master)?.name;
    if (master !== undefined && masterName !== master) return missing(`"${name}" is not a port of "${master}".`, `“${name}”还不是“${master}”的端口。`);
    if (mtu !== undefined && link.mtu !== mtu)
      return missing(`The MTU of "${name}" on ${on} is ${link.mtu}; it should be ${mtu}.`, `${on} 上“${name}”的 MTU 是 ${link.mtu}，应当是 ${mtu}。`);
    const isUp = link.flags.includes('UP');
    return state === undefined || isUp === (state === 'up')
      ? undefined
      : missing(`"${name}" on ${on} is ${isUp ? 'up' : 'down'}.`, `${on} 上的“${name}”处于 ${isUp ? 'up' : 'down'} 状态。`);
  },
  address: ({ on, device, address }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    const link = netns.links.find((one) => one.name === device);
    const texts = link ? addressesOf(link) : [];
    return texts.includes(address)
      ? undefined
      : missing(`"${device}" on ${on} does not have the address ${address}.`, `${on} 上的“${device}”没有地址 ${address}。`);
  },
  sysctl: ({ on, key, value }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    return netns.sysctls[key] === value
      ? undefined
      : missing(
          `${key} on ${on} is ${netns.sysctls[key] ?? 'not set'}; it should be ${value}.`,
          `${on} 上的 ${key} 是 ${netns.sysctls[key] ?? '未设置'}，应当是 ${value}。`,
        );
  },
  rule: ({ on, table, rule, shows }, world) => {
    const rules = rulesOf(world, on, table);
    if (!rules) return noPlace(on);
    const wanted = shows === undefined ? ['such rule', '这样的规则'] : [`rule \`${shows}\``, `规则 \`${shows}\``];
    return rules.some(({ text }) => new RegExp(rule).test(text))
      ? undefined
      : missing(`The ${table} table of ${on} has no ${wanted[0]} yet.`, `${on} 的 ${table} 表中还没有${wanted[1]}。`);
  },
  'no-rule': ({ on, table, rule }, world) => {
    const rules = rulesOf(world, on, table);
    if (!rules) return noPlace(on);
    const there = rules.find(({ text }) => new RegExp(rule).test(text));
    return there && missing(`The ${table} table of ${on} still has the rule \`${there.text}\`.`, `${on} 的 ${table} 表中还有规则 \`${there.text}\`。`);
  },
  counted: ({ on, table, rule, shows }, world, sinceUs) => {
    const count = packetsOf(world, on, table, rule);
    const before = world.remember(`${on} ${table} ${rule}`, sinceUs, count ?? 0);
    if (count === undefined) return missing(`The ${table} table of ${on} has no such rule.`, `${on} 的 ${table} 表中没有这样的规则。`);
    const name = shows === undefined ? ['The rule', '规则'] : [`The rule \`${shows}\``, `规则 \`${shows}\``];
    return count > before
      ? undefined
      : missing(`${name[0]} on ${on} has counted no packet since this step began.`, `${on} 上的${name[1]}在这一步开始之后还没有计到包。`);
  },
  policy: ({ on, table, chain, policy }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    const now = netns.iptables.find((one) => one.table === table && one.family === 'inet')?.chains.find((one) => one.name === chain)?.policy ?? 'ACCEPT';
    return now === policy
      ? undefined
      : missing(`The policy of ${chain} on ${on} is ${now}; it should be ${policy}.`, `${on} 上 ${chain} 链的默认策略是 ${now}，应当是 ${policy}。`);
  },
  neighbour: ({ on, address, device, state }, world) => {
    const netns = netnsAt(world, on);
    if (!netns) return noPlace(on);
    const entry = netns.neighbours.find((one) => one.address === address && (device === undefined || one.device === device) && one.mac !== undefined);
    if (!entry) return missing(`${on} does not know the MAC address of ${address}.`, `${on} 还不知道 ${address} 的 MAC 地址。`);
    return state === undefined || entry.state.includes(state)
      ? undefined
      : missing(
          `The neighbour ${address} on ${on} is ${entry.state}; it should be ${state}.`,
          `${on} 上邻居 ${address} 的状态是 ${entry.state}，应当是 ${state}。`,
        );
  },
  prints: ({ on, command, matches, shows }, world) => {
    const output = world.output(on, command);
    return output !== undefined && new RegExp(matches, 'm').test(output) ? undefined : missing(shows.en, shows.zh);
  },
  reaches: ({ from, to }, world) => (world.reaches(from, to) === true ? undefined : missing(`${from} does not reach ${to}.`, `${from} 还到不了 ${to}。`)),
  'cannot-reach': ({ from, to }, world) =>
    world.reaches(from, to) === false ? undefined : missing(`${from} still reaches ${to}.`, `${from} 仍然能到 ${to}。`),
  log: ({ pod, namespace, matches, shows }, world) => {
    return new RegExp(matches, 'm').test(world.log(namespace, pod))
      ? undefined
      : missing(`The log of "${pod}" does not show ${shows.en} yet.`, `“${pod}”的日志里还看不到${shows.zh}。`);
  },
  traced: ({ from, to, result }, world, sinceUs) => {
    const traces = world
      .traces(sinceUs)
      .filter((trace) => (from === undefined || isSamePlace(trace.from, from)) && (to === undefined || isSamePlace(trace.to, to)));
    if (traces.some((trace) => result === undefined || trace.arrived === (result === 'arrived'))) return undefined;
    if (traces.length > 0)
      return result === 'arrived'
        ? missing('The packet did not arrive.', '包没有到达。')
        : missing('The packet arrived; this time it should not.', '包到达了；这一次它不应当到达。');
    return missing(
      `Trace a packet${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}.`,
      `请追踪一个${from === undefined ? '' : `从 ${from} `}${to === undefined ? '' : `到 ${to} `}的包。`,
    );
  },
  experiment: ({ id, state }, world, sinceUs) => {
    const runs = world.experiments().filter((run) => run.id === id && run.changedUs >= sinceUs);
    if (runs.some((run) => run.state === state)) return undefined;
    return state === 'applied' ? missing('Start the experiment.', '请启动实验。') : missing('Undo the experiment.', '请撤销实验。');
  },
  'tape-opened': (_, world, sinceUs) => (world.notes(sinceUs).includes('tape-opened') ? undefined : missing('Open the recording.', '请打开录制。')),
  sound(_, world) {
    const found = world.soundness();
    if (!found) return missing('The lab is being looked through.', '正在检查实验室。');
    if (found.failing > 0)
      return missing(`${found.failing} of ${found.asked} pairs do not answer yet.`, `${found.asked} 对当中还有 ${found.failing} 对没有应答。`);
    return found.isSetWrong ? missing('All answer, and something is still set wrong.', '全都有应答了，但还有地方设得不对。') : undefined;
  },
};

const findPod = (world: LessonWorld, namespace: string, name: string): PodState | undefined =>
  world.pods().find((pod) => pod.name === name && pod.namespace === namespace);
const addressesOf = (link: LinkFact): readonly string[] => link.addresses.map((one) => `${one.local}/${one.prefixLength}`);
const noPlace = (on: string): Missing => missing(`There is no ${on} yet.`, `还没有 ${on}。`);

const rulesOf = (world: LessonWorld, on: string, table: string) =>
  netnsAt(world, on)?.iptables.flatMap((one) => (one.table === table ? one.chains.flatMap((chain) => chain.rules) : []));
const packetsOf = (world: LessonWorld, on: string, table: string, rule: string): number | undefined => {
  const rules = rulesOf(world, on, table)?.filter(({ text }) => new RegExp(rule).test(text)) ?? [];
  return rules.length === 0 ? undefined : rules.reduce((sum, one) => sum + one.packets, 0);
};

/** `node-1`, `node-1/httpd`, `pod/httpd`: the same pod may be named with or without its node. */
const isSamePlace = (a: string, b: string): boolean =>
  a === b || (a.includes('/') && b.includes('/') && a.slice(a.indexOf('/')) === b.slice(b.indexOf('/')) && (a.startsWith('pod/') || b.startsWith('pod/')));

function netnsAt(world: LessonWorld, place: string): NetnsSnapshot | undefined {
  const snapshot = world.snapshot();
  const slash = place.indexOf('/');
  if (slash < 0) return snapshot.nodes.find((node) => node.name === place)?.namespaces.find((netns) => netns.id === 0);
  const name = place.slice(slash + 1);
  const pod = world.pods().find((one) => one.name === name && (place.startsWith('pod/') || one.node === place.slice(0, slash)));
  const where = pod?.netns;
  if (where) return snapshot.nodes.find((node) => node.name === where.node)?.namespaces.find((netns) => netns.id === where.netnsId);
  return snapshot.nodes.find((node) => node.name === place.slice(0, slash))?.namespaces.find((netns) => netns.name === name);
}
