/** How marks of a tape look and what they say. */
import { Bookmark, CircleCheck, FlaskConical, Route, SquareTerminal } from '@lucide/vue';
import type { Mark } from '../../shared/recording/index.ts';

export const MARK_ICONS = { marker: Bookmark, trace: Route, experiment: FlaskConical, step: CircleCheck, terminal: SquareTerminal } as const;

export function markText(
  mark: Mark,
  t: (key: string, values: Record<string, string>) => string,
  titles: { readonly step: (id: string) => string; readonly experiment: (id: string) => string; readonly name: (english: string) => string },
): string {
  if (mark.kind === 'marker') return mark.label === 'end' ? t('replay.end', {}) : titles.name(mark.label);
  return t(`replay.mark.${mark.kind}`, { label: mark.kind === 'step' || mark.kind === 'experiment' ? titles[mark.kind](mark.label) : mark.label });
}
