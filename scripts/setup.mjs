/**
 * What `npm start` and `npm test` do before anything else: the locked dependencies and the build, each only when it is missing or
 * stale. Node built-ins only: this runs on a fresh clone, before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MINIMUM = [20, 19];

/** A reason to stop that the user can act on: printed without a stack. */
export class SetupError extends Error {}

/** Runs the body of a command; a SetupError ends it with one clear message. @param {() => Promise<number>} body */
export async function runCommand(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

export function ensureNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = NODE_MINIMUM;
  if (major < wantMajor || (major === wantMajor && minor < wantMinor)) {
    throw new SetupError(`Podwalk needs Node ${NODE_MINIMUM.join('.')} or newer; this is ${version}. Get it from https://nodejs.org`);
  }
}

// --- dependencies

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockEntry */
/** @typedef {{ packages?: Record<string, LockEntry> }} Lock */

/** @param {string} path @returns {Lock | undefined} */
function readLock(path) {
  try {
    return /** @type {Lock} */ (JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * What the lock file asks for and node_modules does not have. npm itself writes what it installed to
 * node_modules/.package-lock.json, at its end; optional packages may be absent (node-pty without a compiler).
 * @param {Lock} wanted @param {Lock | undefined} installed @returns {string | undefined} the first difference, in words
 */
export function staleDependency(wanted, installed) {
  if (!installed?.packages) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(wanted.packages ?? {})) {
    if (path === '') continue;
    const there = installed.packages[path];
    if (!there && !entry.optional && !entry.devOptional) return `${path.replace(/.*node_modules\//, '')} is missing`;
    if (there && there.version !== entry.version) return `${path.replace(/.*node_modules\//, '')} is ${there.version}, not ${entry.version}`;
  }
  return undefined;
}

/** node_modules made on another system has other binaries in it. */
const platform = `${process.platform} ${process.arch} ${libc()}`;
function libc() {
  if (process.platform !== 'linux') return '';
  const header = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport()).header;
  return header?.glibcVersionRuntime ? 'glibc' : 'musl';
}

export function ensureDependencies() {
  const stampFile = join(root, 'node_modules/.podwalk-platform');
  const lock = readLock(join(root, 'package-lock.json'));
  if (!lock) throw new SetupError('package-lock.json cannot be read: restore it with `git checkout package-lock.json`');
  const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : platform;
  const why = stamp === platform ? staleDependency(lock, readLock(join(root, 'node_modules/.package-lock.json'))) : `installed for ${stamp}`;
  if (!why) return;
  console.log(`Installing the locked dependencies (${why}) …`);
  const started = Date.now();
  if (npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) {
    throw new SetupError('`npm ci` failed (its words are above). Is the network there? Once it is, run the same command again.');
  }
  writeFileSync(stampFile, platform);
  console.log(`Dependencies are installed (${seconds(started)}).`);
}

/** Runs npm as it was itself run, or the one on the path. @param {string[]} args */
function npm(args) {
  const script = process.env['npm_execpath'];
  const options = /** @type {const} */ ({ cwd: root, stdio: 'inherit' });
  const asScript = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const result = asScript
    ? spawnSync(process.execPath, [script, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' }); // npm is a .cmd there; the arguments are ours
  if (result.error) throw new SetupError(`npm cannot be run: ${result.error.message}`);
  return result.status;
}

// --- build

/**
 * The parts of out/: what each is made from, and how. A part is built when the hash of its sources is not the one it was built from.
 * @type {Record<'cli' | 'desktop', { sources: string[], build: () => void }>}
 */
const PARTS = {
  cli: { sources: ['electron', 'shared', 'scripts/electron.mjs', 'vite.cli.config.ts', 'package.json', 'package-lock.json'], build: buildCli },
  desktop: { sources: ['electron', 'shared', 'renderer', 'electron.vite.config.ts', 'package.json', 'package-lock.json'], build: buildDesktop },
};
/** @typedef {keyof typeof PARTS} Part */
export const ALL_PARTS = /** @type {Part[]} */ (Object.keys(PARTS));

/** @param {Part[]} parts @param {{ force?: boolean }} [options] */
export function ensureBuild(parts = ALL_PARTS, { force = false } = {}) {
  for (const part of parts) {
    const stampFile = join(root, 'out', `${part}.stamp`);
    const hash = hashOf(PARTS[part].sources);
    if (!force && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) continue;
    console.log(`Building ${part === 'cli' ? 'the podwalk command' : 'the app'} …`);
    const started = Date.now();
    rmSync(stampFile, { force: true });
    PARTS[part].build();
    mkdirSync(dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, hash);
    console.log(`Built (${seconds(started)}).`);
  }
}

/** Built beside the old one and put in its place, so that a `podwalk` that is running finds its files until the last moment. */
function buildCli() {
  const next = join(root, `out/cli.${process.pid}`);
  try {
    tool('vite/bin/vite.js', ['build', '--config', 'vite.cli.config.ts', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn']);
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    throw error;
  }
  chmodSync(join(next, 'podwalk.js'), 0o755);
  rmSync(join(root, 'out/cli'), { recursive: true, force: true });
  renameSync(next, join(root, 'out/cli'));
}

function buildDesktop() {
  tool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn']);
}

/** @param {string} script below node_modules @param {string[]} args */
function tool(script, args) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new SetupError('The build failed (its words are above).');
}

/** The content of all sources below the paths, tests left out. @param {string[]} paths */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) {
    hash
      .update(`${relative(root, file).replaceAll('\\', '/')}\n`)
      .update(readFileSync(file))
      .update('\n');
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (!existsSync(path)) throw new SetupError(`${relative(root, path)} is missing: is this a whole clone?`);
  /** @type {import('node:fs').Dirent[]} */
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path]; // a file
  }
  return entries
    .filter((entry) => !entry.name.includes('.test.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]));
}

/** @param {number} since */
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
