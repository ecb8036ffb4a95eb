/** Contrast of the themes' colours. Goal: each text on each ground that it is drawn on has WCAG AA, 4.5 to 1. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../renderer/ui/theme.css'), 'utf8');

const colours = (block: string): Map<string, string> => new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/gi)].map((match) => [match[1]!, match[2]!]));
const light = colours(css.slice(css.indexOf(':root {'), css.indexOf(":root[data-theme='dark']")));
const dark = new Map([...light, ...colours(css.slice(css.indexOf(":root[data-theme='dark']")))]);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const PAIRS: readonly (readonly [texts: readonly string[], grounds: readonly string[]])[] = [
  [
    ['text', 'text-2', 'text-3', 'accent', 'ok', 'bad', 'packet', 'reply'],
    ['canvas', 'surface', 'raised'],
  ],
  [['text', 'text-2', 'text-3', 'code-comment', 'code-string', 'code-keyword', 'code-function', 'code-number'], ['sunken']],
  [['on-accent'], ['accent-fill', 'accent-fill-hover']],
  [['accent', 'text'], ['accent-soft']],
  [['packet', 'text'], ['packet-soft']],
  [['text', 'reply'], ['reply-soft']],
  [['ok'], ['ok-soft']],
  [['bad', 'text'], ['bad-soft']],
  [['warn', 'text'], ['warn-soft']],
  [
    ['text', 'text-2'],
    ['topo-node', 'topo-pod', 'topo-netns', 'topo-interface', 'topo-bridge', 'topo-segment', 'topo-outside'],
  ],
  [['bad'], ['topo-node', 'topo-interface', 'topo-bridge']],
  [['term-fg', 'term-red', 'term-green', 'term-yellow', 'term-blue', 'term-magenta', 'term-cyan', 'term-white', 'term-bright-black'], ['term-bg']],
  [['surface'], ['packet', 'reply', 'bad']],
];

test.each([
  ['light', light],
  ['dark', dark],
])('%s', (_name, theme) => {
  const weak = PAIRS.flatMap(([texts, grounds]) =>
    texts.flatMap((text) => grounds.map((ground) => ({ pair: `${text} on ${ground}`, contrast: contrast(theme.get(text)!, theme.get(ground)!) }))),
  ).filter((one) => !(one.contrast >= 4.5));
  expect(weak).toEqual([]);
});

test('a topology saved as SVG has the colours of the light theme', () => {
  const source = readFileSync(join(import.meta.dirname, '../../shared/topology/svg.ts'), 'utf8');
  const own = [...source.matchAll(/^ {2}(\w+): '(#[0-9a-f]{6})'/gm)].map(([, kind, colour]) => [kind, colour]);
  const kinds = ['node', 'netns', 'pod', 'interface', 'bridge', 'segment', 'outside'];
  expect(own).toEqual([...kinds.map((kind) => [kind, light.get(`topo-${kind}`)]), ...kinds.map((kind) => [kind, light.get(`topo-${kind}-line`)])]);
});
