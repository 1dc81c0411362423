import * as accessContract from '#access/contract.ts';
import * as admissionContract from '#admission/contract.ts';
import { packFact, packTask } from '#catalog/console/tasks.ts';
import * as catalogContract from '#catalog/contract.ts';
import { assessTask, readCheckTask, tryCheckTask } from '#compliance/console/tasks.ts';
import * as complianceContract from '#compliance/contract.ts';
import { importTask, packagePartTask, packageTask, readOwnTemplateTask } from '#explorer/console/tasks.ts';
import * as explorerContract from '#explorer/contract.ts';
import * as gateContract from '#gate/contract.ts';
import { bodyTask, type Task } from '#http/console/tasks.ts';
import type { Endpoint } from '#http/index.ts';
import * as inventoryContract from '#inventory/contract.ts';
import { batchTask, checkFact, type FactPreparers } from '#link/console/tasks.ts';
import * as linkContract from '#link/contract.ts';
import {
  checkRulesTask,
  composeBundleTask,
  readPolicyTask,
  replayTask,
  writePolicyTask,
} from '#policy/console/tasks.ts';
import * as policyContract from '#policy/contract.ts';
import * as provenanceContract from '#provenance/contract.ts';
import * as runtimeContract from '#runtime/contract.ts';
import * as vulnerabilityContract from '#vulnerability/contract.ts';

/** What a child process makes of each kind of fact of an agent: those of handlers in `compose.ts`, all of them. */
export const factPreparers = {
  scan: packFact,
  'scan-same': checkFact(catalogContract.SameScan),
  host: checkFact(inventoryContract.HostFact),
  image: checkFact(inventoryContract.ImageFact),
  container: checkFact(inventoryContract.ContainerFact),
  present: checkFact(inventoryContract.PresentFact),
  use: checkFact(inventoryContract.UseFact),
  unscanned: checkFact(inventoryContract.UnscannedFact),
  subject: checkFact(inventoryContract.SubjectFact),
  compliance: checkFact(complianceContract.ComplianceFact),
  'compliance-looked': checkFact(complianceContract.ComplianceLookedFact),
  'compliance-stop': checkFact(complianceContract.ComplianceStopFact),
  decision: checkFact(admissionContract.Decision),
  gate: checkFact(gateContract.GateFact),
  rogues: checkFact(gateContract.RoguesFact),
  trials: checkFact(gateContract.TrialsFact),
  'break-glass': checkFact(gateContract.BreakGlassFact),
  behaviour: checkFact(runtimeContract.BehaviourFact),
  detection: checkFact(runtimeContract.Detection),
  sensor: checkFact(runtimeContract.SensorFact),
  armed: checkFact(runtimeContract.ArmedFact),
  code: checkFact(runtimeContract.CodeFact),
  loss: checkFact(runtimeContract.LossFact),
} as const satisfies FactPreparers;

export const agentBatch = batchTask(factPreparers);

const contracts = [
  accessContract,
  admissionContract,
  catalogContract,
  complianceContract,
  explorerContract,
  gateContract,
  inventoryContract,
  linkContract,
  policyContract,
  provenanceContract,
  runtimeContract,
  vulnerabilityContract,
];

/** Everything that may run in a child process of the console: bodies of every endpoint, and what domains add. */
export const childTasks: readonly Task<never, unknown>[] = [
  packTask,
  agentBatch,
  assessTask,
  readCheckTask,
  tryCheckTask,
  readPolicyTask,
  writePolicyTask,
  checkRulesTask,
  replayTask,
  packageTask,
  packagePartTask,
  importTask,
  readOwnTemplateTask,
  composeBundleTask,
  ...contracts.flatMap((contract) => Object.values(contract).filter(isEndpoint)).map(bodyTask),
];

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'needs' in value && 'path' in value && 'method' in value;
}
