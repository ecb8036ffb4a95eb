/** kubectl port-forward: ports of this machine's loopback that lead into a pod. */
import type { TcpSocket } from '../../kernel/index.ts';
import { SocketFile } from '../../machine/index.ts';
import { anyOf, type Sys } from '../../shell/index.ts';
import { formatIp, parseIpv4, parseIpv6, type IpAddress } from '../../wire/index.ts';
import { bindSocket, tcpSocket, watching } from '../net/index.ts';
import { fail, findResource, GLOBAL_FLAGS, namespaceOf, podsBehind, refuse, type Command, type Context } from './context.ts';
import type { Service } from './objects-apps.ts';
import type { Pod } from './objects.ts';

export const PORT_FORWARD: Command = {
  name: 'port-forward',
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  summary: 'Forward one or more local ports to a pod',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'address', kind: 'list', usage: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value.' },
    {
      name: 'pod-running-timeout',
      kind: 'duration',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
  ],
  run: portForward,
};

interface Ports {
  /** 0: any that is free. */
  readonly local: number;
  readonly remote: number;
}
interface Listener {
  readonly socket: TcpSocket;
  readonly port: number;
  readonly remote: number;
}

function* portForward(context: Context): Sys<number> {
  const { flags, api } = context;
  const [word, ...texts] = flags.args;
  if (word === undefined || texts.length === 0) return yield* fail(context, 'TYPE/NAME and list of ports are required for port-forward', 'usage');
  const behind = podsBehind(context, word);
  if (behind && !behind.ok) return yield* refuse(context, behind.error);
  if (behind?.value.length === 0) return yield* fail(context, 'timed out waiting for the condition');
  const name = behind?.value[0]?.metadata.name ?? word.replace(/^(pods?|po)\//, '');
  const found = api.get(findResource(api, 'pods')!, namespaceOf(context), name);
  if (!found.ok) return yield* refuse(context, found.error);
  const pod = found.value as Pod;
  const [kind = '', service = ''] = word.split('/');
  const resource = word.includes('/') ? findResource(api, kind) : undefined;
  const fronted = resource?.name === 'services' ? api.get(resource, namespaceOf(context), service) : undefined;
  const ports: Ports[] = [];
  for (const text of texts) {
    const parsed = parsePorts(text, pod, fronted?.ok ? (fronted.value as Service) : undefined);
    if (typeof parsed === 'string') return yield* fail(context, parsed);
    ports.push(parsed);
  }
  if (pod.status.phase !== 'Running') return yield* fail(context, `unable to forward port because pod is not running. Current status=${pod.status.phase}`);
  const listeners = yield* listen(context, ports);
  if (typeof listeners === 'number') return listeners;
  return yield* serve(context, name, listeners);
}

function parsePorts(text: string, pod: Pod, service: Service | undefined): Ports | string {
  const [first = '', second] = text.split(':');
  const wanted = second ?? first;
  const isName = !/^\d+$/.test(wanted);
  if (service) {
    const port = service.spec.ports?.find((one) => (isName ? one.name === wanted : one.port === Number(wanted)));
    if (!port)
      return isName
        ? `Service '${service.metadata.name}' does not have a named port '${wanted}'`
        : `Service ${service.metadata.name} does not have a service port ${wanted}`;
    const target = typeof port.targetPort === 'number' ? port.targetPort : portNamed(pod, port.targetPort);
    if (target === undefined) return `Pod '${pod.metadata.name}' does not have a named port '${port.targetPort}'`;
    return { local: second === undefined ? port.port : Number(first || 0), remote: target };
  }
  const remote = isName ? portNamed(pod, wanted) : Number(wanted);
  if (remote === undefined) return `Pod '${pod.metadata.name}' does not have a named port '${wanted}'`;
  if (remote === 0) return 'remote port must be > 0';
  if (remote > 65_535) return `error parsing remote port: strconv.ParseUint: parsing "${wanted}": value out of range`;
  return { local: second === undefined ? remote : Number(first || 0), remote };
}
const portNamed = (pod: Pod, name: string): number | undefined =>
  pod.spec.containers.flatMap((one) => one.ports ?? []).find((one) => one.name === name)?.containerPort;

const shown = (address: IpAddress): string => (typeof address === 'number' ? formatIp(address) : `[${formatIp(address)}]`);

function* listen(context: Context, ports: readonly Ports[]): Sys<readonly Listener[] | number> {
  const { flags, p } = context;
  const words = flags.has('address') ? flags.all('address') : ['localhost'];
  const addresses = words.flatMap((word): readonly IpAddress[] => {
    const known = word === 'localhost' ? [parseIpv4('127.0.0.1'), parseIpv6('::1')] : [parseIpv4(word) ?? parseIpv6(word)];
    return known.filter((one) => one !== undefined);
  });
  const listeners: Listener[] = [];
  for (const { local, remote } of ports) {
    const problems: string[] = [];
    let port = local;
    const before = listeners.length;
    for (const address of addresses) {
      const socket = tcpSocket(p, typeof address === 'number' ? 4 : 6);
      socket.v6Only = true;
      const errno = bindSocket(p, socket, address, port) ?? null;
      const begun = errno === null ? socket.listen(128) : undefined;
      if (errno !== null || begun?.ok === false) {
        socket.close();
        const why =
          errno === 'EADDRINUSE' ? 'bind: address already in use' : errno === 'EACCES' ? 'bind: permission denied' : 'bind: cannot assign requested address';
        problems.push(`unable to create listener: Error listen tcp${typeof address === 'number' ? 4 : 6} ${shown(address)}:${port}: ${why}`);
        continue;
      }
      port = socket.localPort;
      listeners.push({ socket, port, remote });
      yield* p.print(`Forwarding from ${shown(address)}:${port} -> ${remote}\n`);
    }
    if (listeners.length === before) {
      yield* p.error(`Unable to listen on port ${port}: Listeners failed to create with the following errors: [${problems.join(' ')}]\n`);
    }
  }
  if (listeners.length === 0)
    return yield* fail(context, `unable to listen on any of the requested ports: [${ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`);
  yield* p.flush();
  return listeners;
}

function* serve(context: Context, pod: string, listeners: readonly Listener[]): Sys<number> {
  const { p, api } = context;
  try {
    for (;;) {
      for (const { socket, port, remote } of listeners) {
        for (let next = socket.accept(); next.ok; next = socket.accept()) {
          yield* p.print(`Handling connection for ${port}\n`);
          const carried = api.forward(namespaceOf(context), pod, remote, new SocketFile(next.value));
          if (carried.ok) continue;
          next.value.close();
          yield* p.flush();
          return yield* fail(context, 'lost connection to pod');
        }
      }
      yield* p.flush();
      if ((yield* p.block(anyOf(listeners.map(({ socket }) => watching(socket))))) === 'interrupted') return 130;
    }
  } finally {
    for (const { socket } of listeners) socket.close();
  }
}
