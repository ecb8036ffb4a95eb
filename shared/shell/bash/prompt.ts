/** The escapes of PS1 and its kin (bash(1), PROMPTING). Expansions are done afterwards, by `Runner.expandText`. */
import type { Bytes } from '../../base/index.ts';
import { UtsNamespace } from '../process/namespace.ts';
import type { Shell } from './shell.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** Non-printing text stands between these for the line editor. */
export const PROMPT_BEGIN_HIDDEN = '\x01';
export const PROMPT_END_HIDDEN = '\x02';

interface Calendar {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

function calendar(unixUs: number): Calendar {
  const total = Math.floor(unixUs / 1e6);
  const days = Math.floor(total / 86400);
  const rest = total - days * 86400;
  // Howard Hinnant's days-to-civil.
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  return {
    month: (mp + 2) % 12,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    hours: Math.floor(rest / 3600),
    minutes: Math.floor((rest % 3600) / 60),
    seconds: rest % 60,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

export function hostnameOf(shell: Shell): Bytes {
  const uts = shell.process.namespace('uts');
  return uts instanceof UtsNamespace ? uts.hostname : 'localhost';
}

export function userName(shell: Shell): Bytes {
  const passwd = shell.process.fs.readFile('/etc/passwd');
  const line = passwd.ok ? passwd.value.split('\n').find((entry) => Number(entry.split(':')[2]) === shell.process.uid && entry !== '') : undefined;
  return line?.split(':')[0] ?? (shell.process.uid === 0 ? 'root' : 'I have no name!');
}

function directory(shell: Shell, isBase: boolean): Bytes {
  const home = shell.getVariable('HOME') ?? '';
  const pwd = shell.getVariable('PWD') ?? shell.workingDirectory;
  const isHome = home !== '' && home !== '/' && (pwd === home || pwd.startsWith(`${home}/`));
  if (isBase) return pwd === home && isHome ? '~' : pwd === '/' ? '/' : pwd.slice(pwd.lastIndexOf('/') + 1);
  return isHome ? `~${pwd.slice(home.length)}` : pwd;
}

export function decodePrompt(shell: Shell, text: Bytes): Bytes {
  if (!text.includes('\\')) return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char !== '\\' || i + 1 >= text.length) {
      out += char;
      continue;
    }
    const letter = text.charAt(++i);
    const octal = /^[0-7]{3}/.exec(text.slice(i, i + 3))?.[0];
    if (octal !== undefined) {
      out += String.fromCharCode(Number.parseInt(octal, 8) & 255);
      i += 2;
    } else if (letter === 'D' && text.charAt(i + 1) === '{') {
      const end = text.indexOf('}', i);
      i = end < 0 ? text.length : end;
      out += time(shell, 'T');
    } else out += escape(shell, letter);
  }
  return out;
}

function time(shell: Shell, letter: string): Bytes {
  const { month, day, weekday, hours, minutes, seconds } = calendar(shell.process.unixUs);
  const twelve = two(hours % 12 === 0 ? 12 : hours % 12);
  switch (letter) {
    case 'd':
      return `${DAYS[weekday] ?? ''} ${MONTHS[month] ?? ''} ${two(day)}`;
    case 't':
      return `${two(hours)}:${two(minutes)}:${two(seconds)}`;
    case 'T':
      return `${twelve}:${two(minutes)}:${two(seconds)}`;
    case '@':
      return `${twelve}:${two(minutes)} ${hours < 12 ? 'AM' : 'PM'}`;
    default:
      return `${two(hours)}:${two(minutes)}`;
  }
}

function escape(shell: Shell, letter: string): Bytes {
  switch (letter) {
    case 'a':
      return '\x07';
    case 'e':
      return '\x1b';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case '\\':
      return '\\';
    case '[':
      return PROMPT_BEGIN_HIDDEN;
    case ']':
      return PROMPT_END_HIDDEN;
    case '$':
      return shell.process.credentials.euid === 0 ? '#' : '$';
    case 'h':
      return hostnameOf(shell).split('.')[0] ?? '';
    case 'H':
      return hostnameOf(shell);
    case 'u':
      return userName(shell);
    case 'w':
      return directory(shell, false);
    case 'W':
      return directory(shell, true);
    case 's':
      return shell.name.slice(shell.name.lastIndexOf('/') + 1);
    case 'v':
      return '5.2';
    case 'V':
      return '5.2.15';
    case 'j':
      return String(shell.jobs.list.length);
    case 'l':
      return 'pts/0';
    case '!':
    case '#':
      return String((shell.history?.length ?? 0) + 1);
    case 'd':
    case 't':
    case 'T':
    case '@':
    case 'A':
      return time(shell, letter);
    default:
      return `\\${letter}`;
  }
}
