/**
 * `ip rule` as text and with -j: `99:	from all fwmark 0x1/0xff lookup 100`. What JSON has is put into the words of the text, in their order.
 *
 * Authority: iproute2's ip/iprule.c (print_rule).
 */
import type { RuleEntry } from '../snapshot/index.ts';
import type { Facts } from './facts.ts';
import type { Input } from './input.ts';
import { jsonObjects, numberIn, textIn, type JsonObject } from './json.ts';

export function parseIpRule(input: Input): Facts {
  const isIpv6 = input.command.options.includes('-6');
  const rules: RuleEntry[] = [];
  for (const line of input.lines()) {
    const [, priority, words] = /^(\d+):\s+(\S.*)$/.exec(line.text) ?? [];
    if (words === undefined || !/\b(?:from|to|lookup)\b/.test(words)) input.problem(line, 'no rule');
    else
      rules.push(
        rule(
          Number(priority),
          words
            .trim()
            .replace(/\s+/g, ' ')
            .replace(/ proto \S+$/, ''),
          isIpv6,
        ),
      );
  }
  return { rules };
}

/** What -N prints of the tables that have a name everywhere. */
const TABLES: Readonly<Record<string, string>> = { 253: 'default', 254: 'main', 255: 'local' };

const rule = (priority: number, text: string, isIpv6: boolean): RuleEntry => ({
  family: isIpv6 || /\b(?:from|to) \S*:/.test(text) ? 'inet6' : 'inet',
  priority,
  text: text.replace(/(?<=\blookup )25[345]\b/, (number) => TABLES[number]!),
});

export function parseIpRuleJson(input: Input): Facts {
  const isIpv6 = input.command.options.includes('-6');
  const rules: RuleEntry[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const priority = numberIn(value, 'priority');
    if (priority === undefined || !('src' in value)) input.problem(line, 'no rule: priority or src is missing');
    else rules.push(rule(priority, wordsOfRule(value), isIpv6));
  }
  return { rules };
}

function wordsOfRule(value: JsonObject): string {
  const prefix = (address: string, length: string): string => {
    const bits = textIn(value, length);
    return `${textIn(value, address) ?? ''}${bits === undefined ? '' : `/${bits}`}`;
  };
  const pair = (key: string, word = key): string => (textIn(value, key) === undefined ? '' : `${word} ${textIn(value, key)!}`);
  const range = (key: string): string => {
    const first = textIn(value, `${key}_start`);
    return first === undefined ? pair(key) : `${key} ${first}-${textIn(value, `${key}_end`) ?? ''}`;
  };
  const mask = textIn(value, 'fwmask');
  const action = textIn(value, 'action');
  return [
    'not' in value ? 'not' : '',
    `from ${prefix('src', 'srclen')}`,
    'dst' in value ? `to ${prefix('dst', 'dstlen')}` : '',
    pair('tos'),
    'fwmark' in value ? `${pair('fwmark')}${mask === undefined ? '' : `/${mask}`}` : '',
    pair('iif'),
    pair('oif'),
    'l3mdev' in value ? 'lookup [l3mdev-table]' : '',
    'uid_start' in value ? `uidrange ${textIn(value, 'uid_start') ?? ''}-${textIn(value, 'uid_end') ?? ''}` : '',
    pair('ipproto'),
    range('sport'),
    range('dport'),
    pair('table', 'lookup'),
    pair('suppress_prefixlen', 'suppress_prefixlength'),
    pair('suppress_ifgroup'),
    'goto' in value ? pair('goto') : '',
    action === undefined || action === 'to_tbl' ? '' : action,
  ]
    .filter((word) => word !== '')
    .join(' ');
}
