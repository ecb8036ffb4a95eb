/** vi, vim and nano: a full-screen editor is not modelled. Whoever types one is told what changes a file here. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Program } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';

const DECLARATION: Declaration = {
  synopsis: '[file ...]',
  summary: 'Edit text in a terminal.',
  options: [],
  missing: ['editing: files are written with `cat > FILE`, and changed with `sed -i`'],
};
const editor: Program = declared(DECLARATION, function* (p) {
  const file = p.argv.slice(1).find((word) => !/^[-+]/.test(word)) ?? 'FILE';
  yield* p.error(
    `${p.name}: not modelled: there is no editor on this machine\nWrite a file:  cat > ${file} << 'EOF'\nChange lines:  sed -i 's/old/new/' ${file}\nRead it:       less ${file}\n`,
  );
  return 1;
});

export const EDITORS: readonly InstalledProgram[] = ['vi', 'vim', 'nano'].map((name) => ({ path: `/usr/bin/${name}`, main: editor, origin: 'an editor' }));
