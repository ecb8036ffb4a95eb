/** `-m string`: bytes anywhere in the packet (libxt_string). */
import type { StringInfo } from '../../../kernel/index.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';

const LAST = 65_535;

/** `|0d 0a|text`: bytes between bars. */
function parseHex(text: string): string {
  let out = '';
  const parts = text.split('|');
  if (parts.length % 2 === 0) return usage("STRING: Hex string has an unbalanced `|'");
  parts.forEach((part, i) => {
    if (i % 2 === 0) out += part;
    else for (const [digits] of part.replaceAll(' ', '').matchAll(/[0-9a-fA-F]{2}/g)) out += String.fromCharCode(parseInt(digits, 16));
  });
  return out;
}
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
function shown(text: string): string {
  if (isPlain(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`;
  return `"|${[...text].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')}|"`;
}

export const string = defineMatch<StringInfo>({
  name: 'string',
  families: BOTH,
  options: [
    { name: 'from', id: 'from', type: 'u16' },
    { name: 'to', id: 'to', type: 'u16' },
    { name: 'algo', id: 'algo', type: 'string', mandatory: true },
    { name: 'string', id: 'string', type: 'string', invertible: true, excludes: ['hex'] },
    { name: 'hex-string', id: 'hex', type: 'string', invertible: true, excludes: ['string'] },
    { name: 'icase', id: 'icase', type: 'none' },
  ],
  init: () => ({ kind: 'string', text: '', algorithm: 'bm', from: 0, to: LAST, ignoreCase: false, invert: false }),
  parse(info, call) {
    switch (call.id) {
      case 'from':
        info.from = call.number;
        return;
      case 'to':
        info.to = call.number;
        return;
      case 'algo':
        info.algorithm = call.argument;
        return;
      case 'string':
      case 'hex':
        info.text = call.id === 'hex' ? parseHex(call.argument) : call.argument;
        info.invert = call.invert;
        return;
      case 'icase':
        info.ignoreCase = true;
    }
  },
  check(_info, seen) {
    if (!seen.has('string') && !seen.has('hex')) usage("STRING match: You must specify `--string' or `--hex-string'");
  },
  save({ text, algorithm, from, to, ignoreCase, invert }) {
    const option = isPlain(text) ? '--string' : '--hex-string';
    return `${invert ? ' !' : ''} ${option} ${shown(text)} --algo ${algorithm}${from === 0 ? '' : ` --from ${from}`}${to === LAST ? '' : ` --to ${to}`}${ignoreCase ? ' --icase' : ''}`;
  },
  list({ text, algorithm, from, to, ignoreCase, invert }) {
    return ` STRING match ${invert ? '!' : ''} ${shown(text)} ALGO name ${algorithm}${from === 0 ? '' : ` FROM ${from}`}${to === LAST ? '' : ` TO ${to}`}${ignoreCase ? ' ICASE' : ''}`;
  },
});
