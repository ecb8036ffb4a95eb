/** What ps of procps-ng says of its options, a section each (`ps --help all`); its declaration is made from them. */
import type { DeclaredOption } from '../declaration.ts';

const BASIC = `Basic options:
 -A, -e               all processes
 -a                   all with tty, except session leaders
  a                   all with tty, including other users
 -d                   all except session leaders
 -N, --deselect       negate selection
  r                   only running processes
  T                   all processes on this terminal
  x                   processes without controlling ttys
`;
const LIST = `Selection by list:
 -C <command>         command name
 -G, --Group <GID>    real group id or name
 -g, --group <group>  session or effective group name
 -p, p, --pid <PID>   process id
        --ppid <PID>  parent process id
 -q, q, --quick-pid <PID>
                      process id (quick mode)
 -s, --sid <session>  session id
 -t, t, --tty <tty>   terminal
 -u, U, --user <UID>  effective user id or name
 -U, --User <UID>     real user id or name

  The selection options take as their argument either:
    a comma-separated list e.g. '-u root,nobody' or
    a blank-separated list e.g. '-p 123 4567'
`;
const OUTPUT = `Output formats:
 -F                   extra full
 -f                   full-format, including command lines
  f, --forest         ascii art process tree
 -H                   show process hierarchy
 -j                   jobs format
  j                   BSD job control format
 -l                   long format
  l                   BSD long format
 -M, Z                add security data (for SELinux)
 -O <format>          preloaded with default columns
  O <format>          as -O, with BSD personality
 -o, o, --format <format>
                      user-defined format
  -P                  add psr column
  s                   signal format
  u                   user-oriented format
  v                   virtual memory format
  X                   register format
 -y                   do not show flags, show rss vs. addr (used with -l)
     --context        display security context (for SELinux)
     --headers        repeat header lines, one per page
     --no-headers     do not print header at all
     --cols, --columns, --width <num>
                      set screen width
     --rows, --lines <num>
                      set screen height
`;
const THREADS = `Show threads:
  H                   as if they were processes
 -L                   possibly with LWP and NLWP columns
 -m, m                after processes
 -T                   possibly with SPID column
`;
const misc = (y: string): string => `Miscellaneous options:
 -c                   show scheduling class with -l option
  c                   show true command name
  e                   show the environment after command
  k,    --sort        specify sort order as: [+|-]key[,[+|-]key[,...]]
  L                   show format specifiers
  n                   display numeric uid and wchan
  S,    --cumulative  include some dead child process data
 -y                   do not show flags, show rss (only with -l)
 -V, V, --version     display version information and exit
 -w, w                unlimited output width

        --help <simple|list|output|threads|misc|all>
                      ${y}
`;
const MISC = misc('display help and exit');
const SECTIONS = { simple: [BASIC], list: [LIST], output: [OUTPUT], threads: [THREADS], misc: [MISC], all: [BASIC, LIST, OUTPUT, THREADS, MISC] } as const;

const USAGE = '\nUsage:\n ps [options]\n\n';
const END = '\nFor more details see ps(1).\n';
/** Follows each mistake. */
export const ADVICE = `${USAGE} Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n${END}`;
export function helpOf(section: string): string {
  const found = section === '' ? undefined : (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).find((name) => name === section || name[0] === section);
  return found ? USAGE + SECTIONS[found].join('\n') + END : ADVICE;
}

/** The letters and long names in front of each description. */
export const PS_OPTIONS: readonly DeclaredOption[] = SECTIONS.all
  .flatMap((section) => section.split('\n'))
  .flatMap((line) => {
    const [, names, value, help] = /^ {1,8}(-{0,2}\w[\w-]*(?:, +-{0,2}\w[\w-]*)*)(?: (<[^>]+>))?(?: {2,}(\S.*))?$/.exec(line) ?? [];
    if (names === undefined || /^(The|a) /.test(line.trim())) return [];
    return [{ names: names.split(/, +/), value: value ?? (/(?:^| )--sort/.test(names) ? '<key>' : undefined), help }];
  });
