/** editor: the line editor of interactive shells. */
export { commonPrefix, editLine, inColumns, type Candidate, type Candidates, type EditedLine, type LineRequest } from './line-editor.ts';
