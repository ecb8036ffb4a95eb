/** Questions of a matrix asked in a world, be it a twin or the lab itself: one packet each, all under way at once, each followed. */
import type { Netns, World } from '../kernel/index.ts';
import { parseIpv4 } from '../wire/index.ts';
import { cellOf, type Ask, type Cell } from './matrix.ts';
import type { Place } from './places.ts';
import { Promised, type Pending } from './promised.ts';
import { sendTraced } from './tracing.ts';

/** What cannot be asked any more, because its place is gone, has no cell. */
export function sendAsks(world: World, places: readonly Place[], asks: readonly Ask[], timeoutUs?: number): Pending<readonly Cell[]> {
  const netnsOf = ({ node, netnsId }: Place): Netns | undefined =>
    [...(world.hosts.find(({ name }) => name === node)?.netnses ?? [])].find(({ id }) => id === netnsId);
  const told = new Map<Ask, string>();
  const sent = asks.flatMap((ask) => {
    const place = places.find(({ id }) => id === ask.from);
    const netns = place && netnsOf(place);
    const to = parseIpv4(ask.address);
    if (!netns || to === undefined) return [];
    const note = (what: string): void => void (told.has(ask) || told.set(ask, what));
    return [{ ask, pending: sendTraced(world, netns, to, ask.protocol, note, timeoutUs) }];
  });
  const pending = new Promised<readonly Cell[]>(() => sent.forEach((one) => one.pending.cancel()));
  let open = sent.length;
  const finish = (): void => pending.fulfil(sent.flatMap(({ ask, pending: { value } }) => (value ? [cellOf(ask, value, told.get(ask))] : [])));
  if (open === 0) finish();
  for (const one of sent)
    one.pending.onDone(() => {
      if (--open === 0) finish();
    });
  return pending;
}
