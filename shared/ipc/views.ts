/** The forms of lower modules that cross to the window, re-exported so that the window needs one door. */
export type { ExperimentPlan, ExperimentRun, NodeCommand, Pair } from '../experiment/index.ts';
export type { Chapter, Lesson, LessonInfo, Progress, Quiz, StepState, StepText } from '../lesson/index.ts';
export type { TapeInfo } from '../recording/index.ts';
export type { Box, BoxKind, Fact, Line, LineKind, LinkState, Topology } from '../topology/index.ts';
export type { Trace } from '../trace/index.ts';
