/** macvlan: an interface with a MAC of its own on one of the host's, in the container (plugins/main/macvlan 1.1). */
import { err, ok, type Result } from '../../base/index.ts';
import { Macvlan, type LinkRequest } from '../../kernel/index.ts';
import { parseMac } from '../../wire/index.ts';
import { linkUp, openNetns, removeLink } from '../netlink.ts';
import { ipamType, type Plugin, type PluginArgs } from '../skel.ts';
import type { CniResult, JsonObject } from '../spec.ts';
import { checkMtu, checkUpper, configureByIpam, defaultMaster, describe, makeUpper, removeUpper } from './lower.ts';

const MODES = ['bridge', 'private', 'vepa', 'passthru'] as const;
type Mode = (typeof MODES)[number];
const SYSCTLS = ['net/ipv4/conf/IFNAME/arp_notify', 'net/ipv6/conf/IFNAME/ndisc_notify'];

interface Config {
  readonly master: string;
  readonly mtu: number;
  readonly mac: string;
}
function read(args: PluginArgs): Result<Config, string> {
  const named = args.config['master'];
  const master = typeof named === 'string' && named !== '' ? ok(named) : defaultMaster(args);
  if (!master.ok) return master;
  const mtu = checkMtu(args, master.value);
  if (!mtu.ok) return mtu;
  const mac = ((args.config['runtimeConfig'] ?? {}) as JsonObject)['mac'] ?? args.args.get('MAC') ?? args.config['mac'];
  return ok({ master: master.value, mtu: mtu.value, mac: typeof mac === 'string' ? mac : '' });
}
function readMode(args: PluginArgs): Result<Mode, string> {
  const { mode = '' } = args.config;
  const known = mode === '' ? 'bridge' : MODES.find((one) => one === mode);
  return known ? ok(known) : err(`unknown macvlan mode: ${JSON.stringify(mode)}`);
}

export const MACVLAN: Plugin = {
  name: 'macvlan',
  *add(args) {
    const config = read(args);
    if (!config.ok) return config;
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
    const mode = readMode(args);
    if (!mode.ok) return mode;
    const { master, mtu, mac } = config.value;
    const address = mac === '' ? undefined : parseMac(mac);
    if (mac !== '' && address === undefined) return err(`invalid args ${mac} for MAC addr: address ${mac}: invalid MAC address`);
    const request: LinkRequest = {
      ...{ txQueueLength: 0, info: { kind: 'macvlan', options: { mode: mode.value } } },
      ...(mtu > 0 ? { mtu } : {}),
      ...(address === undefined ? {} : { address }),
    };
    const made = makeUpper(args, netns.value, 'macvlan', master, request);
    if (!made.ok) return made;
    if (ipamType(args) === '') {
      const up = linkUp(made.value);
      const dns = (args.config['dns'] ?? {}) as CniResult['dns'];
      return up.ok ? ok({ interfaces: [describe(args, made.value)], ips: [], routes: [], dns }) : err(`failed to set "${args.ifName}" UP: ${up.error}`);
    }
    const result = yield* configureByIpam(args, made.value, SYSCTLS);
    if (!result.ok) removeLink(made.value);
    return result;
  },
  del: removeUpper,
  *check(args) {
    const config = read(args);
    if (!config.ok) return config;
    return yield* checkUpper(args, '', (device) => {
      if (!(device instanceof Macvlan)) return `Error: Container interface ${device.name} not of type macvlan`;
      const mode = readMode(args);
      if (!mode.ok) return mode.error;
      return device.mode === mode.value ? undefined : `Container macvlan mode ${device.mode} does not match expected value: ${mode.value}`;
    });
  },
};
