import { type FieldsOf, known } from '#base/index.ts';
import { imageFactsOfConfig, type ImageShape, type ImageStep } from '#catalog/index.ts';
import type { Lists } from '../../lists/index.ts';

/** One subject for one check, and what it must answer. */
export interface Row {
  readonly id: string;
  /** What is special about the subject. */
  readonly when: string;
  /** Laid over an image that passes everything. */
  readonly facts: Partial<ImageShape>;
  readonly lists?: Lists;
  readonly state: 'pass' | 'fail' | 'warn' | 'not-applicable' | 'not-assessed' | 'error';
  readonly seen?: readonly string[];
}

export const now = new Date('2026-11-30T00:00:00Z');

export const malwareSet = { name: 'own', version: '7', date: '2026-11-29', digest: 'ab', hashes: 1, ruleFiles: 1 };

/** An image with which nothing is wrong. */
const sound: ImageShape = {
  user: '10001:10001',
  environmentSecrets: [],
  historySecrets: [],
  labelSecrets: [],
  fileSecrets: [],
  steering: [{ name: 'PATH', value: '/usr/local/bin:/usr/bin' }],
  exposedPorts: ['8080/tcp'],
  healthCheck: ['CMD', '/probe'],
  volumes: ['/var/lib/app'],
  workingDirectory: '/srv/app',
  onBuild: [],
  labels: [],
  created: '2026-11-01T00:00:00.000Z',
  steps: [],
  baseLayers: 1,
  platform: { os: 'linux', architecture: 'amd64' },
  layerBlobs: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', urls: [] }],
  mismatches: [],
  userId: 10_001,
  accounts: [{ name: 'root', uid: 0, gid: 0, shell: '/bin/bash' }],
  groups: [{ name: 'root', gid: 0 }],
  emptyPasswords: [],
  specialModes: [],
  fileCapabilities: [],
  worldWritable: [],
  packageCaches: [],
  leftovers: [],
  trustedRoots: [],
  modifiedFiles: [],
  miners: [],
  packed: [],
  malware: { set: malwareSet, files: 10, ruled: 2, matches: [] },
  scripts: [],
  release: { id: 'debian', version: '13', name: 'Debian GNU/Linux 13 (trixie)' },
  supportEnds: '2030-06-30',
  packages: [],
  programs: [],
};

export function fieldsOf(facts: Partial<ImageShape>): FieldsOf<ImageShape> {
  const all = Object.entries({ ...sound, ...facts }).map(([name, value]) => [name, known(value, name)]);
  return Object.fromEntries(all) as FieldsOf<ImageShape>;
}

/** Build steps as the reader of configs makes them of a history. */
export function stepsOf(...history: readonly string[]): readonly ImageStep[] {
  const config = { history: history.map((created_by) => ({ created_by })) };
  const { steps } = imageFactsOfConfig(JSON.stringify(config));
  if (steps.kind === 'missing') throw new Error(steps.why);
  return steps.value;
}

export function variable(name: string, value: string): Pick<ImageShape, 'steering'> {
  return { steering: [{ name, value }] };
}
