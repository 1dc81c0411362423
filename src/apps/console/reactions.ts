import { backupsChanged, collectionsChanged, tokenWorthChanged } from '#access/console/index.ts';
import {
  type AdmissionService,
  admissionRulesChanged,
  decisionsChanged,
  ledgerTroubleChanged,
  startUnarmed,
} from '#admission/console/index.ts';
import {
  type CatalogService,
  catalogStored,
  countingOutdated,
  countingScansChanged,
  publishersDiffer,
  scanForgotten,
} from '#catalog/console/index.ts';
import {
  checksChanged,
  checkExceptionsChanged,
  complianceChanged,
  complianceRulesChanged,
  type ComplianceService,
  containerStopped,
  evidenceLogVerified,
  factsAppeared,
  hostJudged,
  hostOutdated,
  operatorListsChanged,
} from '#compliance/console/index.ts';
import { type ExplorerService, pageNotice } from '#explorer/console/index.ts';
import { canaryPassed, gateChanged, trialPassed } from '#gate/console/index.ts';
import { containersChanged, hostChanged, type InventoryService, subjectPlaced } from '#inventory/console/index.ts';
import { agentChanged, claimRefused, factsMissing } from '#link/console/index.ts';
import {
  exceptionsChanged,
  type PolicyService,
  policyChanged,
  verdictChanged,
  verdictOutdated,
} from '#policy/console/index.ts';
import { provenanceChanged, type ProvenanceService, trustChanged } from '#provenance/console/index.ts';
import {
  evidenceChanged,
  incidentsChanged,
  entriesDecided,
  modelActivated,
  awaitedStarted,
  modelAppeared,
  modelChanged,
  modelsPlaced,
  type RuntimeService,
  runtimeRulesChanged,
  sensorChanged,
} from '#runtime/console/index.ts';
import { type Notice, type Reaction, when, whenDistinct, whenMany } from '#store/index.ts';
import {
  databaseBuildReported,
  databaseChanged,
  findingsChanged,
  matchesRenewed,
  matchOutdated,
  type VulnerabilityService,
} from '#vulnerability/console/index.ts';

/** The domains that do something when something happens. */
export interface ReactingServices {
  readonly inventory: InventoryService;
  readonly catalog: CatalogService;
  readonly vulnerability: VulnerabilityService;
  readonly provenance: ProvenanceService;
  readonly compliance: ComplianceService;
  readonly policy: PolicyService;
  readonly admission: AdmissionService;
  readonly runtime: RuntimeService;
  readonly explorer: ExplorerService;
}

/**
 * How the product flows: what happens on the left, what is done about it on the right. Domains know only the facts
 * that they announce; this table is the one place that joins them. The names are queues: one that changes is listed in
 * `formerNames`.
 */
export function reactions(services: ReactingServices): readonly Reaction[] {
  return [...works(services), ...reports(services), ...shows(services)].map((reaction) => {
    const formerly = formerNames[reaction.name];
    return formerly === undefined ? reaction : { ...reaction, formerly };
  });
}

/** Names of earlier versions, whose facts may still wait. */
const formerNames: Readonly<Record<string, readonly string[]>> = {
  'choose-placed': ['choose-voice'],
  'match-counting': ['match-voice'],
  'prove-counting': ['prove-voice'],
  'judge-counting': ['judge-voice'],
  'inherit-after-counting': ['inherit-after-voice'],
  'report-unarmed': ['tell-unarmed'],
  'report-canary': ['tell-canary'],
  'report-difference': ['tell-difference', 'tell-disagreement'],
  'report-missing-facts': ['tell-missing-facts'],
  'report-claim': ['tell-claim'],
  'report-waiting': ['tell-waiting'],
  'publish-host-environments': ['publish-standing'],
  'show-counting': ['show-voice'],
  'show-difference': ['show-disagreement'],
  'show-placements': ['show-place'],
};

/** What domains make of each other's changes. */
function works(services: ReactingServices): readonly Reaction[] {
  const { inventory, catalog, vulnerability, provenance, compliance, policy, admission, runtime } = services;
  return [
    when(agentChanged, 'follow-agent', inventory.followAgent),
    when(collectionsChanged, 'resolve-environments', inventory.resolveEnvironments),
    when(subjectPlaced, 'choose-placed', catalog.chooseCounting),
    when(countingOutdated, 'choose-outdated', catalog.chooseCounting),
    when(provenanceChanged, 'note-origin', catalog.noteOrigin),
    when(agentChanged, 'note-agent', catalog.noteAgent),
    when(tokenWorthChanged, 'note-token', catalog.noteToken),
    when(trustChanged, 'note-trust', catalog.noteTrust),

    when(scanForgotten, 'forget-matches', vulnerability.forgetScan),
    when(scanForgotten, 'forget-verdicts', policy.forgetScan),
    when(catalogStored, 'match-scan', vulnerability.matchScan),
    when(countingScansChanged, 'match-counting', vulnerability.matchScan),
    when(databaseChanged, 'renew-matches', vulnerability.renewMatches),
    whenMany(matchOutdated, 'renew-match', vulnerability.renewMatch),

    when(subjectPlaced, 'prove-placed', provenance.prove),
    when(catalogStored, 'prove-scanned', provenance.prove),
    when(countingScansChanged, 'prove-counting', provenance.prove),
    when(trustChanged, 'prove-all', provenance.proveAll),
    when(publishersDiffer, 'pull-differing', provenance.pull),

    ...complianceWorks(compliance),

    whenMany(findingsChanged, 'judge-scan', policy.judgeMatches),
    when(countingScansChanged, 'judge-counting', policy.judgeSubject),
    when(subjectPlaced, 'judge-placed', policy.judgeSubject),
    when(matchesRenewed, 'judge-matches', policy.renewVerdicts),
    when(policyChanged, 'renew-verdicts', policy.renewVerdicts),
    when(exceptionsChanged, 'judge-exceptions', policy.renewVerdicts),
    when(complianceRulesChanged, 'judge-compliance', policy.renewVerdicts),
    when(checkExceptionsChanged, 'judge-excepted-checks', policy.renewVerdicts),
    when(checksChanged, 'judge-written-checks', policy.renewVerdicts),
    when(operatorListsChanged, 'judge-lists', policy.renewVerdicts),
    when(collectionsChanged, 'judge-collections', policy.renewVerdicts),
    when(provenanceChanged, 'judge-provenance', policy.judgeSubject),
    when(trustChanged, 'judge-trust', policy.renewVerdicts),
    when(verdictOutdated, 'renew-verdict', policy.judgeScan),

    ...admissionWorks(admission),
    ...runtimeWorks(runtime),
  ];
}

/** What ledgers make of others' changes. */
function admissionWorks(admission: ReactingServices['admission']): readonly Reaction[] {
  return [
    whenMany(verdictChanged, 'publish-verdict', admission.followSubjects),
    whenMany(subjectPlaced, 'publish-placed', admission.followSubjects),
    whenDistinct(hostChanged, 'publish-host-environments', admission.followHost),
    whenMany(admissionRulesChanged, 'publish-rules', admission.followRules),
    whenMany(collectionsChanged, 'publish-collections', admission.followRules),
    whenMany(trustChanged, 'publish-trust', admission.followRules),
    whenMany(complianceRulesChanged, 'publish-compliance-rules', admission.followRules),
    whenMany(checkExceptionsChanged, 'publish-excepted-checks', admission.followRules),
    whenMany(operatorListsChanged, 'publish-operator-lists', admission.followRules),
    whenMany(checksChanged, 'publish-written-checks', admission.followRules),
  ];
}

/** What compliance makes of others' changes. */
function complianceWorks(compliance: ReactingServices['compliance']): readonly Reaction[] {
  return [
    whenMany(factsAppeared, 'evaluate-facts', compliance.evaluate),
    when(checksChanged, 'evaluate-checks', compliance.evaluateOutdated),
    whenDistinct(complianceChanged, 'judge-reported', compliance.judgeHost),
    whenDistinct(hostOutdated, 'judge-outdated', compliance.judgeHost),
    when(complianceRulesChanged, 'judge-by-rules', compliance.judgeAll),
    when(checkExceptionsChanged, 'judge-by-exceptions', compliance.judgeAll),
    when(collectionsChanged, 'judge-by-collections', compliance.judgeAll),
    when(provenanceChanged, 'carry-exceptions', compliance.followOrigin),
    when(trustChanged, 'judge-by-trust', compliance.judgeAll),
    when(catalogStored, 'check-scanned', compliance.followImage),
    when(countingScansChanged, 'check-counting', compliance.followImage),
    when(scanForgotten, 'check-forgotten', compliance.followImage),
    when(operatorListsChanged, 'evaluate-by-lists', compliance.evaluateOutdated),
  ];
}

/** What the runtime makes of others' changes. */
function runtimeWorks(runtime: ReactingServices['runtime']): readonly Reaction[] {
  return [
    whenDistinct(containersChanged, 'model-containers', runtime.followHost),
    whenDistinct(hostChanged, 'model-host', runtime.followHost),
    when(subjectPlaced, 'archive-models', runtime.followSubject),
    when(modelAppeared, 'inherit-behaviour', runtime.inheritModel),
    when(awaitedStarted, 'inherit-again', runtime.inheritAgain),
    when(entriesDecided, 'carry-decisions', runtime.followDecisions),
    when(catalogStored, 'inherit-after-scan', runtime.inheritAfterScan),
    when(countingScansChanged, 'inherit-after-counting', runtime.inheritAfterScan),
    whenDistinct(evidenceChanged, 'carry-evidence', runtime.carryEvidence),
    whenMany(runtimeRulesChanged, 'carry-by-rules', runtime.followSources),
    whenMany(modelsPlaced, 'carry-by-places', runtime.followSources),
    when(collectionsChanged, 'order-collections', runtime.followCollections),
  ];
}

/** What becomes an incident that the console itself reports. */
function reports({ runtime }: ReactingServices): readonly Reaction[] {
  return [
    when(startUnarmed, 'report-unarmed', runtime.reportUnarmed),
    when(canaryPassed, 'report-canary', runtime.reportCanary),
    when(trialPassed, 'report-trial', runtime.reportTrial),
    when(publishersDiffer, 'report-difference', runtime.reportDifference),
    when(factsMissing, 'report-missing-facts', runtime.reportMissingFacts),
    when(claimRefused, 'report-claim', runtime.reportClaim),
    whenDistinct(sensorChanged, 'report-waiting', runtime.reportWaiting),
    whenDistinct(hostJudged, 'report-compliance', runtime.reportCompliance),
    when(containerStopped, 'report-stop', runtime.reportCompliance),
    whenDistinct(evidenceLogVerified, 'report-evidence-log', runtime.reportEvidenceLog),
    whenDistinct(backupsChanged, 'report-backups', runtime.reportBackups),
  ];
}

/** What pages read, and that open ones hear of it. */
function shows({ explorer }: ReactingServices): readonly Reaction[] {
  return [
    when(catalogStored, 'show-scan', explorer.refreshSubject),
    when(countingScansChanged, 'show-counting', explorer.refreshSubject),
    when(publishersDiffer, 'show-difference', explorer.refreshSubject),
    whenMany(findingsChanged, 'show-findings', explorer.refreshFindings),
    when(subjectPlaced, 'show-placements', explorer.refreshPlacements),
    whenMany(verdictChanged, 'show-verdict', explorer.refreshVerdicts),
    whenDistinct(hostChanged, 'show-host', explorer.refreshHost),
    whenDistinct(containersChanged, 'show-containers', explorer.refreshHost),
    when(collectionsChanged, 'show-collections', explorer.refreshCollections),
    whenDistinct(sensorChanged, 'show-sensor', explorer.refreshHost),
    ...notes(explorer),
  ];
}

/** What controls ask about: it is looked at within the minute, whatever else changes until then. */
function notes(explorer: ExplorerService): readonly Reaction[] {
  const noteHosts = async (changed: readonly { readonly host: string }[]): Promise<void> =>
    await explorer.noteEvidence([...new Set(changed.map(({ host }) => host))]);
  const noteAll = async (): Promise<void> => await explorer.noteEvidence('all');
  return [
    whenMany(hostJudged, 'note-judged', noteHosts),
    whenMany(hostChanged, 'note-host', noteHosts),
    whenMany(containersChanged, 'note-containers', noteHosts),
    whenMany(gateChanged, 'note-gate', noteHosts),
    whenMany(sensorChanged, 'note-sensor', noteHosts),
    whenMany(agentChanged, 'note-agents', noteHosts),
    whenMany(decisionsChanged, 'note-decisions', noteHosts),
    whenMany(modelChanged, 'note-models', explorer.noteModels),
    whenMany(incidentsChanged, 'note-incidents', explorer.noteIncidents),
    whenMany(verdictChanged, 'note-verdicts', explorer.noteSubjects),
    whenMany(findingsChanged, 'note-findings', explorer.noteSubjects),
    whenMany(catalogStored, 'note-scans', explorer.noteSubjects),
    whenMany(countingScansChanged, 'note-counting', explorer.noteSubjects),
    whenMany(subjectPlaced, 'note-placements', explorer.noteSubjects),
    whenMany(provenanceChanged, 'note-provenance', explorer.noteSubjects),
    whenMany(matchesRenewed, 'note-matches', noteAll),
    whenMany(trustChanged, 'note-trusted', noteAll),
    whenMany(admissionRulesChanged, 'note-admission-rules', noteAll),
    whenMany(runtimeRulesChanged, 'note-runtime-rules', noteAll),
    whenMany(collectionsChanged, 'note-collections', noteAll),
  ];
}

/** What open pages hear of, as it is read from the domains themselves; on the right, the queue that told them before. */
export const notices: readonly Notice[] = [
  { fact: factsAppeared, ...pageNotice('compliance-changed') },
  { fact: complianceChanged, ...pageNotice('compliance-changed') },
  { fact: hostJudged, ...pageNotice('compliance-changed') },
  { fact: checkExceptionsChanged, ...pageNotice('compliance-changed') },
  { fact: complianceRulesChanged, ...pageNotice('policies-changed') },
  { fact: operatorListsChanged, ...pageNotice('policies-changed') },
  ...(
    [
      [databaseChanged, 'database-changed', 'show-database'],
      [databaseBuildReported, 'database-changed', 'show-database-build'],
      [policyChanged, 'policies-changed', 'show-policies'],
      [exceptionsChanged, 'exceptions-changed', 'show-exceptions'],
      [modelChanged, 'models-changed', 'show-models'],
      [modelActivated, 'models-changed', 'show-activation'],
      [modelsPlaced, 'models-changed', 'show-model-places'],
      [incidentsChanged, 'incidents-changed', 'show-incidents'],
      [runtimeRulesChanged, 'policies-changed', 'show-runtime-rules'],
      [admissionRulesChanged, 'policies-changed', 'show-admission-rules'],
      [decisionsChanged, 'decisions-changed', 'show-decisions'],
      [gateChanged, 'gates-changed', 'show-gates'],
      [ledgerTroubleChanged, 'gates-changed', 'show-ledger-troubles'],
    ] as const
  ).map(([fact, kind, formerly]) => ({ fact, ...pageNotice(kind), formerly })),
];
