/** Machines of a lab file: booted, their cards plugged in, addresses and default routes set, names known to each other. */
import { utf8Encode, type Rng } from '../base/index.ts';
import { addAddress, addRoute, Card, Iff, NatCard, registerDevice, Router, setLink, Switch, type World } from '../kernel/index.ts';
import { Machine, type InstalledProgram } from '../machine/index.ts';
import { ipv4Mask, parseIpv4, parseIpv4Prefix, parseMac } from '../wire/index.ts';
import type { LabFile } from './lab-file.ts';
import { writeLoginFiles } from './login-files.ts';

/** VirtualBox's own prefix. */
const VIRTUALBOX_OUI = 0x080027_000000;
const DHCP = 16;
const STATIC = 4;

export interface ProvisionOptions {
  readonly programs: readonly InstalledProgram[];
  readonly seed: number;
  readonly report?: (error: unknown) => void;
}

export function provision(world: World, file: LabFile, options: ProvisionOptions): ReadonlyMap<string, Machine> {
  const segments = new Map<string, Switch>();
  for (const [key, network] of Object.entries(file.networks)) {
    if (network.kind !== 'segment') continue;
    const segment = new Switch(world.nextSegmentId++, network.title);
    if (network.gateway !== undefined) segment.router = new Router(parseIpv4(network.gateway)!, parseIpv4Prefix(network.subnet)!);
    world.segments.push(segment);
    segments.set(key, segment);
  }
  const hosts = Object.entries(file.nodes).flatMap(([name, node]) => {
    const fixed = Object.values(node.interfaces).find((one) => file.networks[one.network]?.kind === 'segment');
    return fixed ? [`${fixed.address.split('/')[0]}\t${name}`] : [];
  });
  const machines = new Map<string, Machine>();
  for (const [index, [name, node]] of Object.entries(file.nodes).entries()) {
    const nameservers = Object.values(node.interfaces).flatMap((one) => {
      const network = file.networks[one.network];
      return network?.kind === 'nat' ? [network.dns] : network?.gateway === undefined ? [] : [network.gateway];
    });
    const machine = new Machine(world, {
      hostname: name,
      users: [],
      hosts,
      nameservers,
      programs: options.programs,
      seed: options.seed * 131 + index,
      ...(options.report ? { report: options.report } : {}),
    });
    writeLoginFiles(machine.init.fs);
    setLink(machine.netns, 'lo', { flags: Iff.UP, flagsMask: Iff.UP });
    for (const [path, content] of Object.entries({ ...file.files, ...node.files })) writeFile(machine, path, content);
    for (const [ifName, card] of Object.entries(node.interfaces)) plugIn(world.rng, machine, file, ifName, card, segments.get(card.network));
    machines.set(name, machine);
  }
  return machines;
}

function writeFile(machine: Machine, path: string, content: LabFile['files'][string]): void {
  const { fs } = machine.init;
  const { text, mode } = typeof content === 'string' ? { text: content, mode: '644' } : content;
  fs.mkdirs(path.slice(0, path.lastIndexOf('/')) || '/', 0o755);
  fs.writeFile(path, utf8Encode(text), { mode: parseInt(mode, 8) });
}

type CardFile = LabFile['nodes'][string]['interfaces'][string];

function plugIn(rng: Rng, machine: Machine, file: LabFile, name: string, { network: key, address, mac: given }: CardFile, segment: Switch | undefined): void {
  const { netns } = machine;
  const mac = given === undefined ? VIRTUALBOX_OUI + rng.below(0x1000000) : parseMac(given)!;
  const card = segment ? new Card(netns, mac, segment) : new NatCard(netns, mac);
  registerDevice(card, name);
  setLink(netns, name, { flags: Iff.UP, flagsMask: Iff.UP });
  const prefix = parseIpv4Prefix(address)!;
  const metric = segment ? {} : { metric: 100 };
  addAddress(netns, {
    device: card.index,
    local: prefix.address,
    prefixLength: prefix.length,
    broadcast: prefix.address | ~ipv4Mask(prefix.length),
    create: true,
    exclusive: true,
    ...metric,
  });
  const network = file.networks[key];
  if (network?.kind === 'segment') {
    // the first way out is the default one
    const gateway = network.gateway === undefined ? undefined : parseIpv4(network.gateway);
    if (gateway !== undefined) addRoute(netns, { destination: 0, length: 0, gateway, device: card.index, protocol: STATIC, create: true, exclusive: true });
    return;
  }
  if (network === undefined) return;
  addRoute(netns, {
    destination: 0,
    length: 0,
    gateway: parseIpv4(network.gateway)!,
    device: card.index,
    protocol: DHCP,
    preferredSource: prefix.address,
    priority: 100,
    create: true,
    exclusive: true,
  });
}
