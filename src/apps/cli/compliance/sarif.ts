import type { CheckSeverity } from '#compliance/index.ts';
import { message } from '../formats/sarif/message.ts';
import { nameOf, uriOf } from '../formats/sarif/place.ts';
import { plainJson } from '../plain.ts';
import { version } from '../version.ts';
import type { ComplianceFormat } from './compliance-format.ts';
import { type Answer, type ComplianceReport, impliedLine, linesOf, remedies } from './report.ts';

/** SARIF 2.1.0 for code scanning: a rule for each check, a result for each that warns, or fails by itself. */
export const sarif: ComplianceFormat = {
  id: 'sarif',
  render: (report) => `${plainJson(JSON.stringify(documentOf(report)))}\n`,
};

const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const satisfies Record<
  CheckSeverity,
  string
>;
/** GitHub shows these numbers as the severities of the same name. */
const scores = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' } as const satisfies Record<
  CheckSeverity,
  string
>;

function documentOf({ subject, template, answers, verdict }: ComplianceReport): object {
  const found = answers.filter(
    ({ result }) => result.state === 'warn' || (result.state === 'fail' && result.foldedUnder === undefined),
  );
  const name = nameOf(subject.name);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Seawall', version, rules: answers.map(ruleOf) } },
        automationDetails: { id: `seawall-compliance/${name}/` },
        results: found.map((answer) => resultOf(answer, { name: subject.name, answers })),
        properties: {
          subject: subject.kind,
          ...(template !== undefined && { template: template.id }),
          verdict: verdict.kind,
          reason: verdict.reason,
        },
      },
    ],
  };
}

/** A `reportingDescriptor` of a check. */
export function ruleOf({ check }: Pick<Answer, 'check'>): object {
  const { id, title, why, severity, nist, cis = [] } = check;
  return {
    id,
    shortDescription: message(title, 200),
    fullDescription: message(why),
    help: message([why, ...remedies(check)].join('\n'), 4000),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      'security-severity': scores[severity],
      tags: ['security', 'compliance', ...nist.map((one) => `NIST-800-190-${one}`), ...cis.map((one) => `CIS-${one}`)],
    },
  };
}

interface Place {
  readonly name: string;
  readonly answers: readonly Answer[];
}

/** How much a failure of a check weighs. */
export function levelOfCheck({ severity }: Pick<Answer['check'], 'severity'>): 'error' | 'warning' | 'note' {
  return levels[severity];
}

function resultOf(answer: Answer, { name, answers }: Place): object {
  const { check, result } = answer;
  const implied = impliedLine(answer, answers);
  return {
    ruleId: check.id,
    ruleIndex: answers.indexOf(answer),
    level: result.state === 'warn' ? 'note' : levels[check.severity],
    message: message([...linesOf(answer), ...(implied === undefined ? [] : [implied])].join('\n')),
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(undefined, name) }, region: { startLine: 1 } } }],
    // A check speaks once of a subject, whatever it saw.
    partialFingerprints: { primaryLocationLineHash: check.id, 'seawallCheck/v1': check.id },
  };
}
