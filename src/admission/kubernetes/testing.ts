import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isImageDigest, type ImageDigest } from '#base/index.ts';
import { lastComplianceRule, type SettingsRule } from '#compliance/contract.ts';
import type { AdmissionRule } from '../contract.ts';
import type { KnownImage, Knowledge } from './knowledge.ts';

/** Digests that the recorded reviews name. */
export const goodDigest = 'sha256:770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c';
export const badDigest = 'sha256:2f05d4b689d270cafb02285f35f44866f7dc8a2d368a3f9d1124373eeab31fb1';
export const newDigest = 'sha256:11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437';

/** A review as an API server of Kubernetes 1.33 sends it: `pod-passes`. */
export function recordedReview(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`));
}

export const strictRule: AdmissionRule = {
  id: 'production',
  version: 3,
  name: 'Production',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  builds: 'allow',
  rogue: 'alert',
};

/** A compliance rule that says this of settings, and nothing else. */
export function rulingSettings(settings: readonly SettingsRule[]): Pick<Knowledge, 'compliance'> {
  const { name, state, notAssessed, running } = lastComplianceRule;
  const rule = { id: 'own', version: 2, name, state, lines: [], settings, notAssessed, running };
  return { compliance: { rules: [rule], lists: {}, now: new Date('2026-11-24T12:00:00Z') } };
}

/** A console that knows a good and a bad image, and a name of the good one. */
export function knowing(more: Partial<Knowledge> = {}): Knowledge {
  return {
    host: 'kubernetes:surge-1/payments',
    environment: 'prod',
    rules: [strictRule],
    collections: [],
    images: new Map([
      [keyNamed('surge/gauge', goodDigest), knownImage('pass')],
      ...['surge/gauge', 'surge/model', 'tools/netshoot'].map(
        (path) => [keyNamed(path, badDigest), knownImage('fail')] as const,
      ),
    ]),
    compliance: { rules: [], lists: {}, now: new Date('2026-11-24T12:00:00Z') },
    pins: new Map([['registry.example/surge/gauge:3.9', [goodDigest]]]),
    ...more,
  };
}

export function keyNamed(path: string, digest: string): string {
  return `registry.example/${path}@${digest}`;
}

export function knownImage(kind: KnownImage['verdict']['kind']): KnownImage {
  const evidence = kind === 'pass' ? [] : ['CVE-2026-24515 in expat 2.7.1-2 is rated High (7.5), the limit is Medium.'];
  const remedy = kind === 'pass' ? {} : { remedy: 'Upgrade expat to 2.7.3-2.' };
  const judgedAt = new Date('2026-11-24T12:00:00Z');
  return {
    digest: configDigest(kind),
    verdict: { kind, policy: 'Production', evidence, ...remedy, more: 0 },
    judgedAt,
  };
}

/** Of the config of an image with such a verdict. */
export function configDigest(kind: KnownImage['verdict']['kind']): ImageDigest {
  const digest = `sha256:${{ pass: 'a', fail: 'b', 'cannot-judge': 'c' }[kind].repeat(64)}`;
  if (!isImageDigest(digest)) throw new Error(digest);
  return digest;
}
