export {
  type About,
  type Assessment,
  type Check,
  type CheckContext,
  checksOf,
  type SubjectKind,
} from './check.ts';
export { assessDocuments, evaluationOf, type KeptDocument } from './catalogue.ts';
export { checks } from './checks/index.ts';
export type { UntypedFacts } from './custom-check.ts';
export { documentHash, documentText, type Fields } from './document.ts';
export { type CheckResult, evaluate } from './evaluate.ts';
export { type ExceptedPlace, heldThere } from './exception.ts';
export { imageDocumentOf, scanDocument } from './image-document.ts';
export { judgeStart, type StartRuling } from './judge-start.ts';
export { type Judgement } from './judgement.ts';
export { type ListId, type Lists, operatorLists } from './lists/index.ts';
export { openCustom } from './open-custom.ts';
export type { Remedy } from './remedy.ts';
export {
  type ExceptedCheck,
  type RuleContext,
  type RuleFinding,
  ruleFindings,
  unseenFinding,
} from './rule-findings.ts';
export { checkSeverities, type CheckSeverity } from './severity.ts';
export { gatesOf, isDecidedBy, type StartGate, startGates, strictestAtStart, undecidedBy } from './start-gates.ts';
export { templates } from './templates/index.ts';
export type { Template } from './templates/template.ts';
