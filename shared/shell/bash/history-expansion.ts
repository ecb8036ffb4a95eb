/** `!!`, `!$`, `!-2`, `!17`, `!text`, `!?text?` of a line that was typed (bash(1), HISTORY EXPANSION). */
import type { Bytes } from '../../base/index.ts';

export type Expansion = { readonly kind: 'same' } | { readonly kind: 'changed'; readonly line: Bytes } | { readonly kind: 'missing'; readonly event: Bytes };

const EVENT = /!(?:!|\$|\*|\^|-?\d+|\?[^?\n]+\??|[A-Za-z_./][^\s!'"$;|&()<>]*)/y;

export function expandHistory(line: Bytes, history: readonly Bytes[]): Expansion {
  let out = '';
  let isChanged = false;
  let inSingle = false;
  for (let at = 0; at < line.length;) {
    const char = line[at] ?? '';
    if (char === "'") inSingle = !inSingle;
    if (char === '\\') {
      out += line.slice(at, at + 2);
      at += 2;
      continue;
    }
    EVENT.lastIndex = at;
    const event = char === '!' && !inSingle ? EVENT.exec(line)?.[0] : undefined;
    if (event === undefined) {
      out += char;
      at++;
      continue;
    }
    const text = lookup(event.slice(1), history);
    if (text === undefined) return { kind: 'missing', event };
    out += text;
    at += event.length;
    isChanged = true;
  }
  return isChanged ? { kind: 'changed', line: out } : { kind: 'same' };
}

function lookup(event: Bytes, history: readonly Bytes[]): Bytes | undefined {
  const last = history.at(-1);
  if (event === '!') return last;
  if (event === '$' || event === '*' || event === '^') {
    const words = last?.trim().split(/\s+/);
    return event === '$' ? words?.at(-1) : event === '^' ? words?.[1] : words?.slice(1).join(' ');
  }
  if (/^-?\d+$/.test(event)) return event.startsWith('-') ? history.at(Number(event)) : history[Number(event) - 1];
  const text = event.replace(/^\?|\?$/g, '');
  return history.findLast((each) => (event.startsWith('?') ? each.includes(text) : each.startsWith(text)));
}
