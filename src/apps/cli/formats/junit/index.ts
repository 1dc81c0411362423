import { faultKindOf, type UnopenedPlatform } from '#image/index.ts';
import type { Verdict } from '#policy/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { plain } from '../../plain.ts';
import { partOf } from '../../scan/by-base.ts';
import { type FaultGroup, faultGroups, faultPlace, moreFaults, placedFaults } from '../../scan/fault-groups.ts';
import { platformName } from '../../scan/platform-results.ts';
import type { RenderOptions, ResultFormat, ScanResult } from '../../scan/result.ts';
import { type Element, write } from './xml.ts';

type Violation = Verdict['violations'][number];

/**
 * JUnit's XML as Jenkins and GitLab read it: the target is a suite; what was not seen, each package with violations,
 * each other rule and the verdict are its cases. A failure says what to change, an error that nothing could be judged.
 */
export const junit: ResultFormat = {
  id: 'junit',
  version: 4,
  summary:
    'JUnit XML for test reports: what was not seen, a case for each package to change, each check, each rule, the verdict.',
  render: (result, options) => documentOf([suiteOf(result, options)]),
  renderAll: ({ target, results, unscanned }, options) =>
    documentOf([
      ...results.map((one) => {
        const platform = platformName(one);
        return suiteOf({ ...one, target: `${one.target} (${platform})` }, options);
      }),
      ...unscanned.map((one) => suiteWithout(target, one, options)),
    ]),
};

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
}

interface Suite {
  readonly element: Element;
  readonly counts: Counts;
}

function documentOf(suites: readonly Suite[]): string {
  const sum = (of: keyof Counts): number => suites.reduce((total, { counts }) => total + counts[of], 0);
  const counts = { tests: sum('tests'), failures: sum('failures'), errors: sum('errors') };
  const content = suites.map(({ element }) => element);
  const root: Element = { name: 'testsuites', attributes: { name: 'Seawall', ...counts }, content };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root)}`;
}

function suiteOf(result: ScanResult, { now }: RenderOptions): Suite {
  const cases = [
    ...faultCases(result),
    ...packageCases(result),
    ...checkCases(result),
    ...ruleCases(result),
    ...uncountedCases(result),
    verdictCase(result),
  ];
  const properties: Element = { name: 'properties', attributes: {}, content: propertiesOf(result) };
  return madeOf(result.target, { cases, before: [properties], now });
}

/** A platform that was not scanned is an error, never a suite that is missing. */
function suiteWithout(target: string, { platform, reason }: UnopenedPlatform, { now }: RenderOptions): Suite {
  const name = `${target} (${platform})`;
  const said = outcome('cannot-judge', { message: reason, type: 'unscanned', text: plain(reason) });
  return madeOf(name, { cases: [caseOf({ target: name }, 'scan', [said])], before: [], now });
}

function madeOf(
  target: string,
  {
    cases,
    before,
    now,
  }: { readonly cases: readonly Element[]; readonly before: readonly Element[]; readonly now: Date },
): Suite {
  const counts = { tests: cases.length, failures: having(cases, 'failure'), errors: having(cases, 'error') };
  const timestamp = now.toISOString().replace(/\.\d+Z$/, '');
  const attributes = { name: plain(target), ...counts, skipped: 0, time: 0, timestamp };
  return { counts, element: { name: 'testsuite', attributes, content: [...before, ...cases] } };
}

/** Faults of one code that are told one by one, and codes. */
const mostOfOne = 500;
const mostCodes = 50;

/**
 * Faults come first, each with its place: a case for each rule that counts them, one for those that none counts. Files
 * that nothing identifies have a case of their own, so that they do not hide among what withholds a verdict.
 */
function faultCases(result: ScanResult): readonly Element[] {
  const faults = placedFaults(result);
  const isFile = ({ code }: { readonly code: string }): boolean => faultKindOf(code) === 'unidentified';
  return [
    ...casesOf(
      result,
      '',
      faults.filter((fault) => !isFile(fault)),
    ),
    ...casesOf(result, ', unidentified files', faults.filter(isFile)),
  ];
}

function casesOf(result: ScanResult, suffix: string, faults: ScanResult['catalog']['faults']): readonly Element[] {
  const ofFaults = result.verdict.violations.filter(isOfFault);
  const ruleOf = new Map(ofFaults.map(({ rule, fault }) => [fault?.code ?? '', rule] as const));
  const byRule = Map.groupBy(faultGroups(faults, mostOfOne), ({ code }) => ruleOf.get(code));
  return [...byRule].map(([rule, groups]) => {
    const text = faultText(groups);
    const codes = new Set(groups.map(({ code }) => code));
    const violations = ofFaults.filter((one) => one.rule === rule && codes.has(one.fault?.code ?? ''));
    if (rule !== undefined) return testCase(result, { name: `rule ${rule}${suffix}`, violations, text });
    return caseOf(result, `faults that no rule counts${suffix}`, [outcome('pass', { message: '', type: '', text })]);
  });
}

function isOfFault({ finding, fault }: Violation): boolean {
  return finding === undefined && fault !== undefined;
}

function faultText(groups: readonly FaultGroup[]): string {
  const hidden = groups.slice(mostCodes).reduce((sum, { shown, more }) => sum + shown.length + more, 0);
  const lines = groups.slice(0, mostCodes).flatMap((group) => [
    ...group.shown.map((fault) => {
      const place = faultPlace(fault);
      return `${plain(group.code)}: ${plain(fault.message)}${place === '' ? '' : ` (${plain(place)})`}`;
    }),
    ...(group.more > 0 ? [moreFaults(group, 'the JSON result holds')] : []),
    plain(group.remedy),
  ]);
  return [...lines, ...(hidden > 0 ? [`… and ${hidden} of other kinds; the JSON result holds all.`] : [])].join('\n');
}

/** A case for each version of a package that breaks a rule: one upgrade ends all its violations. */
function packageCases(result: ScanResult): readonly Element[] {
  const names = new Map(result.findings.map(({ purl, package: name, installed }) => [purl, `${name} ${installed}`]));
  const places = Map.groupBy(result.findings, ({ purl }) => purl);
  const broken = result.verdict.violations.filter(({ finding }) => finding !== undefined);
  return [...Map.groupBy(broken, ({ finding }) => finding?.purl ?? '')].map(([purl, violations]) =>
    testCase(result, { name: names.get(purl) ?? purl, violations, places: placesOf(places.get(purl) ?? [], result) }),
  );
}

/** Places of a package that are told. */
const mostPlaces = 10;

/** `In layer 3 of the base debian:13, usr/lib/x.jar.`; a folder has no layers. */
function placesOf(findings: readonly Finding[], { subject, base }: ScanResult): readonly string[] {
  const lines = findings.map((finding) => {
    const part = base === undefined ? '' : partOf(finding, base) === 'base' ? ` of the base ${base.name}` : ', own';
    const layer = subject.kind === 'image' ? [`layer ${finding.layer + 1}${part}`] : [];
    return [...layer, ...(finding.path === undefined ? [] : [finding.path])].join(', ');
  });
  return [...new Set(lines)]
    .filter((line) => line !== '')
    .slice(0, mostPlaces)
    .map((line) => plain(`In ${line}.`));
}

/** A case for each check that a compliance rule blocks or alerts on: its history is that of the check. */
function checkCases(result: ScanResult): readonly Element[] {
  const broken = result.verdict.violations.filter(({ rule }) => rule === 'compliance');
  return [...Map.groupBy(broken, ({ check }) => check?.id ?? '')].map(([id, violations]) =>
    testCase(result, { name: `check ${id}`, violations }),
  );
}

/** A case for each rule that looks at more than a package, and for each that nothing broke. */
function ruleCases(result: ScanResult): readonly Element[] {
  const { violations } = result.verdict;
  const broken = new Set<string>(violations.map(({ rule }) => rule));
  const reported = new Set(result.catalog.faults.map(({ code }) => code));
  const others = Map.groupBy(
    violations.filter(
      ({ rule, finding, fault }) => rule !== 'compliance' && finding === undefined && !reported.has(fault?.code ?? ''),
    ),
    ({ rule }) => rule,
  );
  const kept = [...new Set(result.rules)].filter((rule) => !broken.has(rule));
  return [
    ...[...others].map(([rule, of]) => testCase(result, { name: `rule ${rule}`, violations: of })),
    ...kept.map((rule) => testCase(result, { name: `rule ${rule}`, violations: [] })),
  ];
}

/** What the user ignores and what a VEX document answers, each with its reason; it passes, and does not vanish. */
function uncountedCases(result: ScanResult): readonly Element[] {
  const named = result.findings.filter(({ suppressed }) => suppressed?.kind !== undefined);
  if (named.length === 0) return [];
  const lines = named.slice(0, mostOfOne).map(({ id, package: name, installed, suppressed }) => {
    return plain(`${id} in ${name} ${installed}, by ${suppressed?.by}: ${suppressed?.reason}`);
  });
  const more = named.length - lines.length;
  const text = [...lines, ...(more > 0 ? [`… and ${more} more; the JSON result holds all.`] : [])].join('\n');
  return [caseOf(result, 'findings that do not count', [outcome('pass', { message: '', type: '', text })])];
}

/** Always there, so that a report is never empty and its history shows each build's verdict. */
function verdictCase(result: ScanResult): Element {
  const { kind, reason, policy } = result.verdict;
  const page = result.judgedBy.kind === 'console' ? `\n${plain(result.judgedBy.page)}` : '';
  const text = `${plain(reason)}${page}`;
  return caseOf(result, `policy ${plain(policy.name)}`, [outcome(kind, { message: reason, type: 'verdict', text })]);
}

interface Reported {
  readonly name: string;
  readonly violations: readonly Violation[];
  /** In the place of what the violations say. */
  readonly text?: string;
  /** Where the package lies. */
  readonly places?: readonly string[];
}

function testCase(result: ScanResult, { name, violations, text, places = [] }: Reported): Element {
  if (violations.length === 0) return caseOf(result, name, []);
  const effects = new Set(violations.map(({ effect }) => effect));
  const kind = effects.has('cannot-judge') ? 'cannot-judge' : effects.has('block') ? 'fail' : 'pass';
  const remedies = [...new Set(violations.map(({ remedy }) => plain(remedy)))];
  const lines = [...violations.map(({ message }) => plain(message)), ...remedies, ...places];
  const said = { message: remedies.join(' '), type: violations[0]?.rule ?? '', text: text ?? lines.join('\n') };
  return caseOf(result, name, [outcome(kind, said)]);
}

function outcome(
  kind: Verdict['kind'],
  { message, type, text }: { readonly message: string; readonly type: string; readonly text: string },
): Element {
  switch (kind) {
    case 'pass':
      return { name: 'system-out', attributes: {}, content: text };
    case 'fail':
      return { name: 'failure', attributes: { message: plain(message), type: plain(type) }, content: text };
    case 'cannot-judge':
      return { name: 'error', attributes: { message: plain(message), type: plain(type) }, content: text };
    default:
      return kind satisfies never;
  }
}

/** Jenkins takes what stands before the last dot for a Java package, so a target's own dots go. */
function caseOf({ target }: Pick<ScanResult, 'target'>, name: string, content: readonly Element[]): Element {
  const classname = `seawall.${plain(target).replaceAll('.', '_')}`;
  return { name: 'testcase', attributes: { classname, name: plain(name), time: 0 }, content };
}

function propertiesOf({ target, subject, verdict, database, judgedBy }: ScanResult): readonly Element[] {
  const properties = {
    target,
    subject: subject.kind === 'image' ? subject.digest : subject.path,
    verdict: verdict.kind,
    policy: verdict.policy.name,
    ...(database === undefined ? {} : { databaseBuiltAt: database.builtAt }),
    ...(judgedBy.kind === 'console' ? { page: judgedBy.page } : {}),
  };
  return Object.entries(properties).map(([name, value]) => ({
    name: 'property',
    attributes: { name, value: plain(value) },
    content: [],
  }));
}

function having(cases: readonly Element[], name: string): number {
  return cases.filter(({ content }) => typeof content !== 'string' && content.some((child) => child.name === name))
    .length;
}
