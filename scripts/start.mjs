#!/usr/bin/env node
/**
 * `npm start [-- --web | --desktop] [--port N] [--no-open]`: sets up what is missing, then opens the app. In Electron where its
 * binary is here or can be fetched; otherwise the same app is served to the browser, and one line says why and where.
 * Node built-ins only. Invariant: never imports or runs the package `electron` to find out (that would download it).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findElectron, follow, hasDisplay, openBrowser, runElectron, thisSystem, whyNoWindow } from './electron.mjs';
import { SetupError, ensureBuild, ensureDependencies, ensureNode, root, runCommand } from './setup.mjs';

const USAGE = 'usage: npm start [-- [--web | --desktop] [--port N] [--no-open]]';
const FETCH_LIMIT_MS = 5 * 60_000;
const FETCH_AGAIN_AFTER_MS = 24 * 3_600_000;

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

/** @param {string} why @param {{ port?: string | undefined, open: boolean }} options */
async function runWebHost(why, { port, open }) {
  const args = [join(root, 'out/cli/podwalk.js'), 'serve', ...(port === undefined ? [] : ['--port', port])];
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
  let told = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = told ? undefined : addressIn(line);
    console.log(address ? `Podwalk runs in the browser, because ${why}: ${address}` : line);
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
    const result = binary ? await runElectron(binary, root) : 'Electron is not here and could not be fetched (`npx install-electron` shows why)';
    if (typeof result === 'number') return result;
    why = result;
  }
  if (options.desktop) throw new SetupError(`The desktop window cannot be opened: ${why}.`);
  return runWebHost(why, { port: options.port, open: !options['no-open'] && hasDisplay(thisSystem) });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await runCommand(start);
