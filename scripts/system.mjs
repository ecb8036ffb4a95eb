/**
 * The programs of the system that tests need. As root on Debian they are installed; elsewhere it is said which are missing.
 * Node built-ins only.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** On Linux: a package and its program. @param {'labs'} purpose @param {string} pair */
function need(purpose, pair) {
  const [name = '', program = ''] = pair.split(':');
  return { for: purpose, package: name, has: () => onLinux(() => findProgram(program) !== undefined) };
}

/** Who needs it, Debian's package, and a file or program that shows that it is there. */
const NEEDS = /** @type {const} */ ([
  { for: 'browser', package: 'chromium', has: () => findChromium() !== undefined },
  { for: 'browser', package: 'fonts-noto-cjk', has: () => onLinux(() => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) },
  { for: 'browser', package: 'fonts-noto-color-emoji', has: () => onLinux(() => existsSync('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf')) },
  { for: 'kubectl', package: 'kubernetes-client', has: () => findProgram('kubectl') !== undefined },
  { for: 'vagrant', package: 'vagrant', has: () => findProgram('vagrant') !== undefined },
  { for: 'machines', package: 'vagrant', has: () => findProgram('vagrant') !== undefined },
  { for: 'machines', package: 'qemu-system-x86', has: () => findProgram('qemu-system-x86_64') !== undefined },
  { for: 'machines', package: 'openssh-server', has: () => findProgram('sshd') !== undefined },
  { for: 'machines', package: 'sudo', has: () => findProgram('sudo') !== undefined },
  { for: 'machines', package: 'busybox-static', has: () => findProgram('busybox') !== undefined },
  { for: 'machines', package: 'cpio', has: () => findProgram('cpio') !== undefined },
  { for: 'machines', package: 'kmod', has: () => findProgram('depmod') !== undefined },
  { for: 'machines', package: 'bridge-utils', has: () => findProgram('brctl') !== undefined },
  { for: 'machines', package: 'iptables', has: () => findProgram('iptables-save') !== undefined },
  { for: 'capture', package: 'tcpdump', has: () => findProgram('tcpdump') !== undefined },
  ...['iproute2:ip', 'iptables:iptables', 'util-linux:nsenter', 'iputils-ping:ping', 'traceroute:traceroute', 'procps:sysctl', 'nmap:nmap', 'jq:jq'].map(
    (pair) => need('labs', pair),
  ),
  { for: 'labs', package: 'containernetworking-plugins', has: () => onLinux(() => existsSync('/usr/lib/cni/bridge') || existsSync('/opt/cni/bin/bridge')) },
  { for: 'labs', package: 'openssh-server', has: () => onLinux(() => existsSync('/usr/sbin/sshd')) },
  { for: 'labs', package: 'openssh-client', has: () => onLinux(() => findProgram('ssh-keygen') !== undefined) },
]);
/** @typedef {typeof NEEDS[number]['for']} Purpose */

/** Fonts come with other systems. @param {() => boolean} check */
const onLinux = (check) => process.platform !== 'linux' || check();

/** @param {string} name @returns {string | undefined} its path */
export function findProgram(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter(Boolean);
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isExecutable);
}

/** A Chromium that Playwright can drive: $CHROMIUM, or one that is installed. */
export function findChromium() {
  const chosen = process.env['CHROMIUM'];
  if (chosen) return isExecutable(chosen) ? chosen : undefined;
  const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'].find(
    isExecutable,
  );
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(findProgram).find((path) => path !== undefined) ?? elsewhere;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const isDebian = () => existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));

/**
 * Makes the programs for these purposes be there, if it may; says what it does.
 * @param {Purpose[]} purposes @returns {Map<Purpose, string[]>} for each purpose that cannot be served, Debian's names of what is missing
 */
export function ensurePrograms(purposes) {
  const missing = () => NEEDS.filter((need) => purposes.includes(need.for) && !need.has());
  const first = missing();
  if (first.length > 0 && isDebian() && process.getuid?.() === 0 && findProgram('apt-get')) aptInstall(first.map((need) => need.package));
  /** @type {Map<Purpose, string[]>} */
  const rest = new Map();
  for (const need of missing()) rest.set(need.for, [...(rest.get(need.for) ?? []), need.package]);
  return rest;
}

/** @param {string[]} packages */
function aptInstall(packages) {
  console.log(`Installing Debian's ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const result = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
    if (result.status !== 0) console.log(`apt-get ${args[0]} failed:\n${result.stderr || String(result.error)}`);
  }
}
