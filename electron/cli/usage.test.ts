/** Goal: every command line is understood or refused with what would be right. Method: tables of command lines. */
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { whoListens } from '../web/port-owner.ts';
import { formatTable, localeOption } from './table.ts';
import { COMMANDS, HelpAsked, UsageError, helpText, nearest, parseArguments, usageLine, type CommandName } from './usage.ts';

function parse(line: string): unknown {
  const [command, ...args] = line.split(' ');
  try {
    const { options, operands } = parseArguments(command as CommandName, args);
    return { ...options, operands: operands.join(' ') };
  } catch (error) {
    if (error instanceof HelpAsked) return `help ${error.command ?? ''}`;
    return error instanceof UsageError ? `${error.command ?? ''}: ${error.message}` : error;
  }
}

describe('command lines', () => {
  const cases: [line: string, expected: unknown][] = [
    ['serve', { operands: '' }],
    ['serve --port 80', { port: '80', operands: '' }],
    ['serve --port', 'serve: --port wants a value'],
    ['serve --prot 80', 'serve: unknown option --prot'],
    ['serve 80', 'serve: nothing is expected at "80"'],
    ['labs --json', { json: true, operands: '' }],
    ['labs --json=yes', 'labs: --json takes no value'],
    ['sh', { operands: '' }],
    ['sh script.sh -x --lab y', { operands: 'script.sh -x --lab y' }],
    ['sh --lab flannel --node node-1 script.sh -c', { lab: 'flannel', node: 'node-1', operands: 'script.sh -c' }],
    ['sh -c true -x --help', { c: 'true', operands: '-x --help' }],
    ['sh --lab=flannel -c true', { lab: 'flannel', c: 'true', operands: '' }],
    ['sh -- -script', { operands: '-script' }],
    ['parse', 'parse: COMMAND is missing'],
    ['parse ip file more', 'parse: nothing is expected at "more"'],
    ['trace', 'trace: LAB, FROM and TO are missing'],
    ['sh -c', 'sh: -c wants a value'],
    ['sh --help', 'help sh'],
    ['sh -x', 'sh: unknown option -x'],
    ['exec flannel node-1 -- ls -l', { operands: 'flannel node-1 -- ls -l' }],
    ['exec flannel', 'exec: NODE is missing'],
    ['trace flannel a b --tcp 80 --json', { tcp: '80', json: true, operands: 'flannel a b' }],
    ['trace flannel a', 'trace: TO is missing'],
    ['machines kubernetes snapshot before --json', { json: true, operands: 'kubernetes snapshot before' }],
    ['machines', 'machines: LAB is missing'],
    ['lesson', 'lesson: list or check or grade is missing'],
    ['lesson check a b', { operands: 'check a b' }],
  ];
  it.each(cases)('%s', (line, expected) => expect(parse(line)).toEqual(expected));

  it('help lists every command, and every option of each', () => {
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      expect(helpText()).toContain(`  ${name} `);
      expect(helpText(name)).toContain(usageLine(name));
      for (const option of Object.keys(COMMANDS[name].options)) expect(helpText(name)).toMatch(new RegExp(`^  --?${option}( [^ ]+)?  `, 'm'));
    }
  });
  const typos: [string, CommandName | undefined][] = [
    ['server', 'serve'],
    ['lab', 'labs'],
    ['tarce', 'trace'],
    ['prase', 'parse'],
    ['lessons', 'lesson'],
    ['frobnicate', undefined],
  ];
  it.each(typos)('%s is nearly %s', (typed, meant) => expect(nearest(typed)).toBe(meant));
});

describe('what commands print', () => {
  it('stands in columns, Chinese too', () => {
    expect(
      formatTable(
        ['LAB', 'TITLE'],
        [
          ['a', 'first'],
          ['实验', 'second'],
          ['longer-one', ''],
        ],
      ),
    ).toBe('LAB         TITLE\na           first\n实验        second\nlonger-one\n');
  });
  const locales: [string | undefined, Record<string, string>, string | undefined][] = [
    [undefined, { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [undefined, {}, 'en'],
    ['zh', {}, 'zh'],
    ['fr', {}, undefined],
  ];
  it.each(locales)('is in the language of %s in %j: %s', (option, env, locale) => expect(localeOption(option, env)).toBe(locale));
});

describe('who listens on a port', () => {
  it.runIf(process.platform === 'linux')('is told where the system tells', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(whoListens(port)).toMatch(new RegExp(`^.+ \\(process ${process.pid}\\)$`));
    server.close();
  });
});
