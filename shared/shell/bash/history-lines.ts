/**
 * How the lines of one command become one entry of the history (shopt cmdhist): joined by `; ` where that means the same, by a newline inside
 * quotes and here-documents (bash's parse.y: history_delimiting_chars, bashhist.c: bash_add_history).
 */
import type { Bytes } from '../../base/index.ts';
import { parseScript } from './syntax/parse.ts';

/** After these no semicolon may stand. */
const NO_SEMICOLON = /(?:^|[\s;&|({])(?:case|do|else|if|then|until|while|in|time|elif|\{)$|[({;&|]$|&&$|\|\|$/;

/** `entry` so far, the text it was typed as, and the line that follows. */
export function joinHistory(entry: Bytes, typed: Bytes, line: Bytes): Bytes {
  if (typed === '') return line;
  const inQuotes = openQuote(typed);
  if (inQuotes) return `${entry}\n${line}`;
  if (/(^|[^\\])(\\\\)*\\\n$/.test(typed)) return entry.replace(/\\$/, '') + line;
  if (parseScript(typed).units.some((unit) => unit.openDocuments.length > 0) || hasOpenDocument(typed)) {
    const whole = `${entry.replace(/\n$/, '')}\n${line}`;
    return hasOpenDocument(`${typed}${line}\n`) ? whole : `${whole}\n`;
  }
  const before = entry.trimEnd();
  if (isComment(typed)) return `${entry}\n${line}`;
  if (/\(\)$/.test(before) || /(?:^|[\s;])function\s+[^\s]+$/.test(before) || NO_SEMICOLON.test(before)) return `${entry.replace(/\n$/, '')} ${line}`;
  if (/(?:^|[\s;&|({])(?:for|select)\s+\w+$/.test(before)) return `${entry}${/^\s*in\b/.test(line) ? ' ' : ';'}${line}`;
  if (/(?:^|[\s;&|({])case\s+\S+$/.test(before) || isPattern(typed, before)) return `${entry} ${line}`;
  if (openArray(typed)) return `${entry} ${line}`;
  return `${entry}${entry.endsWith('\n') ? ' ' : '; '}${line}`;
}

/** The last line ends in a comment. */
const isComment = (typed: Bytes): boolean => /(?:^|\s)#[^'"\n]*\n$/.test(typed);
/** `pattern)` of a case whose end has not come. */
const isPattern = (typed: Bytes, before: Bytes): boolean =>
  before.endsWith(')') && (typed.match(/\bcase\b/g)?.length ?? 0) > (typed.match(/\besac\b/g)?.length ?? 0);
/** `name=(` without its end. */
const openArray = (typed: Bytes): boolean => /(?:^|\s)\w+\+?=\([^)]*$/.test(typed);

function openQuote(text: Bytes): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "'") {
      if (char === "'") quote = '';
    } else if (char === '\\') at++;
    else if (quote === '"') {
      if (char === '"') quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && /(^|\s)$/.test(text.slice(0, at))) at = text.indexOf('\n', at);
    if (at < 0) break;
  }
  return quote !== '';
}

/** A here-document has begun and its last line has not come. */
function hasOpenDocument(text: Bytes): boolean {
  const wanted: { end: Bytes; tabs: boolean }[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const [first] = wanted;
    if (first) {
      if ((first.tabs ? line.replace(/^\t+/, '') : line) === first.end) wanted.shift();
      continue;
    }
    for (const match of line.matchAll(/(?<!<)<<(-?)\s*(?:'([^']+)'|"([^"]+)"|\\?([^\s;&|<>()'"]+))/g))
      wanted.push({ end: match[2] ?? match[3] ?? match[4] ?? '', tabs: match[1] === '-' });
  }
  return wanted.length > 0;
}
