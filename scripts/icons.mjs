#!/usr/bin/env node
/** `node scripts/icons.mjs`: renders resources/icons/podwalk.png from podwalk.svg. electron-builder makes .icns and .ico of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError, root, runCommand } from './setup.mjs';
import { findChromium } from './system.mjs';

const SIZE = 1024;

await runCommand(() => {
  const chromium = findChromium();
  if (!chromium) throw new SetupError('A Chromium is needed to render the icon; set $CHROMIUM to its path.');
  const folder = mkdtempSync(join(tmpdir(), 'podwalk-icon-'));
  const page = join(folder, 'icon.html');
  const image = pathToFileURL(join(root, 'resources/icons/podwalk.svg')).href;
  writeFileSync(page, `<style>body{margin:0}img{display:block}</style><img src="${image}" width="${SIZE}" height="${SIZE}">`);
  const view = ['--headless', '--no-sandbox', '--hide-scrollbars', '--default-background-color=00000000', `--window-size=${SIZE},${SIZE}`];
  const { status, stderr } = spawnSync(chromium, [...view, `--screenshot=${join(root, 'resources/icons/podwalk.png')}`, pathToFileURL(page).href], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new SetupError(stderr);
  return Promise.resolve(0);
});
