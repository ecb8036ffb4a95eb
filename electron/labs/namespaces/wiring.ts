/**
 * What a lab file asks of real namespaces, as commands and facts: the hub's bridges and veths (each node's cards are their other ends), the addresses
 * and files of nodes, and where the wires lead, which no node can tell.
 *
 * Invariant: every command is a list of words; none is put together as text for a shell.
 */
import type { LabFile, Snapshot } from '../../../shared/lab/index.ts';

export type Command = readonly string[];

export interface Card {
  readonly node: string;
  readonly name: string;
  readonly address: string;
  readonly network: string;
  readonly mac: string;
  /** Of the hub's end. */
  readonly hubName: string;
  /** A namespace of the hub that plays the hypervisor, for a NAT network. */
  readonly gateway?: Gateway;
}
/** Who answers for the world outside: nothing lies behind it. */
export interface Gateway {
  readonly netns: string;
  readonly addresses: readonly string[];
}

/** VirtualBox's own prefix; the rest comes from the lab's name, so that the same lab has the same addresses. */
const VIRTUALBOX_OUI = '08:00:27';

export function cardsOf(file: LabFile): readonly Card[] {
  let index = 0;
  return Object.entries(file.nodes).flatMap(([node, { interfaces }]) =>
    Object.entries(interfaces).map(([name, { network, address, mac }]): Card => {
      const net = file.networks[network];
      const number = index++;
      return {
        node,
        name,
        address,
        network,
        mac: mac ?? macOf(`${file.id} ${node} ${name}`),
        hubName: `w${number}`,
        ...(net?.kind === 'nat' && { gateway: { netns: `nat${number}`, addresses: [net.gateway, net.dns].map((one) => `${one}/${lengthOf(net.subnet)}`) } }),
      };
    }),
  );
}

const lengthOf = (prefix: string): string => prefix.split('/')[1]!;

const segmentsOf = (file: LabFile) => Object.entries(file.networks).flatMap(([key, network]) => (network.kind === 'segment' ? [{ key, ...network }] : []));

/** Routers that stand on segments, and each card's own hypervisor. */
export const gatewaysOf = (file: LabFile, cards: readonly Card[]): readonly Gateway[] => [
  ...segmentsOf(file).flatMap(({ gateway, subnet }, i) =>
    gateway === undefined ? [] : [{ netns: `router${i}`, addresses: [`${gateway}/${lengthOf(subnet)}`] }],
  ),
  ...cards.flatMap((card) => card.gateway ?? []),
];

/** FNV-1a. */
function macOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  const bytes = [16, 8, 0].map((shift) => ((hash >>> shift) & 255).toString(16).padStart(2, '0'));
  return `${VIRTUALBOX_OUI}:${bytes.join(':')}`;
}

/** In the hub, once every node's first process is there. */
export function hubCommands(file: LabFile, cards: readonly Card[], pidOf: (node: string) => number): readonly Command[] {
  const segments = segmentsOf(file);
  return [
    ...segments.flatMap(({ gateway }, i): Command[] => [
      ['link', 'add', `s${i}`, 'type', 'bridge'],
      ['link', 'set', `s${i}`, 'up'],
      ...(gateway === undefined
        ? []
        : [
            ['link', 'add', 'gateway', 'netns', `router${i}`, 'type', 'veth', 'peer', 'name', `r${i}`],
            ['link', 'set', `r${i}`, 'master', `s${i}`, 'up'],
          ]),
    ]),
    ...cards.flatMap((card): Command[] => {
      const peer = ['peer', 'name', card.name, 'address', card.mac, 'netns', String(pidOf(card.node))];
      if (card.gateway) return [['link', 'add', 'gateway', 'netns', card.gateway.netns, 'type', 'veth', ...peer]];
      const segment = segments.findIndex(({ key }) => key === card.network);
      return [
        ['link', 'add', card.hubName, 'type', 'veth', ...peer],
        ['link', 'set', card.hubName, 'master', `s${segment}`, 'up'],
      ];
    }),
  ];
}

export const gatewayCommands = ({ addresses }: Gateway): readonly Command[] => [
  ['link', 'set', 'lo', 'up'],
  ...addresses.map((address) => ['addr', 'add', address, 'dev', 'gateway']),
  ['link', 'set', 'gateway', 'up'],
];

export const nodeCommands = (file: LabFile, cards: readonly Card[]): readonly Command[] => [
  ['link', 'set', 'lo', 'up'],
  ...cards.flatMap((card): Command[] => {
    const [local = ''] = card.address.split('/');
    const network = file.networks[card.network];
    return [
      ['link', 'set', card.name, 'up'],
      ['addr', 'add', card.address, 'brd', '+', 'dev', card.name, ...(card.gateway ? ['metric', '100'] : [])],
      ...(network?.kind === 'nat'
        ? [['route', 'add', 'default', 'via', network.gateway, 'dev', card.name, 'proto', 'dhcp', 'src', local, 'metric', '100']]
        : []),
      // the first way out is the default one: `append` would make a second
      ...(network?.kind === 'segment' && network.gateway !== undefined && isFirstOut(file, cards, card)
        ? [['route', 'add', 'default', 'via', network.gateway, 'dev', card.name, 'proto', 'static']]
        : []),
    ];
  }),
];

function isFirstOut(file: LabFile, cards: readonly Card[], card: Card): boolean {
  const ways = cards.filter(({ network }) => {
    const net = file.networks[network];
    return net?.kind === 'segment' && net.gateway !== undefined;
  });
  return ways[0] === card;
}

/** `ip -batch` splits at blanks and knows comments and quotes: words with anything special go as a command of their own. */
export const isPlain = (command: Command): boolean => command.every((word) => /^[A-Za-z0-9_@%+=:,./-]+$/.test(word));

export function nodeFiles(file: LabFile, node: string): readonly (readonly [path: string, mode: string, text: string])[] {
  const { interfaces } = file.nodes[node]!;
  const hosts = Object.entries(file.nodes).flatMap(([name, one]) => {
    const fixed = Object.values(one.interfaces).find(({ network }) => file.networks[network]?.kind === 'segment');
    return fixed ? [`${fixed.address.split('/')[0]!}\t${name}\n`] : [];
  });
  const dns = Object.values(interfaces).flatMap(({ network }) => {
    const net = file.networks[network];
    const server = net?.kind === 'nat' ? net.dns : net?.gateway;
    return server === undefined ? [] : [`nameserver ${server}\n`];
  });
  return [
    ['/etc/hostname', '644', `${node}\n`],
    ['/etc/hosts', '644', `127.0.0.1\tlocalhost\n127.0.1.1\t${node}\n::1\tlocalhost ip6-localhost ip6-loopback\n${hosts.join('')}`],
    ['/etc/resolv.conf', '644', dns.join('')],
    ['/etc/profile', '644', `PATH=${PATH}\nexport PATH\n[ -n "$PS1" ] && PS1='\\u@\\h:\\w\\$ '\n`],
    ['/root/.bashrc', '644', `PS1='\\u@\\h:\\w\\$ '\nalias ls='ls --color=auto' ip='ip -color=auto'\n`],
    ['/root/.profile', '644', '[ -n "$BASH" ] && [ -f ~/.bashrc ] && . ~/.bashrc\n'],
    ...Object.entries({ ...file.files, ...file.nodes[node]!.files }).map(([path, content]) =>
      typeof content === 'string' ? ([path, '644', content] as const) : ([path, content.mode, content.text] as const),
    ),
  ];
}

/** Ours first: what a node has beyond this machine's programs. */
export const PATH = '/run/podwalk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The cards as what they stand for, plugged into the lab's networks. */
export function wired(file: LabFile, cards: readonly Card[], nodes: Snapshot['nodes']): Pick<Snapshot, 'nodes' | 'segments'> {
  const segments = segmentsOf(file);
  const ports = segments.map((): { node: string; netnsId: number; ifindex: number }[] => []);
  const plugged = nodes.map((node) => ({
    ...node,
    namespaces: node.namespaces.map((netns) => ({
      ...netns,
      links: netns.links.map((link) => {
        const card = cards.find((one) => one.node === node.name && one.mac === link.mac && link.kind === 'veth');
        if (!card) return link;
        if (card.gateway) return { ...link, card: { kind: 'nat' as const } };
        const segment = segments.findIndex(({ key }) => key === card.network);
        ports[segment]?.push({ node: node.name, netnsId: netns.id, ifindex: link.ifindex });
        return { ...link, card: { kind: 'segment' as const, segment: segment + 1 } };
      }),
    })),
  }));
  return {
    nodes: plugged,
    segments: segments.map(({ title }, i) => ({ id: i + 1, name: title, ports: ports[i] ?? [] })),
  };
}
