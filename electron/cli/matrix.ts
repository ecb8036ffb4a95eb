/** `podwalk matrix` and `podwalk diff`: who reaches whom, and what is different between two snapshots, found with packets in their twins. */
import { changeWords, differenceWords, diffSnapshots, matrixWords, protocolText, Twin, type Matrix, type Snapshot } from '../../shared/lab/index.ts';
import { snapshotByName } from './snapshot.ts';
import { formatTable, localeOption, printJson } from './table.ts';
import { UsageError, type Arguments } from './usage.ts';

const HEADERS = { en: ['FROM', 'TO', 'BY', 'OUTCOME'], zh: ['从', '到', '协议', '结果'] } as const;

export async function matrix({ options, operands }: Arguments): Promise<number> {
  const locale = wantedLocale(options);
  const twin = new Twin(await snapshotByName(operands[0]!, options['provider']));
  for (const { node, what, why } of twin.problems) process.stderr.write(`podwalk: ${node}: not modelled: ${what}: ${why}\n`);
  const found = twin.matrix();
  if (typeof options['after'] === 'string') return after(twin.origin, found, options['after'], locale, options['json'] === true);
  if (options['json'] === true) printJson(plain(found));
  else {
    const rows = found.cells.map(({ from, to, protocol, outcome, how }) => [from, to, protocolText(protocol), `${outcome} (${how})`]);
    process.stdout.write(`${formatTable(HEADERS[locale], rows)}\n${matrixWords(found, locale)}\n`);
  }
  return found.cells.every(({ outcome }) => outcome === 'ok') ? 0 : 1;
}

/** What a command would change. */
function after(snapshot: Snapshot, before: Matrix, text: string, locale: 'en' | 'zh', isJson: boolean): number {
  const [, node, command] = /^\s*([^\s:]+):\s*(.*\S)\s*$/s.exec(text) ?? [];
  if (node === undefined || command === undefined) throw new UsageError(`--after is such as 'node-1: ip route del 10.244.2.0/24', not ${JSON.stringify(text)}`);
  const twin = new Twin(snapshot);
  const { status, output } = twin.run(node, command);
  process.stderr.write(output);
  const matrix = twin.matrix();
  if (isJson) printJson({ status, output, before: plain(before), after: plain(matrix) });
  else process.stdout.write(`${changeWords(before, matrix, locale).join('\n')}\n`);
  return status;
}

/** Without the traces. */
const plain = ({ places, cells }: Matrix): object => ({ places, cells: cells.map(({ trace: _trace, ...cell }) => cell) });

export async function diff({ options, operands }: Arguments): Promise<number> {
  const locale = wantedLocale(options);
  const [before, after] = [await snapshotByName(operands[0]!), await snapshotByName(operands[1]!)];
  const differences = diffSnapshots(before, after);
  const [was, is] = [new Twin(before).matrix(), new Twin(after).matrix()];
  if (options['json'] === true) printJson({ differences, before: plain(was), after: plain(is) });
  else {
    const lines = differences.map((one) => differenceWords(one, locale));
    process.stdout.write(`${[...lines, ...changeWords(was, is, locale, 'did')].join('\n')}\n`);
  }
  return differences.length > 0 ? 1 : 0;
}

function wantedLocale(options: Arguments['options']): 'en' | 'zh' {
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError(`--locale is en or zh, not ${JSON.stringify(options['locale'])}`);
  return locale;
}
