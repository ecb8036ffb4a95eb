/** Whether this machine lets its users make namespaces; where not, the setting that forbids it, and what works instead. */
import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NEEDED: Readonly<Record<string, string>> = { ip: 'iproute2', nsenter: 'util-linux', unshare: 'util-linux', perl: 'perl-base' };
const INSTEAD = 'Simulated labs work without it.';
let known: Promise<string | undefined> | undefined;

/** A sentence for the user; undefined: nothing stands in the way. */
export function obstacles(): Promise<string | undefined> {
  return (known ??= find().then((found) => {
    if (found !== undefined) known = undefined; // a setting may be changed while the app runs
    return found;
  }));
}

async function find(): Promise<string | undefined> {
  const missing = missingPrograms();
  if (missing !== undefined) return missing;
  const refused = await attempt();
  return refused === undefined ? undefined : explain(refused);
}

/** Known at once, without trying anything. */
export function missingPrograms(): string | undefined {
  if (process.platform !== 'linux') return `Labs in namespaces need Linux; this is ${process.platform}. ${INSTEAD}`;
  const missing = Object.keys(NEEDED).filter((program) => !isProgram(program));
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((program) => NEEDED[program]!))].join(' ');
  return `Labs in namespaces need ${missing.join(', ')}: install ${packages}. ${INSTEAD}`;
}

/** The words for a refusal, by the settings that are known to cause it. */
export function explain(refused: string, read: (path: string) => string | undefined = readSetting): string {
  const zero = (path: string): boolean => read(path) === '0';
  const set = (name: string, value: string): string => `sudo sysctl -w ${name}=${value}`;
  if (zero('/proc/sys/kernel/unprivileged_userns_clone'))
    return `The setting kernel.unprivileged_userns_clone=0 forbids user namespaces: ${set('kernel.unprivileged_userns_clone', '1')} allows them. ${INSTEAD}`;
  for (const kind of ['user', 'net', 'mnt', 'pid', 'uts', 'ipc'])
    if (zero(`/proc/sys/user/max_${kind}_namespaces`))
      return `The setting user.max_${kind}_namespaces=0 forbids ${kind} namespaces: ${set(`user.max_${kind}_namespaces`, '10000')} allows them. ${INSTEAD}`;
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return `AppArmor (kernel.apparmor_restrict_unprivileged_userns=1) takes from user namespaces what a lab needs: ${set('kernel.apparmor_restrict_unprivileged_userns', '0')} allows it. ${INSTEAD}`;
  return `This machine does not let its users make namespaces (${refused}); in a container, a security profile may forbid it. ${INSTEAD}`;
}

function attempt(): Promise<string | undefined> {
  const words = ['--user', '--map-root-user', '--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--mount-proc', 'ip', 'link', 'set', 'lo', 'up'];
  return new Promise((resolve) => {
    execFile('unshare', words, { timeout: 5000 }, (error, _stdout, stderr) => resolve(error ? stderr.trim().split('\n')[0] || error.message : undefined));
  });
}
function isProgram(name: string): boolean {
  const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
function readSetting(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
