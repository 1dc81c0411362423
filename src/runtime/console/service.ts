import type { SubjectId } from '#base/index.ts';
import type { Author } from '#access/console/index.ts';
import type { Route } from '#http/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { rulesWithCollection } from '#rules/console/index.ts';
import type { Store } from '#store/index.ts';
import { archiveModels } from './archive-models.ts';
import { followDecisions, receiveDecisions } from './carry-decisions.ts';
import { change } from './change-model.ts';
import { reportCanary, reportTrial, reportUnarmed } from './gate-incidents.ts';
import { checkClaims } from './check-claims.ts';
import { reportCompliance } from './compliance-incidents.ts';
import { type RefusedClaim, reportClaim } from './claim-incidents.ts';
import { reportWaiting } from './waiting-incidents.ts';
import { followHost } from './follow-host.ts';
import { carryToOthers, followSources } from './follow-sources.ts';
import { expectModels } from './expect-models.ts';
import { inheritAfterScan, inheritAgain, inheritBehaviour, inheritWaiting } from './inherit-behaviour.ts';
import { openConfigurationWaits, notifyAgents } from './notify-agents.ts';
import { configurationRoute } from './desired-configuration.ts';
import type { Dependencies } from './dependencies.ts';
import { reportDifference } from './publisher-differences.ts';
import { reportCode } from './report-code.ts';
import { reportBehaviour } from './report-behaviour.ts';
import { reportDetections } from './report-detections.ts';
import { reportLoss } from './report-loss.ts';
import { reportArmed } from './report-armed.ts';
import { reportSensor } from './report-sensor.ts';
import { reportBackups } from './backup-incidents.ts';
import { reportEvidenceLog } from './log-incidents.ts';
import { type MissingFacts, reportMissingFacts } from './missing-facts.ts';
import { prune } from './prune.ts';
import { renewModels } from './renew-models.ts';
import { watchProtection } from './watch-protection.ts';
import { codeRoutes, incidentRoutes, modelRoutes, ruleRoutes, sensorRoutes } from './routes.ts';
import { runtimeRules } from './rules.ts';

/** What the console runs of this domain. */
export interface RuntimeService {
  readonly routes: readonly Route[];
  /** What the link serves to agents. */
  readonly agentRoutes: readonly Route[];
  /** After `containersChanged` and `hostChanged`. */
  followHost(changed: { readonly host: string }): Promise<void>;
  /** After `subjectPlaced`. */
  followSubject(placed: { readonly subject: SubjectId }): Promise<void>;
  /** After `entriesDecided`: what people decide for later versions reaches those that are here already. */
  followDecisions(decided: { readonly model: string }): Promise<void>;
  /** After `modelAppeared`. */
  inheritModel(appeared: { readonly model: string }): Promise<void>;
  /** After `awaitedStarted`: the version before may know more by now. */
  inheritAgain(started: { readonly model: string }): Promise<void>;
  /** After `catalogStored` and `countingScansChanged`: claims are checked, and new versions take over. */
  inheritAfterScan(changed: { readonly subject: SubjectId }): Promise<void>;
  /** After `startUnarmed`: a container whose first program ran before its sensor watched it. */
  reportUnarmed(start: { readonly host: string; readonly decision: string }): Promise<void>;
  /** After `canaryPassed`: a gate that let a start through when the agent tried it. */
  reportCanary(trial: { readonly host: string; readonly at: string }): Promise<void>;
  /** After `trialPassed`: a ring that let through what a line in force blocks. */
  reportTrial(trial: { readonly host: string; readonly at: string }): Promise<void>;
  /** After `publishersDiffer`. */
  reportDifference(differing: { readonly subject: SubjectId }): Promise<void>;
  /** After the link's `factsMissing`. */
  reportMissingFacts(missing: MissingFacts): Promise<void>;
  /** After `sensorChanged`: events of the host wait to be kept, or do so no more. */
  reportWaiting(changed: { readonly host: string }): Promise<void>;
  /** After `claimRefused`: an agent claimed what is not its own. */
  reportClaim(claim: RefusedClaim): Promise<void>;
  /** After `hostJudged` and `containerStopped`: checks fail that somebody is to be told of, or do so no more. */
  reportCompliance(judged: { readonly host: string }): Promise<void>;
  /** After `evidenceLogVerified`: the evidence log does not verify, or does so again. */
  reportEvidenceLog(): Promise<void>;
  reportBackups(): Promise<void>;
  /** After `collectionsChanged`: agents hear of what their rules name, and other evidence may count. */
  followCollections(): Promise<void>;
  /** After `runtimeRulesChanged` and `modelsPlaced`: other evidence may count. */
  followSources(): Promise<void>;
  /** After `evidenceChanged`: it counts in models of other environments that name it. */
  carryEvidence(changed: { readonly model: string }): Promise<void>;
  /** Rules that name a collection, in words. */
  usersOfCollection(collection: string): Promise<readonly string[]>;
  /** For programs of the console's own machine. Throws `not-found`. */
  relearn(model: string, author: Author): Promise<void>;
  /** Every few seconds: containers that are not protected as their rules ask become incidents, and cease to be. */
  watchProtection(): Promise<void>;
  /** Once a bucket. */
  renewModels(): Promise<void>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
  close(): Promise<void>;
}

/** Puts the default rule in force and serves agents and people. */
export async function createRuntime(dependencies: Dependencies): Promise<RuntimeService> {
  const { store, clock } = dependencies;
  await runtimeRules.putLastInForce(store, clock());
  const waits = await openConfigurationWaits(store);
  return {
    routes: [modelRoutes, incidentRoutes, ruleRoutes, sensorRoutes, codeRoutes].flatMap((routes) =>
      routes(dependencies),
    ),
    agentRoutes: [configurationRoute({ ...dependencies, waits })],
    followHost: async ({ host }) => await followHost(dependencies, host),
    followSubject: async ({ subject }) => {
      await archiveModels(dependencies, subject);
      await expectModels(dependencies, subject);
    },
    followDecisions: async ({ model }) => await followDecisions(dependencies, model),
    inheritModel: async ({ model }) => {
      await receiveDecisions(dependencies, model);
      await inheritBehaviour(dependencies, model);
      await followSources(dependencies);
    },
    inheritAfterScan: async ({ subject }) => {
      await checkClaims(dependencies, subject);
      await inheritAfterScan(dependencies, subject);
      await expectModels(dependencies, subject);
    },
    inheritAgain: async ({ model }) => await inheritAgain(dependencies, model),
    reportUnarmed: async (start) => await reportUnarmed(dependencies, start),
    reportCanary: async (trial) => await reportCanary(dependencies, trial),
    reportTrial: async (trial) => await reportTrial(dependencies, trial),
    reportDifference: async (differing) => await reportDifference(dependencies, differing),
    reportMissingFacts: async (missing) => await reportMissingFacts(dependencies, missing),
    reportWaiting: async (changed) => await reportWaiting(dependencies, changed),
    reportClaim: async (claim) => await reportClaim(dependencies, claim),
    reportCompliance: async ({ host }) => await reportCompliance(dependencies, host),
    reportEvidenceLog: async () => await reportEvidenceLog(dependencies),
    reportBackups: async () => await reportBackups(dependencies),
    followCollections: async () => {
      await followCollections(store);
      await followSources(dependencies);
    },
    followSources: async () => await followSources(dependencies),
    carryEvidence: async ({ model }) => await carryToOthers(dependencies, model),
    usersOfCollection: async (collection) => await rulesWithCollection(runtimeRules, store, collection),
    relearn: async (model, author) => await change(dependencies, { model, to: 'relearning' }, author),
    watchProtection: async () => await watchProtection(dependencies),
    renewModels: async () => {
      await followSources(dependencies);
      await renewModels(dependencies);
      await inheritWaiting(dependencies);
    },
    prune: async (now) => await prune(store, now),
    close: async () => await waits.close(),
  };
}

async function followCollections(store: Store): Promise<void> {
  await store.transaction(async (transaction) => await notifyAgents(transaction, { kind: 'all' }));
}

/** What the link hands this domain, by kind of fact. */
export function runtimeHandlers(dependencies: Dependencies) {
  return {
    behaviour: reportBehaviour(dependencies),
    detection: reportDetections,
    sensor: reportSensor,
    code: reportCode,
    armed: reportArmed,
    loss: reportLoss(dependencies),
  } as const satisfies Readonly<Record<string, FactHandler>>;
}
