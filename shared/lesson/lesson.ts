/**
 * Lessons as the two sides speak of them: the text in one language, its steps, and how far an attempt has come.
 * The file format is in `format.ts`, the checks in `check.ts`, the engine in `attempt.ts`.
 */

/** An entry of the list of lessons, in one language. */
export interface LessonInfo {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** What one can do after it. */
  readonly outcome: string;
  readonly minutes: number;
  readonly level: 'beginner' | 'intermediate' | 'advanced';
  /** The lab it runs in. */
  readonly lab: string;
  readonly steps: number;
}

/** A question with choices, checked without the lab. */
export interface Quiz {
  readonly question: string;
  readonly choices: readonly string[];
}

export interface StepText {
  readonly id: string;
  readonly title: string;
  /** Markdown; code blocks with `run node-1` in their info string can be typed into a terminal with one click. */
  readonly body: string;
  readonly hints: readonly string[];
  readonly quiz?: Quiz;
  /** Whether "show me" can type the solution. */
  readonly hasSolution: boolean;
  /** Whether it ticks itself by its effect. A step without a check is read and confirmed. */
  readonly hasCheck: boolean;
}

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly StepText[];
}

/** A whole lesson in one language; variables of the attempt are already put in. */
export interface Lesson extends LessonInfo {
  readonly introduction: string;
  readonly chapters: readonly Chapter[];
}

/** What a check found. */
export type StepState =
  | { readonly kind: 'waiting' } // an earlier step is not done
  | { readonly kind: 'active'; readonly missing: readonly string[] } // what is still missing, in the reader's language
  | { readonly kind: 'done'; readonly atUs: number };

export interface Progress {
  readonly attempt: string;
  readonly lesson: string;
  readonly lab: string;
  /** By step id. */
  readonly steps: Readonly<Record<string, StepState>>;
  /** The first step that is not done; absent when all are. */
  readonly current?: string;
}
