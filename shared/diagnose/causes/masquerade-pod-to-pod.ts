/** What pods send to each other gets another source address: they do not see who speaks to them. */
import type { Diagnosis, Draft } from '../finding.ts';

export const MASQUERADE_POD_TO_POD: Diagnosis = {
  code: 'masquerade-pod-to-pod',
  words: {
    en: {
      title: '{node} changes the source address of packets between pods',
      cause: '“{rule}” of {node} also translates what goes from pod to pod. It arrives, but from {node}: policies and logs see the wrong sender.',
    },
    zh: {
      title: '{node} 改写了 Pod 之间的包的源地址',
      cause: '{node} 的“{rule}”连 Pod 之间的包也一并转换。包能到，但看起来来自 {node}：策略和日志看到的都是错误的发送者。',
    },
  },
  find(situation) {
    const found = new Map<string, Draft>();
    for (const { from, to, trace } of situation.matrix.cells) {
      const [source, target] = [situation.place(from), situation.place(to)];
      if (source?.kind !== 'pod' || target?.kind !== 'pod') continue;
      for (const { place, steps, direction } of trace.hops) {
        const at = steps.findIndex(({ step }) => step.kind === 'nat' && step.manip === 'SNAT' && step.why === 'rule');
        const rule = steps.slice(0, at).findLast(({ step }) => step.kind === 'iptables' && step.table === 'nat')?.step;
        if (at < 0 || direction !== 'request' || rule?.kind !== 'iptables' || place.netnsId !== 0) continue;
        const { node } = place;
        const cluster = situation.snapshot.kubernetes?.podCIDR ?? '';
        found.set(`${node} ${rule.text}`, {
          where: { node },
          evidence: [{ source: 'iptables -t nat -S', text: rule.text }],
          see: { node, command: `iptables -t nat -L ${rule.chain} -n -v` },
          values: { rule: rule.text, key: rule.text },
          pairs: [],
          fixes: [
            [{ node, command: `iptables -t nat ${rule.text.replace(/^-A /, '-D ')}` }],
            [{ node, command: `iptables -t nat -I POSTROUTING -s ${cluster} -d ${cluster} -j RETURN` }],
          ],
        });
      }
    }
    return [...found.values()];
  },
};
