/** Tables of nft's own as `nft list` prints them: objects, sets, maps, chains, each in the order they were made (nftables' rule.c). */
import { Hook, type NftChain, type NftSet, type NftStatement, type NftTable } from '../../kernel/index.ts';
import { elementText, secondsText } from './expression.ts';
import type { ListStyle } from './matches.ts';
import type { Names } from './types.ts';

export interface OwnStyle extends ListStyle {
  /** `-t`: sets without their elements. */
  readonly terse: boolean;
  readonly names: Names;
  readonly nowUs: number;
}
const HOOK_NAMES: Readonly<Record<number, string>> = {
  [Hook.PREROUTING]: 'prerouting',
  [Hook.INPUT]: 'input',
  [Hook.FORWARD]: 'forward',
  [Hook.OUTPUT]: 'output',
  [Hook.POSTROUTING]: 'postrouting',
};
export const PRIORITIES: readonly (readonly [name: string, priority: number, hooks: readonly Hook[] | null])[] = [
  ['raw', -300, null],
  ['mangle', -150, null],
  ['dstnat', -100, [Hook.PREROUTING]],
  ['filter', 0, null],
  ['security', 50, null],
  ['srcnat', 100, [Hook.POSTROUTING]],
];
const NEAR = 10;
/** `filter`, `filter - 5`, or a number. */
function priorityText(priority: number, hook: Hook, isNumeric: boolean): string {
  if (isNumeric) return `${priority}`;
  for (const [name, base, hooks] of PRIORITIES) {
    if (hooks !== null && !hooks.includes(hook)) continue;
    const offset = priority - base;
    if (offset === 0) return name;
    if (Math.abs(offset) <= NEAR) return `${name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;
  }
  return `${priority}`;
}

export class Shower {
  constructor(private readonly style: OwnStyle) {}
  private handle(handle: number): string {
    return this.style.handles ? ` # handle ${handle}` : '';
  }
  statement(statement: NftStatement): string {
    if (statement.kind !== 'counter') return this.style.numeric ? statement.numeric : statement.text;
    const { packets, bytes } = statement.counter;
    return this.style.stateless ? 'counter' : `counter packets ${packets} bytes ${bytes}`;
  }
  rule(rule: NftChain['rules'][number]): string {
    const words = rule.statements.map((statement) => this.statement(statement)).filter((text) => text !== '');
    return `${words.join(' ')}${rule.comment === '' ? '' : ` comment "${rule.comment}"`}${this.handle(rule.handle)}`;
  }
  chain(chain: NftChain, isWhole = true): string {
    const { base } = chain;
    const lines = [`\tchain ${chain.name} {${this.handle(chain.handle)}`];
    if (chain.comment !== '') lines.push(`\t\tcomment "${chain.comment}"`);
    if (base !== null) {
      const priority = priorityText(base.priority, base.hook, this.style.numericPriority);
      lines.push(`\t\ttype ${base.type} hook ${HOOK_NAMES[base.hook]} priority ${priority}; policy ${chain.policy};`);
    }
    if (isWhole) for (const rule of chain.rules) lines.push(`\t\t${this.rule(rule)}`);
    return `${lines.join('\n')}\n\t}\n`;
  }
  set(set: NftSet): string {
    const { names, stateless, terse, nowUs } = this.style;
    const lines = [`\t${set.kind} ${set.name} {${this.handle(set.handle)}`];
    lines.push(`\t\t${set.typeText === '' ? `type ${set.types.join(' . ')}${set.kind === 'map' ? ` : ${set.dataType}` : ''}` : set.typeText}`);
    if (set.size !== null) lines.push(`\t\tsize ${set.size}`);
    const flags = set.flags.filter((flag) => flag !== 'timeout' || set.timeoutS === null);
    if (flags.length > 0) lines.push(`\t\tflags ${flags.join(',')}`);
    if (set.timeoutS !== null) lines.push(`\t\ttimeout ${secondsText(set.timeoutS)}`);
    if (set.counts) lines.push('\t\tcounter');
    if (set.comment !== '') lines.push(`\t\tcomment "${set.comment}"`);
    const alive = set.elements.filter((element) => element.expiresUs === null || element.expiresUs > nowUs);
    if (alive.length > 0 && !terse) {
      const shown = alive.map((element) => {
        const [key = '', data = ''] = elementText(element, set.types, set.kind === 'map' ? set.dataType : null, this.style.numeric, names).split(' : ');
        const counter = element.counter === null ? '' : stateless ? ' counter' : ` counter packets ${element.counter.packets} bytes ${element.counter.bytes}`;
        const timeout = element.timeoutS === null ? '' : ` timeout ${secondsText(element.timeoutS)}`;
        const expires = element.expiresUs === null || stateless ? '' : ` expires ${secondsText((element.expiresUs - nowUs) / 1e6)}`;
        return `${key}${counter}${timeout}${expires}${data === '' ? '' : ` : ${data}`}`;
      });
      lines.push(`\t\telements = { ${this.wrap(shown, set)} }`);
    }
    return `${lines.join('\n')}\n\t}\n`;
  }
  /** How many elements stand in a line goes by the type of their keys. */
  private wrap(shown: readonly string[], set: NftSet): string {
    const [type = ''] = set.types;
    const widest = set.types.length > 1 ? 1 : type === 'ipv4_addr' ? 2 : ['inet_service', 'mark', 'inet_proto'].includes(type) ? 5 : 1;
    const rows: string[] = [];
    for (let i = 0; i < shown.length; i += widest) rows.push(shown.slice(i, i + widest).join(', '));
    return rows.join(',\n\t\t\t     ');
  }
  counters(table: NftTable): string[] {
    return [...table.counters.values()].map(({ name, handle, counter }) => {
      const text = this.style.stateless ? '' : `\t\tpackets ${counter.packets} bytes ${counter.bytes}\n`;
      return `\tcounter ${name} {${this.handle(handle)}\n${text}\t}\n`;
    });
  }
  private head(table: NftTable, isWhole: boolean): string {
    const comment = table.comment === '' || !isWhole ? '' : `\tcomment "${table.comment}"\n`;
    const flags = table.dormant && isWhole ? '\tflags dormant\n' : '';
    return `table ${table.family} ${table.name} {${isWhole ? this.handle(table.handle) : ''}\n${flags}${comment}`;
  }
  table(table: NftTable): string {
    const blocks = [
      ...this.counters(table),
      ...[...table.sets.values()].map((set) => this.set(set)),
      ...[...table.chains.values()].map((chain) => this.chain(chain)),
    ];
    return `${this.head(table, true)}${blocks.join('\n')}}\n`;
  }
  /** Some of its parts. */
  part(table: NftTable, blocks: readonly string[]): string {
    return `${this.head(table, false)}${blocks.join('')}}\n`;
  }
}
