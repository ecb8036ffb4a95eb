import { expect, test } from 'vitest';
import { gridOf } from './grid.ts';

const cell = (from: string, to: string, protocol: string, outcome: 'ok' | 'failed' | 'not-modelled') => ({ from, to, protocol, outcome, how: 'reply' });

test('a pair has the worst of what was asked, places come before services, and what nobody asks is empty', () => {
  const { columns, rows } = gridOf([
    cell('a', 'service default/web:80', 'tcp/80', 'not-modelled'),
    cell('a', 'b', 'icmp', 'ok'),
    cell('a', 'b', 'tcp/80', 'failed'),
    cell('b', 'a', 'icmp', 'ok'),
    cell('b', 'outside', 'icmp', 'ok'),
  ]);
  expect(columns).toEqual(['a', 'b', 'service default/web:80', 'outside']);
  expect(rows.map(({ from, cells }) => [from, ...cells.map(({ outcome }) => outcome)])).toEqual([
    ['a', undefined, 'failed', 'not-modelled', undefined],
    ['b', 'ok', undefined, undefined, 'ok'],
  ]);
  expect(rows[0]?.cells[1]?.asked.map(({ protocol }) => protocol)).toEqual(['icmp', 'tcp/80']);
});

test('places stand in the order of the lab', () => {
  const cells = [cell('b', 'a', 'icmp', 'ok'), cell('x', 'a', 'icmp', 'ok'), cell('a', 'b', 'icmp', 'ok')];
  expect(gridOf(cells, ['a', 'b']).rows.map(({ from }) => from)).toEqual(['a', 'b', 'x']);
});
