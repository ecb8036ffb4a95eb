/** loopback: brings up lo of a namespace (plugins/main/loopback 1.1). */
import { err, ok } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { addressesOf, linkByName, linkDown, linkUp, openNetns } from '../netlink.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { decodeResult, type CniResult } from '../spec.ts';

export const LOOPBACK: Plugin = { name: 'loopback', add, del, check, isUnconverted: true };

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return netns;
  const lo = linkByName(netns.value, 'lo');
  if (!lo) return err('Link not found');
  const up = linkUp(lo);
  if (!up.ok) return up;
  const previous = decodeResult(args.config['prevResult']);
  if (previous) return ok(previous.result);
  const addresses = addressesOf(lo);
  const first = [addresses.find((one) => !one.includes(':')), addresses.find((one) => one.includes(':'))].filter((one) => one !== undefined);
  return ok({
    interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', sandbox: args.netns }],
    ips: first.map((address) => ({ interface: 0, address })),
    routes: [],
    dns: {},
  });
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  if (args.netns === '') return ok(undefined);
  const netns = openNetns(args.p, args.netns);
  const lo = netns.ok ? linkByName(netns.value, 'lo') : undefined;
  return lo ? linkDown(lo) : ok(undefined);
}

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return netns;
  const lo = linkByName(netns.value, 'lo');
  if (!lo) return err('Link not found');
  return lo.isUp ? ok(undefined) : err('loopback interface is down');
}
