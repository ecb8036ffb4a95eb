/** strings of binutils 2.40: what can be read in a file. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Program } from '../../shell/index.ts';
import { closeInput, openInput } from '../coreutils/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

const STRINGS: readonly OptionSpec<'all' | 'data' | 'names' | 'bytes' | 'radix' | 'blanks' | 'octal' | 'encoding' | 'separator' | 'version' | 'help'>[] = [
  { id: 'all', short: 'a', long: 'all', argument: 'none', help: 'Scan the entire file, not just the data section [default]' },
  { id: 'data', short: 'd', long: 'data', argument: 'none', help: 'Only scan the data sections in the file' },
  { id: 'names', short: 'f', long: 'print-file-name', argument: 'none', help: 'Print the name of the file before each string' },
  { id: 'bytes', short: 'n', long: 'bytes', argument: 'required', value: 'number', help: 'Print any sequence of at least so many displayable characters' },
  { id: 'radix', short: 't', long: 'radix', argument: 'required', value: '{o,d,x}', help: 'Print the location of the string in base 8, 10 or 16' },
  { id: 'blanks', short: 'w', long: 'include-all-whitespace', argument: 'none', help: 'Include all whitespace as valid string characters' },
  { id: 'octal', short: 'o', argument: 'none', help: 'An alias for --radix=o' },
  { id: 'encoding', short: 'e', long: 'encoding', argument: 'required', value: '{s,S,b,l,B,L}', help: 'Select character size and endianness' },
  { id: 'separator', short: 's', long: 'output-separator', argument: 'required', value: 'string', help: 'String used to separate strings in output' },
  { id: 'help', short: 'h', long: 'help', argument: 'none', help: 'Display this information' },
  { id: 'version', short: 'v', long: 'version', argument: 'none', help: "Print the program's version number" },
];
export const strings: Program = declared(
  { synopsis: '[option(s)] [file(s)]', options: declaredOptions(STRINGS), missing: ['characters of more than one byte'] },
  function* (p) {
    // `-5` is `-n 5`.
    const argv = p.argv.flatMap((word, i) => (i > 0 && /^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
    const { options, operands, error } = parseOptions(argv, STRINGS);
    const value = (id: string): Bytes | undefined => options.findLast((each) => each.id === id)?.argument;
    const has = (id: string): boolean => options.some((each) => each.id === id);
    const usage = 'Usage: strings [option(s)] [file(s)]\n Display printable strings in [file(s)] (stdin by default)\n';
    if (error !== undefined) return (yield* p.error(error + usage), 1);
    if (has('help')) return (yield* p.print(usage), 0);
    if (has('version')) return (yield* p.print('GNU strings (GNU Binutils for Debian) 2.40\n'), 0);
    const least = value('bytes') ?? '4';
    if (!/^\d+$/.test(least)) return yield* p.fail(`invalid integer argument ${least}`);
    if (Number(least) < 1) return yield* p.fail(`minimum string length is too small: ${least}`);
    const radix = value('radix') ?? (has('octal') ? 'o' : undefined);
    if (radix !== undefined && !/^[odx]$/.test(radix)) return (yield* p.error(usage), 1);
    const pattern = new RegExp(`[${has('blanks') ? '\\s' : '\\t'} -~]{${Math.min(Number(least), 1 << 20)},}`, 'g');
    let status = 0;
    for (const operand of operands.length > 0 ? operands : ['-']) {
      const inode = operand === '-' ? undefined : p.fs.stat(operand);
      if (inode?.ok && inode.value.kind === 'dir') {
        status = yield* p.fail(`Warning: '${operand}' is a directory`);
        continue;
      }
      const opened = yield* openInput(p, operand);
      if (opened.kind === 'failed') {
        status = yield* p.fail(opened.errno === 'ENOENT' ? `'${operand}': No such file` : `${operand}: ${strerror(opened.errno)}`);
        continue;
      }
      const all = yield* p.readAll(opened.fd);
      closeInput(p, opened.fd);
      for (const match of (all.ok ? all.value : '').matchAll(pattern)) {
        const at = radix === undefined ? '' : `${match.index.toString(radix === 'o' ? 8 : radix === 'd' ? 10 : 16).padStart(7)} `;
        yield* p.print(`${has('names') ? `${operand === '-' ? '{standard input}' : operand}: ` : ''}${at}${match[0]}${value('separator') ?? '\n'}`);
        yield* p.tick();
      }
    }
    return status;
  },
);
