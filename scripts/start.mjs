#!/usr/bin/env node
/**
 * `npm start [-- --web | --desktop] [--port N] [--no-open]`: sets up what is missing, then opens the app. In Electron where its
 * binary is here or can be fetched; otherwise the same app is served to the browser, and one line says why and where.
 * Node built-ins only. Invariant: never imports or runs the package `electron` to find out (that would download it).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SetupError, ensureBuild, ensureDependencies, ensureNode, root, runCommand } from './setup.mjs';

const USAGE = 'usage: npm start [-- [--web | --desktop] [--port N] [--no-open]]';
const FETCH_LIMIT_MS = 5 * 60_000;
const FETCH_AGAIN_AFTER_MS = 24 * 3_600_000;
/** An Electron that ends this soon, with a failure, never showed a window: a library is missing, or its sandbox is forbidden. */
const STILLBORN_MS = 8_000;
const EXECUTABLE = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/** @typedef {{ env: NodeJS.ProcessEnv, platform: NodeJS.Platform, uid: number | undefined }} System */
/** @type {System} */
const thisSystem = { env: process.env, platform: process.platform, uid: process.getuid?.() };

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

/** The address of a web host on this machine in a line that it printed. @param {string} line */
export const addressIn = (line) => /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[^\s'"]*/.exec(line)?.[0];

/** Electron's own installer fetches the binary; a failure is not tried again for a day. @param {string} packageFolder @param {{ insist: boolean }} options */
function fetchElectron(packageFolder, { insist }) {
  const installer = join(packageFolder, 'install.js');
  const failed = join(root, 'node_modules/.cache/electron-not-fetched');
  if (!existsSync(installer)) return;
  if (!insist && existsSync(failed) && Date.now() - statSync(failed).mtimeMs < FETCH_AGAIN_AFTER_MS) return;
  console.log('Fetching Electron, once (about 120 MB) …');
  const { status } = spawnSync(process.execPath, [installer], { cwd: root, stdio: ['ignore', 'inherit', 'pipe'], timeout: FETCH_LIMIT_MS });
  if (status === 0) return;
  mkdirSync(dirname(failed), { recursive: true });
  writeFileSync(failed, 'npm start -- --desktop tries again\n');
}

/**
 * Runs a child to its end, passing signals on; Ctrl-C in a terminal reaches it without us.
 * @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} its exit status
 */
function follow(child) {
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

/** @param {string} binary @returns {Promise<number | string>} the exit status, or why no window came */
async function runElectron(binary) {
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
function openBrowser(address) {
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

/** @param {string} why @param {{ port?: string | undefined, open: boolean }} options */
async function runWebHost(why, { port, open }) {
  const args = [join(root, 'out/cli/podwalk.js'), 'serve', ...(port === undefined ? [] : ['--port', port])];
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
  let told = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = told ? undefined : addressIn(line);
    console.log(address ? `Podwalk is in your browser, because ${why}: ${address}` : line);
    if (!address) return;
    told = true;
    if (open) openBrowser(address);
  });
  return follow(child);
}

function readOptions() {
  try {
    return parseArgs({ options: { web: { type: 'boolean' }, desktop: { type: 'boolean' }, port: { type: 'string' }, 'no-open': { type: 'boolean' } } }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

async function start() {
  const options = readOptions();
  ensureNode();
  ensureDependencies();
  ensureBuild();

  const packageFolder = join(root, 'node_modules/electron');
  let why = options.web ? 'you asked for it' : whyNoWindow(thisSystem);
  if (!why) {
    if (!findElectron(thisSystem, packageFolder)) fetchElectron(packageFolder, { insist: options.desktop ?? false });
    const binary = findElectron(thisSystem, packageFolder);
    const result = binary ? await runElectron(binary) : 'Electron is not here and could not be fetched (`npx install-electron` shows why)';
    if (typeof result === 'number') return result;
    why = result;
  }
  if (options.desktop) throw new SetupError(`The desktop window cannot be opened: ${why}.`);
  return runWebHost(why, { port: options.port, open: !options['no-open'] && hasDisplay(thisSystem) });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await runCommand(start);
