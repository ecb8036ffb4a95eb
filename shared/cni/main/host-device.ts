/** host-device: one of the host's interfaces moves into the container, and back (plugins/main/host-device 1.1). */
import { err, ok, type Result } from '../../base/index.ts';
import type { Device } from '../../kernel/index.ts';
import type { Sys } from '../../shell/index.ts';
import { parseMac } from '../../wire/index.ts';
import { callIpam } from '../delegate.ts';
import { changeLink, hostNetns, linkByName, linkDown, linkUp, openNetns } from '../netlink.ts';
import { ipamType, type Plugin, type PluginArgs, type PluginResult } from '../skel.ts';
import type { CniResult } from '../spec.ts';
import { checkUpper, configureByIpam, describe } from './lower.ts';

export const HOST_DEVICE: Plugin = { name: 'host-device', add, del, check };

interface Config {
  readonly device: string;
  readonly hwaddr: string;
}
function read(args: PluginArgs): Result<Config, string> {
  const text = (key: string): string => (typeof args.config[key] === 'string' ? args.config[key] : '');
  if (text('kernelpath') !== '' || text('pciBusID') !== '') return err('not modelled: kernelpath and pciBusID');
  const config = { device: text('device'), hwaddr: text('hwaddr') };
  return config.device === '' && config.hwaddr === '' ? err('specify either "device", "hwaddr", "kernelpath" or "pciBusID"') : ok(config);
}

function findDevice(args: PluginArgs, { device, hwaddr }: Config): Result<Device, string> {
  const host = hostNetns(args.p);
  if (device !== '') {
    const found = linkByName(host, device);
    return found ? ok(found) : err('Link not found');
  }
  const mac = parseMac(hwaddr);
  if (mac === undefined) return err(`failed to parse MAC address "${hwaddr}": address ${hwaddr}: invalid MAC address`);
  for (const one of host.devices.values()) if (one.address === mac) return ok(one);
  return err('failed to find physical interface');
}

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const config = read(args);
  if (!config.ok) return config;
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  const found = findDevice(args, config.value);
  if (!found.ok) return err(`failed to find host device: ${found.error}`);
  const { name, index } = found.value;
  const moved = changeLink(found.value, { netns: netns.value });
  if (!moved.ok) return err(`failed to move link ${moved.error}`);
  const device = linkByName(netns.value, name);
  if (!device) return err(`failed to move link failed to find "${name}": Link not found (${index})`);
  linkDown(device);
  const renamed = changeLink(device, { alias: name, name: args.ifName });
  if (!renamed.ok) return err(`failed to move link failed to rename device "${name}" to "${args.ifName}": ${renamed.error}`);
  const up = linkUp(device);
  if (!up.ok) return err(`failed to move link failed to set "${args.ifName}" up: ${up.error}`);
  return ipamType(args) === '' ? ok({ interfaces: [describe(args, device)], ips: [], routes: [], dns: {} }) : yield* configureByIpam(args, device, []);
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const config = read(args);
  if (!config.ok) return config;
  if (args.netns === '') return ok(undefined);
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  if (ipamType(args) !== '') {
    const released = yield* callIpam(args, 'DEL', ipamType(args));
    if (!released.ok) return released;
  }
  const device = linkByName(netns.value, args.ifName);
  if (!device) return err(`failed to find "${args.ifName}": Link not found`);
  linkDown(device);
  const original = device.alias;
  const renamed = changeLink(device, { name: original });
  if (!renamed.ok) return err(`failed to restore "${args.ifName}" to original name "${original}": ${renamed.error}`);
  const moved = changeLink(device, { netns: hostNetns(args.p) });
  return moved.ok ? moved : err(`failed to move "${original}" to host netns: ${moved.error}`);
}

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const config = read(args);
  return config.ok ? yield* checkUpper(args, '', () => undefined) : config;
}
