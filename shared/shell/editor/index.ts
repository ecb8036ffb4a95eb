/** editor: the line editor of interactive shells. */
export { editLine, type Candidate, type Candidates, type EditedLine, type EditorMemory } from './line-editor.ts';
