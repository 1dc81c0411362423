import { describe, expect, it } from 'vitest';
import { getMe } from '#access/contract.ts';
import type { SubjectId } from '#base/index.ts';
import {
  getImage,
  getTemplateEvidence,
  listEvidenceTemplates,
  type LiveEvent,
  listExecutables,
  listFindings,
  listVulnerabilities,
  listImages,
  listPackages,
} from '#explorer/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { listSensors } from '#runtime/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import type { ReadingKey } from '../api.ts';
import { isAffected } from './affected.ts';

const one = `sha256:${'1'.repeat(64)}` as SubjectId;
const other = `sha256:${'2'.repeat(64)}` as SubjectId;
const keys: Readonly<Record<string, ReadingKey>> = {
  me: [getMe.path, null, null],
  images: [listImages.path, null, { sort: 'risk' }],
  vulnerabilities: [listVulnerabilities.path, null, {}],
  hosts: [listHosts.path, null, null],
  sensors: [listSensors.path, null, null],
  database: [getDatabase.path, null, null],
  oneImage: [getImage.path, { subject: one }, null],
  otherImage: [getImage.path, { subject: other }, null],
  onePackages: [listPackages.path, { subject: one }, { offset: 100 }],
  oneExecutables: [listExecutables.path, { subject: one }, { limit: 1 }],
  otherExecutables: [listExecutables.path, { subject: other }, null],
  oneFindings: [listFindings.path, null, { subject: one, severity: 'high' }],
  otherFindings: [listFindings.path, null, { subject: other }],
  vulnerabilityFindings: [listFindings.path, null, { vulnerability: 'CVE-2026-24515' }],
  controls: [getTemplateEvidence.path, { template: 'nist-800-190' }, null],
  templates: [listEvidenceTemplates.path, null, null],
  later: ['/api/v1/something-new', null, null],
};

function affectedBy(event: LiveEvent): readonly string[] {
  return Object.entries(keys)
    .filter(([, key]) => isAffected(key, event))
    .map(([name]) => name);
}

describe('isAffected', () => {
  it('asks again for an image, its lists and what counts over all images', () => {
    expect(affectedBy({ kind: 'image-changed', subject: one })).toEqual([
      'images',
      'vulnerabilities',
      'oneImage',
      'onePackages',
      'oneExecutables',
      'oneFindings',
      'vulnerabilityFindings',
      'later',
    ]);
  });

  it('asks again for hosts and for images, which show the hosts they lie on', () => {
    expect(affectedBy({ kind: 'host-changed', host: 'quay-01' })).toEqual(['images', 'hosts', 'sensors', 'later']);
  });

  it('asks again for the database alone: images that it changes say so themselves', () => {
    expect(affectedBy({ kind: 'database-changed' })).toEqual(['database', 'later']);
  });

  it('asks again for what rules and exceptions are listed in, and for hosts, which are protected by rules', () => {
    expect(affectedBy({ kind: 'policies-changed' })).toEqual(['sensors', 'later']);
    expect(affectedBy({ kind: 'exceptions-changed' })).toEqual(['later']);
  });

  it('asks again for what models and incidents are listed in', () => {
    expect(affectedBy({ kind: 'models-changed' })).toEqual(['sensors', 'later']);
    expect(affectedBy({ kind: 'incidents-changed' })).toEqual(['later']);
  });

  it('asks again how controls stand when that is announced, and by nothing else', () => {
    expect(affectedBy({ kind: 'compliance-changed' })).toEqual(['controls']);
    for (const event of [{ kind: 'image-changed', subject: one }, { kind: 'policies-changed' }] as const)
      expect(affectedBy(event)).not.toContain('controls');
  });
});
