/**
 * Half of the time of a short command goes into compiling what it is made of. What V8 compiled once is kept in the data folder and used the next
 * time. Node does this itself from version 22.8 on; before, here, for our own chunks only, which are CommonJS for this reason.
 *
 * Invariant: whatever is wrong with the cache, or its folder, the program runs as without it.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { basename, dirname, join } from 'node:path';
import vm from 'node:vm';

/** Smaller files are compiled before the cache is read. */
const WORTH_BYTES = 100_000;

interface Loader {
  enableCompileCache?(folder: string): unknown;
  prototype: { _compile: (this: NodeModule, content: string, filename: string) => unknown };
}
interface NodeModule {
  exports: unknown;
  require(id: string): unknown;
}
type Wrapper = (this: unknown, exports: unknown, require: unknown, module: NodeModule, filename: string, folder: string) => unknown;

/** For files below `chunks`; kept in `folder`. */
export function enableCodeCache(chunks: string, folder: string): void {
  const loader = Module as unknown as Loader;
  if (loader.enableCompileCache) {
    loader.enableCompileCache(folder);
    return;
  }
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (content, filename) {
    if (!filename.startsWith(chunks) || content.length < WORTH_BYTES) return compile.call(this, content, filename);
    const wrapper = compileCached(content, filename, folder);
    const require = Object.assign((id: string) => this.require(id), { resolve: Module.createRequire(filename).resolve });
    return wrapper.call(this.exports, this.exports, require, this, filename, dirname(filename));
  };
}

function compileCached(content: string, filename: string, folder: string): Wrapper {
  const file = join(folder, `${basename(filename)}.${keyOf(filename)}.v8`);
  const cachedData = readIfThere(file);
  const script = new vm.Script(Module.wrap(content), {
    filename,
    ...(cachedData && { cachedData }),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  // Only at the end, when what this command needs has been compiled.
  if (!cachedData || script.cachedDataRejected === true) process.once('exit', () => keep(file, script.createCachedData()));
  return script.runInThisContext() as Wrapper;
}

/** V8 checks no more of the source than its length. */
function keyOf(filename: string): string {
  const { size, mtimeMs } = statSync(filename);
  return Buffer.from(`${process.version} ${process.arch} ${size} ${Math.round(mtimeMs)}`).toString('base64url');
}
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
function keep(file: string, data: Buffer): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const next = `${file}.${process.pid}`;
    writeFileSync(next, data, { mode: 0o600 });
    renameSync(next, file);
    // Of builds that are no more.
    const [chunk] = basename(file).split('.');
    for (const other of readdirSync(dirname(file)))
      if (other.startsWith(`${chunk ?? ''}.`) && other !== basename(file)) rmSync(join(dirname(file), other), { force: true });
  } catch {
    // no room, or no right to write: the next start is as slow as this one
  }
}
