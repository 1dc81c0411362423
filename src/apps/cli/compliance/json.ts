import { plainJson } from '../plain.ts';
import type { ComplianceFormat } from './compliance-format.ts';
import type { Answer } from './report.ts';

/** For programs: every check with its state, evidence and remedy. Names are those of `compliance[]` in a scan's result. */
export const json: ComplianceFormat = {
  id: 'json',
  render({ subject, template, base, at, answers, verdict }) {
    const document = {
      schemaVersion: 1,
      subject,
      ...(template !== undefined && { template: template.id }),
      ...(base?.kind === 'known' && { base: { name: base.name, layers: base.layers } }),
      at: at.toISOString(),
      compliance: answers.map(entryOf),
      verdict,
    };
    return `${plainJson(JSON.stringify(document, undefined, 2))}\n`;
  },
};

/** An entry of `compliance[]`. */
export function entryOf({ check, result, inherited }: Answer): object {
  const { id, title, severity, nist, cis = [], version, remedy } = check;
  return {
    id,
    status: result.state,
    severity,
    title,
    nist,
    cis,
    version,
    ...('seen' in result && { seen: result.seen }),
    ...('reason' in result && { reason: result.reason }),
    ...(result.otherwise !== undefined && { document: result.document, otherwise: result.otherwise }),
    ...(result.foldedUnder !== undefined && { impliedBy: result.foldedUnder }),
    ...(inherited !== undefined && { inherited: { kind: inherited.kind, values: inherited.values } }),
    evidence: result.evidence,
    ...(result.state === 'fail' || result.state === 'warn' ? { remedy } : {}),
  };
}
