/**
 * diagnose: from a snapshot to what is wrong in it. Expectation (what the CNI plugin should have made) is judged beside simulation (packets in the twin);
 * each finding has its place, its evidence, a command that shows it, and the smallest fix that was seen to work in a twin.
 *
 *     diagnose(snapshot)     { findings, unexplained, unknown, unread, matrix }
 *     findingWords(finding, 'zh')
 *
 * One file each under causes/; `DIAGNOSES` lists them, causes before their consequences.
 */
export { DIAGNOSES } from './catalogue.ts';
export { diagnose, diagnosing, type DiagnosisReport, soundnessOf, type Soundness } from './diagnose.ts';
export type { Finding } from './finding.ts';
export { diagnosisView, findingId, provable, type DiagnosisView, type FindingView } from './view.ts';
export { findingWords } from './words.ts';
export { gatewayIn, natOf, remadeOverlay, vtepPairs } from './expectation.ts';
export { covers, inet, inNetns, ip, lengthOf, mainRoutes, networkKind, overlayOf, Situation, type PodSeen } from './situation.ts';
