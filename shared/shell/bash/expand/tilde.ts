/** Tilde expansion (bash(1)): homes, and the present and former working directory. */
import type { Bytes } from '../../../base/index.ts';
import type { Shell } from '../shell.ts';

/** Where the tilde prefix that begins at `start` ends. */
export function tildeEnd(text: Bytes, start: number, isAssignment: boolean): number {
  let end = start + 1;
  while (end < text.length && text.charAt(end) !== '/' && !(isAssignment && text.charAt(end) === ':')) end++;
  return end;
}

/** What `~name` stands for; undefined leaves it as it is. */
export function tildeValue(shell: Shell, name: Bytes): Bytes | undefined {
  if (name === '') return shell.getVariable('HOME') ?? homeOf(shell, undefined);
  if (name === '+') return shell.getVariable('PWD');
  if (name === '-') return shell.getVariable('OLDPWD');
  if (/^[+-]?\d+$/.test(name)) {
    const stack = [shell.workingDirectory, ...shell.directories];
    const index = Number(name.replace(/^[+-]/, ''));
    return name.startsWith('-') ? stack[stack.length - 1 - index] : stack[index];
  }
  return /^[A-Za-z_][\w.-]*$/.test(name) ? homeOf(shell, name) : undefined;
}

/** From /etc/passwd: of a user by name, or of the one who runs the shell. */
function homeOf(shell: Shell, name: Bytes | undefined): Bytes | undefined {
  const passwd = shell.process.fs.readFile('/etc/passwd');
  if (!passwd.ok) return undefined;
  for (const line of passwd.value.split('\n')) {
    const fields = line.split(':');
    if (name === undefined ? Number(fields[2]) === shell.process.uid && fields.length > 6 : fields[0] === name) return fields[5];
  }
  return undefined;
}
