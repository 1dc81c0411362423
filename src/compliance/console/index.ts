export { type ComplianceAlert, readAlerts } from './alerts.ts';
export { readCarriedExceptions } from './answers.ts';
export { readCustom } from './custom-checks.ts';
export {
  checksChanged,
  checkExceptionsChanged,
  complianceChanged,
  complianceRulesChanged,
  containerStopped,
  evidenceLogVerified,
  factsAppeared,
  hostJudged,
  hostOutdated,
  operatorListsChanged,
} from './facts.ts';
export { readDocumentTexts, readFacts } from './read-facts.ts';
export {
  type AskedChanges,
  type ChangeLocation,
  type ChangeRow,
  readChangeLocations,
  readChangesBetween,
  readChangesOf,
} from './log/changes-between.ts';
export { countEvidenceKeys, discardEvidenceKeys } from './log/evidence-key.ts';
export { acceptRestoredLog } from './log/accept-restore.ts';
export { createEvidenceLog } from './log/evidence-log.ts';
export {
  batchesSince,
  type BatchOfLeaves,
  leavesOf,
  type LogSubject,
  readStatusTexts,
} from './log/leaves.ts';
export { batchesOfSubject } from './log/batches-of-subject.ts';
export { type EvidenceSeal, sealEvidence } from './log/evidence-seal.ts';
export { rotateEvidenceKey } from './log/rotate-key.ts';
export { recordAnswers } from './log/record-answers.ts';
export { recordImport, recordImportEnd } from './log/record-import.ts';
export { readStates } from './log/read-statuses.ts';
export { readSubjectsAt, type SubjectThen } from './log/states-at.ts';
export { readEvidenceHead } from './log/verify-stored.ts';
export { readLogVerified } from './log/watch-log.ts';
export { readLists } from './operator-lists.ts';
export { type PulledBrake, readBrakes, readStopped, type StoppedContainer } from './orders.ts';
export { type CheckAnswer, readCheckAnswers, readStandingSubjects, type StandingSubject } from './standing-subjects.ts';
export { imagesPlace } from './images-place.ts';
export { readSilences } from './read-silences.ts';
export { readResultsOf } from './results.ts';
export { complianceRules, readComplianceRules } from './rules.ts';
export { complianceSchema } from './schema.ts';
export { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';
export { ofContainers, readStartRules, type StartRules } from './start-rules.ts';
