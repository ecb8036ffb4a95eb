/** Addresses of a snapshot's interfaces. What came by itself when an interface went up and is not in the snapshot goes again. */
import { addAddress, addAddress6, removeAddress6, Scope, type Device, type Netns } from '../../kernel/index.ts';
import type { AddressFact, NetnsSnapshot } from '../../snapshot/index.ts';
import { formatIpv6, parseIpv4, parseIpv6 } from '../../wire/index.ts';
import type { Report } from './problem.ts';

const SCOPES: Readonly<Record<string, number>> = { global: Scope.UNIVERSE, site: Scope.SITE, link: Scope.LINK, host: Scope.HOST, nowhere: Scope.NOWHERE };
export const scopeNumber = (name: string): number => SCOPES[name] ?? (Number(name) || 0);

export function makeAddresses(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  for (const link of seen.links) {
    const device = netns.devices.get(link.ifindex);
    if (!device) continue;
    const told = (fact: AddressFact, result: { readonly ok: boolean }): void => {
      if (!result.ok) report(`${fact.family} ${fact.local}/${fact.prefixLength} dev ${link.name}`, 'the address could not be set');
    };
    for (const fact of link.addresses) {
      const common = { device: device.index, prefixLength: fact.prefixLength, create: true, exclusive: true, scope: scopeNumber(fact.scope) };
      const noPrefixRoute = fact.flags.includes('noprefixroute');
      if (fact.family === 'inet') {
        const local = parseIpv4(fact.local);
        if (local === undefined || device.ipv4?.addresses.some((one) => one.local === local)) continue;
        const peer = fact.peer === undefined ? undefined : parseIpv4(fact.peer);
        const broadcast = fact.broadcast === undefined ? undefined : parseIpv4(fact.broadcast);
        const more = {
          ...(peer !== undefined && { peer }),
          ...(broadcast !== undefined && { broadcast }),
          ...(fact.label !== undefined && { label: fact.label }),
        };
        told(fact, addAddress(netns, { ...common, ...more, local, noPrefixRoute }));
      } else settleAddress6(netns, device, fact, (result) => told(fact, result));
    }
    dropOthers(netns, device, link.addresses);
  }
}

function settleAddress6(netns: Netns, device: Device, fact: AddressFact, told: (result: { readonly ok: boolean }) => void): void {
  const local = parseIpv6(fact.local);
  if (local === undefined || !device.ipv6) return;
  const peer = fact.peer === undefined ? undefined : parseIpv6(fact.peer);
  if (!device.ipv6.addresses.some((one) => one.address === local)) {
    const noPrefixRoute = fact.flags.includes('noprefixroute');
    told(
      addAddress6(netns, {
        ...{ device: device.index, local, prefixLength: fact.prefixLength, create: true, exclusive: true, noDad: true, noPrefixRoute },
        ...(peer !== undefined && { peer }),
      }),
    );
  }
  for (const one of device.ipv6.addresses) {
    if (one.address !== local) continue;
    one.tentative = fact.flags.includes('tentative');
    one.dadFailed = fact.flags.includes('dadfailed');
    if (!one.tentative) {
      one.dadTimer?.cancel();
      one.dadTimer = null;
    }
  }
}

function dropOthers(netns: Netns, device: Device, wanted: readonly AddressFact[]): void {
  for (const { address, prefixLength } of [...(device.ipv6?.addresses ?? [])]) {
    if (wanted.some(({ local }) => local === formatIpv6(address))) continue;
    removeAddress6(netns, { device: device.index, local: address, prefixLength });
  }
}
