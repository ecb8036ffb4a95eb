/** ipvlan: an interface with the MAC of one of the host's and addresses of its own, in the container (plugins/main/ipvlan 1.1). */
import { err, ok, type Result } from '../../base/index.ts';
import { Ipvlan } from '../../kernel/index.ts';
import { openNetns } from '../netlink.ts';
import { ipamType, type Plugin, type PluginArgs } from '../skel.ts';
import { decodeResult, type CniResult } from '../spec.ts';
import { checkUpper, configureByIpam, configureFrom, defaultMaster, makeUpper, removeUpper } from './lower.ts';

const MODES = ['l2', 'l3', 'l3s'] as const;
type Mode = (typeof MODES)[number];
const SYSCTLS = ['net/ipv4/conf/IFNAME/arp_notify', 'net/ipv6/conf/IFNAME/ndisc_notify'];

/** The master: named, of the one interface that the plugin before made, or of the default route. */
function readMaster(args: PluginArgs, previous: CniResult | undefined): Result<string, string> {
  const named = args.config['master'];
  if (typeof named === 'string' && named !== '') return ok(named);
  if (!previous) return defaultMaster(args);
  const [first, ...others] = previous.interfaces;
  return first && others.length === 0 ? ok(first.name) : err('chained master failure. PrevResult lacks a single named interface');
}
function readMode(args: PluginArgs): Result<Mode, string> {
  const { mode = '' } = args.config;
  const known = mode === '' ? 'l2' : MODES.find((one) => one === mode);
  return known ? ok(known) : err(`unknown ipvlan mode: ${JSON.stringify(mode)}`);
}

export const IPVLAN: Plugin = {
  name: 'ipvlan',
  *add(args) {
    const previous = decodeResult(args.config['prevResult'])?.result;
    const master = readMaster(args, previous);
    if (!master.ok) return master;
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
    const mode = readMode(args);
    if (!mode.ok) return mode;
    const mtu = typeof args.config['mtu'] === 'number' ? args.config['mtu'] : 0;
    const info = { kind: 'ipvlan', options: { mode: mode.value } } as const;
    const made = makeUpper(args, netns.value, 'ipvlan', master.value, { txQueueLength: 0, info, ...(mtu > 0 ? { mtu } : {}) });
    if (!made.ok) return made;
    if (ipamType(args) === '' && previous && previous.ips.length > 0) return yield* configureFrom(args, made.value, SYSCTLS, previous);
    return yield* configureByIpam(args, made.value, SYSCTLS);
  },
  *del(args) {
    const master = readMaster(args, decodeResult(args.config['prevResult'])?.result);
    return master.ok ? yield* removeUpper(args) : master;
  },
  *check(args) {
    return yield* checkUpper(args, '', (device) => {
      if (!(device instanceof Ipvlan)) return `Error: Container interface ${device.name} not of type ipvlan`;
      const mode = readMode(args);
      if (!mode.ok) return mode.error;
      return device.mode === mode.value ? undefined : `Container IPVlan mode ${device.mode} does not match expected value: ${mode.value}`;
    });
  },
};
