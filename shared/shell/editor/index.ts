/** editor: the line editor of interactive shells. */
export type { Candidate, Candidates } from './completing.ts';
export { editLine, type EditedLine, type EditorMemory } from './line-editor.ts';
