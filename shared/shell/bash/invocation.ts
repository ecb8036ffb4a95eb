/** The command line of bash itself (bash(1), OPTIONS). */
import type { Bytes } from '../../base/index.ts';
import { isSetOption, optionOfLetter, SHOPT_NAMES, type SetOption } from './options.ts';

export interface Invocation {
  readonly kind: 'run';
  /** `-c`: the string to run. */
  readonly command: Bytes | undefined;
  readonly isInteractive: boolean;
  readonly isLogin: boolean;
  readonly readsInput: boolean;
  readonly options: ReadonlyMap<SetOption, boolean>;
  readonly shopts: ReadonlyMap<string, boolean>;
  readonly readsRc: boolean;
  readonly readsProfile: boolean;
  readonly rcFile: Bytes | undefined;
  readonly isPosix: boolean;
  /** Without line editing. */
  readonly isPlain: boolean;
  /** Operands: a script and its arguments, or those of `-c`. */
  readonly operands: readonly Bytes[];
}
export type Parsed = Invocation | { readonly kind: 'version' } | { readonly kind: 'help' } | { readonly kind: 'wrong' | 'incomplete'; readonly words: Bytes };

/** Options of the command line alone; the others are those of `set`. */
export const BASH_OPTIONS = [
  ['-c', 'command', 'commands from the first operand'],
  ['-i', undefined, 'interactive'],
  ['-l', undefined, 'as a login shell'],
  ['-s', undefined, 'commands from standard input'],
  ['-O', 'shopt_option', 'one of the options of shopt'],
  ['--help', undefined, 'help'],
  ['--init-file', 'file', 'instead of ~/.bashrc'],
  ['--login', undefined, 'as a login shell'],
  ['--noediting', undefined, 'without the line editor'],
  ['--noprofile', undefined, 'without what a login shell reads'],
  ['--norc', undefined, 'without ~/.bashrc'],
  ['--posix', undefined, 'as POSIX wants it where that differs'],
  ['--rcfile', 'file', 'instead of ~/.bashrc'],
  ['--verbose', undefined, 'set -v'],
  ['--version', undefined, 'the version'],
] as const;

export function parseInvocation(argv: readonly Bytes[]): Parsed {
  const options = new Map<SetOption, boolean>();
  const shopts = new Map<string, boolean>();
  let isCommand = false;
  let isInteractive = false;
  let isLogin = (argv[0] ?? '').startsWith('-');
  let readsInput = false;
  let readsRc = true;
  let readsProfile = true;
  let rcFile: Bytes | undefined;
  let isPosix = false;
  let isPlain = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const arg = argv[at] ?? '';
    if (arg === '--' || arg === '-') {
      at++;
      break;
    }
    if (arg.startsWith('--')) {
      const known = BASH_OPTIONS.find(([name]) => name === arg)?.[0];
      switch (known) {
        case '--version':
          return { kind: 'version' };
        case '--help':
          return { kind: 'help' };
        case '--login':
          isLogin = true;
          break;
        case '--norc':
          readsRc = false;
          break;
        case '--noprofile':
          readsProfile = false;
          break;
        case '--noediting':
          isPlain = true;
          break;
        case '--posix':
          isPosix = true;
          break;
        case '--verbose':
          options.set('verbose', true);
          break;
        case '--rcfile':
        case '--init-file':
          rcFile = argv[++at];
          if (rcFile === undefined) return { kind: 'wrong', words: `${arg}: option requires an argument` };
          break;
        default:
          return { kind: 'wrong', words: `${arg}: invalid option` };
      }
      continue;
    }
    if (!/^[-+]./.test(arg)) break;
    const isOn = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      if (letter === 'c') isCommand = true;
      else if (letter === 'i') isInteractive = true;
      else if (letter === 'l') isLogin = true;
      else if (letter === 's') readsInput = true;
      else if (letter === 'o') {
        const name = argv[++at];
        if (name === undefined) continue;
        if (!isSetOption(name)) return { kind: 'wrong', words: `${name}: invalid option name` };
        options.set(name, isOn);
      } else if (letter === 'O') {
        const name = argv[++at];
        if (name === undefined) continue;
        if (!(SHOPT_NAMES as readonly string[]).includes(name)) return { kind: 'wrong', words: `${name}: invalid shell option name` };
        shopts.set(name, isOn);
      } else {
        const option = optionOfLetter(letter);
        if (!option) return { kind: 'wrong', words: `${isOn ? '-' : '+'}${letter}: invalid option` };
        options.set(option, isOn);
      }
    }
  }
  let operands = argv.slice(at);
  let command: Bytes | undefined;
  if (isCommand) {
    if (operands.length === 0) return { kind: 'incomplete', words: '-c: option requires an argument' };
    command = operands[0];
    operands = operands.slice(1);
  }
  return { kind: 'run', command, isInteractive, isLogin, readsInput, options, shopts, readsRc, readsProfile, rcFile, isPosix, isPlain, operands };
}

export const VERSION_TEXT = `GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
`;

export const usageText = (name: Bytes): Bytes => `Usage:	${name} [GNU long option] [option] ...
	${name} [GNU long option] [option] script-file ...
GNU long options:
	--debug
	--debugger
	--dump-po-strings
	--dump-strings
	--help
	--init-file
	--login
	--noediting
	--noprofile
	--norc
	--posix
	--pretty-print
	--rcfile
	--restricted
	--verbose
	--version
Shell options:
	-ilrsD or -c command or -O shopt_option		(invocation only)
	-abefhkmnptuvxBCEHPT or -o option
`;
