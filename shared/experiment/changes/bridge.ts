/** What happens to a bridge: it is taken down, a port is taken out of it, it is deleted. */
import type { NetnsSnapshot } from '../../snapshot/index.ts';
import { inet, ip } from '../../diagnose/index.ts';
import { at, type Experiment } from '../definition.ts';
import { endOf, type Ground, type Station } from '../ground.ts';

/** The first machine with a bridge that pods or namespaces are plugged into; those with users' pods first. */
const bridged = ({ stations }: Ground): (Station & Required<Pick<Station, 'bridge'>>) | undefined =>
  stations.find((one): one is Station & Required<Pick<Station, 'bridge'>> => one.bridge !== undefined);

/** What goes away with an interface: the routes over it that the kernel does not make by itself. */
const restoredRoutes = (name: string, root: NetnsSnapshot, device: string) =>
  root.routes
    .filter((route) => route.family === 'inet' && route.table === 'main' && route.device === device && route.protocol !== 'kernel')
    .map((route) => ip(name, root, `route replace ${route.text}`));

export const BRIDGE_DOWN: Experiment = {
  id: 'bridge-down',
  plan(ground) {
    const found = bridged(ground);
    if (!found) return undefined;
    const { name, root, bridge } = found;
    return {
      title: { en: `Take ${bridge.name} on ${name} down`, zh: `停用 ${name} 上的 ${bridge.name}` },
      explanation: {
        en: `${bridge.name} is the switch that all pods of ${name} are plugged into, and their gateway. Down, it forwards no frames, and the route to the pods goes away with it.`,
        zh: `${bridge.name} 是 ${name} 上所有 Pod 插入的交换机，也是它们的网关。停用之后它不再转发帧，通往这些 Pod 的路由也随之消失。`,
      },
      commands: [ip(name, root, `link set ${bridge.name} down`)],
      undo: [ip(name, root, `link set ${bridge.name} up`), ...restoredRoutes(name, root, bridge.name)],
      ...(bridge.flags.includes('UP') ? {} : { notNow: { en: `${bridge.name} is down already.`, zh: `${bridge.name} 已经停用。` } }),
    };
  },
};

export const PORT_OUT: Experiment = {
  id: 'port-out',
  plan(ground) {
    const found = bridged(ground);
    const port = found?.insides.map((inside) => endOf(found.root, inside)).find((link) => link?.master === found.bridge.ifindex);
    if (!found || !port) return undefined;
    const { name, root, bridge } = found;
    return {
      title: { en: `Unplug one pod of ${name} from ${bridge.name}`, zh: `把 ${name} 上的一个 Pod 从 ${bridge.name} 拔下` },
      explanation: {
        en: `A pod's eth0 is one end of a virtual cable; the other end, ${port.name}, is a port of ${bridge.name}. Taken out of the bridge it is still up, and still useless: what the pod sends arrives at ${port.name} and nobody passes it on.`,
        zh: `Pod 的 eth0 是一根虚拟网线的一端；另一端 ${port.name} 是 ${bridge.name} 的端口。从网桥中取出之后它仍然处于启用状态，却毫无用处：Pod 发出的东西到了 ${port.name}，没有谁继续转发。`,
      },
      commands: [ip(name, root, `link set ${port.name} nomaster`)],
      // what the plugin had set for the port is lost with it
      undo: [ip(name, root, `link set ${port.name} master ${bridge.name}${port.port?.hairpin ? ' type bridge_slave hairpin on' : ''}`)],
    };
  },
};

export const DELETE_BRIDGE: Experiment = {
  id: 'delete-bridge',
  plan(ground) {
    const found = bridged(ground);
    if (!found) return undefined;
    const { name, root, bridge } = found;
    const ports = root.links.filter(({ master }) => master === bridge.ifindex);
    // one that was given no address has the lowest of its ports'
    const chosen = [...ports].sort((a, b) => a.mac.localeCompare(b.mac))[0]?.mac !== bridge.mac;
    return {
      title: { en: `Delete ${bridge.name} on ${name}`, zh: `删除 ${name} 上的 ${bridge.name}` },
      explanation: {
        en: `With ${bridge.name} its address and its routes are gone, and the ${ports.length} cables in it hang loose. The plugin makes a bridge only when it is called for the next new pod, and it plugs in nothing but that one: pods that run stay cut off.`,
        zh: `${bridge.name} 一删，它的地址和路由都没有了，插在上面的 ${ports.length} 根网线也全部悬空。插件只有在为下一个新 Pod 被调用时才会重建网桥，而且只插上那一个：正在运行的 Pod 依旧与外界隔绝。`,
      },
      commands: [ip(name, root, `link del ${bridge.name}`)],
      undo: [
        ip(name, root, `link add ${bridge.name} index ${bridge.ifindex}${chosen ? ` address ${bridge.mac}` : ''} mtu ${bridge.mtu} type bridge`),
        ...inet(bridge).map(({ local, prefixLength, broadcast }) =>
          ip(name, root, `addr add ${local}/${prefixLength}${broadcast === undefined ? '' : ` brd ${broadcast}`} dev ${bridge.name}`),
        ),
        ...ports.map((port) => ip(name, root, `link set ${port.name} master ${bridge.name}${port.port?.hairpin ? ' type bridge_slave hairpin on' : ''}`)),
        ...(bridge.flags.includes('PROMISC') ? [ip(name, root, `link set ${bridge.name} promisc on`)] : []),
        ip(name, root, `link set ${bridge.name} up`),
        ...restoredRoutes(name, root, bridge.name),
      ],
    };
  },
};

export const FLUSH_NEIGHBOURS: Experiment = {
  id: 'flush-neighbours',
  plan(ground) {
    const found = bridged(ground) ?? ground.stations[0];
    const device = found?.bridge ?? found?.uplink;
    if (!found || !device) return undefined;
    const { name, root } = found;
    const [inside] = found.insides.map((one) => one.links.flatMap(inet)[0]?.local).filter((one) => one !== undefined);
    const known = root.neighbours.filter(({ device: on, mac }) => on === device.name && mac !== undefined).length;
    return {
      title: { en: `Make ${name} forget its neighbours on ${device.name}`, zh: `让 ${name} 忘掉 ${device.name} 上的邻居` },
      explanation: {
        en: `The neighbour table keeps which MAC address has which IP address. Emptied, nothing breaks: the next packet to each has to ask by ARP first, and waits for the answer.${inside === undefined ? '' : ` Watch it with: tcpdump -ni ${device.name} arp`}`,
        zh: `邻居表记着哪个 IP 地址对应哪个 MAC 地址。清空它什么也不会坏：只是发给每个邻居的下一个包得先用 ARP 问一声，等有了回答才走。${inside === undefined ? '' : `可以这样看：tcpdump -ni ${device.name} arp`}`,
      },
      commands: [ip(name, root, `neigh flush dev ${device.name}`)],
      undo: [],
      measures: [
        {
          ...at(name, `ip neigh show dev ${device.name} | grep -c lladdr`),
          title: { en: `Neighbours whose MAC is known on ${device.name}`, zh: `${device.name} 上已知 MAC 的邻居数` },
        },
      ],
      ...(known > 0
        ? {}
        : {
            notNow: { en: `${name} knows nobody on ${device.name} yet. Ping a pod first.`, zh: `${name} 在 ${device.name} 上还不认识谁。先 ping 一个 Pod。` },
          }),
    };
  },
};
