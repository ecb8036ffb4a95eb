/** vlan: a tagged sub-interface of one of the host's, in the container (plugins/main/vlan 1.1). */
import { err, ok, type Result } from '../../base/index.ts';
import { Vlan } from '../../kernel/index.ts';
import { openNetns } from '../netlink.ts';
import type { Plugin, PluginArgs } from '../skel.ts';
import { checkMtu, checkUpper, configureByIpam, makeUpper, removeUpper } from './lower.ts';

interface Config {
  readonly master: string;
  readonly id: number;
  readonly mtu: number;
}

function read(args: PluginArgs): Result<Config, string> {
  const { master, vlanId } = args.config;
  if (typeof master !== 'string' || master === '') return err('"master" field is required. It specifies the host interface name to create the VLAN for.');
  const id = typeof vlanId === 'number' ? vlanId : 0;
  if (id < 0 || id > 4094) return err(`invalid VLAN ID ${id} (must be between 0 and 4095 inclusive)`);
  const mtu = checkMtu(args, master);
  return mtu.ok ? ok({ master, id, mtu: mtu.value }) : mtu;
}

export const VLAN: Plugin = {
  name: 'vlan',
  *add(args) {
    const config = read(args);
    if (!config.ok) return config;
    const { master, id, mtu } = config.value;
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
    const request = { txQueueLength: 0, ...(mtu > 0 ? { mtu } : {}), info: { kind: 'vlan', options: { id } } } as const;
    const made = makeUpper(args, netns.value, 'vlan', master, request);
    return made.ok ? yield* configureByIpam(args, made.value, [], 'failed to execute IPAM delegate: ') : made;
  },
  *del(args) {
    const config = read(args);
    return config.ok ? yield* removeUpper(args) : config;
  },
  *check(args) {
    const { mtu } = args.config;
    const id = typeof args.config['vlanId'] === 'number' ? args.config['vlanId'] : 0;
    return yield* checkUpper(args, 'vlan: ', (device) => {
      if (!(device instanceof Vlan)) return `vlan: Error: Container interface ${device.name} not of type vlan`;
      if (device.id !== id) return `Error: Tuning link ${device.name} configured promisc is ${id}, current value is ${device.id}`;
      if (typeof mtu === 'number' && mtu !== 0 && mtu !== device.mtu)
        return `Error: Tuning configured MTU of ${device.name} is ${mtu}, current value is ${device.mtu}`;
      return undefined;
    });
  },
};
