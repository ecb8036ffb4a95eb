/** `podwalk labs`: those that can be brought up, and those that are up. */
import { labsUp } from '../labs/core/sockets.ts';
import { findPlaces } from '../places.ts';
import { content } from './own-content.ts';
import { formatTable, localeOption, printJson } from './table.ts';
import type { Arguments } from './usage.ts';

export async function labs({ options }: Arguments): Promise<number> {
  const [files, up] = await Promise.all([content().labs(localeOption(undefined) ?? 'en'), labsUp(findPlaces().home)]);
  const others = up.filter((lab) => !files.some((file) => file.id === lab.id)).map(({ id, nodes, title }) => ({ id, nodes, title, summary: '' }));
  const list = [...files, ...others].map((lab) => {
    const present = up.find((one) => one.id === lab.id);
    return { ...lab, provider: present?.provider ?? 'simulated', isUp: present !== undefined };
  });
  if (options['json'] === true) printJson(list);
  else
    process.stdout.write(
      formatTable(
        ['LAB', 'PROVIDER', 'UP', 'NODES', 'TITLE'],
        list.map((lab) => [lab.id, lab.provider, lab.isUp ? 'yes' : 'no', lab.nodes.join(' '), ('problem' in lab ? lab.problem : undefined) ?? lab.title]),
      ),
    );
  return 0;
}
