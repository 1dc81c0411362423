import { oneLine } from '#base/index.ts';
import {
  type ImportedRule,
  type RuleSeverity as Severity,
  RuleOutcome,
  RuleSeverity,
  type ScanClaim,
} from '../../contract-imported.ts';
import { limits } from '../../limits.ts';
import { refuse } from './refuse.ts';
import { walkXml, type XmlElement, type XmlVisitor } from './walk-xml.ts';

/** A scan as a file tells it. */
export interface ReadScan {
  readonly claim: ScanClaim;
  /** In the order of the file. */
  readonly rules: readonly ImportedRule[];
}

const namespaces = new Map([
  ['http://checklists.nist.gov/xccdf/1.2', 'xccdf'],
  ['http://scap.nist.gov/schema/asset-reporting-format/1.1', 'arf'],
]);

const formats: ReadonlyMap<string, ScanClaim['format']> = new Map([
  ['xccdf:Benchmark', 'xccdf'],
  ['xccdf:TestResult', 'xccdf'],
  ['arf:asset-report-collection', 'arf'],
]);

/** Where the result of a scan stands. Data streams in ARF hold benchmarks of their own. */
const placesOfResults: ReadonlySet<string> = new Set([
  '',
  'xccdf:Benchmark',
  'arf:asset-report-collection/arf:reports/arf:report/arf:content',
]);

/** Reads XCCDF 1.2 and ARF 1.1. Throws `AppError` for what is neither, is damaged or too large. */
export function readScan(text: string): ReadScan {
  const found = emptyFound();
  walkXml(text, namespaces, visitorOf(found));
  if (found.results === 0) refuse('The file holds no result of a scan (TestResult): it is a benchmark alone.');
  return { claim: claimOf(found), rules: found.rules.map((rule) => ruleOf(rule, found)) };
}

interface FoundRule {
  readonly id: string;
  readonly severity: string | undefined;
  outcome: string;
  readonly idents: { readonly system: string; readonly id: string }[];
  overriddenBy?: string;
}

interface Found {
  format: ScanClaim['format'];
  results: number;
  /** The element that is read now is in the result of the scan. */
  isInResult: boolean;
  benchmark: { id?: string | undefined; version?: string | undefined };
  profile?: string | undefined;
  /** What was scanned, as whoever started the scan says (OSCAP_EVALUATION_TARGET). */
  readonly identifiers: string[];
  /** Names of the host that the tool ran on. */
  readonly hostNames: string[];
  startedAt?: string;
  endedAt?: string;
  tool?: string;
  readonly rules: FoundRule[];
  /** By ids of benchmarks, profiles and rules. */
  readonly titles: Map<string, string>;
  /** Of rules, as the benchmark says it. */
  readonly severities: Map<string, string>;
  /** Ids of the benchmark, profile or rule around, by the name of its element. */
  readonly around: Map<string, string>;
}

function emptyFound(): Found {
  const lists = { identifiers: [], hostNames: [], rules: [] };
  const maps = { titles: new Map(), severities: new Map(), around: new Map() };
  return { format: 'xccdf', results: 0, isInResult: false, benchmark: {}, ...lists, ...maps };
}

function visitorOf(found: Found): XmlVisitor {
  return {
    open: (element) => {
      if (element.inside === '') beginFile(found, element);
      if (element.name === 'xccdf:TestResult' && placesOfResults.has(element.inside)) beginResult(found, element);
      return found.isInResult ? inResult(found, element) : inBenchmark(found, element);
    },
    close: (name, inside) => {
      if (name === 'xccdf:TestResult' && placesOfResults.has(inside)) found.isInResult = false;
    },
  };
}

function beginFile(found: Found, { name, uri }: XmlElement): void {
  const format = formats.get(name);
  if (format !== undefined) {
    found.format = format;
    return;
  }
  const local = oneLine(name, 80);
  if (uri === 'http://checklists.nist.gov/xccdf/1.1') refuse('The file is XCCDF 1.1; XCCDF 1.2 and ARF 1.1 are read.');
  refuse(
    `The file is neither XCCDF 1.2 nor ARF 1.1: its root is ${local} ${uri === '' ? 'without a namespace' : `of the namespace ${oneLine(uri, 120)}`}.`,
  );
}

function beginResult(found: Found, element: XmlElement): void {
  found.results += 1;
  if (found.results > 1)
    refuse('The file holds more than one result of a scan.', 'Import each result in a file of its own.');
  found.isInResult = true;
  const attribute = (name: string): string | undefined => cut(element.attribute(name), 255);
  Object.assign(found, {
    startedAt: attribute('start-time'),
    endedAt: attribute('end-time'),
    tool: attribute('test-system'),
  });
  found.benchmark.version = cut(element.attribute('version'), 128);
}

/** Titles and severities, for rules that the result only names. */
function inBenchmark(found: Found, { name, inside, attribute }: XmlElement): ((text: string) => void) | undefined {
  switch (name) {
    case 'xccdf:Benchmark':
    case 'xccdf:Profile':
    case 'xccdf:Rule': {
      const id = attribute('id') ?? '';
      found.around.set(name, id);
      if (name === 'xccdf:Rule') found.severities.set(id, attribute('severity') ?? 'unknown');
      return undefined;
    }
    case 'xccdf:title': {
      const owner = found.around.get(inside.slice(inside.lastIndexOf('/') + 1));
      return owner === undefined ? undefined : (text) => void found.titles.set(owner, text);
    }
    default:
      return undefined;
  }
}

const inRule = /(?:^|\/)xccdf:TestResult\/xccdf:rule-result$/;
const inFacts = /(?:^|\/)xccdf:TestResult\/xccdf:target-facts$/;
const directly = /(?:^|\/)xccdf:TestResult$/;

function inResult(found: Found, element: XmlElement): ((text: string) => void) | undefined {
  if (inRule.test(element.inside)) return inRuleResult(found.rules.at(-1), element);
  if (inFacts.test(element.inside)) return inTargetFacts(found, element);
  if (!directly.test(element.inside)) return undefined;
  const { name, attribute } = element;
  switch (name) {
    case 'xccdf:benchmark':
      found.benchmark.id = attribute('id') ?? attribute('href');
      return undefined;
    case 'xccdf:profile':
      found.profile = attribute('idref');
      return undefined;
    case 'xccdf:target':
      return nameOfTarget(found.hostNames);
    case 'xccdf:rule-result':
      if (found.rules.length >= limits.importedRules.value)
        refuse(`The file holds results of more than ${limits.importedRules.value} rules.`);
      found.rules.push({ id: attribute('idref') ?? '', severity: attribute('severity'), outcome: '', idents: [] });
      return undefined;
    default:
      return undefined;
  }
}

function inTargetFacts({ identifiers, hostNames }: Found, { attribute }: XmlElement) {
  switch (attribute('name')) {
    case 'urn:xccdf:fact:identifier':
      return nameOfTarget(identifiers);
    case 'urn:xccdf:fact:asset:identifier:fqdn':
    case 'urn:xccdf:fact:asset:identifier:host_name':
      return nameOfTarget(hostNames);
    default:
      return undefined;
  }
}

function nameOfTarget(names: string[]): (text: string) => void {
  if (names.length >= limits.importedTargets.value)
    refuse(`The scan has more than ${limits.importedTargets.value} names of its target.`);
  return (text) => void (text !== '' && names.push(oneLine(text, 512)));
}

function inRuleResult(rule: FoundRule | undefined, { name, attribute }: XmlElement) {
  if (rule === undefined) return undefined;
  switch (name) {
    case 'xccdf:result':
      return (text: string) => void (rule.outcome = text);
    case 'xccdf:ident': {
      if (rule.idents.length >= limits.importedIdents.value)
        refuse(`The rule ${oneLine(rule.id, 200)} has more than ${limits.importedIdents.value} names.`);
      const system = oneLine(attribute('system') ?? '', 255);
      return (id: string) => void rule.idents.push({ system, id: oneLine(id, 255) });
    }
    case 'xccdf:override':
      rule.overriddenBy = oneLine(attribute('authority') ?? 'somebody who is not named', 255);
      return undefined;
    default:
      return undefined;
  }
}

function ruleOf({ id, severity, outcome, idents, overriddenBy }: FoundRule, found: Found): ImportedRule {
  const known = RuleOutcome.safeParse(outcome);
  const name = oneLine(id, 512);
  if (name === '') refuse('The file holds a result that names no rule (idref).');
  if (!known.success)
    refuse(
      `The result of ${name} is “${oneLine(outcome, 40)}”, which is none of XCCDF 1.2: ${RuleOutcome.options.join(', ')}.`,
    );
  const title = titleOf(found, id);
  return {
    id: name,
    ...(title !== undefined && { title }),
    outcome: known.data,
    severity: severityOf(severity ?? found.severities.get(id)),
    idents,
    ...(overriddenBy !== undefined && { overriddenBy }),
  };
}

function severityOf(text: string | undefined): Severity {
  const known = RuleSeverity.safeParse(text);
  return known.success ? known.data : 'unknown';
}

function claimOf(found: Found): ScanClaim {
  const { format, benchmark, profile, tool, startedAt, endedAt } = found;
  const targets = targetsOf(found);
  if (targets.length === 0) refuse('The result does not name what was scanned (target).');
  if (found.rules.length === 0) refuse('The result holds no rule: nothing was scanned.');
  if (endedAt === undefined) refuse('The result does not say when the scan ended (end-time).');
  const id = benchmark.id ?? found.around.get('xccdf:Benchmark') ?? '';
  if (id === '') refuse('The result does not name its benchmark.');
  const [benchmarkTitle, profileTitle] = [titleOf(found, id), titleOf(found, profile)];
  return {
    format,
    benchmark: {
      id: oneLine(id, 512),
      ...(benchmark.version !== undefined && { version: benchmark.version }),
      ...(benchmarkTitle !== undefined && { title: benchmarkTitle }),
    },
    ...(profile !== undefined && {
      profile: { id: oneLine(profile, 512), ...(profileTitle !== undefined && { title: profileTitle }) },
    }),
    targets,
    ...(startedAt !== undefined && { startedAt: momentOf(startedAt, 'start-time') }),
    endedAt: momentOf(endedAt, 'end-time'),
    ...(tool !== undefined && { tool }),
  };
}

/** Where a scan from outside says what it scanned, the host that it ran on is not its target. */
function targetsOf({ identifiers, hostNames }: Found): readonly string[] {
  return [...new Set(identifiers.length > 0 ? identifiers : hostNames)].slice(0, limits.importedTargets.value);
}

function titleOf({ titles }: Found, id: string | undefined): string | undefined {
  const title = id === undefined ? undefined : titles.get(id);
  return title === undefined || title === '' ? undefined : oneLine(title, 500);
}

function cut(text: string | undefined, longest: number): string | undefined {
  return text === undefined || text === '' ? undefined : oneLine(text, longest);
}

/** XML Schema lets the zone out; then it is read as UTC, as old versions of oscap wrote the time of the host. */
function momentOf(text: string, name: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?$/.exec(text.trim());
  const time = new Date(`${parts?.[1] ?? ''}${parts?.[2] ?? 'Z'}`);
  if (Number.isNaN(time.getTime())) refuse(`The ${name} of the result is no date: ${oneLine(text, 60)}.`);
  return time.toISOString();
}
