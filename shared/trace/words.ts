/**
 * What a step says to a reader, in their language: one sentence, with names, addresses and rules between backticks so that a view can set
 * them apart. Pure; the facts are all in the step.
 */
import type { Disposition, DropReason, RouteFact, Step } from './step.ts';
import { DROP_WORDS } from './drop-words.ts';

export type TraceLocale = 'en' | 'zh';

export interface StepWords {
  /** What happened and why. */
  readonly text: string;
  /** The part of the stack that did it. */
  readonly part: 'program' | 'device' | 'wire' | 'routing' | 'neighbour' | 'bridge' | 'filter' | 'forward' | 'tunnel' | 'end';
}

/** A route as `ip route` prints it, as far as a reader needs it. */
export function routeText({ type, prefix, via, device, source, protocol, scope }: RouteFact): string {
  const parts = [type === 'unicast' ? '' : type, prefix, via === null ? '' : `via ${via}`, device === null ? '' : `dev ${device}`];
  if (via === null && protocol === 'kernel' && scope === 'link') parts.push('scope link');
  if (source !== null && source !== '') parts.push(`src ${source}`);
  return parts.filter((part) => part !== '').join(' ');
}

export function stepWords(step: Step, locale: TraceLocale): StepWords {
  return locale === 'zh' ? { part: partOf(step), text: chinese(step) } : { part: partOf(step), text: english(step) };
}

/** How a packet ended. */
export function dispositionWords(disposition: Disposition, locale: TraceLocale): string {
  const zh = locale === 'zh';
  switch (disposition.kind) {
    case 'delivered':
      return zh ? `已送达：${RECEIVERS[disposition.to]?.zh ?? disposition.to}` : `delivered to ${RECEIVERS[disposition.to]?.en ?? disposition.to}`;
    case 'dropped':
      return `${zh ? '被丢弃：' : 'dropped: '}${dropWords(disposition.reason, locale)}${disposition.detail === '' ? '' : ` (${disposition.detail})`}`;
    case 'passed':
      return zh ? '已转交下一跳' : 'handed on';
    case 'left':
      return zh ? `经虚拟机的 NAT 离开了实验室，去往 ${disposition.to}` : `left the lab by the virtual machine's NAT, towards ${disposition.to}`;
    case 'pending':
      return zh ? '没有结果：仍在等待' : 'no end seen: it still waits';
    case 'not-modelled':
      return zh ? `未建模：${disposition.what}` : `not modelled: ${disposition.what}`;
  }
}

export const dropWords = (reason: DropReason, locale: TraceLocale): string => DROP_WORDS[reason][locale];

/** Who sends, as the kernel's sockets are called. */
const SENDERS: Readonly<Record<string, Words>> = {
  raw: { en: 'A program with a raw socket, as ping has one,', zh: '使用原始套接字的程序（例如 ping）' },
  ping: { en: 'A program with a ping socket', zh: '使用 ping 套接字的程序' },
  udp: { en: 'A program with a UDP socket', zh: '使用 UDP 套接字的程序' },
  tcp: { en: 'A TCP socket', zh: 'TCP 套接字' },
  kernel: { en: 'The kernel', zh: '内核' },
};
const RECEIVERS: Readonly<Record<string, Words>> = {
  'ICMP echo': { en: "the kernel's ICMP, which answers echo requests", zh: '内核的 ICMP，由它应答 echo 请求' },
  ping: { en: 'the program that asked', zh: '发问的程序' },
  'the program that pinged': { en: 'the program that asked', zh: '发问的程序' },
  'the socket that sent it': { en: 'the socket that sent it', zh: '当初发送它的套接字' },
};
interface Words {
  readonly en: string;
  readonly zh: string;
}

function partOf(step: Step): StepWords['part'] {
  switch (step.kind) {
    case 'send':
    case 'answer':
      return 'program';
    case 'receive':
    case 'transmit':
      return 'device';
    case 'cross':
      return 'wire';
    case 'rule':
    case 'route':
    case 'no-route':
    case 'source':
    case 'learn-mtu':
      return 'routing';
    case 'neighbour':
    case 'resolve':
    case 'resolved':
    case 'unresolved':
    case 'arp':
      return 'neighbour';
    case 'learn':
    case 'fdb':
    case 'flood':
      return 'bridge';
    case 'hook':
    case 'chain':
    case 'iptables':
    case 'conntrack':
    case 'nat':
      return 'filter';
    case 'forward':
    case 'fragment':
    case 'reassemble':
      return 'forward';
    case 'encapsulate':
    case 'decapsulate':
      return 'tunnel';
    case 'icmp-error':
    case 'deliver':
    case 'drop':
    case 'not-modelled':
      return 'end';
  }
}

const list = (items: readonly string[], join: string): string => items.map((item) => `\`${item}\``).join(join);
const milliseconds = (us: number): string => (us < 1000 ? `${us} µs` : `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`);

function english(step: Step): string {
  switch (step.kind) {
    case 'send':
      return `${SENDERS[step.by]?.en ?? step.by} sends it: ${step.summary}.`;
    case 'answer':
      return `It is answered: ${step.summary}.`;
    case 'receive':
      return `Comes in through \`${step.device}\`.`;
    case 'transmit':
      return `Goes out through \`${step.device}\`.`;
    case 'cross':
      return {
        veth: `Crosses the veth pair: in at \`${step.from}\`, out at \`${step.to}\`.`,
        wire: `Crosses the wire from \`${step.from}\` to \`${step.to}\` (${milliseconds(step.delayUs)}).`,
        'nat-nic': `Leaves the lab by \`${step.from}\`, behind which is the virtual machine's NAT, towards \`${step.to}\`.`,
        loopback: 'Comes back through the loopback device.',
        macvlan: `Crosses from macvlan \`${step.from}\` to \`${step.to}\`.`,
      }[step.medium];
    case 'rule':
      return `Routing rule ${step.rule.priority} (\`${step.rule.selector}\`) applies: \`${step.rule.action}\`.`;
    case 'route': {
      const route = `\`${routeText(step.route)}\``;
      if (step.purpose === 'reverse-path') return `Source check: \`${step.destination}\` would be reached by ${route}, so it may come from here.`;
      if (step.route.type === 'local')
        return `\`${step.destination}\` is an address of this machine (${route}, table \`${step.route.table}\`): it is delivered here.`;
      const next = step.nextHop === null || step.nextHop === step.destination ? `it is on that link itself` : `the next hop is \`${step.nextHop}\``;
      return `Route ${route} in table \`${step.route.table}\` is the longest match for \`${step.destination}\`: ${next}.`;
    }
    case 'no-route':
      return `No route matches \`${step.destination}\` (looked in ${list(step.tables, ', ')}).`;
    case 'source':
      return `Its source address becomes \`${step.address}\` of \`${step.device}\` (${{ route: 'the route names it', scope: 'the first address there of the right scope', bound: 'the program asked for it' }[step.why]}).`;
    case 'neighbour':
      if (step.state === 'NOARP') return `\`${step.device}\` needs no link address for \`${step.address}\`.`;
      return `The neighbour table knows \`${step.address}\` on \`${step.device}\`: \`${step.mac}\` (${step.state}).`;
    case 'resolve':
      return `The link address of \`${step.address}\` is not known: ${step.protocol} asks on \`${step.device}\`, the packet waits.`;
    case 'resolved':
      return `\`${step.mac}\` answered for \`${step.address}\` on \`${step.device}\` after ${milliseconds(step.waitedUs)}; the packet goes on.`;
    case 'unresolved':
      return `Nobody answered for \`${step.address}\` on \`${step.device}\`, asked ${step.probes} ${step.probes === 1 ? 'time' : 'times'}.`;
    case 'arp':
      if (step.decision === 'ignore') return `The ARP request for \`${step.address}\` is not answered here: ${step.why}.`;
      return `${step.decision === 'proxy' ? 'Answers as a proxy for' : 'Answers the ARP request for'} \`${step.address}\` with \`${step.mac}\`: ${step.why}.`;
    case 'learn':
      return step.moved
        ? `Bridge \`${step.bridge}\` notes that \`${step.mac}\` has moved to port \`${step.port}\`.`
        : `Bridge \`${step.bridge}\` learns that \`${step.mac}\` is behind port \`${step.port}\`.`;
    case 'fdb':
      if (step.entry === 'local' || step.port === step.bridge)
        return `\`${step.mac}\` is bridge \`${step.bridge}\` itself: the frame goes up to this machine's IP layer.`;
      return `The forwarding database of \`${step.bridge}\` has \`${step.mac}\` behind port \`${step.port}\` (${step.entry}).`;
    case 'flood':
      return `Bridge \`${step.bridge}\` ${{ unknown: `does not know \`${step.mac}\``, broadcast: 'has a broadcast', multicast: 'has a multicast' }[step.why]}: copies go to ${step.ports.length === 0 ? 'no port' : list(step.ports, ', ')}.`;
    case 'hook':
      return `Netfilter hook \`${step.hook}\`${step.bridged ? ', called by the bridge' : ''}.`;
    case 'chain':
      return step.policy === null
        ? `Table \`${step.table}\`: into chain \`${step.chain}\`.`
        : `Table \`${step.table}\`, chain \`${step.chain}\`: no rule decided, its policy is \`${step.policy}\`.`;
    case 'iptables':
      return `Rule ${step.rule} of \`${step.table}/${step.chain}\` matches: \`${step.text}\`.`;
    case 'conntrack':
      return `Connection tracking: \`${step.state}\` (${step.flow}).`;
    case 'nat':
      return `${step.manip === 'SNAT' ? 'Source' : 'Destination'} address translated: \`${step.before}\` → \`${step.after}\` (${{ rule: 'by the rule', flow: 'as this connection was before', reply: 'the answer of a translated connection' }[step.why]}).`;
    case 'forward':
      return `Forwarded from \`${step.from}\` to \`${step.to}\`; the TTL goes down to ${step.ttl}.`;
    case 'fragment':
      return `Too large for the MTU ${step.mtu} of \`${step.device}\`: sent in ${step.pieces} fragments.`;
    case 'reassemble':
      return `Put together again from ${step.pieces} fragments.`;
    case 'learn-mtu':
      return `The path to \`${step.destination}\` takes at most ${step.mtu} bytes.`;
    case 'encapsulate':
      return `\`${step.device}\` wraps it in ${step.protocol}, from \`${step.from}\` to \`${step.to}\`: ${step.why}.`;
    case 'decapsulate':
      return `\`${step.device}\` unwraps it from ${step.protocol} that came from \`${step.from}\`.`;
    case 'icmp-error':
      return step.limited
        ? `The ICMP error “${step.name}” for \`${step.to}\` is held back by the rate limit.`
        : `The ICMP error “${step.name}” (type ${step.type}, code ${step.code}) goes back to \`${step.to}\`.`;
    case 'deliver':
      return `Delivered to ${RECEIVERS[step.to]?.en ?? step.to}.`;
    case 'drop':
      return `Dropped: ${dropWords(step.reason, 'en')}${step.detail === '' ? '' : ` (${step.detail})`}.`;
    case 'not-modelled':
      return `Not modelled: ${step.what}.`;
  }
}

function chinese(step: Step): string {
  switch (step.kind) {
    case 'send':
      return `${SENDERS[step.by]?.zh ?? step.by} 发出：${step.summary}。`;
    case 'answer':
      return `作出应答：${step.summary}。`;
    case 'receive':
      return `从 \`${step.device}\` 进入。`;
    case 'transmit':
      return `从 \`${step.device}\` 发出。`;
    case 'cross':
      return {
        veth: `穿过 veth 对：从 \`${step.from}\` 进，从 \`${step.to}\` 出。`,
        wire: `经线路从 \`${step.from}\` 到 \`${step.to}\`（${milliseconds(step.delayUs)}）。`,
        'nat-nic': `从 \`${step.from}\` 离开实验室，其后是虚拟机的 NAT，去往 \`${step.to}\`。`,
        loopback: '经回环设备折返。',
        macvlan: `从 macvlan \`${step.from}\` 到 \`${step.to}\`。`,
      }[step.medium];
    case 'rule':
      return `命中策略路由规则 ${step.rule.priority}（\`${step.rule.selector}\`）：\`${step.rule.action}\`。`;
    case 'route': {
      const route = `\`${routeText(step.route)}\``;
      if (step.purpose === 'reverse-path') return `反向路径检查：回 \`${step.destination}\` 走 ${route}，来源可信。`;
      if (step.route.type === 'local') return `\`${step.destination}\` 是本机地址（表 \`${step.route.table}\` 中的 ${route}），在本机收下。`;
      const next = step.nextHop === null || step.nextHop === step.destination ? '目的地就在该链路上' : `下一跳是 \`${step.nextHop}\``;
      return `\`${step.destination}\` 在表 \`${step.route.table}\` 中最长匹配到路由 ${route}，${next}。`;
    }
    case 'no-route':
      return `没有到 \`${step.destination}\` 的路由（查过 ${list(step.tables, '、')}）。`;
    case 'source':
      return `源地址选为 \`${step.device}\` 上的 \`${step.address}\`（${{ route: '路由指定', scope: '该接口上作用域合适的第一个地址', bound: '程序指定' }[step.why]}）。`;
    case 'neighbour':
      if (step.state === 'NOARP') return `\`${step.device}\` 不需要 \`${step.address}\` 的链路层地址。`;
      return `邻居表中已有 \`${step.device}\` 上的 \`${step.address}\`：\`${step.mac}\`（${step.state}）。`;
    case 'resolve':
      return `还不知道 \`${step.address}\` 的 MAC：在 \`${step.device}\` 上用 ${step.protocol} 询问，数据包先等着。`;
    case 'resolved':
      return `\`${step.device}\` 上由 \`${step.mac}\` 应答了 \`${step.address}\`，等了 ${milliseconds(step.waitedUs)}，数据包继续前进。`;
    case 'unresolved':
      return `在 \`${step.device}\` 上询问 \`${step.address}\` ${step.probes} 次，无人应答。`;
    case 'arp':
      if (step.decision === 'ignore') return `这里不应答对 \`${step.address}\` 的 ARP 请求：${step.why}。`;
      return `${step.decision === 'proxy' ? '以代理身份替' : '应答对'} \`${step.address}\` ${step.decision === 'proxy' ? '应答' : '的 ARP 请求'}，给出 \`${step.mac}\`：${step.why}。`;
    case 'learn':
      return step.moved
        ? `网桥 \`${step.bridge}\` 发现 \`${step.mac}\` 换到了端口 \`${step.port}\`。`
        : `网桥 \`${step.bridge}\` 学到 \`${step.mac}\` 在端口 \`${step.port}\` 后面。`;
    case 'fdb':
      if (step.entry === 'local' || step.port === step.bridge) return `\`${step.mac}\` 就是网桥 \`${step.bridge}\` 自己：帧上交本机 IP 层。`;
      return `网桥 \`${step.bridge}\` 的 FDB 中 \`${step.mac}\` 在端口 \`${step.port}\`（${step.entry}）。`;
    case 'flood':
      return `网桥 \`${step.bridge}\` ${{ unknown: `不认识 \`${step.mac}\``, broadcast: '遇到广播帧', multicast: '遇到组播帧' }[step.why]}，复制到${step.ports.length === 0 ? '零个端口' : ` ${list(step.ports, '、')}`}。`;
    case 'hook':
      return `进入 netfilter 挂载点 \`${step.hook}\`${step.bridged ? '（由网桥调用）' : ''}。`;
    case 'chain':
      return step.policy === null
        ? `表 \`${step.table}\`：进入链 \`${step.chain}\`。`
        : `表 \`${step.table}\` 链 \`${step.chain}\`：没有规则作出决定，按默认策略 \`${step.policy}\`。`;
    case 'iptables':
      return `命中 \`${step.table}/${step.chain}\` 第 ${step.rule} 条规则：\`${step.text}\`。`;
    case 'conntrack':
      return `连接跟踪：\`${step.state}\`（${step.flow}）。`;
    case 'nat':
      return `${step.manip === 'SNAT' ? '源' : '目的'}地址转换：\`${step.before}\` → \`${step.after}\`（${{ rule: '由规则决定', flow: '沿用该连接之前的转换', reply: '已转换连接的应答' }[step.why]}）。`;
    case 'forward':
      return `从 \`${step.from}\` 转发到 \`${step.to}\`，TTL 减为 ${step.ttl}。`;
    case 'fragment':
      return `超过 \`${step.device}\` 的 MTU ${step.mtu}，分成 ${step.pieces} 片发送。`;
    case 'reassemble':
      return `由 ${step.pieces} 个分片重组。`;
    case 'learn-mtu':
      return `到 \`${step.destination}\` 的路径最多容纳 ${step.mtu} 字节。`;
    case 'encapsulate':
      return `\`${step.device}\` 用 ${step.protocol} 封装，从 \`${step.from}\` 到 \`${step.to}\`：${step.why}。`;
    case 'decapsulate':
      return `\`${step.device}\` 拆去来自 \`${step.from}\` 的 ${step.protocol} 封装。`;
    case 'icmp-error':
      return step.limited
        ? `发往 \`${step.to}\` 的 ICMP 差错“${step.name}”被限速，未发出。`
        : `向 \`${step.to}\` 返回 ICMP 差错“${step.name}”（类型 ${step.type}，代码 ${step.code}）。`;
    case 'deliver':
      return `交付给 ${RECEIVERS[step.to]?.zh ?? step.to}。`;
    case 'drop':
      return `丢弃：${dropWords(step.reason, 'zh')}${step.detail === '' ? '' : `（${step.detail}）`}。`;
    case 'not-modelled':
      return `未建模：${step.what}。`;
  }
}
