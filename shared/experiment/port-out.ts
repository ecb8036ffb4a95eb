/** Unplugs one pod: its veth end on the node is taken out of the bridge. */
import { rootOf, type Experiment } from './definition.ts';

export const PORT_OUT: Experiment = {
  id: 'port-out',
  plan(facts) {
    for (const node of facts.workers) {
      const root = rootOf(facts, node.name);
      const bridge = root?.links.find((link) => link.kind === 'bridge');
      const port = root?.links.find((link) => link.kind === 'veth' && bridge && link.master === bridge.ifindex);
      if (!bridge || !port) continue;
      return {
        title: { en: `Unplug one pod of ${node.name} from ${bridge.name}`, zh: `把 ${node.name} 上的一个 Pod 从 ${bridge.name} 拔下` },
        explanation: {
          en: `A pod's eth0 is one end of a virtual cable; the other end, ${port.name}, is a port of ${bridge.name}. Taken out of the bridge it is still up, and still useless: what the pod sends arrives at ${port.name} and nobody passes it on.`,
          zh: `Pod 的 eth0 是一根虚拟网线的一端；另一端 ${port.name} 是 ${bridge.name} 的端口。从网桥中取出之后它仍然处于启用状态，却毫无用处：Pod 发出的东西到了 ${port.name}，没有谁继续转发。`,
        },
        commands: [{ node: node.name, command: `ip link set ${port.name} nomaster` }],
        // what the plugin had set for the port is lost with it
        undo: [{ node: node.name, command: `ip link set ${port.name} master ${bridge.name}${port.port?.hairpin ? ' type bridge_slave hairpin on' : ''}` }],
      };
    }
    return undefined;
  },
};
