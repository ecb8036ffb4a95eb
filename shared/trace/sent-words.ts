/** What is said of a packet that was sent for real beside its trace: a line each, the verdict first. */
import type { SentPacket } from './trace.ts';

type Locale = 'en' | 'zh';

const ANSWERS: Record<Locale, (isAnswered: boolean) => string> = {
  en: (isAnswered) => (isAnswered ? 'an answer came' : 'no answer came'),
  zh: (isAnswered) => (isAnswered ? '有应答' : '没有应答'),
};

export function sentWords({ command, answered, expected, routers, agrees }: SentPacket, locale: Locale): readonly string[] {
  const verdict = {
    en: agrees ? `Sent for real (${command}): ${ANSWERS.en(answered)}, as the trace says.` : `THE REAL PACKET DISAGREES (${command}):`,
    zh: agrees ? `真实发送（${command}）：${ANSWERS.zh(answered)}，与跟踪一致。` : `真实的包与跟踪不一致（${command}）：`,
  }[locale];
  const wrongEnd = {
    en: `  ${ANSWERS.en(answered)}; by the trace, ${expected ? 'one comes' : 'none comes'}.`,
    zh: `  ${ANSWERS.zh(answered)}；按跟踪${expected ? '应当有' : '不应有'}。`,
  }[locale];
  const hops = routers.map(({ place, addresses, seen }, i) => {
    const isRight = seen === undefined || addresses.includes(seen);
    const who = { en: seen ?? 'nobody answered', zh: seen ?? '无人应答' }[locale];
    return {
      en: `  TTL ${i + 1}: ${who}${isRight ? '' : `, which is not ${place}`} (${place})`,
      zh: `  TTL ${i + 1}：${who}${isRight ? '' : `，不属于 ${place}`}（${place}）`,
    }[locale];
  });
  return [verdict, ...(answered === expected ? [] : [wrongEnd]), ...hops];
}
