/** The `podwalk` command: what `bin` points to. */
import { join } from 'node:path';
import { enableCodeCache } from './cli/code-cache.ts';
import { runCommandLine } from './cli/main.ts';
import { cacheFolder } from './places.ts';

enableCodeCache(join(import.meta.dirname, 'chunks'), cacheFolder());

void runCommandLine(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
