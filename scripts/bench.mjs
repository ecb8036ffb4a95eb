#!/usr/bin/env node
/** `npm run bench [-- NAME …]`: runs the benchmarks of scripts/bench, each a script that prints its figures and how they were taken. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, ensureBuild, ensureDependencies, ensureNode, root, runCommand } from './setup.mjs';

await runCommand(async () => {
  const folder = join(root, 'scripts/bench');
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.mjs'))
        .sort()
    : [];
  const names = process.argv.slice(2);
  const chosen = files.filter((file) => names.length === 0 || names.includes(file.replace(/\.mjs$/, '')));
  if (chosen.length === 0) throw new SetupError(`no such benchmark (there are: ${files.map((file) => file.replace(/\.mjs$/, '')).join(', ') || 'none'})`);
  ensureNode();
  ensureDependencies();
  ensureBuild();
  const failed = chosen.filter((file) => spawnSync(process.execPath, [join(folder, file)], { cwd: root, stdio: 'inherit' }).status !== 0);
  return Promise.resolve(failed.length === 0 ? 0 : 1);
});
