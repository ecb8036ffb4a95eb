/**
 * `bridge fdb`, `bridge link` and `bridge vlan`, as text (with -d, -s) and with -j.
 *
 *     0e:c4:2c:84:a5:ea dev flannel.1 dst 10.9.1.7 used 7/7 self permanent
 *     3: veth1@cni0: <BROADCAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2
 *     veth1             10-12 Egress Untagged          (before iproute2 5.x: separated by tabs)
 *
 * Authority: iproute2's bridge/fdb.c, link.c, vlan.c.
 */
import type { VlanFact } from '../snapshot/index.ts';
import type { Draft, Facts, FdbFacts, LinkFacts } from './facts.ts';
import { wholeNumber, wordsOf, type Input, type Line } from './input.ts';
import { flagIn, jsonObjects, numberIn, objectsIn, textIn, textsIn } from './json.ts';

const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;
const STATES = new Set(['permanent', 'static', 'stale']);
const FLAGS = new Set(['self', 'router', 'extern_learn', 'offload', 'sticky', 'locked', 'blackhole', 'added_by_user', 'dynamic']);
const WITH_VALUE = new Set(['port', 'vni', 'src_vni', 'via', 'link-netnsid', 'nhid', 'protocol', 'activity_notify']);

export function parseBridgeFdb(input: Input): Facts {
  const fdb: FdbFacts[] = [];
  for (const line of input.lines()) {
    const words = wordsOf(line.text);
    if (MAC.test(words[0]!)) fdb.push(readEntry(words, line, input));
    else input.problem(line, 'no entry: a MAC address is expected first');
  }
  return { fdb };
}

function readEntry(words: readonly string[], line: Line, input: Input): FdbFacts {
  const entry: Draft<FdbFacts> & { flags: string[] } = { mac: words[0]!, device: '', state: '', flags: [] };
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (STATES.has(word)) entry.state = word;
    else if (FLAGS.has(word)) entry.flags.push(word);
    else if (word === 'dev' || word === 'master' || word === 'dst') {
      const value = words[++i];
      if (value === undefined) input.problem(line, `ends after ${word}`);
      else entry[word === 'dev' ? 'device' : word] = value;
    } else if (word === 'vlan') {
      const vlan = wholeNumber(words[++i]);
      if (vlan === undefined) input.problem(line, 'vlan is no number');
      else entry.vlan = vlan;
    } else if (word === 'used') {
      const updated = wholeNumber(words[++i]?.split('/')[1]);
      if (updated !== undefined) entry.ageS = updated;
    } else if (WITH_VALUE.has(word)) i++;
    else input.problem(line, `unknown here: ${word}`);
  }
  return entry;
}

export function parseBridgeFdbJson(input: Input): Facts {
  const fdb: FdbFacts[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const [mac, device] = [textIn(value, 'mac'), textIn(value, 'ifname')];
    if (mac === undefined || device === undefined) {
      input.problem(line, 'no entry: mac or ifname is missing');
      continue;
    }
    const [master, vlan, dst, updated] = [textIn(value, 'master'), numberIn(value, 'vlan'), textIn(value, 'dst'), numberIn(value, 'updated')];
    fdb.push({
      mac,
      device,
      ...(master !== undefined && { master }),
      ...(vlan !== undefined && { vlan }),
      ...(dst !== undefined && { dst }),
      state: textIn(value, 'state') ?? '',
      flags: textsIn(value, 'flags'),
      ...(updated !== undefined && { ageS: updated }),
    });
  }
  return { fdb };
}

const PORT_SWITCHES = ['hairpin', 'isolated', 'learning', 'flood'] as const;
type LinkDraft = Draft<LinkFacts>;

export function parseBridgeLink(input: Input): Facts {
  const links: LinkDraft[] = [];
  for (const line of input.lines()) {
    const [, index, name, flags, rest] = /^(\d+): ([^\s@]+?)(?:@\S+?)?: <([^>]*)>(.*)$/.exec(line.text) ?? [];
    const last = links.at(-1);
    const words = wordsOf(rest ?? line.text);
    const after = (word: string): string | undefined => {
      const at = words.indexOf(word);
      return at === -1 ? undefined : words[at + 1];
    };
    if (index !== undefined) {
      const [mtu, masterName, state] = [wholeNumber(after('mtu')), after('master'), after('state')];
      links.push({
        ifindex: Number(index),
        name: name!,
        flags: flags === '' ? [] : flags!.split(','),
        ...(mtu !== undefined && { mtu }),
        ...(masterName !== undefined && { masterName }),
        ...(state !== undefined && { port: { state } }),
      });
    } else if (last && /^\s/.test(line.text) && PORT_SWITCHES.some((word) => after(word) !== undefined)) {
      const switches = PORT_SWITCHES.flatMap((word) => (after(word) === undefined ? [] : [[word, after(word) === 'on'] as const]));
      last.port = { ...last.port, ...Object.fromEntries(switches) };
    } else if (!last || !/^\s/.test(line.text)) input.problem(line, 'no port of a bridge');
  }
  return { links };
}

export function parseBridgeLinkJson(input: Input): Facts {
  const links: LinkDraft[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const [ifindex, name] = [numberIn(value, 'ifindex'), textIn(value, 'ifname')];
    if (ifindex === undefined || name === undefined) {
      input.problem(line, 'no port of a bridge: ifindex or ifname is missing');
      continue;
    }
    const [mtu, masterName, state] = [numberIn(value, 'mtu'), textIn(value, 'master'), textIn(value, 'state')];
    const switches = Object.fromEntries(PORT_SWITCHES.flatMap((word) => (word in value ? [[word, flagIn(value, word)]] : [])));
    links.push({
      ifindex,
      name,
      flags: textsIn(value, 'flags'),
      ...(mtu !== undefined && { mtu }),
      ...(masterName !== undefined && { masterName }),
      ...(state !== undefined && { port: { state, ...switches } }),
    });
  }
  return { links };
}

export function parseBridgeVlan(input: Input): Facts {
  const vlans: VlanFact[] = [];
  let device: string | undefined;
  for (const line of input.lines()) {
    if (/^port\s+vlan[- ]ids?\b/.test(line.text)) continue;
    const words = wordsOf(line.text);
    if (!/^\s/.test(line.text)) device = words.shift();
    const [ids, ...flags] = words;
    if (ids === undefined || ids === 'None') continue;
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(ids) ?? [];
    if (first === undefined || device === undefined) {
      if (!/^(?:state|mcast_router|neigh_suppress|RX:|TX:)$/.test(ids)) input.problem(line, 'no VLAN of a port');
      continue;
    }
    vlans.push({ device, id: Number(first), ...(last !== undefined && { lastId: Number(last) }), flags: vlanFlags(flags) });
  }
  return { vlans };
}

/** `PVID Egress Untagged` are two. */
const vlanFlags = (words: readonly string[]): string[] => [
  ...(words.includes('PVID') ? ['PVID'] : []),
  ...(words.includes('Untagged') ? ['Egress Untagged'] : []),
];

export function parseBridgeVlanJson(input: Input): Facts {
  const vlans: VlanFact[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const device = textIn(value, 'ifname');
    if (device === undefined) {
      input.problem(line, 'no port: ifname is missing');
      continue;
    }
    for (const one of objectsIn(value, 'vlans')) {
      const [id, lastId] = [numberIn(one, 'vlan'), numberIn(one, 'vlanEnd')];
      if (id !== undefined) vlans.push({ device, id, ...(lastId !== undefined && { lastId }), flags: textsIn(one, 'flags') });
      else input.problem(line, 'a VLAN without number');
    }
  }
  return { vlans };
}
