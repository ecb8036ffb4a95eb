/**
 * From what a user sent to a service the API stores: defaults, validation (pkg/registry/core/service, pkg/apis/core/validation), and the
 * addresses and node ports that the server hands out.
 */
import { z } from 'zod';
import { ok, type Rng } from '../base/index.ts';
import type { ApiResult, Service, ServicePort, ServiceSpec } from '../commands/index.ts';
import { formatIpv4, ipv4InPrefix, parseIpv4, parseIpv4Prefix } from '../wire/index.ts';
import { checkLabel, checkLabels, randomUid } from './names.ts';
import { badRequest, duplicate, invalid, invalidObject, required, unsupported, type FieldError } from './status.ts';

const strings = z.record(z.string(), z.string());
const sentService = z.looseObject({
  metadata: z.looseObject({ name: z.string().default(''), labels: strings.optional(), annotations: strings.optional() }),
  spec: z
    .looseObject({
      type: z.string().optional(),
      clusterIP: z.string().optional(),
      ports: z
        .array(
          z.looseObject({
            name: z.string().optional(),
            protocol: z.string().optional(),
            port: z.int().default(0),
            targetPort: z.union([z.int(), z.string()]).optional(),
            nodePort: z.int().optional(),
          }),
        )
        .optional(),
      selector: strings.optional(),
      externalTrafficPolicy: z.string().optional(),
      internalTrafficPolicy: z.string().optional(),
    })
    .default({}),
});

/** --service-node-port-range. */
const NODE_PORTS = { first: 30_000, last: 32_767 };

export interface Pools {
  /** `10.96.0.0/12`. */
  readonly cidr: string;
  readonly taken: readonly Service[];
  readonly rng: Rng;
}

/** `before`: what it replaces; its address and node ports stay. */
export function admitService(sent: unknown, namespace: string, now: string, pools: Pools, before?: Service): ApiResult<Service> {
  const decoded = sentService.safeParse(sent);
  if (!decoded.success) return badRequest(`Service in version "v1" cannot be handled as a Service: json: ${decoded.error.issues[0]?.message ?? ''}`);
  const { metadata, spec } = decoded.data;
  const { name } = metadata;
  const errors: FieldError[] = [...checkLabel('metadata.name', name), ...checkLabels('metadata.labels', metadata.labels ?? {})];
  const type = spec.type ?? 'ClusterIP';
  if (!['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'].includes(type))
    errors.push(unsupported('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']));
  if (type === 'ExternalName') return badRequest('services of type ExternalName are not modelled');
  const isHeadless = spec.clusterIP === 'None';
  errors.push(
    ...checkPorts(spec.ports ?? [], isHeadless),
    ...checkLabels('spec.selector', spec.selector ?? {}),
    ...checkAddress(spec.clusterIP, pools, before),
  );
  if (isHeadless && type !== 'ClusterIP') errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  const wantsNodePort = type !== 'ClusterIP';
  const nodePorts = new Set(pools.taken.filter((one) => one !== before).flatMap((one) => (one.spec.ports ?? []).map((port) => port.nodePort)));
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const { nodePort } = port;
    if (nodePort === undefined || nodePort === 0 || !wantsNodePort) continue;
    const field = `spec.ports[${index}].nodePort`;
    if (nodePort < NODE_PORTS.first || nodePort > NODE_PORTS.last)
      errors.push(invalid(field, nodePort, `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`));
    else if (nodePorts.has(nodePort)) errors.push(invalid(field, nodePort, 'provided port is already allocated'));
  }
  if (errors.length > 0) return invalidObject('Service', name, errors);
  const clusterIP = isHeadless ? 'None' : (spec.clusterIP ?? '') !== '' ? spec.clusterIP! : (before?.spec.clusterIP ?? freeAddress(pools));
  const ports = (spec.ports ?? []).map((port): ServicePort => {
    const old = before?.spec.ports?.find((one) => one.port === port.port && (one.name ?? '') === (port.name ?? ''));
    const { nodePort: _, name: portName, ...rest } = port;
    const given = port.nodePort === undefined || port.nodePort === 0 ? old?.nodePort : port.nodePort;
    return {
      ...rest,
      ...(portName === undefined ? {} : { name: portName }),
      protocol: (port.protocol ?? 'TCP') as ServicePort['protocol'],
      targetPort: port.targetPort ?? port.port,
      ...(wantsNodePort ? { nodePort: given ?? freeNodePort(nodePorts, pools.rng) } : {}),
    };
  });
  const filled: ServiceSpec = {
    ...(spec as object),
    clusterIP,
    clusterIPs: [clusterIP],
    internalTrafficPolicy: spec.internalTrafficPolicy === 'Local' ? 'Local' : 'Cluster',
    ...{ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    ...(wantsNodePort ? { externalTrafficPolicy: spec.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster' } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    sessionAffinity: 'None',
    type: type as ServiceSpec['type'],
  };
  const meta = {
    ...metadata,
    name,
    namespace,
    uid: before?.metadata.uid ?? randomUid(pools.rng),
    resourceVersion: '',
    creationTimestamp: before?.metadata.creationTimestamp ?? now,
  };
  return ok({ apiVersion: 'v1', kind: 'Service', metadata: meta as Service['metadata'], spec: filled, status: { loadBalancer: {} } });
}

function checkPorts(
  ports: readonly { readonly name?: string | undefined; readonly port: number; readonly protocol?: string | undefined }[],
  isHeadless: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless) errors.push(required('spec.ports'));
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    if (ports.length > 1 && (port.name ?? '') === '') errors.push(required(`${at}.name`));
    else if (port.name !== undefined && port.name !== '') {
      errors.push(...checkLabel(`${at}.name`, port.name));
      if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    if (port.port < 1 || port.port > 65_535) errors.push(invalid(`${at}.port`, port.port, 'must be between 1 and 65535, inclusive'));
    if (port.protocol !== undefined && !['SCTP', 'TCP', 'UDP'].includes(port.protocol))
      errors.push(unsupported(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
  }
  return errors;
}

function checkAddress(text: string | undefined, { cidr, taken }: Pools, before: Service | undefined): readonly FieldError[] {
  if (text === undefined || text === '' || text === 'None') return [];
  const field = 'spec.clusterIPs';
  if (before && text !== before.spec.clusterIP) return [{ field: `${field}[0]`, text: `Invalid value: ["${text}"]: may not change once set` }];
  const address = parseIpv4(text);
  const net = parseIpv4Prefix(cidr)!;
  if (address === undefined) return [{ field: `${field}[0]`, text: `Invalid value: "${text}": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)` }];
  const bad = (why: string): readonly FieldError[] => [{ field, text: `Invalid value: ["${text}"]: failed to allocate IP ${text}: ${why}` }];
  if (!ipv4InPrefix(address, net.address, net.length)) return bad(`the provided IP (${text}) is not in the valid range. The range of valid IPs is ${cidr}`);
  return before === undefined && taken.some((one) => one.spec.clusterIP === text) ? bad('provided IP is already allocated') : [];
}

/** The lower part of the range is kept for addresses that are asked for, as the server's allocator does. */
function freeAddress({ cidr, taken, rng }: Pools): string {
  const net = parseIpv4Prefix(cidr)!;
  const size = 2 ** (32 - net.length);
  const reserved = Math.min(Math.max(16, Math.floor(size / 16)), 256);
  const used = new Set(taken.map((one) => one.spec.clusterIP));
  for (;;) {
    const text = formatIpv4((net.address + reserved + rng.below(Math.max(1, size - reserved - 1))) | 0);
    if (!used.has(text)) return text;
  }
}
function freeNodePort(used: Set<number | undefined>, rng: Rng): number {
  for (;;) {
    const port = NODE_PORTS.first + 86 + rng.below(NODE_PORTS.last - NODE_PORTS.first - 85);
    if (used.has(port)) continue;
    used.add(port);
    return port;
  }
}
