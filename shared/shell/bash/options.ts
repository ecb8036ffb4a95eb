/** What `set` and `shopt` switch (bash(1), SHELL BUILTIN COMMANDS), with bash 5.2's defaults and the order in which it lists them. */

/** `set -o` names with their letters, '' where there is none. */
export const SET_OPTIONS = [
  ['allexport', 'a'],
  ['braceexpand', 'B'],
  ['emacs', ''],
  ['errexit', 'e'],
  ['errtrace', 'E'],
  ['functrace', 'T'],
  ['hashall', 'h'],
  ['histexpand', 'H'],
  ['history', ''],
  ['ignoreeof', ''],
  ['interactive-comments', ''],
  ['keyword', 'k'],
  ['monitor', 'm'],
  ['noclobber', 'C'],
  ['noexec', 'n'],
  ['noglob', 'f'],
  ['nolog', ''],
  ['notify', 'b'],
  ['nounset', 'u'],
  ['onecmd', 't'],
  ['physical', 'P'],
  ['pipefail', ''],
  ['posix', ''],
  ['privileged', 'p'],
  ['verbose', 'v'],
  ['vi', ''],
  ['xtrace', 'x'],
] as const;
export type SetOption = (typeof SET_OPTIONS)[number][0];

const SHOPT_ON = new Set([
  'checkwinsize',
  'cmdhist',
  'complete_fullquote',
  'extquote',
  'force_fignore',
  'globasciiranges',
  'globskipdots',
  'hostcomplete',
  'interactive_comments',
  'patsub_replacement',
  'progcomp',
  'promptvars',
  'sourcepath',
]);

export const SHOPT_NAMES = [
  ...[
    'autocd',
    'assoc_expand_once',
    'cdable_vars',
    'cdspell',
    'checkhash',
    'checkjobs',
    'checkwinsize',
    'cmdhist',
    'compat31',
    'compat32',
    'compat40',
    'compat41',
  ],
  ...[
    'compat42',
    'compat43',
    'compat44',
    'complete_fullquote',
    'direxpand',
    'dirspell',
    'dotglob',
    'execfail',
    'expand_aliases',
    'extdebug',
    'extglob',
    'extquote',
  ],
  ...[
    'failglob',
    'force_fignore',
    'globasciiranges',
    'globskipdots',
    'globstar',
    'gnu_errfmt',
    'histappend',
    'histreedit',
    'histverify',
    'hostcomplete',
    'huponexit',
  ],
  ...[
    'inherit_errexit',
    'interactive_comments',
    'lastpipe',
    'lithist',
    'localvar_inherit',
    'localvar_unset',
    'login_shell',
    'mailwarn',
    'no_empty_cmd_completion',
  ],
  ...['nocaseglob', 'nocasematch', 'noexpand_translation', 'nullglob', 'patsub_replacement', 'progcomp', 'progcomp_alias', 'promptvars', 'restricted_shell'],
  ...['shift_verbose', 'sourcepath', 'varredir_close', 'xpg_echo'],
] as const;

/** Order of the letters in `$-`. */
const FLAG_ORDER = 'abefhikmnprtuvxBCEHPT';

export class Options {
  private readonly switched: Set<string>;
  private readonly shopt: Set<string>;
  /** Letters of `$-` that cannot be switched: `i`, `c`, `s`. */
  invocation = '';

  constructor(from?: Options) {
    this.switched = new Set(from ? from.switched : ['braceexpand', 'hashall', 'interactive-comments']);
    this.shopt = new Set(from ? from.shopt : SHOPT_ON);
    if (from) this.invocation = from.invocation;
    this.refresh();
  }
  // Read for every command, so kept beside the sets.
  errexit = false;
  nounset = false;
  xtrace = false;
  verbose = false;
  noglob = false;
  noexec = false;
  pipefail = false;
  monitor = false;
  allexport = false;
  noclobber = false;
  errtrace = false;
  functrace = false;
  braceexpand = false;
  keyword = false;

  private refresh(): void {
    const { switched } = this;
    this.errexit = switched.has('errexit');
    this.nounset = switched.has('nounset');
    this.xtrace = switched.has('xtrace');
    this.verbose = switched.has('verbose');
    this.noglob = switched.has('noglob');
    this.noexec = switched.has('noexec');
    this.pipefail = switched.has('pipefail');
    this.monitor = switched.has('monitor');
    this.allexport = switched.has('allexport');
    this.noclobber = switched.has('noclobber');
    this.errtrace = switched.has('errtrace');
    this.functrace = switched.has('functrace');
    this.braceexpand = switched.has('braceexpand');
    this.keyword = switched.has('keyword');
  }
  isSet(name: SetOption): boolean {
    return this.switched.has(name);
  }
  set(name: SetOption, isOn: boolean): void {
    if (isOn) this.switched.add(name);
    else this.switched.delete(name);
    if (isOn && name === 'emacs') this.switched.delete('vi');
    if (isOn && name === 'vi') this.switched.delete('emacs');
    this.refresh();
  }
  has(name: string): boolean {
    return this.shopt.has(name);
  }
  setShopt(name: string, isOn: boolean): void {
    if (isOn) this.shopt.add(name);
    else this.shopt.delete(name);
  }
  /** `$-`. */
  get flags(): string {
    const letters = new Set<string>(SET_OPTIONS.flatMap(([name, letter]) => (letter !== '' && this.switched.has(name) ? [letter] : [])));
    if (this.invocation.includes('i')) letters.add('i');
    return (
      Array.from(FLAG_ORDER)
        .filter((letter) => letters.has(letter))
        .join('') + this.invocation.replace('i', '')
    );
  }
  /** `SHELLOPTS`. */
  get names(): string {
    return SET_OPTIONS.filter(([name]) => this.switched.has(name))
      .map(([name]) => name)
      .join(':');
  }
  get shoptNames(): string {
    return SHOPT_NAMES.filter((name) => this.shopt.has(name)).join(':');
  }
}

export const optionOfLetter = (letter: string): SetOption | undefined => SET_OPTIONS.find((row) => row[1] === letter)?.[0];
export const isSetOption = (name: string): name is SetOption => SET_OPTIONS.some((row) => row[0] === name);
