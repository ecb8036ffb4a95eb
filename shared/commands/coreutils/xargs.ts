/** xargs(1) of GNU findutils 4.9. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { LineReader, signalNumber, type Sys } from '../../shell/index.ts';
import type { GnuUsage } from './options.ts';
import { statusOf } from './processes.ts';
import { program } from './program.ts';

const XARGS: GnuUsage = {
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  summary: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  options: [
    { short: '0', long: 'null', help: 'items are separated by a null, not whitespace' },
    { short: 'a', long: 'arg-file', argument: 'required', help: 'read arguments from FILE, not standard input' },
    { short: 'd', long: 'delimiter', argument: 'required', help: 'items in input stream are separated by CHARACTER' },
    { short: 'I', long: 'replace', argument: 'required', help: 'replace R in INITIAL-ARGS with names read from standard input' },
    { short: 'L', long: 'max-lines', argument: 'required', help: 'use at most MAX-LINES non-blank input lines per command line' },
    { short: 'n', long: 'max-args', argument: 'required', help: 'use at most MAX-ARGS arguments per command line' },
    { short: 'P', long: 'max-procs', argument: 'required', help: 'run at most MAX-PROCS processes at a time' },
    { short: 'r', long: 'no-run-if-empty', help: 'if there are no arguments, then do not run COMMAND' },
    { short: 't', long: 'verbose', help: 'print commands before executing them' },
  ],
  stopAtOperand: true,
};
/** Words of a line as xargs splits them: blanks, quotes, backslashes. */
function words(line: Bytes): Bytes[] {
  return [...line.matchAll(/(?:[^\s"'\\]|\\[\s\S]|"[^"\n]*"|'[^'\n]*')+/g)].map(([word]) =>
    word.replace(/\\([\s\S])|"([^"]*)"|'([^']*)'/g, (_, char?: string, double?: string, single?: string) => char ?? double ?? single ?? ''),
  );
}
const xargs = program(XARGS, function* (p, parsed) {
  const command = parsed.operands.length > 0 ? parsed.operands : ['echo'];
  const replace = parsed.options.get('replace');
  const delimiter = parsed.has('null') ? '\0' : parsed.options.get('delimiter')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
  const file = parsed.options.get('arg-file');
  const fd =
    file === undefined
      ? 0
      : yield* (function* (): Sys<number> {
          const opened = yield* p.open(file, { read: true });
          return opened.ok ? opened.value : -1;
        })();
  const lines = new LineReader(p, fd);
  const groups: Bytes[][] = [];
  const perCall = replace !== undefined ? 1 : Number(parsed.options.get('max-args') ?? parsed.options.get('max-lines') ?? Infinity);
  const items: Bytes[][] = [];
  if (delimiter !== undefined) {
    const all = yield* p.readAll(fd);
    const text = all.ok ? all.value : '';
    const pieces = text.split(delimiter);
    if (pieces.at(-1) === '') pieces.pop();
    items.push(...pieces.map((piece) => [piece]));
  } else {
    for (let line; (line = yield* lines.next()) !== undefined;) {
      const found = replace !== undefined ? (line.trim() === '' ? [] : [line.trimStart()]) : words(line);
      if (parsed.has('max-lines') ? found.length > 0 : false) items.push(found);
      else items.push(...found.map((word) => [word]));
    }
  }
  for (let i = 0; i < items.length; i += perCall) groups.push(items.slice(i, perCall === Infinity ? undefined : i + perCall).flat());
  if (groups.length === 0 && replace === undefined && !parsed.has('no-run-if-empty')) groups.push([]);
  let status = 0;
  for (const group of groups) {
    const argv = replace !== undefined ? command.map((word) => word.split(replace).join(group[0] ?? '')) : [...command, ...group];
    if (parsed.has('verbose')) yield* p.error(`${argv.join(' ')}\n`);
    const child = p.spawn(argv);
    if (!child.ok) {
      yield* p.error(`${p.name}: ${argv[0] ?? ''}: ${strerror(child.error)}\n`);
      return child.error === 'ENOENT' ? 127 : 126;
    }
    const ending = yield* p.waitExit(child.value);
    if (ending.kind === 'killed') {
      yield* p.error(`${p.name}: ${argv[0] ?? ''}: terminated by signal ${signalNumber(ending.signal)}\n`);
      return 125;
    }
    const code = statusOf(ending);
    if (code === 255) {
      yield* p.error(`${p.name}: ${argv[0] ?? ''}: exited with status 255; aborting\n`);
      return 124;
    }
    if (code !== 0) status = 123;
  }
  return status;
});

export const XARGS_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/xargs', main: xargs, origin: 'findutils 4.9' }];
