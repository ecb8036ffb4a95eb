/** The connectivity matrix as a table: who asks in rows, who is asked in columns; all protocols of a pair in one cell. */
import type { DiagnosisView } from '../../shared/ipc/index.ts';

type Cell = DiagnosisView['cells'][number];
export type Outcome = Cell['outcome'];

export interface GridCell {
  readonly from: string;
  readonly to: string;
  /** The worst of its protocols; undefined: nobody asks this. */
  readonly outcome: Outcome | undefined;
  readonly asked: readonly Cell[];
}
export interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly from: string; readonly cells: readonly GridCell[] }[];
}

const WORST: readonly Outcome[] = ['failed', 'not-modelled', 'ok'];

/** `order`: of the lab's places; those it does not name come last. */
export function gridOf(cells: readonly Cell[], order: readonly string[] = []): Grid {
  const rank = new Map(order.map((id, i) => [id, i]));
  const rows = [...new Set(cells.map(({ from }) => from))].sort((a, b) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length));
  const isPlace = new Set(rows);
  const targets = [...new Set(cells.map(({ to }) => to))];
  // places in the order of the rows, so that the diagonal is one; then services and the outside
  const columns = [...rows.filter((row) => targets.includes(row)), ...targets.filter((to) => !isPlace.has(to))];
  const byPair = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.from} ${cell.to}`;
    byPair.set(key, [...(byPair.get(key) ?? []), cell]);
  }
  return {
    columns,
    rows: rows.map((from) => ({
      from,
      cells: columns.map((to) => {
        const asked = byPair.get(`${from} ${to}`) ?? [];
        return { from, to, asked, outcome: WORST.find((outcome) => asked.some((cell) => cell.outcome === outcome)) };
      }),
    })),
  };
}
