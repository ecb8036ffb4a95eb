/** A route swallows or refuses packets for a pod that runs. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis, Draft } from '../finding.ts';
import { covers, routeTo, ip } from '../situation.ts';

export const ROUTE_BLACKHOLE_LIVE_POD: Diagnosis = {
  code: 'route-blackhole-live-pod',
  words: {
    en: { title: '{node} throws away what is for {pod}', cause: 'The route “{route}” of {node} covers {address}, where {pod} runs: packets for it end here.' },
    zh: { title: '{node} 丢掉发给 {pod} 的包', cause: '{node} 的路由“{route}”覆盖了正在运行的 {pod} 的地址 {address}：发给它的包到此为止。' },
  },
  find(situation) {
    const ending = ['blackhole', 'unreachable', 'prohibit'];
    return situation.machines.flatMap(([node, root]) => {
      const drafts = new Map<string, Draft>();
      for (const { pod, place } of situation.pods) {
        for (const address of pod.addresses) {
          const route = routeTo(root, address);
          if (!route || !ending.includes(route.type)) continue;
          const host = situation.hostEnd(situation.pods.find((one) => one.place === place)!);
          const isOwn = pod.node === node;
          drafts.set(route.text, {
            where: { node },
            evidence: [{ source: `ip route get ${address}`, text: route.text }],
            see: { node, command: `ip route get ${address}` },
            values: { route: route.text, address, pod: place, key: route.text },
            pairs: situation.deaths.filter((death) => death.node === node && covers(route.destination, death.destination)).map(({ cell }) => cellKey(cell)),
            fixes: [
              ...(isOwn && host && host.master === undefined ? [[ip(node, root, `route add ${address} dev ${host.name} scope link`)]] : []),
              [ip(node, root, `route del ${route.type} ${route.destination}`)],
            ],
          });
        }
      }
      return [...drafts.values()];
    });
  },
};
