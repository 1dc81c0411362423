import { createHash } from 'node:crypto';
import type { Finding } from '#vulnerability/index.ts';
import { baselineStates } from '../../scan/baseline.ts';
import { acceptances } from '../../scan/excepted.ts';
import { plain } from '../../plain.ts';
import type { ScanResult } from '../../scan/result.ts';
import { message } from './message.ts';
import { uriOf } from './place.ts';
import { levelOf } from './rules.ts';

interface Around extends ScanResult {
  /** Id of a rule → its place in the list of rules. */
  readonly places: ReadonlyMap<string, number>;
}

interface Named {
  readonly fingerprint: string;
  /** Why it does not count; missing: it does. */
  readonly acceptance?: string | undefined;
}

/** One result for each finding. Once one is suppressed, the others say that they are not (2.1.0, section 3.27.23). */
export function toResults(findings: readonly Finding[], around: Around): readonly object[] {
  const acceptanceOf = acceptances(around);
  const hasAccepted = findings.some((finding) => acceptanceOf(finding) !== undefined);
  const prints = fingerprintsOf(findings);
  const states = around.baseline && baselineStates(around.baseline);
  return findings.map((finding) => {
    const acceptance = acceptanceOf(finding);
    const waived = { kind: 'external', status: 'accepted', justification: plain(acceptance ?? '') };
    return {
      ...toResult(finding, around, { fingerprint: prints.get(finding) ?? '', acceptance }),
      ...baselineStateOf(states?.get(finding)),
      ...(hasAccepted ? { suppressions: acceptance === undefined ? [] : [waived] } : {}),
    };
  });
}

/** Words of SARIF (2.1.0, section 3.27.24). */
const stateWords = { new: 'new', worse: 'updated', known: 'unchanged' } as const;

function baselineStateOf(state: keyof typeof stateWords | undefined): { readonly baselineState?: string } {
  return state === undefined ? {} : { baselineState: stateWords[state] };
}

/** Findings that are alike but for their place are told apart by a number at the end, in the order of their paths. */
function fingerprintsOf(findings: readonly Finding[]): ReadonlyMap<Finding, string> {
  const prints = new Map<Finding, string>();
  for (const [print, alike] of Map.groupBy(findings, fingerprintOf)) {
    const inOrder = alike.toSorted(
      (left, right) => compare(left.path ?? '', right.path ?? '') || compare(left.installed, right.installed),
    );
    for (const [index, finding] of inOrder.entries()) prints.set(finding, `${print}:${index + 1}`);
  }
  return prints;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function toResult(finding: Finding, around: Around, { fingerprint, acceptance }: Named): object {
  const { id, severity, score, purl, installed, fixed, status, layer, risk } = finding;
  const rating = severity === 'unrated' ? 'not rated by anyone yet' : `rated ${wordOf(severity, score)}`;
  const change = fixed === undefined ? `No fixed version is known (${status}).` : `Upgrade to ${fixed}.`;
  const waiver = acceptance === undefined ? '' : ` ${acceptance}`;
  const place = around.places.get(id);
  return {
    ruleId: id,
    ...(place === undefined ? {} : { ruleIndex: place }),
    level: levelOf(severity),
    message: message(`${id} in ${finding.package} ${installed}, ${rating}. ${change}${waiver}`),
    locations: [locationOf(finding, around)],
    // GitHub compares the first of them and nothing else.
    partialFingerprints: { primaryLocationLineHash: fingerprint, 'seawallFinding/v1': fingerprint },
    properties: {
      purl,
      installed,
      ...(fixed === undefined ? {} : { fixed }),
      status,
      severity,
      layer,
      ...diffIdOf(layer, around),
      risk: risk.score,
      matchedBy: finding.matchedBy.advisory,
    },
  };
}

/** The file in the image that tells of the package; one that owns no file stands at the place of the whole target. */
function locationOf({ path, layer, package: name, purl, installed }: Finding, around: Around): object {
  const step = around.subject.kind === 'image' ? around.subject.layers[layer]?.createdBy : undefined;
  const where =
    around.subject.kind === 'image' ? ` in layer ${layer + 1}${step === undefined ? '' : ` (${step})`}` : '';
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path, around.target) },
      region: { startLine: 1 },
    },
    logicalLocations: [{ name, fullyQualifiedName: purl, kind: 'module' }],
    message: message(`${name} ${installed}${where}`),
  };
}

function diffIdOf(layer: number, { subject }: Around): { readonly diffId?: string } {
  const found = subject.kind === 'image' ? subject.layers[layer]?.diffId : undefined;
  return found === undefined ? {} : { diffId: found };
}

/** The same vulnerability in the same package has the same fingerprint in every build: no version, layer or path is in it. */
function fingerprintOf({ id, type, package: name }: Finding): string {
  return createHash('sha256')
    .update(JSON.stringify([id, type, name]))
    .digest('hex')
    .slice(0, 32);
}

function wordOf(severity: string, score: number | undefined): string {
  const word = severity.charAt(0).toUpperCase() + severity.slice(1);
  return score === undefined ? word : `${word} (${score.toFixed(1)})`;
}
