/** `--help`. Deviation: a summary in our own words, made from the tables; the real one also explains each option. */
import type { Family } from '../../kernel/index.ts';
import { MATCHES } from './matches/index.ts';
import { TARGETS } from './targets/index.ts';

export function helpText(program: string, family: Family): string {
  const names = (all: readonly { readonly name: string; readonly families: readonly Family[] }[]): string =>
    all
      .filter((each) => each.families.includes(family))
      .map((each) => each.name)
      .join(' ');
  const forms = [
    '-[ACD] chain rule-specification',
    '-I chain [rulenum] rule-specification',
    '-R chain rulenum rule-specification',
    '-D chain rulenum',
    '-[LS] [chain [rulenum]]',
    '-[FZ] [chain]',
    '-[NX] chain',
    '-E old-chain-name new-chain-name',
    '-P chain target',
    '-h',
  ];
  return [
    `${program} v1.8.9 (nf_tables)`,
    '',
    ...forms.map((form, index) => `${index === 0 ? 'Usage:' : '      '} ${program} ${form} [options]`),
    '',
    'Rules: [!] -p protocol, [!] -s and -d address[/mask][,...], [!] -i and -o interface[+], -m match, -j target, -g chain, -c packets bytes',
    'Listing: -n numeric, -v verbose, -x exact numbers, --line-numbers, -t table (raw, mangle, nat, filter, security)',
    `Matches: ${names(MATCHES)}`,
    `Targets: ACCEPT DROP RETURN ${names(TARGETS)}`,
    '',
  ].join('\n');
}
