/** The metrics of a route in the order of their numbers (RTAX_*, rtnetlink(7)): each with its number and its word, and whether it is locked. */
import type { RouteMetrics } from '../../kernel/index.ts';

export type MetricKey = Exclude<keyof RouteMetrics, 'mtuLock' | 'congestionLock' | 'locks'>;

export const METRICS: readonly { readonly key: MetricKey; readonly number: number; readonly word: string }[] = [
  { key: 'mtu', number: 2, word: 'mtu' },
  { key: 'window', number: 3, word: 'window' },
  { key: 'rtt', number: 4, word: 'rtt' },
  { key: 'rttvar', number: 5, word: 'rttvar' },
  { key: 'ssthresh', number: 6, word: 'ssthresh' },
  { key: 'cwnd', number: 7, word: 'cwnd' },
  { key: 'advmss', number: 8, word: 'advmss' },
  { key: 'reordering', number: 9, word: 'reordering' },
  { key: 'hoplimit', number: 10, word: 'hoplimit' },
  { key: 'initcwnd', number: 11, word: 'initcwnd' },
  { key: 'features', number: 12, word: 'features' },
  { key: 'rtoMin', number: 13, word: 'rto_min' },
  { key: 'initrwnd', number: 14, word: 'initrwnd' },
  { key: 'quickack', number: 15, word: 'quickack' },
  { key: 'congestion', number: 16, word: 'congctl' },
];
const bitOf = (key: MetricKey): number => 1 << (METRICS.find((metric) => metric.key === key)?.number ?? 0);

export function lockMetric(metrics: RouteMetrics, key: MetricKey): void {
  if (key === 'mtu') metrics.mtuLock = true;
  else if (key === 'congestion') metrics.congestionLock = true;
  else metrics.locks = (metrics.locks ?? 0) | bitOf(key);
}
export function isLocked(metrics: RouteMetrics, key: MetricKey): boolean {
  if (key === 'mtu') return metrics.mtuLock === true;
  if (key === 'congestion') return metrics.congestionLock === true;
  return ((metrics.locks ?? 0) & bitOf(key)) !== 0;
}
