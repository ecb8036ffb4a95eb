/** A service with a selector that no ready pod fits. */
import type { Diagnosis } from '../finding.ts';

export const SERVICE_NO_ENDPOINTS: Diagnosis = {
  code: 'service-no-endpoints',
  words: {
    en: {
      title: 'Nobody is behind the service {service}',
      cause: 'Its selector is {selector}, and no ready pod has these labels. Who connects to {address} is refused.',
    },
    zh: { title: '服务 {service} 背后没有 Pod', cause: '它的选择器是 {selector}，没有就绪的 Pod 带有这些标签。连接 {address} 会被拒绝。' },
  },
  find(situation) {
    const { kubernetes } = situation.snapshot;
    return (kubernetes?.services ?? []).flatMap(({ namespace, name, selector, endpoints, clusterIP }) => {
      if (!selector || endpoints.some(({ ready }) => ready) || kubernetes!.nodes.length === 0) return [];
      const fits = kubernetes!.pods.filter((pod) => pod.namespace === namespace && Object.entries(selector).every(([key, value]) => pod.labels[key] === value));
      // a cluster that was made without it
      if (namespace === 'kube-system' && fits.length === 0) return [];
      const node = kubernetes!.nodes.find(({ controlPlane }) => controlPlane)?.name ?? kubernetes!.nodes[0]!.name;
      const text = Object.entries(selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      return [
        {
          where: { node, device: `${namespace}/${name}` },
          evidence: [
            { source: `kubectl -n ${namespace} get endpoints ${name}`, text: '<none>' },
            { source: `kubectl -n ${namespace} get pods -l ${text}`, text: fits.map((pod) => `${pod.name} ${pod.status}`).join(', ') || 'No resources found' },
          ],
          see: { node, command: `kubectl -n ${namespace} get endpoints ${name}` },
          values: { service: `${namespace}/${name}`, selector: text, address: clusterIP },
          pairs: [],
          fixes: [],
          noFix: 'needs-kubernetes' as const,
        },
      ];
    });
  },
};
