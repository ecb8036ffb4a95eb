/**
 * Whether a window of Electron can be opened here, with what, and opening it. For `npm start` and for `podwalk` alone. Node built-ins only.
 * Invariant: never imports or runs the package `electron` to find out (that would download it).
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const EXECUTABLE = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
/** An Electron that ends this soon, with a failure, never showed a window: a library is missing, or its sandbox is forbidden. */
const STILLBORN_MS = 8_000;

/** @typedef {{ env: NodeJS.ProcessEnv, platform: NodeJS.Platform, uid: number | undefined }} System */
/** @type {System} */
export const thisSystem = { env: process.env, platform: process.platform, uid: process.getuid?.() };

/** @param {System} system */
export const hasDisplay = ({ env, platform }) => platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);

/** Why this system cannot show Electron's window, whether or not its binary is here. @param {System} system @returns {string | undefined} */
export function whyNoWindow(system) {
  if (!hasDisplay(system)) return 'there is no display';
  if (system.platform === 'linux' && system.uid === 0) return 'Electron does not run as root';
  return undefined;
}

/** Electron's binary, if it is here. @param {System} system @param {string} packageFolder */
export function findElectron({ env, platform }, packageFolder) {
  const chosen = env['ELECTRON_EXEC_PATH'];
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const listed = join(packageFolder, 'path.txt'); // written when the binary has been unpacked
  const name = existsSync(listed) ? readFileSync(listed, 'utf8').trim() : (EXECUTABLE[/** @type {'darwin' | 'win32'} */ (platform)] ?? 'electron');
  const binary = join(env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(packageFolder, 'dist'), name);
  return existsSync(binary) ? binary : undefined;
}

/**
 * Runs a child to its end, passing signals on; Ctrl-C in a terminal reaches it without us.
 * @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} its exit status
 */
export function follow(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(status ?? (signal ? 1 : 0)));
  });
}

/** @param {string} binary @param {string} root of the app @returns {Promise<number | string>} the exit status, or why no window came */
export async function runElectron(binary, root) {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const started = Date.now();
  try {
    const status = await follow(spawn(binary, [root], { stdio: 'inherit', env }));
    return status !== 0 && Date.now() - started < STILLBORN_MS ? `Electron ended at once with status ${status}` : status;
  } catch (error) {
    return `Electron cannot be run (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** @param {string} address */
export function openBrowser(address) {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]] // `start` would need its own quoting
        : ['xdg-open', [address]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined); // the address has been printed
  child.unref();
}
