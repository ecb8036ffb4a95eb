/** How each builtin is used, as `help -s` says it; options are read from here too. */
import type { Bytes } from '../../../base/index.ts';
import type { Shell } from '../shell.ts';

export const USAGE: Readonly<Record<string, string>> = {
  '.': '. filename [arguments]',
  ':': ':',
  '[': '[ arg... ]',
  alias: 'alias [-p] [name[=value] ... ]',
  bg: 'bg [job_spec ...]',
  bind: 'bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]',
  break: 'break [n]',
  builtin: 'builtin [shell-builtin [arg ...]]',
  caller: 'caller [expr]',
  cd: 'cd [-L|[-P [-e]] [-@]] [dir]',
  command: 'command [-pVv] command [arg ...]',
  compgen:
    'compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]',
  complete:
    'complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]',
  compopt: 'compopt [-o|+o option] [-DEI] [name ...]',
  continue: 'continue [n]',
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  dirs: 'dirs [-clpv] [+N] [-N]',
  disown: 'disown [-h] [-ar] [jobspec ... | pid ...]',
  echo: 'echo [-neE] [arg ...]',
  enable: 'enable [-a] [-dnps] [-f filename] [name ...]',
  eval: 'eval [arg ...]',
  exec: 'exec [-cl] [-a name] [command [argument ...]] [redirection ...]',
  exit: 'exit [n]',
  export: 'export [-fn] [name[=value] ...] or export -p',
  false: 'false',
  fc: 'fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]',
  fg: 'fg [job_spec]',
  getopts: 'getopts optstring name [arg ...]',
  hash: 'hash [-lr] [-p pathname] [-dt] [name ...]',
  help: 'help [-dms] [pattern ...]',
  history: 'history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]',
  jobs: 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]',
  kill: 'kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]',
  let: 'let arg [arg ...]',
  local: 'local [option] name[=value] ...',
  logout: 'logout [n]',
  mapfile: 'mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]',
  popd: 'popd [-n] [+N | -N]',
  printf: 'printf [-v var] format [arguments]',
  pushd: 'pushd [-n] [+N | -N | dir]',
  pwd: 'pwd [-LP]',
  read: 'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]',
  readarray: 'readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]',
  readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
  return: 'return [n]',
  set: 'set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]',
  shift: 'shift [n]',
  shopt: 'shopt [-pqsu] [-o] [optname ...]',
  source: 'source filename [arguments]',
  suspend: 'suspend [-f]',
  test: 'test [expr]',
  times: 'times',
  trap: 'trap [-lp] [[arg] signal_spec ...]',
  true: 'true',
  type: 'type [-afptP] name [name ...]',
  typeset: 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]',
  ulimit: 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]',
  umask: 'umask [-p] [-S] [mode]',
  unalias: 'unalias [-a] name [name ...]',
  unset: 'unset [-f] [-v] [-n] [name ...]',
  wait: 'wait [-fn] [-p var] [id ...]',
};

/** dash's words. */
const PLAIN_USAGE: Readonly<Record<string, string>> = {
  kill: 'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]',
  getopts: 'Usage: getopts optstring var [arg...]',
  printf: 'usage: printf format [arg ...]',
};

/** `NAME: usage: …`; the status of a wrong use. */
export function usage(shell: Shell, name: Bytes = shell.builtin ?? ''): number {
  if (shell.dialect !== 'bash') {
    if (shell.complaint === undefined) shell.fail(PLAIN_USAGE[name] ?? `usage: ${USAGE[name] ?? name}`);
    return 2;
  }
  shell.say(`${name}: usage: ${USAGE[name] ?? name}\n`);
  return 2;
}

export interface Parsed {
  /** Letters in order, each with its argument or ''. */
  readonly options: readonly { readonly letter: string; readonly value: Bytes; readonly sign: '-' | '+' }[];
  readonly rest: readonly Bytes[];
  has(letter: string): boolean;
  /** The last argument given to a letter. */
  value(letter: string): Bytes | undefined;
}

/**
 * Reads options as bash's internal_getopt: `spec` as getopt(3) writes it, a leading `+` also accepts `+x`. A status when one was wrong, which has been
 * said then. Numbers such as `-1` are no options where `-` is followed by a digit and no digit is in `spec`.
 */
export function readOptions(shell: Shell, args: readonly Bytes[], spec: string): Parsed | number {
  const acceptsPlus = spec.startsWith('+');
  const letters = acceptsPlus ? spec.slice(1) : spec;
  const options: { letter: string; value: Bytes; sign: '-' | '+' }[] = [];
  let at = 1;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      at++;
      break;
    }
    if (arg.length < 2 || !(arg.startsWith('-') || (acceptsPlus && arg.startsWith('+')))) break;
    const sign = arg.startsWith('-') ? '-' : '+';
    for (let i = 1; i < arg.length; i++) {
      const letter = arg.charAt(i);
      const place = letter === ':' ? -1 : letters.indexOf(letter);
      if (place < 0) {
        shell.fail(`${sign}${letter}: invalid option`);
        return usage(shell);
      }
      if (letters.charAt(place + 1) !== ':') {
        options.push({ letter, value: '', sign });
        continue;
      }
      let value = arg.slice(i + 1);
      if (value === '') {
        if (at + 1 >= args.length) {
          shell.fail(`-${letter}: option requires an argument`);
          return usage(shell);
        }
        value = args[++at] ?? '';
      }
      options.push({ letter, value, sign });
      break;
    }
  }
  return {
    options,
    rest: args.slice(at),
    has: (letter) => options.some((option) => option.letter === letter),
    value: (letter) => options.findLast((option) => option.letter === letter)?.value,
  };
}

export const isName = (text: Bytes): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
