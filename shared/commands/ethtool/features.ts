/**
 * Offloads as `ethtool -k` lists them: what each kind of device has, as its driver declares it, and what users switched. Packets of the model are
 * never offloaded: switching one changes what is shown, and nothing else. Authority: net/ethtool/common.c, recorded from Linux 6.18.
 */
import { Bridge, Macvlan, Tun, Veth, Vxlan, type Device } from '../../kernel/index.ts';

/** Old names of groups: `tx` stands for all checksums of sending. */
interface Group {
  readonly title: string;
  readonly word: string;
  readonly members: readonly string[];
}
export const GROUPS: readonly Group[] = [
  { title: 'rx-checksumming', word: 'rx', members: ['rx-checksum'] },
  {
    title: 'tx-checksumming',
    word: 'tx',
    members: ['tx-checksum-ipv4', 'tx-checksum-ip-generic', 'tx-checksum-ipv6', 'tx-checksum-fcoe-crc', 'tx-checksum-sctp'],
  },
  { title: 'scatter-gather', word: 'sg', members: ['tx-scatter-gather', 'tx-scatter-gather-fraglist'] },
  {
    title: 'tcp-segmentation-offload',
    word: 'tso',
    members: ['tx-tcp-segmentation', 'tx-tcp-ecn-segmentation', 'tx-tcp-mangleid-segmentation', 'tx-tcp6-segmentation', 'tx-tcp-accecn-segmentation'],
  },
  { title: 'generic-segmentation-offload', word: 'gso', members: ['tx-generic-segmentation'] },
  { title: 'generic-receive-offload', word: 'gro', members: ['rx-gro'] },
  { title: 'large-receive-offload', word: 'lro', members: ['rx-lro'] },
  { title: 'rx-vlan-offload', word: 'rxvlan', members: ['rx-vlan-hw-parse'] },
  { title: 'tx-vlan-offload', word: 'txvlan', members: ['tx-vlan-hw-insert'] },
  { title: 'ntuple-filters', word: 'ntuple', members: ['rx-ntuple-filter'] },
  { title: 'receive-hashing', word: 'rxhash', members: ['rx-hashing'] },
];
/** Those of no group, in the kernel's order. */
export const OTHERS: readonly string[] = [
  ...[
    'highdma',
    'rx-vlan-filter',
    'vlan-challenged',
    'tx-gso-robust',
    'tx-fcoe-segmentation',
    'tx-gre-segmentation',
    'tx-gre-csum-segmentation',
    'tx-ipxip4-segmentation',
  ],
  ...[
    'tx-ipxip6-segmentation',
    'tx-udp_tnl-segmentation',
    'tx-udp_tnl-csum-segmentation',
    'tx-gso-partial',
    'tx-tunnel-remcsum-segmentation',
    'tx-sctp-segmentation',
  ],
  ...[
    'tx-esp-segmentation',
    'tx-udp-segmentation',
    'tx-gso-list',
    'tx-nocache-copy',
    'loopback',
    'rx-fcs',
    'rx-all',
    'tx-vlan-stag-hw-insert',
    'rx-vlan-stag-hw-parse',
  ],
  ...['rx-vlan-stag-filter', 'l2-fwd-offload', 'hw-tc-offload', 'esp-hw-offload', 'esp-tx-csum-hw-offload', 'rx-udp_tunnel-port-offload', 'tls-hw-tx-offload'],
  ...[
    'tls-hw-rx-offload',
    'rx-gro-hw',
    'tls-hw-record',
    'rx-gro-list',
    'macsec-hw-offload',
    'rx-udp-gro-forwarding',
    'hsr-tag-ins-offload',
    'hsr-tag-rm-offload',
  ],
  ...['hsr-fwd-offload', 'hsr-dup-offload'],
];
const ALL: ReadonlySet<string> = new Set([...GROUPS.flatMap(({ members }) => members), ...OTHERS]);
export const isFeature = (name: string): boolean => ALL.has(name);

/** What a driver has: on and changeable, on for good, off but changeable. All else is off for good. */
interface Declared {
  readonly on: ReadonlySet<string>;
  readonly always: ReadonlySet<string>;
  readonly off: ReadonlySet<string>;
}
const set = (...lists: readonly (readonly string[])[]): ReadonlySet<string> => new Set(lists.flat());
const words = (text: string): readonly string[] => text.split(' ');
const TSO = GROUPS[3]!.members;
const SCATTER = GROUPS[2]!.members;
const GENERIC = ['tx-generic-segmentation', 'rx-gro'];
const SOFTWARE = words('tx-sctp-segmentation tx-udp-segmentation tx-gso-list');
const TUNNELS = words(
  'tx-gre-segmentation tx-gre-csum-segmentation tx-ipxip4-segmentation tx-ipxip6-segmentation tx-udp_tnl-segmentation tx-udp_tnl-csum-segmentation',
);
const LATER = ['rx-gro-list', 'rx-udp-gro-forwarding'];
const NONE = set();

const VETH: Declared = {
  on: set(
    words('rx-checksum tx-checksum-ip-generic tx-checksum-sctp tx-generic-segmentation rx-vlan-hw-parse tx-vlan-hw-insert highdma'),
    ...[SCATTER, TSO, TUNNELS, SOFTWARE, words('tx-vlan-stag-hw-insert rx-vlan-stag-hw-parse')],
  ),
  always: NONE,
  off: set(['rx-gro', 'tx-nocache-copy'], LATER),
};
const LOOPBACK: Declared = {
  on: set(TSO, GENERIC, SOFTWARE),
  always: set(words('rx-checksum tx-checksum-ip-generic tx-checksum-sctp highdma vlan-challenged loopback'), SCATTER),
  off: set(LATER),
};
const BRIDGE: Declared = {
  on: set(
    words(
      'tx-checksum-ip-generic tx-vlan-hw-insert highdma tx-gso-robust tx-fcoe-segmentation tx-gso-partial tx-tunnel-remcsum-segmentation tx-esp-segmentation tx-vlan-stag-hw-insert',
    ),
    ...[SCATTER, TSO, GENERIC, TUNNELS, SOFTWARE],
  ),
  always: NONE,
  off: set(['tx-nocache-copy'], LATER),
};
const VXLAN: Declared = {
  on: set(['rx-checksum', 'tx-checksum-ip-generic'], SCATTER, TSO, GENERIC, SOFTWARE),
  always: NONE,
  off: set(['tx-nocache-copy'], LATER),
};
const PLAIN: Declared = { on: set(GENERIC, SCATTER, ['tx-checksum-ip-generic', 'highdma'], TSO, SOFTWARE), always: NONE, off: set(['tx-nocache-copy'], LATER) };
/** What a tunnel device could do, and does only when the program behind it says so. */
const TUN: Declared = {
  on: set(words('tx-vlan-hw-insert tx-vlan-stag-hw-insert'), SCATTER, GENERIC),
  always: NONE,
  off: set(['tx-nocache-copy', 'tx-tcp-mangleid-segmentation'], LATER),
};
const TUN_WISHES: ReadonlySet<string> = set(
  words(
    'tx-checksum-ip-generic tx-tcp-segmentation tx-tcp-ecn-segmentation tx-tcp6-segmentation tx-udp_tnl-segmentation tx-udp_tnl-csum-segmentation tx-udp-segmentation',
  ),
);

const IFB: Declared = { ...PLAIN, on: set([...PLAIN.on], TUNNELS, words('tx-vlan-hw-insert tx-vlan-stag-hw-insert')) };
/** A macvlan has what its lower device has, for good. */
const MACVLAN: Declared = {
  on: set(['tx-generic-segmentation']),
  always: set(words('rx-checksum tx-checksum-ip-generic highdma tx-gso-robust'), SCATTER, TSO, TUNNELS, SOFTWARE),
  off: set(['rx-lro', 'tx-nocache-copy'], LATER),
};
function declaredBy(device: Device): Declared {
  if (device instanceof Veth) return VETH;
  if (device.isLoopback) return LOOPBACK;
  if (device instanceof Bridge) return BRIDGE;
  if (device instanceof Vxlan) return VXLAN;
  if (device instanceof Macvlan) return MACVLAN;
  if (device.kind === 'ifb') return IFB;
  return device instanceof Tun ? TUN : PLAIN;
}

/** What users asked for, by device. */
const asked = new WeakMap<Device, Map<string, boolean>>();

const isFixed = (device: Device, name: string): boolean => {
  const declared = declaredBy(device);
  return !declared.on.has(name) && !declared.off.has(name);
};
export function isWanted(device: Device, name: string): boolean {
  const declared = declaredBy(device);
  return asked.get(device)?.get(name) ?? (declared.on.has(name) || declared.always.has(name));
}
/** netdev_fix_features: segmentation needs checksums, and scattered data. */
const NEEDS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [[...TSO, 'tx-udp-segmentation'], ['tx-checksum-ip-generic']],
  [[...TSO], ['tx-scatter-gather']],
  [['tx-generic-segmentation'], ['tx-scatter-gather']],
];
/** The kernel follows its own list of what a checksum carries; AccECN is not on it. */
const KEPT = 'tx-tcp-accecn-segmentation';
export function isOn(device: Device, name: string): boolean {
  if (isFixed(device, name)) return declaredBy(device).always.has(name);
  if (!isWanted(device, name)) return false;
  return (
    name === KEPT ||
    !NEEDS.some(([dependents, needed]) => dependents.includes(name) && !needed.every((each) => isFixed(device, each) || isWanted(device, each)))
  );
}
export function ask(device: Device, name: string, on: boolean): void {
  const wishes = asked.get(device) ?? new Map<string, boolean>();
  asked.set(device, wishes);
  wishes.set(name, on);
}

/** `on`, `off [fixed]`, `off [requested on]`. */
export function featureText(device: Device, name: string): string {
  const on = isOn(device, name);
  const state = on ? 'on' : 'off';
  if (device instanceof Tun ? TUN_WISHES.has(name) : device instanceof Macvlan && name === 'rx-gro') return 'off [requested on]';
  if (isFixed(device, name)) return `${state} [fixed]`;
  const wanted = isWanted(device, name);
  return wanted === on ? state : `${state} [requested ${wanted ? 'on' : 'off'}]`;
}
/** In the order of the kernel's bits: what changed is told so. */
const FIRST_BITS = words(
  'tx-scatter-gather tx-checksum-ipv4 tx-checksum-ip-generic tx-checksum-ipv6 highdma tx-scatter-gather-fraglist tx-vlan-hw-insert rx-vlan-hw-parse',
);
export const BITS: readonly string[] = [
  ...new Set([
    ...FIRST_BITS,
    ...words('tx-generic-segmentation rx-gro rx-lro'),
    ...TSO,
    ...words('tx-udp-segmentation tx-gso-list tx-checksum-fcoe-crc tx-checksum-sctp rx-ntuple-filter rx-hashing rx-checksum'),
    ...OTHERS,
  ]),
];

export function listFeatures(device: Device): string {
  let text = `Features for ${device.name}:\n`;
  for (const { title, members } of GROUPS) {
    const [only] = members;
    if (members.length === 1 && only !== undefined) text += `${title}: ${featureText(device, only)}\n`;
    else {
      text += `${title}: ${members.some((name) => isOn(device, name)) ? 'on' : 'off'}\n`;
      for (const name of members) text += `\t${name}: ${featureText(device, name)}\n`;
    }
  }
  return text + OTHERS.map((name) => `${name}: ${featureText(device, name)}\n`).join('');
}
