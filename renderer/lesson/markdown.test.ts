/** A lesson's text as a tree. Goal: what authors write comes out; markup that could run does not exist. */
import { expect, test } from 'vitest';
import { joinChinese, parseMarkdown, type Piece } from './markdown.ts';

const element = (tag: string, ...children: Piece[]): Piece => ({ kind: 'element', tag, attributes: {}, children });
const text = (value: string): Piece => ({ kind: 'text', text: value });

test.each<[string, readonly Piece[]]>([
  ['plain `ip route` **now**', [element('p', text('plain '), { kind: 'code', text: 'ip route' }, text(' '), element('strong', text('now')))]],
  ['one\ntwo', [element('p', text('one'), text(' '), text('two'))]],
  ['```bash run node-1\nip route\nip addr\n```', [{ kind: 'block', language: 'bash', text: 'ip route\nip addr', runOn: 'node-1' }]],
  ['```console\n$ x\n```', [{ kind: 'block', language: 'console', text: '$ x', runOn: undefined }]],
  ['- a\n- b', [element('ul', element('li', text('a')), element('li', text('b')))]],
  ['<script>alert(1)</script>', [element('p', text('<script>alert(1)</script>'))]],
  ['<img src=x onerror=alert(1)> b', [element('p', text('<img src=x onerror=alert(1)> b'))]],
  ['[x](javascript:alert(1))', [element('p', text('[x](javascript:alert(1))'))]],
  ['[x](https://k8s.io)', [element('p', { kind: 'element', tag: 'a', attributes: { href: 'https://k8s.io' }, children: [text('x')] })]],
])('%j', (source, expected) => {
  expect(parseMarkdown(source)).toEqual(expected);
});

test('between Chinese characters a line break is no space', () => {
  expect(joinChinese('网桥学到\n了端口。\n另一句 word\nnext')).toBe('网桥学到了端口。另一句 word\nnext');
});
