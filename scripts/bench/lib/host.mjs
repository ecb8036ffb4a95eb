/** A web host of the benchmark's own, and a window's end of its wire without a window. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { loadModule, root } from './bundle.mjs';

/** @returns {Promise<{ address: string, addressMs: number, stop: () => Promise<void> }>} `addressMs`: from spawn to the address */
export async function startHost() {
  const home = mkdtempSync(join(tmpdir(), 'podwalk-bench-home-'));
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'out/cli/podwalk.js'), 'serve', '--port', '0'], {
    env: { ...process.env, PODWALK_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [found] = /http:\/\/\S+/.exec(line) ?? [];
      if (found) resolve(found);
    });
    child.on('exit', (status) => reject(new Error(`the web host ended with status ${status}`)));
  });
  const addressMs = performance.now() - started;
  const stop = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', () => {
          rmSync(home, { recursive: true, force: true });
          resolve();
        });
        child.kill();
      })
    );
  return { address: /** @type {string} */ (address), addressMs, stop };
}

/** @param {string} address @returns {Promise<any>} a Connection of shared/ipc */
export async function connectTo(address) {
  const { Connection } = await loadModule('shared/ipc/index.ts');
  const url = new URL(address);
  const socket = new WebSocket(`ws://${url.host}/wire`, {
    origin: url.origin,
    headers: { cookie: `podwalk-${url.port}=${url.searchParams.get('token')}` },
    perMessageDeflate: false,
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return new Connection({
    send: (/** @type {string | Uint8Array} */ message) => socket.send(message),
    onMessage: (/** @type {(message: unknown) => void} */ listener) => socket.on('message', (data, isBinary) => listener(isBinary ? data : String(data))),
    onClose: (/** @type {() => void} */ listener) => socket.on('close', listener),
    close: () => socket.close(),
  });
}
