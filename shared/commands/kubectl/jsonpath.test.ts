/** JSONPath as kubectl has it. Expected texts were recorded from `kubectl get -o jsonpath` semantics in client-go's jsonpath tests. */
import { expect, test } from 'vitest';
import { parseJsonPath } from './jsonpath.ts';

const DATA = {
  items: [
    {
      metadata: { name: 'httpd', labels: { 'app.io/name': 'web' } },
      status: {
        podIP: '10.244.1.3',
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Initialized', status: 'False' },
        ],
      },
    },
    { metadata: { name: 'near' }, status: { podIP: '10.244.1.4', conditions: [] } },
  ],
  n: 3,
  isThere: true,
};

function check(template: string, expected: string): void {
  const path = parseJsonPath(template);
  const result = path.ok ? path.value.text(DATA) : path;
  expect(result.ok ? result.value : `error: ${result.error}`).toBe(expected);
}

test.each([
  ['{.items[*].metadata.name}', 'httpd near'],
  ['.items[0].status.podIP', '10.244.1.3'],
  ['{.items[-1].metadata.name}', 'near'],
  ['{.items[0:1].metadata.name}', 'httpd'],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.status.podIP}{"\\n"}{end}', 'httpd\t10.244.1.3\nnear\t10.244.1.4\n'],
  ['{.items[?(@.metadata.name=="near")].status.podIP}', '10.244.1.4'],
  ["{.items[0].status.conditions[?(@.type=='Ready')].status}", 'True'],
  ['{.items[0].metadata.labels.app\\.io/name}', 'web'],
  ["{.items[0].metadata['name','labels']}", 'httpd {"app.io/name":"web"}'],
  ['{..podIP}', '10.244.1.3 10.244.1.4'],
  ['name: {.items[0].metadata.name}', 'name: httpd'],
  ['{.n} {.isThere}', '3 true'],
  ['{.nothing}', ''],
  ['{.items[7].metadata.name}', 'error: array index out of bounds: index 7, length 2'],
  ['{.items[*', 'error: unclosed action'],
  ['{range .items[*]}{.metadata.name}', 'error: unterminated range'],
  ['{.items[?(@.status.podIP=="10.244.1.3")].metadata.name}', 'httpd'],
])('%s', check);
