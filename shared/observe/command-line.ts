/**
 * The command line whose output is read: which program, its options, its words. What only wraps a program (sudo, `ip netns exec`, `kubectl exec`,
 * nsenter, ssh …) and what only filters its output (`| grep`) is passed over.
 */
export interface CommandLine {
  readonly program: string;
  /** Options as typed, without values: `-d`, `--line-numbers`. */
  readonly options: readonly string[];
  /** Everything else, values of options too. */
  readonly words: readonly string[];
  /** Options and words in their order. */
  readonly args: readonly string[];
}

const WORD = /'[^']*'|"(?:\\.|[^"\\])*"|\S+/g;
const unquote = (word: string): string => (/^'.*'$/s.test(word) ? word.slice(1, -1) : /^".*"$/s.test(word) ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word);

export function parseCommandLine(text: string): CommandLine {
  let words = (text.match(WORD) ?? []).map(unquote);
  const pipe = words.findIndex((word) => word === '|' || word === '2>' || word === '>' || word === '2>&1' || word === '2>/dev/null');
  if (pipe !== -1) words = words.slice(0, pipe);
  for (let rest = unwrap(words); rest !== undefined; rest = unwrap(words)) words = rest;
  const [program = '', ...args] = words;
  return {
    program: program.slice(program.lastIndexOf('/') + 1),
    options: args.filter((arg) => arg.startsWith('-')),
    words: args.filter((arg) => !arg.startsWith('-')),
    args,
  };
}

/** One wrapper less; undefined when there is none. */
function unwrap(words: readonly string[]): string[] | undefined {
  const [first = '', ...rest] = words;
  if (/^\w+=/.test(first)) return rest;
  switch (first.slice(first.lastIndexOf('/') + 1)) {
    case 'sudo':
    case 'doas':
    case 'env':
    case 'busybox':
    case 'toybox':
      return afterOptions(rest, /^-[ugCpTRDh]$/);
    case 'nsenter':
      return afterOptions(rest, /^-[tSG]$|^--target$/);
    case 'chroot':
    case 'ssh':
      return afterOptions(rest, /^-[lpioFJ]$/).slice(1);
    case 'timeout':
      return afterOptions(rest, /^-[ks]$/).slice(1);
    case 'kubectl':
    case 'docker':
    case 'crictl':
    case 'nerdctl':
    case 'podman': {
      if (!rest.includes('exec')) return undefined;
      const dashes = rest.indexOf('--');
      return dashes === -1 ? afterOptions(rest.slice(rest.indexOf('exec') + 1), /^-[nceuw]$/).slice(1) : rest.slice(dashes + 1);
    }
    case 'ip': {
      const exec = rest.indexOf('exec');
      if (exec < 1 || !'netns'.startsWith(rest[exec - 1]!)) return undefined;
      return rest.slice(exec + (/^-a(ll)?$/.test(rest[exec - 2] ?? '') ? 1 : 2));
    }
    default:
      return undefined;
  }
}

function afterOptions(words: readonly string[], takesValue: RegExp): string[] {
  let at = 0;
  while (at < words.length && words[at]!.startsWith('-')) at += takesValue.test(words[at]!) ? 2 : 1;
  return words.slice(at);
}

/** Whether one of the options is this letter, alone or among others: `-n` in `-nvL`. */
export const hasLetter = ({ options }: CommandLine, letter: string): boolean =>
  options.some((option) => /^-[a-zA-Z0-9]+$/.test(option) && option.includes(letter));

/** The word after one of these. */
export function valueAfter({ args }: CommandLine, ...names: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => names.includes(arg));
  return at === -1 ? undefined : args[at + 1];
}
