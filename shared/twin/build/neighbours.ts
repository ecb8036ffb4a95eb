/** Neighbour tables and forwarding databases of a snapshot, also what was learnt. */
import { addFdb, addNeighbour, Bridge, bridgePortOf, fdbInOrder, neighboursInOrder, neighbourAddressText, Nud, Vxlan, type Netns } from '../../kernel/index.ts';
import type { FdbEntry, NetnsSnapshot } from '../../snapshot/index.ts';
import { formatMac, parseIpv4, parseIpv6, parseMac } from '../../wire/index.ts';
import type { Report } from './problem.ts';

export function makeNeighbours(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  for (const entry of seen.neighbours) {
    const family = entry.address.includes(':') ? 6 : 4;
    const address = family === 4 ? parseIpv4(entry.address) : parseIpv6(entry.address);
    const device = netns.device(entry.device);
    const mac = entry.mac === undefined ? undefined : parseMac(entry.mac);
    if (address === undefined || (!device && !entry.proxy)) continue;
    const state = (Nud as Readonly<Record<string, number | undefined>>)[entry.state] ?? Nud.STALE;
    const request = { family, address, create: true, replace: true, router: entry.router, ...(device && { device: device.index }) } as const;
    if (entry.proxy) addNeighbour(netns, { ...request, proxy: true });
    else if (state === Nud.NOARP && (device!.flags & 0x88) !== 0)
      continue; // the kernel makes those itself, when somebody sends
    else {
      addNeighbour(netns, { ...request, mac: mac ?? 1, state: mac === undefined ? Nud.STALE : state });
      const made = neighboursInOrder(netns, family).find((one) => one.device === device && neighbourAddressText(one) === entry.address);
      if (!made) report(`${entry.address} dev ${entry.device}`, 'the neighbour could not be made');
      else if (mac === undefined) {
        made.timer?.cancel();
        made.timer = null;
        made.mac = 0;
        // nobody waits for an answer here: it is asked for again when somebody sends
        made.state = state === Nud.INCOMPLETE ? Nud.INCOMPLETE : Nud.FAILED;
      }
    }
  }
}

export function makeFdb(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  for (const bridge of [...netns.devices.values()].filter((device) => device instanceof Bridge)) settleBridge(netns, bridge, seen, report);
  for (const entry of seen.fdb) {
    const device = netns.device(entry.device);
    const mac = parseMac(entry.mac);
    const dst = entry.dst === undefined ? undefined : parseIpv4(entry.dst);
    if (!(device instanceof Vxlan) || mac === undefined || dst === undefined || device.fdb.get(mac)?.remotes.some(({ ip }) => ip === dst)) continue;
    const state = entry.state === 'permanent' ? Nud.PERMANENT : Nud.REACHABLE;
    addFdb(netns, { device: device.index, mac, dst, self: true, state, create: true, append: true });
  }
}

/** Own addresses are there already; what is told and is not there comes, what is there and not told goes. */
function settleBridge(netns: Netns, bridge: Bridge, seen: NetnsSnapshot, report: Report): void {
  const keyOf = ({ mac, vlan = 0 }: FdbEntry): string => `${mac} ${vlan}`;
  const isOfBridge = ({ master, device }: FdbEntry): boolean => master === bridge.name || (master === undefined && device === bridge.name);
  const wanted = new Map(seen.fdb.filter(isOfBridge).map((entry) => [keyOf(entry), entry]));
  if (wanted.size === 0) return;
  const told = new Map(wanted);
  for (const entry of fdbInOrder(bridge)) {
    const key = keyOf({ mac: formatMac(entry.mac), vlan: entry.vlan, device: '', state: '', flags: [] });
    if (!told.has(key)) bridge.fdb.delete(entry);
    else if (entry.isLocal === (told.get(key)!.state === 'permanent')) {
      // several may have an address: who is told to have it
      const device = netns.device(told.get(key)!.device);
      entry.port = device && device !== bridge ? bridgePortOf(device) : null;
      told.delete(key);
    }
  }
  for (const entry of told.values()) {
    const device = netns.device(entry.device);
    const mac = parseMac(entry.mac);
    if (!device || mac === undefined || mac === 0) continue;
    const state = entry.state === 'permanent' ? Nud.PERMANENT : entry.state === 'static' ? Nud.NOARP : Nud.REACHABLE;
    const how = device === bridge ? { self: true } : { master: true };
    const vlan = entry.vlan === undefined ? {} : { vlan: entry.vlan };
    const made = addFdb(netns, { device: device.index, mac, state, ...how, ...vlan, create: true, replace: true, sticky: entry.flags.includes('sticky') });
    if (!made.ok) report(`${entry.mac} dev ${entry.device}`, 'the entry could not be made');
    else if (state === Nud.REACHABLE) {
      const learnt = bridge.fdb.get(mac, entry.vlan ?? 0);
      if (learnt) learnt.addedByUser = false;
    }
  }
  inToldOrder(bridge, [...wanted.keys()]);
}

/** The newest is told first. */
function inToldOrder(bridge: Bridge, keys: readonly string[]): void {
  const place = new Map(keys.map((key, at) => [key, at]));
  const placeOf = (entry: { readonly mac: number; readonly vlan: number }): number => place.get(`${formatMac(entry.mac)} ${entry.vlan}`) ?? -1;
  const entries = bridge.fdb.values().sort((a, b) => placeOf(b) - placeOf(a));
  for (const entry of entries) bridge.fdb.delete(entry);
  for (const entry of entries) bridge.fdb.add(entry);
}
