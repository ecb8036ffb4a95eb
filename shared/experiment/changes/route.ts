/** Takes the route to one worker's pods away from another: packets that way have nowhere to go. And puts one back where it is missing. */
import { covers, ip, mainRoutes, networkKind } from '../../diagnose/index.ts';
import type { Experiment } from '../definition.ts';

export const REMOVE_ROUTE: Experiment = {
  id: 'remove-route',
  plan(ground) {
    const [target] = ground.workers;
    const node = ground.workers.at(-1);
    if (!target || !node || target === node || networkKind(ground.situation) === 'routed') return undefined;
    const route = mainRoutes(node.root).find(({ destination, via }) => destination === target.cidr && via !== undefined);
    const way = route ? `${target.cidr} via ${route.via} dev ${route.device}` : target.cidr;
    return {
      title: { en: `Remove the route to ${target.name}'s pods`, zh: `删除到 ${target.name} 上 Pod 的路由` },
      explanation: {
        en: `${node.name} finds the pods of ${target.name} by one route: ${way}. Without it, ${node.name} sends packets for them to its default gateway, which knows nothing of pods.${ground.isFlannel ? ' flanneld puts a lost route back within ten seconds, so it is paused first.' : ''}`,
        zh: `${node.name} 靠一条路由找到 ${target.name} 上的 Pod：${way}。没有它，${node.name} 就会把发往这些 Pod 的包交给默认网关，而它对 Pod 一无所知。${ground.isFlannel ? 'flanneld 会在十秒之内补回丢失的路由，所以先让它暂停。' : ''}`,
      },
      ...ground.without(
        'flanneld',
        [node.name],
        [ip(node.name, node.root, `route del ${target.cidr}`)],
        [ip(node.name, node.root, `route add ${route?.text ?? target.cidr}`)],
      ),
      ...(route ? {} : { notNow: { en: `${node.name} has no route to ${target.cidr} at present.`, zh: `${node.name} 上现在没有到 ${target.cidr} 的路由。` } }),
    };
  },
};

export const ADD_ROUTE: Experiment = {
  id: 'add-route',
  plan(ground) {
    if (ground.nodes.length < 2 || networkKind(ground.situation) === 'vxlan' || networkKind(ground.situation) === 'ipip') return undefined;
    // neighbours on one wire: elsewhere the way leads over routers that nobody of the cluster commands
    const isNear = (own: (typeof ground.nodes)[number], other: (typeof ground.nodes)[number]): boolean =>
      own.uplink.addresses.some(({ family, local, prefixLength }) => family === 'inet' && covers(`${local}/${prefixLength}`, other.address));
    const pairs = ground.nodes.flatMap((node) => ground.nodes.filter((target) => target !== node && isNear(node, target)).map((target) => ({ node, target })));
    const missing = pairs.find(({ node, target }) => !mainRoutes(node.root).some(({ destination }) => destination === target.cidr));
    const shown = missing ?? pairs[0];
    if (!shown) return undefined;
    const { node, target } = shown;
    return {
      title: { en: `Add the route to ${target.name}'s pods`, zh: `添加到 ${target.name} 上 Pod 的路由` },
      explanation: {
        en: `${target.name} has the pods ${target.cidr}, and its own address is ${target.address}, on a wire that ${node.name} is on too. One route tells ${node.name} to hand their packets to it. Pods answer only if there is a way back as well.`,
        zh: `${target.name} 上的 Pod 网段是 ${target.cidr}，它自己的地址是 ${target.address}，与 ${node.name} 同在一条线路上。一条路由就能让 ${node.name} 把发往这些 Pod 的包交给它。另一个方向也有路，Pod 才会有应答。`,
      },
      commands: [ip(node.name, node.root, `route add ${target.cidr} via ${target.address} dev ${node.uplink.name}`)],
      undo: [ip(node.name, node.root, `route del ${target.cidr} via ${target.address} dev ${node.uplink.name}`)],
      ...(missing ? {} : { notNow: { en: 'Every node has its routes to the pods of the others.', zh: '每个节点到其他节点的 Pod 都有路由。' } }),
    };
  },
};
