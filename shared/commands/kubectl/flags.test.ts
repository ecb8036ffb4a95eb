/** Flags as pflag reads them; the errors are those that kubectl 1.32.4 prints. */
import { expect, test } from 'vitest';
import { parseDuration, parseFlags, type Flag } from './flags.ts';
import { alignTabs, DESCRIBE_TABS, TABLE_TABS } from './tabwriter.ts';

const TABLE: readonly Flag[] = [
  { name: 'namespace', short: 'n', kind: 'string', usage: '' },
  { name: 'stdin', short: 'i', kind: 'bool', usage: '' },
  { name: 'tty', short: 't', kind: 'bool', usage: '' },
  { name: 'tail', kind: 'int', usage: '' },
  { name: 'dry-run', kind: 'string', without: 'unchanged', usage: '' },
  { name: 'filename', short: 'f', kind: 'list', usage: '' },
  { name: 'env', kind: 'array', usage: '' },
  { name: 'since', kind: 'duration', usage: '' },
];

function check(line: string, expected: unknown): void {
  const flags = parseFlags(TABLE, line.split(' '));
  if (!flags.ok) expect(flags.error).toBe(expected);
  else
    expect({
      ...Object.fromEntries(TABLE.filter((flag) => flags.value.has(flag.name)).map((flag) => [flag.name, flags.value.all(flag.name).join('|')])),
      args: flags.value.args.join(' '),
      dash: flags.value.argsBeforeDash,
    }).toEqual(expected);
}

test.each<readonly [string, unknown]>([
  ['get pods -n kube-system', { namespace: 'kube-system', args: 'get pods', dash: undefined }],
  ['-nx --namespace=y pods', { namespace: 'x|y', args: 'pods', dash: undefined }],
  ['exec -it pod -- ls -l', { stdin: 'true', tty: 'true', args: 'exec pod ls -l', dash: 2 }],
  ['--stdin=false x', { stdin: 'false', args: 'x', dash: undefined }],
  ['--dry-run --env a=1,2 --env b=2', { 'dry-run': 'unchanged', env: 'a=1,2|b=2', args: '', dash: undefined }],
  ['-f a.yaml,b.yaml -f -', { filename: 'a.yaml|b.yaml|-', args: '', dash: undefined }],
  ['-f=a', { filename: 'a', args: '', dash: undefined }],
  ['--foo', 'unknown flag: --foo'],
  ['-z', "unknown shorthand flag: 'z' in -z"],
  ['--namespace', 'flag needs an argument: --namespace'],
  ['-f', "flag needs an argument: 'f' in -f"],
  ['--tail x', 'invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ['--stdin=maybe', 'invalid argument "maybe" for "-i, --stdin" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  ['--since 5', 'invalid argument "5" for "--since" flag: time: missing unit in duration "5"'],
  ['--since x', 'invalid argument "x" for "--since" flag: time: invalid duration "x"'],
])('%s', check);

test.each<readonly [string, number | undefined]>([
  ['1m30s', 90],
  ['1.5h', 5400],
  ['0', 0],
  ['10', undefined],
  ['-2s', -2],
])('duration %s', (text, expected) => expect(parseDuration(text)).toBe(expected));

test('columns are as wide as their widest cell and padding', () => {
  expect(alignTabs('NAME\tREADY\tAGE\nhttpd\t1/1\t2m\n', TABLE_TABS)).toBe('NAME    READY   AGE\nhttpd   1/1     2m\n');
  expect(alignTabs('Name:\tx\nLabels:\ta=b\n\tc=d\nConditions:\n  Type\tStatus\n', DESCRIBE_TABS)).toBe(
    'Name:    x\nLabels:  a=b\n         c=d\nConditions:\n  Type  Status\n',
  );
});
