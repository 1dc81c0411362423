import type { Fault } from '#catalog/contract.ts';
import type { JudgedFacts } from './facts.ts';
import { incompleteScan } from './rules/incomplete-scan/index.ts';

const nothingElse: Pick<JudgedFacts, 'database' | 'image' | 'findings'> = {
  database: { state: 'missing', reason: '' },
  image: { labels: {}, packages: [] },
  findings: [],
};

/** What removes a fault, whether a rule speaks of it or not. */
export function faultRemedy(fault: Fault): string {
  const facts: JudgedFacts = { ...nothingElse, scan: { state: 'done', scannedAt: '', faults: [fault] } };
  const context = { now: new Date(0), where: [], expressions: { of: () => undefined }, budget: { left: 0 } };
  const [violation] = incompleteScan.evaluate(facts, { kind: 'incomplete-scan', effect: 'alert' }, context);
  return violation?.remedy ?? '';
}
