/** Aliases (bash(1), ALIASES): the first word of a command is replaced in the text before it is read. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import type { Bytes } from '../../../base/index.ts';

interface Region {
  readonly start: number;
  readonly end: number;
  /** Aliases that its text comes from: they are not replaced in it again. */
  readonly names: ReadonlySet<Bytes>;
}

/** Replacements in one command: aliases that replace each other without end stop here. */
const LIMIT = 64;

export function expandAliases(text: Bytes, aliases: ReadonlyMap<Bytes, Bytes>): Bytes {
  let regions: Region[] = [];
  let out = text;
  for (let count = 0; count < LIMIT; count++) {
    const found = firstAlias(out, aliases, regions);
    if (!found) return out;
    const value = aliases.get(found.name) ?? '';
    const names = new Set([
      ...regions.filter((region) => region.start <= found.start && found.end <= region.end).flatMap((region) => [...region.names]),
      found.name,
    ]);
    const growth = value.length - found.name.length;
    regions = regions.map((region) => ({
      ...region,
      start: region.start >= found.end ? region.start + growth : region.start,
      end: region.end >= found.end ? region.end + growth : region.end,
    }));
    regions.push({ start: found.start, end: found.start + value.length, names });
    out = out.slice(0, found.start) + value + out.slice(found.end);
  }
  return out;
}

function firstAlias(
  text: Bytes,
  aliases: ReadonlyMap<Bytes, Bytes>,
  regions: readonly Region[],
): { readonly name: Bytes; readonly start: number; readonly end: number } | undefined {
  let best: { name: Bytes; start: number; end: number } | undefined;
  const consider = (name: Bytes, start: number): void => {
    if (!aliases.has(name) || (best && best.start <= start)) return;
    if (regions.some((region) => region.start <= start && start < region.end && region.names.has(name))) return;
    best = { name, start, end: start + name.length };
  };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command' && node.name && node.name.text === node.name.value) {
      consider(node.name.text, node.name.pos);
      // An alias that ends with a blank lets the next word be one too.
      for (const next of node.args) {
        const previous = regions.find(
          (region) => region.end <= next.pos && /[ \t]$/.test(text.slice(region.start, region.end)) && text.slice(region.end, next.pos).trim() === '',
        );
        if (next.type === 'Word' && previous) consider(next.text, next.pos);
      }
    }
    // Substitutions of escaped backquotes have positions of their own.
    if (node.type === 'CommandExpansion' && node.script?.source !== undefined) return;
    forEachChild(node, visit);
  };
  visit(parse(text));
  return best;
}

/** No name of an alias has what would end a word. */
export const isAliasName = (name: Bytes): boolean => !/[\s/$`=|&;()<>"'\\]/.test(name);
