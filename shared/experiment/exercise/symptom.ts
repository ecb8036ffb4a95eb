/** What a user would tell of a packet that does not arrive: who wanted what of whom, and what happened instead. */
import type { Words } from '../definition.ts';
import type { Rng } from '../../base/index.ts';
import type { Cell, Matrix } from '../../twin/index.ts';

/** From what a user notices first to what only an operator does. */
const rank = ({ from, to, protocol }: Cell): number => {
  const isUsers = from.split('/').length === 2;
  const kind = to.startsWith('service') ? 0 : protocol.kind === 'tcp' ? 1 : to === 'outside' ? 2 : 3;
  return (isUsers ? 0 : 10) + kind + (to.includes('kube-system') ? 4 : 0);
};
const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
const isPod = (id: string): boolean => id.includes('/') && !id.startsWith('service');

const WHEN: readonly Words[] = [
  { en: 'Since this morning', zh: '从今天早上起' },
  { en: 'Since the maintenance last night', zh: '昨晚维护之后' },
  { en: 'Since somebody “only tidied up a little”', zh: '自从有人“只是随手整理了一下”之后' },
  { en: 'Out of the blue', zh: '不知怎么回事' },
];
const HOW: Readonly<Record<string, Words>> = {
  timeout: { en: 'nothing comes back, until it gives up', zh: '一直没有回音，直到超时' },
  refused: { en: '“Connection refused”', zh: '提示“Connection refused”' },
  ECONNREFUSED: { en: '“Connection refused”', zh: '提示“Connection refused”' },
  EHOSTUNREACH: { en: '“No route to host”', zh: '提示“No route to host”' },
  ENETUNREACH: { en: '“Network is unreachable”', zh: '提示“Network is unreachable”' },
};

interface Symptom {
  readonly cell: Cell;
  readonly words: Words;
}

/** Undefined: nobody would notice. `isVague`: as somebody tells it who knows no pods. */
export function symptomOf(matrix: Matrix, rng: Rng, isVague: boolean): Symptom | undefined {
  const failing = matrix.cells.filter(({ outcome }) => outcome === 'failed');
  const best = Math.min(...failing.map(rank));
  const worst = failing.filter((cell) => rank(cell) === best);
  const cell = worst[rng.below(Math.max(1, worst.length))];
  if (!cell) return undefined;
  const when = WHEN[rng.below(WHEN.length)]!;
  const how = HOW[cell.how] ?? HOW['timeout']!;
  const { en, zh } = complaint(cell, how);
  const pings =
    cell.protocol.kind === 'tcp' &&
    matrix.cells.some((one) => one.from === cell.from && one.to === cell.to && one.protocol.kind === 'icmp' && one.outcome === 'ok');
  const also = isVague ? undefined : extent(cell, failing, matrix);
  return {
    cell,
    words: {
      en: `“${when.en}, ${en}.${pings ? ' Ping to it works, by the way.' : ''}${also ? ` ${also.en}` : ''} Please look into it.”`,
      zh: `“${when.zh}，${zh}。${pings ? '顺便说一句，ping 它是通的。' : ''}${also ? also.zh : ''}麻烦看一下。”`,
    },
  };
}

function complaint({ from, to, address, protocol }: Cell, how: Words): Words {
  const who = isPod(from) ? `\`${nameOf(from)}\`` : `the machine \`${from}\``;
  const whoZh = isPod(from) ? `\`${nameOf(from)}\`` : `机器 \`${from}\``;
  if (to === 'outside') return { en: `${who} reaches nothing on the internet: ${how.en}`, zh: `${whoZh} 上不了外网：${how.zh}` };
  if (to.startsWith('service')) {
    const service = to.slice('service '.length);
    if (protocol.kind === 'udp')
      return {
        en: `names cannot be looked up in ${who} (service \`${service}\`, ${address}): ${how.en}`,
        zh: `${whoZh} 里查不了域名（服务 \`${service}\`，${address}）：${how.zh}`,
      };
    return {
      en: `the service \`${service}\` (${address}) cannot be used from ${who}: ${how.en}`,
      zh: `从 ${whoZh} 用不了服务 \`${service}\`（${address}）：${how.zh}`,
    };
  }
  const whom = isPod(to) ? `\`${nameOf(to)}\` (${address})` : `the machine \`${to}\` (${address})`;
  const whomZh = isPod(to) ? `\`${nameOf(to)}\`（${address}）` : `机器 \`${to}\`（${address}）`;
  if (protocol.kind === 'tcp')
    return { en: `${who} cannot open port ${protocol.port} of ${whom}: ${how.en}`, zh: `${whoZh} 连不上 ${whomZh} 的 ${protocol.port} 端口：${how.zh}` };
  return { en: `${who} cannot ping ${whom}: ${how.en}`, zh: `${whoZh} ping 不通 ${whomZh}：${how.zh}` };
}

/** Whether others suffer too. */
function extent({ from }: Cell, failing: readonly Cell[], { cells }: Matrix): Words {
  const reached = cells.filter((one) => one.from === from && isPod(one.to) && one.outcome === 'ok').map(({ to }) => nameOf(to));
  const others = new Set(failing.filter((one) => one.from !== from && isPod(one.from)).map((one) => nameOf(one.from)));
  if (reached.length > 0) return { en: `From there \`${reached[0]}\` answers.`, zh: `从那里访问 \`${reached[0]}\` 倒是有应答。` };
  if (others.size > 0) return { en: 'Others complain too.', zh: '别人也在抱怨。' };
  return { en: 'Nobody else complains.', zh: '别人都没事。' };
}
