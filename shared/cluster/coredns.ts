/** CoreDNS with the plugin kubernetes: answers for the cluster's names over UDP (RFC 1035; github.com/kubernetes/dns, specification.md 1.1). */
import { decodeDns, DnsCode, DnsType, encodeDns, type DnsMessage, type DnsRecord, type Endpoint, type EndpointSlice, type Service } from '../commands/index.ts';
import { UdpSocket } from '../kernel/index.ts';
import { netnsOf, ownSocket } from '../machine/index.ts';
import type { Program, Sys, Wait } from '../shell/index.ts';
import { ENDPOINTSLICES, SERVICES } from './resources.ts';
import type { ObjectStore } from './store.ts';

const ZONE = 'cluster.local';
const TTL_SECONDS = 30;

export const corednsProgram = (store: ObjectStore): Program =>
  function* (p): Sys<number> {
    for (const signal of ['TERM', 'INT', 'QUIT'] as const) p.on(signal, () => p.exit(0));
    const socket = new UdpSocket(netnsOf(p));
    ownSocket(socket, p, p.comm, 3);
    const bound = socket.bind(0, 53);
    if (!bound.ok) {
      yield* p.error('listen udp :53: bind: address already in use\n');
      return 1;
    }
    for (const line of [
      '.:53',
      '[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908',
      'CoreDNS-1.11.3',
      'linux/amd64, go1.21.11, a6338e9',
    ])
      yield* p.error(`${line}\n`);
    const arrival: Wait = { arm: (wake) => socket.watchers.add(() => wake()) };
    try {
      for (;;) {
        const received = socket.receive();
        if (!received) {
          yield* p.block(arrival);
          continue;
        }
        const { ip, udp, payload } = received.packet;
        const question = decodeDns(payload);
        if (question && !question.isAnswer && ip && udp) socket.send(encodeDns(answer(store, question)), { to: ip.src, port: udp.srcPort });
      }
    } finally {
      socket.close();
    }
  };

/** The server's own zone, and nothing beyond: a name elsewhere would be asked for at the node's name servers, which are not there. */
function answer(store: ObjectStore, question: DnsMessage): DnsMessage {
  const name = question.name.toLowerCase();
  const said = { ...question, isAnswer: true };
  if (name === 'in-addr.arpa' || name.endsWith('.in-addr.arpa')) {
    const target = pointer(store, name);
    const answers = target === undefined ? [] : [{ name: question.name, type: DnsType.PTR, ttl: TTL_SECONDS, data: target }];
    return { ...said, isAuthoritative: true, code: target === undefined ? DnsCode.NXDOMAIN : DnsCode.NOERROR, answers };
  }
  if (name !== ZONE && !name.endsWith(`.${ZONE}`)) return { ...said, isAuthoritative: false, code: DnsCode.SERVFAIL, answers: [] };
  const addresses = addressesOf(store, name.slice(0, -ZONE.length - 1));
  if (!addresses) return { ...said, isAuthoritative: true, code: DnsCode.NXDOMAIN, answers: [] };
  const answers: readonly DnsRecord[] =
    question.type === DnsType.A ? addresses.map((data) => ({ name: question.name, type: DnsType.A, ttl: TTL_SECONDS, data })) : [];
  return { ...said, isAuthoritative: true, code: DnsCode.NOERROR, answers };
}

/** `web.default.svc`, `web-0.web.default.svc`, `10-244-1-3.default.pod`; undefined: there is no such name. */
function addressesOf(store: ObjectStore, name: string): readonly string[] | undefined {
  const labels = name.split('.');
  const kind = labels.at(-1);
  if (kind === 'pod' && labels.length === 3) return /^\d+-\d+-\d+-\d+$/.test(labels[0]!) ? [labels[0]!.replaceAll('-', '.')] : undefined;
  if (kind !== 'svc') return undefined;
  if (labels.length === 1) return [];
  const namespace = labels.at(-2)!;
  if (labels.length === 2) return store.list(SERVICES, namespace).length > 0 ? [] : undefined;
  const service = store.get(SERVICES, namespace, labels.at(-3)!) as Service | undefined;
  if (!service || labels.length > 4) return undefined;
  const isHeadless = service.spec.clusterIP === 'None';
  if (labels.length === 3 && !isHeadless) return [service.spec.clusterIP];
  const ready = readyAddresses(store, service);
  if (labels.length === 3) return ready;
  const named = readyEndpoints(store, service).find(({ hostname }) => hostname === labels[0]);
  if (named) return named.addresses;
  const wanted = labels[0]!.replaceAll('-', '.');
  return ready.includes(wanted) ? [wanted] : undefined;
}
function readyEndpoints(store: ObjectStore, service: Service): readonly Endpoint[] {
  const { name, namespace } = service.metadata;
  return (store.list(ENDPOINTSLICES, namespace) as readonly EndpointSlice[])
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => slice.endpoints.filter((one) => one.conditions.ready));
}
const readyAddresses = (store: ObjectStore, service: Service): readonly string[] => readyEndpoints(store, service).flatMap((one) => one.addresses);
function pointer(store: ObjectStore, name: string): string | undefined {
  const address = name.split('.').slice(0, 4).reverse().join('.');
  const service = (store.list(SERVICES) as readonly Service[]).find((one) => one.spec.clusterIP === address);
  return service && `${service.metadata.name}.${service.metadata.namespace}.svc.${ZONE}`;
}
