/** What `docker inspect` tells of containers and networks, and Go's templates as far as one walks through it. */
import { formatTime } from '../../commands/index.ts';
import type { DockerContainer, DockerEngine } from './engine.ts';
import { splitVolume } from './engine.ts';
import { addressText, BRIDGE, GATEWAY, type PublishedPort } from './network.ts';

export const NETWORKS: readonly string[] = ['bridge', 'host', 'none'];
const DRIVERS: Readonly<Record<string, string>> = { bridge: 'bridge', host: 'host', none: 'null' };

/** `0.0.0.0:8080->80/tcp`. */
export const portsText = ({ request }: DockerContainer): string =>
  request.ports.map((port) => `${port.hostIp}:${port.hostPort}->${port.containerPort}/${port.protocol}`).join(', ');

/** An identity that belongs to the machine and the name. */
function idOf(engine: DockerEngine, name: string): string {
  let out = '';
  for (let round = 0; out.length < 64; round++) {
    let hash = 0x811c9dc5 ^ round;
    for (const char of `${engine.machine.hostname}/${name}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    out += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return out;
}
const portMap = (ports: readonly PublishedPort[]) =>
  Object.fromEntries(ports.map((port) => [`${port.containerPort}/${port.protocol}`, [{ HostIp: port.hostIp, HostPort: String(port.hostPort) }]]));

export function inspectContainer(engine: DockerEngine, container: DockerContainer): object {
  const { request, running, attachment, image } = container;
  const endpoint = {
    Gateway: attachment ? addressText(GATEWAY) : '',
    IPAddress: attachment ? addressText(attachment.address) : '',
    IPPrefixLen: attachment ? 16 : 0,
    MacAddress: attachment?.mac ?? '',
  };
  const argv = [...(request.entrypoint === undefined ? image.entrypoint : [request.entrypoint]), ...(request.command.length > 0 ? request.command : image.cmd)];
  const isOwn = NETWORKS.includes(request.network);
  return {
    Id: container.id,
    Created: formatTime(container.createdUnixUs),
    Path: argv[0] ?? '',
    Args: argv.slice(1),
    State: {
      Status: running ? 'running' : container.startedUnixUs === 0 ? 'created' : 'exited',
      Running: running !== undefined,
      Paused: false,
      Pid: engine.pidOf(container),
      ExitCode: container.exitCode,
      StartedAt: formatTime(container.startedUnixUs),
      FinishedAt: container.finishedUnixUs === 0 ? '0001-01-01T00:00:00Z' : formatTime(container.finishedUnixUs),
    },
    Image: `sha256:${image.digest}`,
    Name: `/${container.name}`,
    RestartCount: 0,
    HostConfig: {
      Binds: request.volumes.length > 0 ? request.volumes : null,
      NetworkMode: request.network,
      PortBindings: portMap(request.ports),
      PidMode: request.pid,
      AutoRemove: request.isRemoved,
    },
    Mounts: request.volumes
      .map(splitVolume)
      .map((one) => ({ Type: 'bind', Source: one.from, Destination: one.to, Mode: one.isReadOnly ? 'ro' : '', RW: !one.isReadOnly })),
    Config: {
      Hostname: container.sandbox?.hostname ?? request.hostname ?? container.id.slice(0, 12),
      Tty: request.tty,
      OpenStdin: request.stdin,
      Env: request.env,
      Cmd: request.command.length > 0 ? request.command : image.cmd,
      Image: request.image,
      Entrypoint: image.entrypoint.length > 0 ? image.entrypoint : null,
    },
    NetworkSettings: {
      SandboxID: running ? idOf(engine, container.id) : '',
      SandboxKey: running && attachment ? `/var/run/docker/netns/${idOf(engine, container.id).slice(0, 12)}` : '',
      Ports: running ? portMap(request.ports) : {},
      ...endpoint,
      Networks: isOwn ? { [request.network]: { NetworkID: idOf(engine, request.network), ...endpoint } } : {},
    },
  };
}

export function inspectNetwork(engine: DockerEngine, name: string) {
  const attached = engine.containers.filter((one) => one.running && one.request.network === name);
  const device = engine.machine.netns.device(BRIDGE);
  return {
    Name: name,
    Id: idOf(engine, name),
    Scope: 'local',
    Driver: DRIVERS[name] ?? 'bridge',
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: name === 'bridge' ? [{ Subnet: '172.17.0.0/16', Gateway: addressText(GATEWAY) }] : [] },
    Internal: false,
    Containers: Object.fromEntries(
      attached.map((one) => [
        one.id,
        {
          Name: one.name,
          MacAddress: one.attachment?.mac ?? '',
          IPv4Address: one.attachment ? `${addressText(one.attachment.address)}/16` : '',
          IPv6Address: '',
        },
      ]),
    ),
    Options:
      name === 'bridge'
        ? {
            'com.docker.network.bridge.default_bridge': 'true',
            'com.docker.network.bridge.enable_icc': 'true',
            'com.docker.network.bridge.enable_ip_masquerade': 'true',
            'com.docker.network.bridge.name': BRIDGE,
            'com.docker.network.driver.mtu': String(device?.mtu ?? 1500),
          }
        : {},
    Labels: {},
  };
}

/** `{{.State.Pid}}`, `{{json .Mounts}}`, `{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}`. */
export function renderTemplate(template: string, object: unknown): string {
  const range = /\{\{\s*range\s+(\.[\w.]*)\s*\}\}([^]*?)\{\{\s*end\s*\}\}/;
  const expanded = template.replace(new RegExp(range, 'g'), (_, path: string, body: string) => {
    const value = valueAt(object, path);
    const items: readonly unknown[] = Array.isArray(value)
      ? (value as readonly unknown[])
      : typeof value === 'object' && value !== null
        ? Object.values(value)
        : [];
    return items.map((item) => renderTemplate(body, item)).join('');
  });
  return expanded
    .replace(/\{\{\s*json\s+(\.[\w.]*)\s*\}\}/g, (_, path: string) => JSON.stringify(valueAt(object, path)))
    .replace(/\{\{\s*(\.[\w.]*)\s*\}\}/g, (_, path: string) => goText(valueAt(object, path)));
}
function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const name of path.split('.').filter((part) => part !== ''))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
}
function goText(value: unknown): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '[]';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object')
    return `map[${Object.entries(value)
      .map(([key, inner]) => `${key}:${goText(inner)}`)
      .join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
