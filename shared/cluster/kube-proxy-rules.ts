/**
 * The rules of kube-proxy in iptables mode (pkg/proxy/iptables/proxier.go of 1.32), as one text for iptables-restore. Chains are named by a hash of
 * the service port, and of the endpoint.
 */
import { base32, sha256 } from '../base/index.ts';
import type { EndpointSlice, Service, ServicePort } from '../commands/index.ts';

const MARK = '0x4000/0x4000';
const note = (text: string): string => `-m comment --comment "${text}"`;

/** A service port and the endpoints that are ready. */
interface Portal {
  /** `default/web`, `default/web:http`. */
  readonly name: string;
  readonly protocol: string;
  readonly clusterIP: string;
  readonly port: number;
  readonly nodePort: number | undefined;
  /** `10.244.1.3:80`, sorted. */
  readonly endpoints: readonly string[];
}

export function proxyRules(services: readonly Service[], slices: readonly EndpointSlice[], podCIDR: string | undefined): string {
  const portals = services.flatMap((service) => portalsOf(service, slices));
  const open = portals.filter((portal) => portal.endpoints.length > 0);
  const closed = portals.filter((portal) => portal.endpoints.length === 0);
  return [...filterTable(closed), ...natTable(open, podCIDR), ''].join('\n');
}

function portalsOf(service: Service, slices: readonly EndpointSlice[]): readonly Portal[] {
  const { name, namespace = 'default' } = service.metadata;
  const { clusterIP, ports = [] } = service.spec;
  if (clusterIP === 'None') return [];
  const own = slices.filter((one) => one.metadata.namespace === namespace && one.metadata.labels?.['kubernetes.io/service-name'] === name);
  return ports.map((port): Portal => {
    const portName = port.name ?? '';
    return {
      name: `${namespace}/${name}${portName === '' ? '' : `:${portName}`}`,
      protocol: port.protocol.toLowerCase(),
      clusterIP,
      port: port.port,
      nodePort: port.nodePort,
      endpoints: own.flatMap((slice) => endpointsOf(slice, port)).sort(),
    };
  });
}
const endpointsOf = (slice: EndpointSlice, port: ServicePort): readonly string[] => {
  const target = slice.ports.find((one) => one.name === (port.name ?? '') && one.protocol === port.protocol);
  return target ? slice.endpoints.filter((one) => one.conditions.ready).map((one) => `${one.addresses[0]}:${target.port}`) : [];
};

/** Rejects what nobody serves; lets through what was marked or is known. */
function filterTable(closed: readonly Portal[]): readonly string[] {
  const reject = (portal: Portal): string =>
    `-A KUBE-SERVICES ${note(`${portal.name} has no endpoints`)} -m ${portal.protocol} -p ${portal.protocol} -d ${portal.clusterIP} --dport ${portal.port} -j REJECT`;
  const rejectNode = (portal: Portal): readonly string[] =>
    portal.nodePort === undefined
      ? []
      : [
          `-A KUBE-EXTERNAL-SERVICES ${note(`${portal.name} has no endpoints`)} -m addrtype --dst-type LOCAL -m ${portal.protocol} -p ${portal.protocol} --dport ${portal.nodePort} -j REJECT`,
        ];
  return [
    '*filter',
    ...['KUBE-NODEPORTS', 'KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FORWARD', 'KUBE-PROXY-FIREWALL'].map((chain) => `:${chain} - [0:0]`),
    ...closed.map(reject),
    ...closed.flatMap(rejectNode),
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    `-A KUBE-FORWARD ${note('kubernetes forwarding rules')} -m mark --mark ${MARK} -j ACCEPT`,
    `-A KUBE-FORWARD ${note('kubernetes forwarding conntrack rule')} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    'COMMIT',
  ];
}

function natTable(open: readonly Portal[], podCIDR: string | undefined): readonly string[] {
  const chains = ['KUBE-NODEPORTS', 'KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'];
  const rules: string[] = [
    `-A KUBE-POSTROUTING -m mark ! --mark ${MARK} -j RETURN`,
    '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
    `-A KUBE-POSTROUTING ${note('kubernetes service traffic requiring SNAT')} -j MASQUERADE --random-fully`,
    '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
  ];
  for (const portal of open) {
    const { name, protocol, clusterIP, port, nodePort } = portal;
    const hash = (endpoint = ''): string => base32(sha256(`${name}${protocol}${endpoint}`), 16);
    const service = `KUBE-SVC-${hash()}`;
    const external = `KUBE-EXT-${hash()}`;
    chains.push(service);
    rules.push(`-A KUBE-SERVICES ${note(`${name} cluster IP`)} -m ${protocol} -p ${protocol} -d ${clusterIP} --dport ${port} -j ${service}`);
    if (nodePort !== undefined) {
      chains.push(external);
      rules.push(
        `-A KUBE-NODEPORTS ${note(name)} -m ${protocol} -p ${protocol} --dport ${nodePort} -j ${external}`,
        `-A ${external} ${note(`masquerade traffic for ${name} external destinations`)} -j KUBE-MARK-MASQ`,
        `-A ${external} -j ${service}`,
      );
    }
    const to = `-A ${service} ${note(`${name} cluster IP`)} -m ${protocol} -p ${protocol} -d ${clusterIP} --dport ${port}`;
    if (podCIDR !== undefined) rules.push(`${to} ! -s ${podCIDR} -j KUBE-MARK-MASQ`);
    for (const [index, endpoint] of portal.endpoints.entries()) {
      const chain = `KUBE-SEP-${hash(endpoint)}`;
      const left = portal.endpoints.length - index;
      const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : '';
      chains.push(chain);
      rules.push(
        `-A ${service} ${note(`${name} -> ${endpoint}`)}${chance} -j ${chain}`,
        `-A ${chain} ${note(name)} -s ${endpoint.split(':')[0]} -j KUBE-MARK-MASQ`,
        `-A ${chain} ${note(name)} -m ${protocol} -p ${protocol} -j DNAT --to-destination ${endpoint}`,
      );
    }
  }
  rules.push(
    `-A KUBE-SERVICES ${note('kubernetes service nodeports; NOTE: this must be the last rule in this chain')} -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`,
  );
  return ['*nat', ...chains.map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT'];
}

/** The rules that lead from the kernel's own chains to kube-proxy's: table, chain, rule; each is put first when it is not there. */
export const JUMPS: readonly (readonly [table: string, chain: string, to: string, rule: readonly string[]])[] = [
  [
    'filter',
    'INPUT',
    'KUBE-EXTERNAL-SERVICES',
    ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes externally-visible service portals'],
  ],
  [
    'filter',
    'FORWARD',
    'KUBE-EXTERNAL-SERVICES',
    ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes externally-visible service portals'],
  ],
  ['filter', 'INPUT', 'KUBE-NODEPORTS', ['-m', 'comment', '--comment', 'kubernetes health check service ports']],
  ['filter', 'FORWARD', 'KUBE-SERVICES', ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes service portals']],
  ['filter', 'OUTPUT', 'KUBE-SERVICES', ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes service portals']],
  ['filter', 'FORWARD', 'KUBE-FORWARD', ['-m', 'comment', '--comment', 'kubernetes forwarding rules']],
  ['filter', 'INPUT', 'KUBE-PROXY-FIREWALL', ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes load balancer firewall']],
  ['filter', 'OUTPUT', 'KUBE-PROXY-FIREWALL', ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes load balancer firewall']],
  ['filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', ['-m', 'conntrack', '--ctstate', 'NEW', '-m', 'comment', '--comment', 'kubernetes load balancer firewall']],
  ['nat', 'OUTPUT', 'KUBE-SERVICES', ['-m', 'comment', '--comment', 'kubernetes service portals']],
  ['nat', 'PREROUTING', 'KUBE-SERVICES', ['-m', 'comment', '--comment', 'kubernetes service portals']],
  ['nat', 'POSTROUTING', 'KUBE-POSTROUTING', ['-m', 'comment', '--comment', 'kubernetes postrouting rules']],
];

/** Chains named for a service port or an endpoint: stale ones are removed. */
export const isPortalChain = (chain: string): boolean => /^KUBE-(SVC|SEP|EXT)-/.test(chain);
