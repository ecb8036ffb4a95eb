/**
 * lab: the only door of the simulated lab for the core and the command line. `createLab` builds one from a lab file, `createBlankHost` one bare
 * Linux host; both come up with everything started and nothing waited for. A `JournaledLab` can be saved, opened again and forked. `checkLesson`
 * proves a lesson in fresh labs.
 */
export {
  addNetwork,
  checkNetwork,
  collectGarbage,
  deleteNetwork,
  encodeResult,
  flannelDelegate,
  flannelSubnetFile,
  loadNetwork,
  networkStatus,
  parseNetwork,
  type Answers,
  type Ask,
  type Asking,
  type CniResult,
  type Json,
  type JsonObject,
  type NetworkError,
  type NetworkList,
  type PluginOutput,
  type PluginRun,
  type RuntimeConfig,
} from '../cni/index.ts';
export type { Result } from '../base/index.ts';
export { parsePack, lessonInfo, parseCourses, parseGlossary, parseLesson, formatProblem, type Courses } from '../lesson/index.ts';
export { COLLECT_SCRIPT, NodeReading, joinPods, parseOutput, readCollected, READABLE, readFolder, segmentsOf, type Collected } from '../observe/index.ts';
export { graphOf, netnsBoxId, TopologyLayout } from '../topology/index.ts';
export { diagnose, diagnosing, diagnosisView, findingId, findingWords, provable, type DiagnosisReport, type Finding } from '../diagnose/index.ts';
export {
  exerciseLab,
  exerciseSources,
  formatExerciseName,
  LEVELS,
  makeExercise,
  parseExerciseName,
  planFault,
  possibleFaults,
  type ExerciseName,
  EXPERIMENTS,
  Ground,
  type DraftPlan,
  type NodeCommand,
} from '../experiment/index.ts';
export { routersOf } from '../trace/index.ts';
export { differenceWords, diffSnapshots, type Difference, type Snapshot } from '../snapshot/index.ts';
export { changeWords, matrixWords, placesOf, Predictor, protocolText, Twin, type Matrix } from '../twin/index.ts';
export { checkLesson } from './check-lesson.ts';
export { createBlankHost, createLab } from './create.ts';
export { JournaledLab } from './journaled-lab.ts';
export { formatSavedLab, looksSaved, Opening, parseSavedLab, saveLab, type OpenedLab, type SavedLab } from './saved-lab.ts';
export { parseLabFile, type LabFile } from './lab-file.ts';
export * from './lab.ts';
export { XRay, type XRayLine } from './xray.ts';
export type { Definitions, RestAnswer, RestRequest, RestStreams } from '../cluster/index.ts';
