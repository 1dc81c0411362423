export {
  type About,
  type Check,
  type SubjectKind,
} from './check.ts';
export { type BlockedCheck, blockedChecks } from './blocked-checks.ts';
export { type Break, breakOf, breakOfSettings, trialBundle, trialRequest, type TrialStart } from './breaks/index.ts';
export { assessDocuments, evaluationOf, type KeptDocument } from './catalogue.ts';
export { otherwiseWords } from './contract-documents.ts';
export { leaseEnd, leases, reportPeriod, silentSince } from './lease.ts';
export { checks } from './checks/index.ts';
export { documentHash, documentText, factsId, type Fields } from './document.ts';
export type { UntypedFacts } from './custom-check.ts';
export { evaluate } from './evaluate.ts';
export { heldThere } from './exception.ts';
export { type Inheritance, inheritanceOf } from './inherited.ts';
export { scanDocument } from './document.ts';
export { imageDocumentOf } from './image-document.ts';
export type { JoinedResult } from './join.ts';
export { judgeStart, type StartRuling } from './judge-start.ts';
export { type Lists, operatorLists } from './lists/index.ts';
export * from './log/index.ts';
export { customOpener, openCustom } from './open-custom.ts';
export {
  type ExceptedCheck,
  type RuleContext,
  type RuleFinding,
  ruleFindings,
  unseenFinding,
} from './rule-findings.ts';
export * from './settings/index.ts';
export { checkSeverities, type CheckSeverity } from './severity.ts';
export { blockedAtStart, gatesOf, type StartGate, startGates, strictestAtStart } from './start-gates.ts';
export { templates } from './templates/index.ts';
export type { Template } from './templates/template.ts';
