/** A pod has an address but no default route. */
import { bridgeOf, gatewayOf } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { isUp, inet, mainRoutes, ip } from '../situation.ts';

export const POD_DEFAULT_ROUTE_MISSING: Diagnosis = {
  code: 'pod-default-route-missing',
  words: {
    en: {
      title: '{place} has no default route',
      cause: '{place} knows only its own network. Whatever is beyond it cannot be sent at all: “Network is unreachable”.',
    },
    zh: { title: '{place} 没有默认路由', cause: '{place} 只认识自己所在的网络，其余一切都无法发出：“Network is unreachable”。' },
  },
  find(situation) {
    return situation.pods.flatMap((seen) => {
      const { pod, netns, place } = seen;
      const link = netns.links.find((one) => !one.flags.includes('LOOPBACK') && isUp(one) && inet(one).length > 0);
      if (!link || netns.routes.some((route) => route.family === 'inet' && route.destination === 'default')) return [];
      const gateway = gatewayOf(situation, seen);
      return [
        {
          where: { node: pod.node, place },
          evidence: [
            {
              source: ip(pod.node, netns, 'route').command,
              text: mainRoutes(netns)
                .map(({ text }) => text)
                .join('; '),
            },
          ],
          see: ip(pod.node, netns, 'route'),
          values: {},
          pairs: situation.failingAt((one) => one.id === place),
          fixes:
            gateway === undefined
              ? []
              : [[ip(pod.node, netns, `route add default via ${gateway}${bridgeOf(situation, seen) ? '' : ` dev ${link.name} onlink`}`)]],
        },
      ];
    });
  },
};
