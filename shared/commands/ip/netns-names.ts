/** The names under /run/netns with the ids that this namespace has for them. Authority: ip/ipnetns.c (netns_map_init). */
import { NETNS_DIR, netnsAt } from '../../machine/index.ts';
import type { Netns } from '../../kernel/index.ts';
import type { Session } from '../iproute2/session.ts';

export interface NamedNetns {
  readonly name: string;
  readonly netns: Netns | undefined;
}
/** In the order in which the directory is read. */
export function namedNetnses(session: Session): NamedNetns[] {
  const entries = session.process.fs.readdir(NETNS_DIR);
  if (!entries.ok) return [];
  return entries.value.map(({ name }) => {
    const found = netnsAt(session.process, `${NETNS_DIR}/${name}`);
    return { name, netns: found.ok ? found.value : undefined };
  });
}
/** The first name of each id. */
export function namesOfIds(session: Session): Map<number, string> {
  const names = new Map<number, string>();
  for (const { name, netns } of namedNetnses(session)) {
    const id = netns === undefined ? undefined : session.netns.peerIds.get(netns);
    if (id !== undefined && !names.has(id)) names.set(id, name);
  }
  return names;
}
