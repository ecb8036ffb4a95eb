/** Tables that iptables-nft has made, as nft lists them. */
import { Hook, type Chain, type Family, type Table } from '../../kernel/index.ts';
import { conditionTexts, hasExtension, type ListStyle } from './matches.ts';
import { isOwnTarget, targetText } from './targets.ts';

const HOOK_NAMES: Readonly<Record<number, string>> = {
  [Hook.PREROUTING]: 'prerouting',
  [Hook.INPUT]: 'input',
  [Hook.FORWARD]: 'forward',
  [Hook.OUTPUT]: 'output',
  [Hook.POSTROUTING]: 'postrouting',
};
/** Where names stand for numbers; the one of dstnat only at prerouting, of srcnat only at postrouting. */
function priorityText(priority: number, hook: Hook, isNumeric: boolean): string {
  const names: Readonly<Record<number, string>> = { [-300]: 'raw', [-150]: 'mangle', 0: 'filter', 50: 'security' };
  const name = priority === -100 && hook === Hook.PREROUTING ? 'dstnat' : priority === 100 && hook === Hook.POSTROUTING ? 'srcnat' : names[priority];
  return isNumeric || name === undefined ? `${priority}` : name;
}

export class Lister {
  constructor(
    private readonly style: ListStyle,
    private readonly family: Family,
  ) {}
  private handle(handle: number): string {
    return this.style.handles ? ` # handle ${handle}` : '';
  }
  private head(chain: Chain): string {
    const { base, policy, name } = chain;
    const hook =
      base === null
        ? ''
        : `\t\ttype ${base.type} hook ${HOOK_NAMES[base.hook]} priority ${priorityText(base.priority, base.hook, this.style.numericPriority)}; policy ${policy.toLowerCase()};\n`;
    return `\tchain ${name} {${this.handle(chain.handle)}\n${hook}`;
  }
  chain(chain: Chain): string {
    const rules = chain.rules.map((rule) => {
      const { spec, packets, bytes } = rule;
      const counter = this.style.stateless ? 'counter' : `counter packets ${packets} bytes ${bytes}`;
      const texts = [...conditionTexts(spec, this.family, this.style), counter, ...(spec.target === null ? [] : [targetText(spec.target, this.family)])];
      return `\t\t${texts.join(' ')}${this.handle(rule.handle)}\n`;
    });
    return `${this.head(chain)}${rules.join('')}\t}\n`;
  }
  headOnly(chain: Chain): string {
    return `${this.head(chain)}\t}\n`;
  }
  /** Some chains of a table; its own handle is told only with all of them. */
  table(table: Table, only?: Chain): string {
    const chains = only ? [only] : [...table.chains.values()];
    const isForeign = chains.some(({ rules }) => rules.some(({ spec }) => hasExtension(spec.matches) || (spec.target !== null && !isOwnTarget(spec.target))));
    const warning = isForeign ? `# Warning: table ${this.family} ${table.name} is managed by iptables-nft, do not touch!\n` : '';
    return `${warning}table ${this.family} ${table.name} {${only ? '' : this.handle(table.handle)}\n${chains.map((chain) => this.chain(chain)).join('\n')}}\n`;
  }
}
