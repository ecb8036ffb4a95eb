#!/usr/bin/env node
/** `npm run build [cli|desktop …] [--force]`: builds what is stale of out/, or the named parts of it. */
import { ALL_PARTS, SetupError, ensureBuild, ensureDependencies, ensureNode, runCommand } from './setup.mjs';

await runCommand(async () => {
  const args = process.argv.slice(2);
  const named = args.filter((arg) => arg !== '--force');
  const parts = ALL_PARTS.filter((part) => named.length === 0 || named.includes(part));
  const unknown = named.find((name) => !ALL_PARTS.some((part) => part === name));
  if (unknown) throw new SetupError(`no such part: ${unknown} (there are ${ALL_PARTS.join(', ')})`);
  ensureNode();
  ensureDependencies();
  ensureBuild(parts, { force: args.includes('--force') });
  return Promise.resolve(0);
});
