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
  /** Where it stands among the courses; absent for a lesson that is in none. */
  readonly course?: { readonly id: string; readonly title: string; readonly outcome: string; readonly number: number };
  /** What somebody new begins with. */
  readonly isFirst?: true;
  /** Lessons that it builds on. */
  readonly after?: readonly { readonly id: string; readonly title: string }[];
  /** How far the learner came, kept between runs of the app. */
  readonly kept?: KeptProgress;
}

export interface KeptProgress {
  readonly done: number;
  readonly isFinished: boolean;
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
  readonly quiz?: Quiz;
  /** A question that is answered by typing. */
  readonly asks?: string;
  /** A packet whose way is to be predicted; its questions are in the progress once the step is active. */
  readonly predicts?: boolean;
  /** Why it cannot be done in this lab; then it may be passed over. */
  readonly unavailable?: string;
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
  /** Terms that its text links to as `term:ID`. */
  readonly terms: Readonly<Record<string, Term>>;
}

/** A word of the glossary. */
export interface Term {
  readonly name: string;
  readonly text: string;
}

/** What the learner is asked about a packet at one place. */
export interface HopQuestion {
  readonly place: string;
  readonly choices: readonly string[];
}
/** A learner's answer: a choice of a quiz, what was typed, or a choice for each hop. */
export interface Reply {
  readonly choice?: number | undefined;
  readonly text?: string | undefined;
  readonly choices?: readonly number[] | undefined;
}

/** What a check found. */
export type StepState =
  | { readonly kind: 'waiting' } // an earlier step is not done
  | ActiveStep
  | { readonly kind: 'done'; readonly atUs: number };

/** What is still missing, what helps now, in the reader's language. */
export interface ActiveStep {
  readonly kind: 'active';
  readonly missing: readonly string[];
  readonly hints: readonly string[];
  readonly hops?: readonly HopQuestion[];
  /** The lab is being made ready for it. */
  readonly isPreparing?: true;
}

export interface Effort {
  /** That the learner ran. */
  readonly commands: number;
  readonly us: number;
  /** Answers that were wrong. */
  readonly mistakes: number;
}

export interface Progress {
  readonly attempt: string;
  readonly lesson: string;
  readonly lab: string;
  /** By step id. */
  readonly steps: Readonly<Record<string, StepState>>;
  /** The first step that is not done; absent when all are. */
  readonly current?: string;
  /** What it took; once all steps are done. */
  readonly effort?: Effort;
}
