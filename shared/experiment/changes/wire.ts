/** What the wire between machines does to packets: how large they may be, how long they take, how many are lost. */
import { ip } from '../../diagnose/index.ts';
import { at, type Experiment, type Measure, type Words } from '../definition.ts';
import type { Ground } from '../ground.ts';

/** Between pods of two machines, or from a namespace to the world. */
function between(ground: Ground) {
  const [from, to] = ground.farPair ?? [];
  const address = to?.pod.addresses[0];
  const station = ground.stations.find(({ name }) => name === from?.pod.node);
  if (!from || !to || address === undefined || !station?.uplink || from.netns.name === '') return undefined;
  const ping = (options: string, shown: string, title: Words): Measure => ({
    ...at(from.pod.node, `ip netns exec ${from.netns.name} ping -q ${options} ${address} 2>&1 | ${shown}`),
    title,
  });
  return { ...station, uplink: station.uplink, from, to, ping };
}

/** An echo request's headers. */
const HEADERS = 28;
export const SMALL_MTU: Experiment = {
  id: 'small-mtu',
  plan(ground) {
    const found = between(ground);
    if (!found) return undefined;
    const { name, root, uplink, from, to, ping } = found;
    const inside = from.netns.links.find(({ kind }) => kind === 'veth')?.mtu ?? uplink.mtu;
    const lower = uplink.mtu - 200;
    const route = root.routes
      .filter((one) => one.family === 'inet' && one.table === 'main' && one.device === uplink.name && one.protocol !== 'kernel')
      .map((one) => ip(name, root, `route replace ${one.text}`));
    return {
      title: { en: `Make the wire of ${name} narrower: MTU ${lower}`, zh: `收窄 ${name} 的线路：MTU ${lower}` },
      explanation: {
        en: `Pods of ${name} still think that ${inside} bytes fit. Small packets pass as before. A large one that must not be cut does not: ${name} tells its sender so by ICMP. Where such messages are filtered, connections open and then hang.`,
        zh: `${name} 上的 Pod 仍然以为装得下 ${inside} 字节。小包照旧通过；不许分片的大包过不去：${name} 会用 ICMP 告诉发送者。要是这种消息被过滤掉，连接能建立，随后就卡住。`,
      },
      commands: [ip(name, root, `link set ${uplink.name} mtu ${lower}`)],
      undo: [ip(name, root, `link set ${uplink.name} mtu ${uplink.mtu}`), ...route],
      measures: [
        ping(`-c 2 -i 0.2 -W 1 -M do -s ${inside - HEADERS}`, `grep -o '[0-9]* received'`, {
          en: `Packets of ${inside} bytes from ${from.pod.name} that ${to.pod.name} answers, of 2`,
          zh: `${from.pod.name} 发出 2 个 ${inside} 字节的包，${to.pod.name} 应答的个数`,
        }),
      ],
    };
  },
};

export const DELAY: Experiment = {
  id: 'delay',
  plan(ground) {
    const found = between(ground);
    if (!found) return undefined;
    const { name, uplink, from, to, ping } = found;
    return {
      title: { en: `Delay what ${name} sends by 100 ms`, zh: `让 ${name} 发出的包晚 100 毫秒` },
      explanation: {
        en: `A queueing discipline, netem, holds each packet at ${uplink.name} for a tenth of a second, as a wire across an ocean would. Everything still answers, only later.`,
        zh: `队列规则 netem 让每个包在 ${uplink.name} 上等十分之一秒，就像一条跨洋的线路。一切照样有应答，只是晚一些。`,
      },
      commands: [at(name, `tc qdisc add dev ${uplink.name} root netem delay 100ms`)],
      undo: [at(name, `tc qdisc del dev ${uplink.name} root`)],
      measures: [
        ping('-c 3 -i 0.2 -W 1', `awk -F'[=/]' '/^rtt/{print int($5 / 20 + 0.5) * 20 " ms"}'`, {
          en: `Shortest round trip from ${from.pod.name} to ${to.pod.name}, to the nearest 20 ms`,
          zh: `${from.pod.name} 到 ${to.pod.name} 的最短往返时间，精确到 20 毫秒`,
        }),
      ],
    };
  },
};

export const LOSS: Experiment = {
  id: 'loss',
  plan(ground) {
    const found = between(ground);
    if (!found) return undefined;
    const { name, uplink, from, to, ping } = found;
    return {
      title: { en: `Lose every third packet that ${name} sends`, zh: `${name} 发出的包丢掉三分之一` },
      explanation: {
        en: `netem throws a third of the packets away at ${uplink.name}, by chance, as a bad cable does. Pings fail now and then; TCP sends again, so it works and is slow. Nothing in any table tells why: only counters do.`,
        zh: `netem 在 ${uplink.name} 上随机丢掉三分之一的包，就像一根坏网线。ping 时通时不通；TCP 会重发，所以能用，但很慢。没有哪张表说得出原因：只有计数器知道。`,
      },
      commands: [at(name, `tc qdisc add dev ${uplink.name} root netem loss 33%`)],
      undo: [at(name, `tc qdisc del dev ${uplink.name} root`)],
      isRandom: true,
      measures: [
        ping('-c 30 -i 0.05 -W 1', `awk '/received/{n=$4; print n == 30 ? "30/30" : n == 0 ? "0/30" : "1-29/30"}'`, {
          en: `Echo requests from ${from.pod.name} that ${to.pod.name} answers`,
          zh: `${from.pod.name} 的 ping 得到 ${to.pod.name} 应答的个数`,
        }),
      ],
    };
  },
};
