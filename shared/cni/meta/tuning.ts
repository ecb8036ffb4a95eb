/** tuning: sysctls, MAC, MTU, promiscuity of the container's interface; what was changed is put back on DEL (plugins/meta/tuning 1.1). */
import { err, ok, utf8Decode, utf8Encode, type Result } from '../../base/index.ts';
import { Iff, type Device, type Netns } from '../../kernel/index.ts';
import { parseMac } from '../../wire/index.ts';
import { changeLink, linkByName, macOf, openNetns, setSysctl, sysctl } from '../netlink.ts';
import { parseJson } from '../json.ts';
import type { Plugin, PluginArgs } from '../skel.ts';
import { decodeResult, type Json, type JsonObject } from '../spec.ts';

const DATA_DIR = '/run/cni/tuning';

interface Config {
  readonly sysctls: readonly (readonly [string, string])[];
  readonly mac: string;
  readonly mtu: number;
  readonly promisc: boolean;
  readonly allmulti: boolean | undefined;
  readonly directory: string;
}
function read(args: PluginArgs): Config {
  const { config } = args;
  const runtime = (config['runtimeConfig'] ?? {}) as JsonObject;
  const cniArgs = ((config['args'] as JsonObject | undefined)?.['cni'] ?? {}) as JsonObject;
  const text = (data: Json | undefined): string => (typeof data === 'string' ? data : '');
  const first = (...data: (Json | undefined)[]): Json | undefined => data.find((one) => one !== undefined && one !== '');
  const allmulti = first(cniArgs['allmulti'], config['allmulti']);
  return {
    sysctls: Object.entries({ ...(config['sysctl'] as JsonObject | undefined), ...(cniArgs['sysctl'] as JsonObject | undefined) }).map(
      ([key, value]) => [key, text(value)] as const,
    ),
    mac: text(first(cniArgs['mac'], runtime['mac'], args.args.get('MAC'), config['mac'])),
    mtu: Number(first(cniArgs['mtu'], config['mtu']) ?? 0),
    promisc: first(cniArgs['promisc'], config['promisc']) === true,
    allmulti: typeof allmulti === 'boolean' ? allmulti : undefined,
    directory: text(config['dataDir']) === '' ? DATA_DIR : text(config['dataDir']),
  };
}

/** The file of a key, IFNAME being the container's interface; only those of the network. */
function fileOf(key: string, ifName: string): Result<string, string> {
  const path = `/proc/sys/${key.replaceAll('.', '/').replace('IFNAME', ifName)}`;
  return path.startsWith('/proc/sys/net/') ? ok(path) : err(`invalid net sysctl key: "${key}"`);
}
const valueAt = (netns: Netns, file: string): Result<string, string> => {
  const value = sysctl(netns, file.replace('/proc/sys/', ''));
  return value === undefined ? err(`open ${file}: no such file or directory`) : ok(value);
};

const setFlag = (device: Device, flag: number, isOn: boolean): Result<void, string> => changeLink(device, { flagsMask: flag, flags: isOn ? flag : 0 });
const isSet = (device: Device, flag: number): boolean => (device.flags & flag) !== 0;
function setMac(device: Device, text: string): Result<void, string> {
  const mac = parseMac(text);
  return mac === undefined ? err(`invalid args ${text} for MAC addr: address ${text}: invalid MAC address`) : changeLink(device, { address: mac });
}

export const TUNING: Plugin = {
  name: 'tuning',
  *add(args) {
    const config = read(args);
    const previous = decodeResult(args.config['prevResult'])?.result;
    if (!previous) return err('Required prevResult missing');
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return netns;
    for (const [key, value] of config.sysctls) {
      const file = fileOf(key, args.ifName);
      if (!file.ok) return file;
      const present = valueAt(netns.value, file.value);
      if (!present.ok) return present;
      const written = setSysctl(netns.value, file.value.replace('/proc/sys/', ''), value);
      if (!written.ok) return err(`write ${file.value}: ${written.error}`);
    }
    const changed = changeDevice(args, netns.value, config);
    if (!changed.ok) return changed;
    const interfaces = previous.interfaces.map((one) => (one.name === args.ifName && config.mac !== '' ? { ...one, mac: config.mac } : one));
    return ok({ ...previous, interfaces });
  },
  *del(args) {
    const netns = args.netns === '' ? undefined : openNetns(args.p, args.netns);
    if (netns?.ok) restore(args, netns.value, read(args));
    return ok(undefined);
  },
  *check(args) {
    const config = read(args);
    if (!decodeResult(args.config['prevResult'])) return err('Required prevResult missing');
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return netns;
    for (const [key, value] of config.sysctls) {
      const file = fileOf(key, args.ifName);
      if (!file.ok) return file;
      const present = valueAt(netns.value, file.value);
      if (!present.ok) return present;
      if (present.value !== value) return err(`Error: Tuning configured value of ${file.value} is ${value}, current value is ${present.value}`);
    }
    const device = linkByName(netns.value, args.ifName);
    if (!device) return err(`Cannot find container link ${args.ifName}`);
    const wrong = difference(device, config);
    return wrong === undefined ? ok(undefined) : err(wrong);
  },
};

function difference(device: Device, { mac, mtu, promisc, allmulti }: Config): string | undefined {
  const { name } = device;
  if (mac !== '' && mac !== macOf(device)) return `Error: Tuning configured Ethernet of ${name} is ${mac}, current value is ${macOf(device)}`;
  if (promisc !== device.promiscuity > 0) return `Error: Tuning link ${name} configured promisc is ${promisc}, current value is ${device.promiscuity}`;
  if (mtu !== 0 && mtu !== device.mtu) return `Error: Tuning configured MTU of ${name} is ${mtu}, current value is ${device.mtu}`;
  if (allmulti !== undefined && allmulti !== isSet(device, Iff.ALLMULTI))
    return `Error: Tuning configured all-multicast mode of ${name} is ${allmulti}, current value is ${isSet(device, Iff.ALLMULTI)}`;
  return undefined;
}

const backupFile = (args: PluginArgs, { directory }: Config): string => `${directory}/${args.containerId}_${args.ifName}.json`;

function changeDevice(args: PluginArgs, netns: Netns, config: Config): Result<void, string> {
  const { mac, mtu, promisc, allmulti } = config;
  if (mac === '' && mtu === 0 && !promisc && allmulti === undefined) return ok(undefined);
  const device = linkByName(netns, args.ifName);
  if (!device) return err(`failed to get "${args.ifName}": Link not found`);
  const backup = {
    ...(mac === '' ? {} : { mac: macOf(device) }),
    ...(promisc ? { promisc: device.promiscuity > 0 } : {}),
    ...(mtu === 0 ? {} : { mtu: device.mtu }),
    ...(allmulti === undefined ? {} : { allmulti: isSet(device, Iff.ALLMULTI) }),
  };
  const { fs } = args.p;
  fs.mkdirs(config.directory, 0o600);
  fs.writeFile(backupFile(args, config), utf8Encode(JSON.stringify(backup, null, 1)), { mode: 0o600 });
  const steps = [
    mac === '' ? ok(undefined) : setMac(device, mac),
    promisc ? setFlag(device, Iff.PROMISC, true) : ok(undefined),
    mtu === 0 ? ok(undefined) : changeLink(device, { mtu }),
    allmulti === undefined ? ok(undefined) : setFlag(device, Iff.ALLMULTI, allmulti),
  ];
  return steps.find((step) => !step.ok) ?? ok(undefined);
}

function restore(args: PluginArgs, netns: Netns, config: Config): void {
  const { fs } = args.p;
  const file = backupFile(args, config);
  const text = fs.readFile(file);
  const saved = text.ok ? parseJson(utf8Decode(text.value)) : undefined;
  const device = linkByName(netns, args.ifName);
  if (!saved?.ok || !device) return;
  const { mtu, mac, promisc, allmulti } = saved.value;
  if (typeof mtu === 'number') changeLink(device, { mtu });
  if (typeof mac === 'string') setMac(device, mac);
  if (typeof promisc === 'boolean') setFlag(device, Iff.PROMISC, promisc);
  if (typeof allmulti === 'boolean') setFlag(device, Iff.ALLMULTI, allmulti);
  fs.unlink(file);
}
