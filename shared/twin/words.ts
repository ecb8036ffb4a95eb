/** What became of a connectivity matrix, in words. */
import type { Cell, Matrix } from './matrix.ts';
import { cellKey, changedCells, protocolText } from './matrix.ts';

type Locale = 'en' | 'zh';

const SHOWN = 6;
export const cellText = ({ from, to, protocol }: Pick<Cell, 'from' | 'to' | 'protocol'>): string =>
  `${from} → ${to}${protocol.kind === 'icmp' ? '' : ` (${protocolText(protocol)})`}`;
const listed = (cells: readonly Cell[], locale: Locale): string => {
  const shown = cells
    .slice(0, SHOWN)
    .map(cellText)
    .join(locale === 'zh' ? '；' : '; ');
  const left = cells.length - SHOWN;
  return left <= 0 ? shown : locale === 'zh' ? `${shown}；等 ${cells.length} 对` : `${shown}; and ${left} more`;
};

/** `would`: it is a prediction; `did`: it was seen. */
export function changeWords(before: Matrix, after: Matrix, locale: Locale, tense: 'would' | 'did' = 'would'): readonly string[] {
  const was = new Set(before.cells.map(cellKey));
  const common = after.cells.filter((cell) => was.has(cellKey(cell)));
  const changed = changedCells(before, after);
  const { mended } = changed;
  const broke = changed.broke.filter(({ outcome }) => outcome === 'failed');
  const unknown = changed.broke.filter(({ outcome }) => outcome === 'not-modelled');
  const line = (cells: readonly Cell[], en: readonly [would: string, did: string], zh: readonly [string, string]): readonly string[] => {
    if (cells.length === 0) return [];
    const at = tense === 'would' ? 0 : 1;
    return locale === 'zh'
      ? [`${common.length} 对中有 ${cells.length} 对${zh[at]}：${listed(cells, locale)}`]
      : [`${cells.length} of ${common.length} pairs ${en[at]}: ${listed(cells, locale)}`];
  };
  const lines = [
    ...line(broke, ['would fail', 'fail now'], ['将不通', '现在不通']),
    ...line(mended, ['would work again', 'work again'], ['将恢复', '已恢复']),
    ...line(unknown, ['would be unknown', 'are unknown now'], ['将无法判断', '现在无法判断']),
  ];
  if (lines.length > 0) return lines;
  const same = { would: { en: 'would change', zh: '不会改变' }, did: { en: 'has changed', zh: '没有改变' } }[tense][locale];
  return [locale === 'zh' ? `连通性${same}（${common.length} 对）` : `nothing ${same} for any of ${common.length} pairs`];
}

export function matrixWords({ cells }: Matrix, locale: Locale): string {
  const count = (outcome: Cell['outcome']): number => cells.filter((cell) => cell.outcome === outcome).length;
  const [failed, unknown] = [count('failed'), count('not-modelled')];
  if (locale === 'zh')
    return `${cells.length} 对中 ${count('ok')} 对可达${failed > 0 ? `，${failed} 对不通` : ''}${unknown > 0 ? `，${unknown} 对无法判断（未建模）` : ''}`;
  return `${count('ok')} of ${cells.length} pairs reach each other${failed > 0 ? `, ${failed} do not` : ''}${unknown > 0 ? `, ${unknown} are unknown (not modelled)` : ''}`;
}
