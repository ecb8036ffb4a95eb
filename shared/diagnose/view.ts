/** A diagnosis as somebody reads it: plain data with its sentences, in one language. */
import { keyOf } from './search.ts';
import { findingWords } from './words.ts';
import { cellText, matrixWords, protocolText, type Cell, type NodeCommand } from '../twin/index.ts';
import type { DiagnosisReport } from './diagnose.ts';
import type { Evidence, Finding, Fix, Where } from './finding.ts';

export interface FindingView {
  /** The same for the same finding in a later diagnosis. */
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly cause: string;
  readonly where: Where;
  readonly evidence: readonly Evidence[];
  /** A command with which the reader can see it. */
  readonly see: NodeCommand;
  /** What fails by it, `from → to (protocol)`. */
  readonly pairs: readonly string[];
  readonly fix?: Fix;
  /** Why there is no fix. */
  readonly noFix?: string;
}
export interface CellView {
  readonly from: string;
  /** A place's id, `service NAMESPACE/NAME:PORT`, or `outside`. */
  readonly to: string;
  /** `icmp`, `tcp/80`. */
  readonly protocol: string;
  readonly outcome: Cell['outcome'];
  readonly how: string;
}
export interface DiagnosisView {
  /** `64 of 65 pairs reach each other, 1 do not`. */
  readonly summary: string;
  readonly findings: readonly FindingView[];
  readonly unexplained: readonly string[];
  readonly unknown: readonly { readonly pair: string; readonly what: string }[];
  readonly unread: readonly { readonly node: string; readonly what: string }[];
  readonly cells: readonly CellView[];
}

export const findingId = ({ code, where, values }: Finding): string => keyOf(code, { where, values }).trim();

export function diagnosisView({ findings, unexplained, unknown, unread, matrix }: DiagnosisReport, locale: 'en' | 'zh'): DiagnosisView {
  return {
    summary: matrixWords(matrix, locale),
    findings: findings.map((finding) => {
      const { code, where, evidence, see, pairs, fix } = finding;
      return { id: findingId(finding), code, ...findingWords(finding, locale), where, evidence, see, pairs, ...(fix && { fix }) };
    }),
    unexplained,
    unknown,
    unread,
    cells: matrix.cells.map(({ from, to, protocol, outcome, how }) => ({ from, to, protocol: protocolText(protocol), outcome, how })),
  };
}

/** Pairs of places that a fix is to bring together again: what real echo requests can prove. */
export function provable({ matrix }: DiagnosisReport, { fix }: Finding): readonly { readonly from: string; readonly to: string }[] {
  const places = new Set(matrix.places.map(({ id }) => id));
  return matrix.cells
    .filter((cell) => cell.protocol.kind === 'icmp' && places.has(cell.from) && places.has(cell.to) && fix?.mends.includes(cellText(cell)) === true)
    .map(({ from, to }) => ({ from, to }));
}
