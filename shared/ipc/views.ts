/** The forms of lower modules that cross to the window, and the words for them, re-exported so that the window needs one door. */
export type { DiagnosisView, FindingView } from '../diagnose/index.ts';
export type { CommandOutcome, ExperimentPlan, ExperimentRun, Pair } from '../experiment/index.ts';
export type { ActiveStep, Effort, Lesson, LessonInfo, Progress, Reply, StepState, StepText } from '../lesson/index.ts';
export type { TapeInfo } from '../recording/index.ts';
export { topologySvg } from '../topology/index.ts';
export type { Box, Fact, Line, Point, Topology } from '../topology/index.ts';
export { dispositionWords, replyOutcome, requestOutcome, sentWords, stepWords } from '../trace/index.ts';
export type { Disposition, Hop, Step, Trace } from '../trace/index.ts';
