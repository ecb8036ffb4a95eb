/** Felix' chains that are the same on every node (felix/rules/static.go, nat.go), and its rules in the kernel's own chains. */
import { ACCEPT, clearMark, DROP, goTo, hasMark, jump, lacksMark, Mark, RETURN, setMark, type Chain, type Rule } from './rules.ts';

export type Encapsulation = 'ipip' | 'vxlan' | 'none';
export const VXLAN_PORT = 4789;
const WORKLOADS = 'cali+';

const commented = (comment: string, match: string, action: string): Rule => ({ comments: [comment], match, action });
const ACCEPTED: Rule = { match: hasMark(Mark.accept), action: ACCEPT };
const HOST_ACCEPTED = commented('Host endpoint policy accepted packet.', hasMark(Mark.accept), ACCEPT);

/** Ports that stay open whatever a policy of the host says (FailsafeInboundHostPorts, FailsafeOutboundHostPorts). */
const FAILSAFE_IN = ['tcp 22', 'udp 68', 'tcp 179', 'tcp 2379', 'tcp 2380', 'tcp 5473', 'tcp 6443', 'tcp 6666', 'tcp 6667'];
const FAILSAFE_OUT = ['udp 53', 'udp 67', 'tcp 179', 'tcp 2379', 'tcp 2380', 'tcp 5473', 'tcp 6443', 'tcp 6666', 'tcp 6667'];
const failsafe = (name: string, ports: readonly string[]): Chain => ({
  name,
  rules: ports.map((text): Rule => {
    const [protocol, port] = text.split(' ');
    return { match: `-p ${protocol} -m multiport --destination-ports ${port}`, action: ACCEPT };
  }),
});

function tunnelInput(encapsulation: Encapsulation): readonly Rule[] {
  if (encapsulation === 'ipip')
    return [
      commented('Allow IPIP packets from Calico hosts', '-p 4 -m set --match-set cali40all-hosts-net src -m addrtype --dst-type LOCAL', ACCEPT),
      commented('Drop IPIP packets from non-Calico hosts', '-p 4', DROP),
    ];
  if (encapsulation === 'none') return [];
  const port = `-p 17 -m multiport --destination-ports ${VXLAN_PORT}`;
  return [
    commented('Allow IPv4 VXLAN packets from allowed hosts', `${port} -m set --match-set cali40all-vxlan-net src -m addrtype --dst-type LOCAL`, ACCEPT),
    commented('Drop IPv4 VXLAN packets from non-allowed hosts', `${port} -m addrtype --dst-type LOCAL`, DROP),
  ];
}
function tunnelOutput(encapsulation: Encapsulation): readonly Rule[] {
  if (encapsulation === 'ipip')
    return [commented('Allow IPIP packets to other Calico hosts', '-p 4 -m set --match-set cali40all-hosts-net dst -m addrtype --src-type LOCAL', ACCEPT)];
  if (encapsulation === 'none') return [];
  const match = `-p 17 -m multiport --destination-ports ${VXLAN_PORT} -m addrtype --src-type LOCAL -m set --match-set cali40all-vxlan-net dst`;
  return [commented('Allow IPv4 VXLAN packets to other allowed hosts', match, ACCEPT)];
}

export const filterChains = (encapsulation: Encapsulation): readonly Chain[] => [
  {
    name: 'cali-FORWARD',
    rules: [
      { action: clearMark(Mark.all & ~Mark.accept) },
      { match: lacksMark(Mark.accept), action: jump('cali-from-hep-forward') },
      { match: `--in-interface ${WORKLOADS}`, action: jump('cali-from-wl-dispatch') },
      { match: `--out-interface ${WORKLOADS}`, action: jump('cali-to-wl-dispatch') },
      { action: jump('cali-to-hep-forward') },
      { action: jump('cali-cidr-block') },
    ],
  },
  {
    name: 'cali-INPUT',
    rules: [
      ...tunnelInput(encapsulation),
      { match: `--in-interface ${WORKLOADS}`, action: goTo('cali-wl-to-host') },
      ACCEPTED,
      { action: clearMark(Mark.all) },
      { action: jump('cali-from-host-endpoint') },
      HOST_ACCEPTED,
    ],
  },
  {
    name: 'cali-OUTPUT',
    rules: [
      ACCEPTED,
      { match: `--out-interface ${WORKLOADS}`, action: RETURN },
      ...tunnelOutput(encapsulation),
      { action: clearMark(Mark.all) },
      { match: '-m conntrack ! --ctstate DNAT', action: jump('cali-to-host-endpoint') },
      HOST_ACCEPTED,
    ],
  },
  {
    name: 'cali-wl-to-host',
    rules: [{ action: jump('cali-from-wl-dispatch') }, { comments: ['Configured DefaultEndpointToHostAction'], action: ACCEPT }],
  },
  failsafe('cali-failsafe-in', FAILSAFE_IN),
  failsafe('cali-failsafe-out', FAILSAFE_OUT),
  // for policies of hosts, which there are none of
  ...['cali-from-hep-forward', 'cali-to-hep-forward', 'cali-from-host-endpoint', 'cali-to-host-endpoint', 'cali-cidr-block'].map((name) => ({
    name,
    rules: [],
  })),
];

export function natChains(encapsulation: Encapsulation): readonly Chain[] {
  const tunnel = { ipip: 'tunl0', vxlan: 'vxlan.calico', none: undefined }[encapsulation];
  const masquerade = '--jump MASQUERADE --random-fully';
  return [
    { name: 'cali-PREROUTING', rules: [{ action: jump('cali-fip-dnat') }] },
    { name: 'cali-OUTPUT', rules: [{ action: jump('cali-fip-dnat') }] },
    {
      name: 'cali-POSTROUTING',
      rules: [
        { action: jump('cali-fip-snat') },
        { action: jump('cali-nat-outgoing') },
        // what the host itself sends into the tunnel has the tunnel's address, so that answers come back through it
        ...(tunnel === undefined
          ? []
          : [{ match: `--out-interface ${tunnel} -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL`, action: masquerade }]),
      ],
    },
    {
      name: 'cali-nat-outgoing',
      rules: [{ match: '-m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst', action: masquerade }],
    },
    { name: 'cali-fip-dnat', rules: [] },
    { name: 'cali-fip-snat', rules: [] },
  ];
}

/** The first rule of the kernel's own chains. */
export const INSERTED: Readonly<Record<'filter' | 'nat', readonly Chain[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'].map((name) => ({ name, rules: [{ action: jump(`cali-${name}`) }] })),
  nat: ['PREROUTING', 'POSTROUTING', 'OUTPUT'].map((name) => ({ name, rules: [{ action: jump(`cali-${name}`) }] })),
};
/** The last rules of FORWARD. */
export const APPENDED: Chain = {
  name: 'FORWARD',
  rules: [commented('Policy explicitly accepted packet.', hasMark(Mark.accept), ACCEPT), { action: setMark(Mark.accept) }],
};
