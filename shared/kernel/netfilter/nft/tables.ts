/** The tables of a namespace that nft has made, and what of them hangs in the stack's hooks. Changes come as a whole: `commit` replaces all. */
import type { Verdict } from '../../numbers.ts';
import type { HookContext } from '../context.ts';
import type { Family } from '../match.ts';
import { copyTable, type NftBase, type NftStatement, type NftTable } from './model.ts';
import { NftRunner } from './run.ts';

/** A base chain of one family, for those who call it in the order of priorities. */
export interface NftHook extends NftBase {
  readonly run: (c: HookContext) => Verdict;
}

export class NftTables {
  private current: readonly NftTable[] = [];
  constructor(private readonly listener: () => void) {}
  get all(): readonly NftTable[] {
    return this.current;
  }
  /** Tables to change; `commit` them, or forget them. */
  draft(): NftTable[] {
    return this.current.map(copyTable);
  }
  commit(tables: readonly NftTable[]): void {
    const had = this.current.length > 0;
    this.current = tables;
    if (had || tables.length > 0) this.listener();
  }
  /** What a family's packets meet. */
  hooks(family: Family): NftHook[] {
    return this.current
      .filter((table) => !table.dormant && (table.family === family || table.family === 'inet'))
      .flatMap((table) => {
        const runner = new NftRunner(table);
        return [...table.chains.values()].flatMap((chain) => (chain.base === null ? [] : [{ ...chain.base, run: (c: HookContext) => runner.run(chain, c) }]));
      });
  }
  /** Whether a rule makes the kernel follow connections. */
  get tracks(): boolean {
    return this.current.some((table) => [...table.chains.values()].some((chain) => chain.rules.some((rule) => rule.statements.some(tracks))));
  }
}
const TRANSLATIONS: readonly string[] = ['SNAT', 'DNAT', 'MASQUERADE', 'REDIRECT'];
const tracks = (statement: NftStatement): boolean =>
  statement.kind === 'action' ? TRANSLATIONS.includes(statement.target.kind) : statement.kind === 'connections' || /\bct /.test(statement.text);
