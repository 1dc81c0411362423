/** A finding as `seawall scan --format json` tells it, as far as it is judged here. */
export interface ReleasedFinding {
  readonly id: string;
  readonly package: string;
  readonly purl: string;
  readonly severity: string;
  readonly fixed?: string;
  readonly suppressed?: object;
}

/** What is said of a vulnerability that nobody has fixed (OpenVEX 0.2). */
export interface Statement {
  readonly vulnerability: string;
  /** Package URL without version and qualifiers: `pkg:deb/debian/zlib1g`. */
  readonly package: string;
  readonly status: 'not_affected' | 'affected' | 'under_investigation';
  /** Of `not_affected`. */
  readonly justification?: string;
  /** Why; for people. */
  readonly reason: string;
}

export interface Statements {
  readonly statements: readonly Statement[];
  /** Packages for which no feed speaks, and why they are shipped all the same. */
  readonly notJudged: readonly { readonly package: string; readonly reason: string }[];
  /** Checks of compliance that an image fails on purpose; `docs/how-to/run-in-containers.md` tells users. */
  readonly notMet: readonly { readonly check: string; readonly image: string; readonly reason: string }[];
}

/** What one scan of a part of the release told. */
export interface ReleasedScan {
  readonly name: string;
  readonly findings: readonly ReleasedFinding[];
  /** Package URLs for which no feed speaks. */
  readonly notJudged: readonly string[];
  /** Ids of checks that fail. */
  readonly failing: readonly string[];
  /** Faults that kept the scan from seeing everything. */
  readonly unseen: readonly string[];
}

const justifications: readonly (string | undefined)[] = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
];
const leastReason = 20;

/**
 * What keeps a release from being published, as sentences: a finding at or above Medium that has a fix, one without a fix
 * of which nothing is said, a statement of which there is no finding, what was not seen or not judged, and a check that fails
 * without a reason.
 */
export function vexProblems(scans: readonly ReleasedScan[], said: Statements): readonly string[] {
  const { statements, notJudged } = said;
  const open = scans.flatMap(({ name, findings }) => findings.filter(counts).map((finding) => ({ name, finding })));
  const unjudged = scans.flatMap((scan) => scan.notJudged.map((purl) => ({ name: scan.name, purl: bare(purl) })));
  return [
    ...open
      .filter(({ finding }) => finding.fixed !== undefined)
      .map(({ name, finding }) => `${name}: ${shown(finding)} is fixed in ${finding.fixed}. Upgrade it.`),
    ...open
      .filter(({ finding }) => finding.fixed === undefined && !statements.some((one) => speaksOf(one, finding)))
      .map(
        ({ name, finding }) =>
          `${name}: ${shown(finding)} has no fix and no statement in integrations/vex/statements.json.`,
      ),
    ...statements
      .filter((one) => !open.some(({ finding }) => finding.fixed === undefined && speaksOf(one, finding)))
      .map((one) => `The statement on ${one.vulnerability} in ${one.package} speaks of no unfixed finding. Remove it.`),
    ...statements.flatMap(formProblems),
    ...scans.flatMap(({ name, unseen }) => unseen.map((fault) => `${name}: not seen in full: ${fault}`)),
    ...unjudged
      .filter(({ purl }) => !notJudged.some((one) => one.package === purl))
      .map(({ name, purl }) => `${name}: no feed speaks for ${purl}, and notJudged does not name it.`),
    ...notJudged
      .filter((one) => !unjudged.some(({ purl }) => purl === one.package))
      .map((one) => `notJudged names ${one.package}, which is in no image or is judged. Remove it.`),
    ...complianceProblems(scans, said),
  ];
}

function complianceProblems(scans: readonly ReleasedScan[], { notMet }: Statements): readonly string[] {
  const failing = scans.flatMap(({ name, failing: checks }) => checks.map((check) => ({ image: name, check })));
  const isSame = (one: { readonly image: string; readonly check: string }, other: typeof one): boolean =>
    one.image === other.image && one.check === other.check;
  return [
    ...failing
      .filter((one) => !notMet.some((known) => isSame(known, one)))
      .map(({ image, check }) => `${image}: ${check} fails, and notMet does not name it. Meet it, or give a reason.`),
    ...notMet
      .filter((known) => !failing.some((one) => isSame(known, one)))
      .map(({ image, check }) => `notMet names ${check} of ${image}, which is met or not released. Remove it.`),
    ...notMet
      .filter(({ reason }) => reason.length < leastReason)
      .map(({ image, check }) => `notMet gives no reason for ${check} of ${image}.`),
  ];
}

/** Medium or higher; one that nobody rates may be anything. */
function counts({ severity, suppressed }: ReleasedFinding): boolean {
  return suppressed === undefined && ['critical', 'high', 'medium', 'unrated'].includes(severity);
}

function speaksOf(statement: Statement, { id, purl }: ReleasedFinding): boolean {
  return statement.vulnerability === id && statement.package === bare(purl);
}

function formProblems({ vulnerability, package: one, status, justification, reason }: Statement): readonly string[] {
  const about = `The statement on ${vulnerability} in ${one}`;
  return [
    ...(reason.length < leastReason ? [`${about} gives no reason.`] : []),
    ...(status === 'not_affected' && !justifications.includes(justification)
      ? [`${about} needs a justification of OpenVEX, because it says not_affected.`]
      : []),
  ];
}

function shown({ id, package: name, severity }: ReleasedFinding): string {
  return `${id} in ${name}, ${severity},`;
}

/** A package URL without version, qualifiers and subpath. */
export function bare(purl: string): string {
  return purl.replace(/[?#].*$/, '').replace(/@[^/@]*$/, '');
}
