/** `podwalk labs`. */
import { content } from './own-content.ts';
import { formatTable, localeOption, printJson } from './table.ts';
import type { Arguments } from './usage.ts';

export async function labs({ options }: Arguments): Promise<number> {
  const list = await content().labs(localeOption(undefined) ?? 'en');
  if (options['json'] === true) printJson(list.map((lab) => ({ ...lab, provider: 'simulated' })));
  else
    process.stdout.write(
      formatTable(
        ['LAB', 'PROVIDER', 'NODES', 'TITLE'],
        list.map(({ id, nodes, title, problem }) => [id, 'simulated', nodes.join(' '), problem ?? title]),
      ),
    );
  return 0;
}
