import { getMe, getProvider, getRetention, listAudit, listSessions, listTokens, listUsers } from '#access/contract.ts';
import {
  getChanges,
  getVulnerabilityTree,
  getImage,
  getTrend,
  type LiveEvent,
  listEvidenceTemplates,
  listExecutables,
  listFindings,
  listVulnerabilities,
  listImages,
  listPackages,
  listUpgrades,
} from '#explorer/contract.ts';
import { listAdmissionRules, listClusters, listDecisions, replayAdmissionRule } from '#admission/contract.ts';
import { getDocument, listChecks, tryCustomCheck } from '#compliance/contract.ts';
import { listGates, listTrials } from '../../../src/gate/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { getLink, listJoinTokens } from '#link/contract.ts';
import { policyToYaml, replayPolicy } from '#policy/contract.ts';
import { listSensors } from '#runtime/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import type { ReadingKey } from '../api.ts';

/** Readings that no live event touches: who may come in, and what is set, change by one's own hand. */
const untouched: readonly string[] = [
  getMe.path,
  // A trial belongs to the text that was tried; that text has one YAML.
  replayPolicy.path,
  policyToYaml.path,
  replayAdmissionRule.path,
  listTokens.path,
  listUsers.path,
  listSessions.path,
  getProvider.path,
  listAudit.path,
  listJoinTokens.path,
  getRetention.path,
  getLink.path,
  // Another release has other checks; a document is known by its hash.
  listChecks.path,
  getDocument.path,
  // What somebody writes is tried when it is written.
  tryCustomCheck.path,
  // Another release has other templates.
  listEvidenceTemplates.path,
];
/** What gates did; each new answer touches nothing else. */
const ofGates: readonly string[] = [
  listDecisions.path,
  listGates.path,
  listTrials.path,
  listAdmissionRules.path,
  listClusters.path,
];
/** Below it, how controls stand. */
const evidence = '/api/v1/evidence';
/** What hosts say of themselves. */
const ofHosts: readonly string[] = [listHosts.path, listSensors.path];
const ofOneImage: readonly string[] = [getImage.path, getChanges.path, listPackages.path, listExecutables.path];
/** What changes with images alone; each image that another event changes says so itself. */
const ofImages: readonly string[] = [
  ...ofOneImage,
  listFindings.path,
  listVulnerabilities.path,
  getVulnerabilityTree.path,
  listUpgrades.path,
  getTrend.path,
];

/**
 * Whether what a page shows may be out of date after an event.
 * A path that this table does not know counts as touched: a page too fresh is better than one that lies.
 */
export function isAffected(key: ReadingKey, event: LiveEvent): boolean {
  const [path, params, query] = key;
  if (untouched.includes(path)) return false;
  // How controls stand is computed from all the rest, and what changed of it is announced by itself.
  if (path.startsWith(evidence)) return event.kind === 'compliance-changed';
  switch (event.kind) {
    case 'image-changed':
      if (ofHosts.includes(path) || path === getDatabase.path) return false;
      if (ofOneImage.includes(path)) return fieldOf(params, 'subject') === event.subject;
      if (path === listFindings.path) return (fieldOf(query, 'subject') ?? event.subject) === event.subject;
      return true;
    case 'host-changed':
      return !ofImages.includes(path) && path !== getDatabase.path;
    case 'decisions-changed':
    case 'gates-changed':
      return ofGates.includes(path);
    case 'compliance-changed':
      return path.startsWith('/api/v1/compliance');
    case 'policies-changed':
      // Which containers of a host are protected depends on the rules.
      if (path === listSensors.path) return true;
      return (
        !ofImages.includes(path) && path !== listImages.path && path !== getDatabase.path && !ofHosts.includes(path)
      );
    case 'database-changed':
    case 'exceptions-changed':
    case 'models-changed':
    case 'incidents-changed':
      if (path === getDatabase.path) return event.kind === 'database-changed';
      // Hosts are shown with the states of the models of what runs on them.
      if (path === listSensors.path && event.kind === 'models-changed') return true;
      return !ofImages.includes(path) && path !== listImages.path && !ofHosts.includes(path);
  }
}

function fieldOf(record: unknown, name: string): unknown {
  return typeof record === 'object' && record !== null
    ? Object.entries(record).find(([key]) => key === name)?.[1]
    : undefined;
}
