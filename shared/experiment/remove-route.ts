/** Takes the route to one worker's pods away from another: packets that way have nowhere to go. */
import { rootOf, type Experiment } from './definition.ts';

export const REMOVE_ROUTE: Experiment = {
  id: 'remove-route',
  plan(facts) {
    const [target] = facts.workers;
    const node = facts.workers.at(-1);
    if (!target || !node || target === node) return undefined;
    const route = rootOf(facts, node.name)?.routes.find((one) => one.destination === target.podCIDR && one.table === 'main');
    const restored = `ip route add ${target.podCIDR} via ${target.address} dev ${facts.interface}`;
    const pause = facts.hasFlannel ? [{ node: node.name, command: 'pkill -STOP flanneld' }] : [];
    const resume = facts.hasFlannel ? [{ node: node.name, command: 'pkill -CONT flanneld' }] : [];
    return {
      title: { en: `Remove the route to ${target.name}'s pods`, zh: `删除到 ${target.name} 上 Pod 的路由` },
      explanation: {
        en: `${node.name} finds the pods of ${target.name} by one route: ${target.podCIDR} via ${target.address}. Without it, ${node.name} sends packets for them to its default gateway, VirtualBox's NAT, which knows nothing of pods.${facts.hasFlannel ? ' flanneld puts a lost route back within ten seconds, so it is paused first.' : ''}`,
        zh: `${node.name} 靠一条路由找到 ${target.name} 上的 Pod：${target.podCIDR} via ${target.address}。没有它，${node.name} 就会把发往这些 Pod 的包交给默认网关，也就是 VirtualBox 的 NAT，而它对 Pod 一无所知。${facts.hasFlannel ? 'flanneld 会在十秒之内补回丢失的路由，所以先让它暂停。' : ''}`,
      },
      commands: [...pause, { node: node.name, command: `ip route del ${target.podCIDR}` }],
      undo: [{ node: node.name, command: restored }, ...resume],
      ...(route
        ? {}
        : { notNow: { en: `${node.name} has no route to ${target.podCIDR} at present.`, zh: `${node.name} 上现在没有到 ${target.podCIDR} 的路由。` } }),
    };
  },
};
