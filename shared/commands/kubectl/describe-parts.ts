/** Pieces that descriptions of several kinds share; texts with tabs, aligned by `describe`. */
import { humanDuration } from './duration.ts';
import type { KubeEvent, Taint, Toleration } from './objects.ts';
import { parseTime } from './time.ts';

export const since = (time: string | undefined, nowUs: number): string => {
  const at = time === undefined ? undefined : parseTime(time);
  return at === undefined ? '<unknown>' : humanDuration(nowUs - at);
};

/** One pair a line, the first beside the title. */
export function labelLines(title: string, labels: Readonly<Record<string, string>> | undefined, separator = '='): string {
  const keys = Object.keys(labels ?? {})
    .filter((key) => key !== 'kubectl.kubernetes.io/last-applied-configuration')
    .sort();
  if (keys.length === 0) return `${title}:\t<none>\n`;
  return keys.map((key, index) => `${index === 0 ? `${title}:` : ''}\t${key}${separator}${labels![key]}\n`).join('');
}

export function taintLines(taints: readonly Taint[] | undefined): string {
  if (!taints || taints.length === 0) return 'Taints:\t<none>\n';
  const texts = [...taints]
    .sort((a, b) => (`${a.effect},${a.key}` < `${b.effect},${b.key}` ? -1 : 1))
    .map((taint) => `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`);
  return texts.map((text, index) => `${index === 0 ? 'Taints:' : ''}\t${text}\n`).join('');
}

export function tolerationLines(tolerations: readonly Toleration[] | undefined): string {
  if (!tolerations || tolerations.length === 0) return 'Tolerations:\t<none>\n';
  const texts = [...tolerations]
    .sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0))
    .map((one) => {
      const name = `${one.key ?? ''}${one.value ? `=${one.value}` : ''}${one.effect ? `:${one.effect}` : ''}`;
      const exists = one.operator === 'Exists' && !one.value ? `${name === '' ? '' : ' '}op=Exists` : '';
      return `${name}${exists}${one.tolerationSeconds === undefined ? '' : ` for ${one.tolerationSeconds}s`}`;
    });
  return texts.map((text, index) => `${index === 0 ? 'Tolerations:' : ''}\t${text}\n`).join('');
}

/** Newest last. The blank form feed that kubectl puts before them starts columns of their own. */
export function eventLines(events: readonly KubeEvent[], nowUs: number): string {
  if (events.length === 0) return 'Events:\t<none>\n';
  const sorted = [...events].sort((a, b) => (a.lastTimestamp < b.lastTimestamp ? -1 : a.lastTimestamp > b.lastTimestamp ? 1 : 0));
  const rows = sorted.map((event) => {
    const age =
      event.count > 1
        ? `${since(event.lastTimestamp, nowUs)} (x${event.count} over ${since(event.firstTimestamp, nowUs)})`
        : since(event.firstTimestamp, nowUs);
    return `  ${event.type}\t${event.reason}\t${age}\t${event.source.component}\t${event.message.trim()}\n`;
  });
  return `Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n${rows.join('')}`;
}
