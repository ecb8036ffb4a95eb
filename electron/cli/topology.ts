/** `podwalk topology`. */
import { topologySvg, type Topology } from '../../shared/ipc/index.ts';
import { anyLab } from './running.ts';
import { printJson } from './table.ts';
import { UsageError, type Arguments } from './usage.ts';

export async function topology({ options, operands }: Arguments): Promise<number> {
  const format = options['format'] ?? 'json';
  if (format !== 'json' && format !== 'dot' && format !== 'svg') throw new UsageError(`--format is json, dot or svg, not ${JSON.stringify(format)}`);
  const borrowed = await anyLab(operands[0]!, options['provider']);
  const graph = borrowed.lab.topology();
  if (format === 'json') printJson(graph);
  else process.stdout.write(format === 'dot' ? formatDot(graph) : topologySvg(graph));
  await borrowed.giveBack();
  return 0;
}

/** For Graphviz: boxes that hold others are clusters. */
export function formatDot({ boxes, lines }: Topology): string {
  const out: string[] = ['graph topology {', '  compound=true;', '  node [shape=box, style=rounded];'];
  const quote = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  const parents = new Set(boxes.map((box) => box.parent));
  const write = (parent: string | undefined, indent: string): void => {
    for (const box of boxes) {
      if (box.parent !== parent) continue;
      const label = quote(box.sublabel === undefined ? box.label : `${box.label}\n${box.sublabel}`);
      if (!parents.has(box.id)) {
        out.push(`${indent}${quote(box.id)} [label=${label}];`);
        continue;
      }
      out.push(`${indent}subgraph ${quote(`cluster ${box.id}`)} {`, `${indent}  label=${label};`);
      write(box.id, `${indent}  `);
      out.push(`${indent}}`);
    }
  };
  write(undefined, '  ');
  for (const line of lines)
    out.push(`  ${quote(line.from)} -- ${quote(line.to)} [label=${quote(line.kind)}${line.state === 'up' || line.state === 'none' ? '' : ', style=dashed'}];`);
  return `${out.join('\n')}\n}\n`;
}
