/** What a lesson speaks of must be there: its lab, the nodes of places and commands, experiments. Pods come and go, so they are not asked for. */
import { EXPERIMENTS } from '../experiment/index.ts';
import type { LessonDefinition } from './definition.ts';
import type { RunBlock } from './shown.ts';

/** The nodes of each lab there is. */
export type LabNodes = ReadonlyMap<string, readonly string[]>;
type Path = readonly (string | number)[];

export function checkReferences(definition: LessonDefinition, labs: LabNodes, report: (path: Path, message: string, part?: 'key') => void): void {
  const nodes = labs.get(definition.lab);
  if (!nodes) {
    report(['lab'], `there is no lab "${definition.lab}": ${oneOf([...labs.keys()])}`);
    return;
  }
  const variables = Object.keys(definition.variables);
  const known = (text: string, path: Path): void => {
    for (const [, name = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
      if (!variables.includes(name) && !/^pod\..+\.ip$/.test(name)) report(path, `"\${${name}}" stands for nothing: ${oneOf([...variables, 'pod.NAME.ip'])}`);
    }
  };
  const place = (text: unknown, path: Path, part?: 'key'): void => {
    if (typeof text !== 'string') return;
    const problem = placeProblem(text, nodes);
    if (problem !== undefined) report(path, problem, part);
  };
  const experiment = (id: string, path: Path): void => {
    if (!EXPERIMENTS.some((one) => one.id === id)) report(path, `there is no experiment "${id}": ${oneOf(EXPERIMENTS.map((one) => one.id))}`);
  };
  for (const [index, one] of definition.setup.entries()) for (const key of Object.keys(one)) place(key, ['setup', index, key], 'key');
  for (const [chapterIndex, chapter] of definition.chapters.entries()) {
    for (const [stepIndex, step] of chapter.steps.entries()) {
      const path = ['chapters', chapterIndex, 'steps', stepIndex];
      for (const key of ['answer', 'predict'] as const)
        for (const [name, value] of Object.entries(step[key] ?? {})) {
          if (PLACE_KEYS.includes(name)) place(value, [...path, key, name]);
          if (typeof value === 'string') known(value, [...path, key, name]);
        }
      const lists = [
        { checks: step.check, at: [...path, 'check'] },
        ...Object.entries(step.hints).flatMap(([name, { when, unless }]) => [
          { checks: when, at: [...path, 'hints', name, 'when'] },
          { checks: unless, at: [...path, 'hints', name, 'unless'] },
        ]),
      ];
      for (const { at: listAt, index, check } of lists.flatMap((list) => list.checks.map((check, index) => ({ ...list, check, index })))) {
        for (const [kind, args] of Object.entries(check)) {
          for (const [key, value] of Object.entries(args ?? {}) as [string, unknown][]) {
            const at = [...listAt, index, kind, key];
            if (PLACE_KEYS.includes(key) || (kind === 'pod' && key === 'node')) place(value, at);
            if (typeof value === 'string') known(value, at);
            if (kind === 'experiment' && key === 'id') experiment(String(value), at);
          }
        }
      }
      for (const list of ['setup', 'solution', 'revert'] as const) {
        for (const [index, one] of step[list].entries()) {
          for (const [key, value] of Object.entries(one)) {
            const at = [...path, list, index, key];
            if (list === 'revert' && (key === 'apply' || key === 'undo')) experiment(value, at);
            else place(key, at, 'key');
          }
        }
      }
      for (const [index, action] of step.actions.entries()) {
        const at = [...path, 'actions', index];
        if ('trace' in action) {
          place(action.trace.from, [...at, 'trace', 'from']);
          place(action.trace.to, [...at, 'trace', 'to']);
        } else if ('apply' in action) experiment(action.apply, [...at, 'apply']);
        else if ('undo' in action) experiment(action.undo, [...at, 'undo']);
      }
    }
  }
}

/** What is wrong with the places of a step's code blocks. */
export function checkRunBlocks(
  blocks: readonly RunBlock[],
  definition: LessonDefinition,
  labs: LabNodes,
  report: (line: number, message: string) => void,
): void {
  const nodes = labs.get(definition.lab);
  if (!nodes) return;
  for (const { node, line } of blocks) {
    const problem = placeProblem(node, nodes);
    if (problem !== undefined) report(line, problem);
  }
}

/** Keys of checks that hold a place. */
const PLACE_KEYS: readonly string[] = ['on', 'from', 'to'];

function placeProblem(place: string, nodes: readonly string[]): string | undefined {
  const node = place.split('/')[0]!;
  return node === 'pod' || node.includes('${') || nodes.includes(node) || /^\d+\.\d+\.\d+\.\d+$/.test(place)
    ? undefined
    : `there is no node "${node}": ${oneOf(nodes)}`;
}
const oneOf = (names: readonly string[]): string => `one of ${names.map((name) => `"${name}"`).join(', ')} is needed`;
