/**
 * Content as data: the labs and lessons that come with the program, and the user's own lab files in the data folder. Files are read when they
 * are asked for, so that one can be edited while the app runs; a file with a mistake is listed with what is wrong.
 */
import { readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { refuse, type LessonInfo, type Locale } from '../shared/ipc/index.ts';
import {
  createLab,
  exerciseLab,
  exerciseSources,
  formatProblem,
  lessonInfo,
  makeExercise,
  parseCourses,
  parseGlossary,
  parseExerciseName,
  parseLabFile,
  parseLesson,
  type Courses,
  type Definitions,
  type ExerciseName,
  type LabFile,
} from '../shared/lab/index.ts';
import { LAB_SEED } from './lab-seed.ts';
import type { LabDescription, LessonFile } from './labs/provider.ts';
import type { LessonLibrary } from './lessons/lessons.ts';
import type { Places } from './places.ts';

export interface Content extends LessonLibrary {
  labs(locale: Locale): Promise<readonly LabDescription[]>;
  /** By name, or the path of a lab file. Refuses with `not-found` or `damaged`. */
  lab(name: string): Promise<LabFile>;
  courses(): Promise<Courses>;
  /** Ids of all lessons, damaged ones too. `list` leaves those out and says so. */
  lessons(): Promise<readonly string[]>;
  /** The types of the Kubernetes API. */
  readonly types: () => Definitions;
}

const EXTENSION = '.yaml';
type LabNodes = ReadonlyMap<string, readonly string[]>;
/** Daemons have done what they do at first. */
const SETTLE_US = 8_000_000;
const NAME = /^[a-z0-9][-a-z0-9.]*$/;

export function openContent({ resources, home }: Pick<Places, 'resources' | 'home'>, warn: (message: string) => void = toStderr): Content {
  const labFolders = [join(home, 'labs'), join(resources, 'labs')];
  const lessonFolder = join(resources, 'lessons');

  let types: Definitions | undefined;
  const openTypes = (): Definitions => (types ??= JSON.parse(readFileSync(join(resources, 'kubernetes/openapi.json'), 'utf8')) as Definitions);
  const once = remembering();
  const findLab = async (name: string): Promise<{ readonly path: string; readonly source: string } | undefined> => {
    const paths = NAME.test(name) && !name.endsWith(EXTENSION) ? labFolders.map((folder) => join(folder, `${name}${EXTENSION}`)) : [name];
    for (const path of paths) {
      const source = await readIfThere(path);
      if (source !== undefined) return { path, source };
    }
    return undefined;
  };
  const lab = async (name: string): Promise<LabFile> => {
    const found = await findLab(name);
    if (!found && !NAME.test(name)) return refuse('not-found', `There is no lab file ${name}.`, { lab: name });
    if (!found) {
      const known = (await labNames()).join(', ');
      return refuse('not-found', `There is no lab ${name}${known === '' ? '' : `; there are: ${known}`}.`, { lab: name });
    }
    const { path, source } = found;
    const { value, problems } = once(`lab ${path}`, [source], () => parseLabFile(basename(path, EXTENSION), source));
    const [problem] = problems;
    return (
      value ??
      refuse('damaged', problem ? formatProblem(found.path, problem) : `${found.path} cannot be read`, { lab: name, ...(problem && { line: problem.line }) })
    );
  };
  const labNames = async (): Promise<string[]> => {
    const files = await Promise.all(labFolders.map((folder) => namesIn(folder)));
    return [
      ...new Set(
        files
          .flat()
          .filter((file) => file.endsWith(EXTENSION))
          .map((file) => basename(file, EXTENSION)),
      ),
    ]
      .filter((name) => NAME.test(name))
      .sort();
  };
  /** The nodes of each lab that can be read. */
  const labNodes = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const labs = await Promise.all((await labNames()).map(async (name) => [name, await lab(name).catch(() => undefined)] as const));
    return new Map(labs.flatMap(([name, file]) => (file ? [[name, Object.keys(file.nodes)] as const] : [])));
  };
  const loadLesson = async (lesson: string, labs = labNodes()): Promise<LessonFile> => {
    const missing = (): never => refuse('not-found', `There is no lesson ${lesson}.`, { lesson });
    if (!NAME.test(lesson)) return missing();
    const exercise = parseExerciseName(lesson);
    if (exercise) return loadExercise(lesson, exercise, await labs);
    const folder = join(lessonFolder, lesson);
    const [definition, en, zh] = await Promise.all(['lesson.yaml', 'en.md', 'zh.md'].map((file) => readIfThere(join(folder, file))));
    if (definition === undefined) return missing();
    const terms = (await readIfThere(join(lessonFolder, 'glossary.yaml'))) ?? '{}';
    const glossary = once('glossary', [terms], () => parseGlossary(terms));
    if (glossary.problems.length > 0) return refuse('damaged', glossary.problems.join('\n'), { lesson });
    const nodes = await labs;
    const { value, problems } = once(`lesson ${lesson}`, [definition, en, zh, terms, JSON.stringify([...nodes])], () =>
      parseLesson(lesson, { definition, en, zh }, nodes, glossary.value),
    );
    return value ?? refuse('damaged', problems.join('\n'), { lesson });
  };
  /** It is made from the lab as it comes up, which is the same every time. */
  const loadExercise = async (id: string, name: ExerciseName, nodes: LabNodes): Promise<LessonFile> => {
    const file = await lab(exerciseLab(name));
    const { value, problems } = once(`lesson ${id}`, [], () => {
      const fresh = createLab(file, { seed: LAB_SEED, epochMs: 0, types: openTypes });
      fresh.simulation.runUntil(fresh.simulation.nowUs + SETTLE_US);
      const healthy = fresh.snapshot();
      fresh.close();
      const exercise = makeExercise(name, healthy);
      return exercise ? parseLesson(id, exerciseSources(name, exercise, healthy), nodes) : { value: undefined, problems: ['nothing could be broken'] };
    });
    return value ?? refuse('not-possible', `The exercise ${id} cannot be made: ${problems.join('; ')}.`, { lesson: id });
  };
  const lessonNames = async (): Promise<readonly string[]> => (await namesIn(lessonFolder)).filter((name) => NAME.test(name) && !name.includes('.')).sort();
  /** Lessons that stand in no course come last. */
  const courses = async (): Promise<Courses> => {
    const source = await readIfThere(join(lessonFolder, 'courses.yaml'));
    if (source === undefined) return { first: undefined, courses: [] };
    const { value, problems } = parseCourses(source, await lessonNames());
    for (const problem of problems) warn(problem);
    return value;
  };

  return {
    types: openTypes,
    lab,
    labs: async (locale) =>
      Promise.all(
        (await labNames()).map(async (id) => {
          try {
            const file = await lab(id);
            return { id, title: file.title[locale], summary: file.summary[locale], nodes: Object.keys(file.nodes) };
          } catch (error) {
            return { id, title: id, summary: '', nodes: [], problem: error instanceof Error ? error.message : String(error) };
          }
        }),
      ),
    load: (lesson) => loadLesson(lesson),
    lessons: lessonNames,
    courses,
    list: async (locale): Promise<readonly LessonInfo[]> => {
      const nodes = labNodes();
      const read = (await lessonNames()).map((name) =>
        loadLesson(name, nodes).then(
          (file) => [lessonInfo(file, locale)],
          (error: unknown) => {
            warn(error instanceof Error ? error.message : String(error));
            return [];
          },
        ),
      );
      return inCourses((await Promise.all(read)).flat(), await courses(), locale);
    },
  };
}

/** In the order of the courses, each with its place among them. */
function inCourses(lessons: readonly LessonInfo[], { first, courses }: Courses, locale: Locale): readonly LessonInfo[] {
  const titles = new Map(lessons.map((one) => [one.id, one.title]));
  const placed = courses.flatMap((course, index) =>
    course.lessons.flatMap(({ id, after }): readonly LessonInfo[] => {
      const info = lessons.find((one) => one.id === id);
      if (!info) return [];
      const known = after.flatMap((other) => (titles.has(other) ? [{ id: other, title: titles.get(other)! }] : []));
      return [
        {
          ...info,
          course: { id: course.id, title: course.title[locale], outcome: course.outcome[locale], number: index + 1 },
          after: known,
          ...(id === first ? { isFirst: true as const } : {}),
        },
      ];
    }),
  );
  return [...placed, ...lessons.filter((one) => !placed.some((other) => other.id === one.id))];
}

/** What a text says is found out once, and again when it is another text. */
function remembering(): <T>(name: string, sources: readonly (string | undefined)[], make: () => T) => T {
  const known = new Map<string, { readonly sources: readonly (string | undefined)[]; readonly value: unknown }>();
  return <T>(name: string, sources: readonly (string | undefined)[], make: () => T): T => {
    const before = known.get(name);
    if (before && before.sources.every((source, i) => source === sources[i])) return before.value as T;
    const value = make();
    known.set(name, { sources, value });
    return value;
  };
}

const toStderr = (message: string): void => void process.stderr.write(`podwalk: ${message}\n`);

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
