/**
 * Plants a small tree of files, with this project's own configurations in it, for a checker to find fault with.
 * It lies in test-results/, where no other check looks.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export const root = dirname(dirname(import.meta.dirname));

export interface Plant {
  readonly folder: string;
  /** Runs a tool of node_modules in the planted tree. */
  run(tool: string, ...args: string[]): { status: number | null; output: string };
}

/** `where`: below the project, packages are found; outside of it, only those that are planted. */
export function plant(where: 'inside' | 'outside', configurations: readonly string[], files: Readonly<Record<string, string>>): Plant {
  const parent = where === 'inside' ? join(root, 'test-results/planted') : tmpdir();
  mkdirSync(parent, { recursive: true });
  const folder = realpathSync(mkdtempSync(join(parent, 'podwalk-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${content}\n`);
  }
  for (const name of configurations) copyFileSync(join(root, name), join(folder, name));
  return {
    folder,
    run(tool, ...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      });
      return { status, output: `${stdout}${stderr}`.trim() };
    },
  };
}
