/**
 * Where the reader is: welcome, a lab (perhaps with a lesson), or a recording; and which panels are open. The place is kept in the
 * address' hash, so that a reload or the back button come to the same place.
 */
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { readMemory, writeMemory } from './memory.ts';

export type Place =
  { readonly kind: 'welcome' } | { readonly kind: 'lab'; readonly lab: string; readonly attempt?: string } | { readonly kind: 'tape'; readonly tape: string };

export type DrawerTab = 'inspect' | 'trace' | 'experiments' | 'diagnose';
export interface Panels {
  readonly lesson: boolean;
  readonly terminals: boolean;
  readonly drawer: DrawerTab | undefined;
}

export function parsePlace(hash: string): Place {
  const [kind, first, second] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  if (kind === 'lab' && first) return second ? { kind: 'lab', lab: first, attempt: second } : { kind: 'lab', lab: first };
  if (kind === 'tape' && first) return { kind: 'tape', tape: first };
  return { kind: 'welcome' };
}
/** What somebody typed into the address may be anything. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
export function formatPlace(place: Place): string {
  if (place.kind === 'lab') return `#/lab/${encodeURIComponent(place.lab)}${place.attempt === undefined ? '' : `/${encodeURIComponent(place.attempt)}`}`;
  if (place.kind === 'tape') return `#/tape/${encodeURIComponent(place.tape)}`;
  return '#/';
}

export const usePlace = defineStore('place', () => {
  const place = ref<Place>(parsePlace(location.hash));
  const panels = ref<Panels>({ lesson: true, terminals: true, drawer: undefined, ...(readMemory('panels') as Partial<Panels> | undefined) });
  const drawerOpen = computed(() => panels.value.drawer !== undefined);

  watch(panels, (value) => writeMemory('panels', { lesson: value.lesson, terminals: value.terminals }));
  window.addEventListener('hashchange', () => {
    if (location.hash !== formatPlace(place.value)) place.value = parsePlace(location.hash);
  });

  /** Where a recording was opened from. */
  const before = ref<Place>({ kind: 'welcome' });

  function go(to: Place): void {
    if (place.value.kind !== 'tape') before.value = place.value;
    place.value = to;
    if (location.hash !== formatPlace(to)) history.pushState(null, '', formatPlace(to));
  }
  function setPanels(part: Partial<Panels>): void {
    panels.value = { ...panels.value, ...part };
  }
  /** Opens a tab of the drawer, or closes it when it is the one that is open. */
  function toggleDrawer(tab: DrawerTab): void {
    setPanels({ drawer: panels.value.drawer === tab ? undefined : tab });
  }
  return { place, before, panels, drawerOpen, go, setPanels, toggleDrawer };
});
