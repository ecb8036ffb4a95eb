/** A difference of two snapshots as a line for a reader, in their language; names, addresses and rules stay as Linux prints them. */
import type { Difference, DifferenceKind } from './diff.ts';

const KINDS: Readonly<Record<DifferenceKind, { readonly en: string; readonly zh: string }>> = {
  node: { en: 'node', zh: '节点' },
  namespace: { en: 'network namespace', zh: '网络命名空间' },
  link: { en: 'interface', zh: '接口' },
  address: { en: 'address', zh: '地址' },
  route: { en: 'route', zh: '路由' },
  rule: { en: 'routing rule', zh: '策略路由规则' },
  neighbour: { en: 'neighbour', zh: '邻居表项' },
  fdb: { en: 'forwarding entry', zh: '转发表项' },
  iptables: { en: 'packet filter', zh: '包过滤规则' },
  set: { en: 'IP set', zh: 'IP 集合' },
  sysctl: { en: 'setting', zh: '内核参数' },
  socket: { en: 'listening socket', zh: '监听套接字' },
  service: { en: 'service', zh: '服务' },
  pod: { en: 'pod', zh: 'Pod' },
};
const VERBS = { added: { en: 'came', zh: '新增' }, removed: { en: 'is gone', zh: '消失' }, changed: { en: 'was', zh: '原为' } } as const;

export function differenceWords({ node, netns, kind, what, change }: Difference, locale: 'en' | 'zh'): string {
  const place = [node, netns].filter((part) => part !== '').join('/');
  const head = `${place === '' ? '' : `${place}: `}${KINDS[kind][locale]} `;
  const colon = locale === 'zh' ? '：' : ': ';
  if (change.kind !== 'changed') return `${head}${VERBS[change.kind][locale]}${colon}${what}`;
  return locale === 'zh'
    ? `${head}${what}：${VERBS.changed.zh} ${change.before}，现为 ${change.after}`
    : `${head}${what}: ${change.after}; it ${VERBS.changed.en} ${change.before}`;
}
