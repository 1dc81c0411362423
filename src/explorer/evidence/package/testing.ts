import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  factsId,
  headHash,
  leafHash,
  type LogRow,
  type ProvenLeaf,
  proofsOf,
  rootOf,
  rowText,
  type SignedHead,
  signHead,
} from '#compliance/index.ts';
import type { TrialLine, TrialsStatement } from '#gate/contract.ts';
import { signedBytesOfTrials } from '#gate/index.ts';
import { certificateFingerprint } from '#link/index.ts';
import { testSigner } from '#link/testing.ts';
import type { Assessment } from '../assessment.ts';
import { sampleAssessment } from '../oscal/sample.testing.ts';
import type { LogPart, PackageInput } from './evidence.ts';
import { packPackage, signedPackage } from './pack.ts';
import type { TrialFile } from './schema.ts';

export const sampleKeys = generateKeyPairSync('ed25519');
export const otherKeys = generateKeyPairSync('ed25519');

export const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const document = '{"privileged":{"at":"inspect","kind":"known","value":true}}';
export const sampleDocument = { hash: hashOf(document), text: document };
const status = '[["CTR-001","fail"],["CTR-002","pass"]]';
export const sampleStatus = { hash: hashOf(status), text: status };
const documents = [{ kind: 'inspect', hash: sampleDocument.hash }];
export const sampleFactsRow = { id: factsId('container', documents), subject: 'container', documents };

const subjects = ['c1', 'c2', 'c3'];
const rowAt = (at: number): LogRow => ({
  sequence: at + 1,
  observedAt: '2026-11-30T12:00:00.000Z',
  receivedAt: '2026-11-30T12:00:01.000Z',
  host: 'quay-01',
  kind: 'container',
  id: subjects[at % 3] ?? '',
  name: 'web',
  change: at < 3 ? 'first' : 'changed',
  ...(at < 3 ? { status: sampleStatus.hash, checks: 2 } : { check: 'CTR-001', from: 'pass', to: 'fail' }),
  facts: sampleFactsRow.id,
  silent: false,
  ...(at >= 3 && { before: at - 3 }),
});

/** Batches of 4, 1 and 5 rows. */
const sampleBatches = [
  [0, 4],
  [4, 5],
  [5, 10],
].map(([from = 0, to = 0], at) => ({
  batch: at + 1,
  first: from,
  texts: Array.from({ length: to - from }, (_, index) => rowText(rowAt(from + index))),
}));

/** Heads of the batches, chained and signed. */
function sampleHeads(installation: string, key: KeyObject): readonly SignedHead[] {
  const heads: SignedHead[] = [];
  for (const { batch, first, texts } of sampleBatches) {
    const before = heads.at(-1);
    const root = rootOf(texts.map(leafHash)).toString('hex');
    const previous = before === undefined ? '' : headHash(before.head);
    const head = { installation, batch, first, count: texts.length, root, previous, at: '2026-11-30T12:01:00.000Z' };
    heads.push(signHead(head, key));
  }
  return heads;
}

/** Both rows that the third batch has of one subject, each with its proof. */
export function sampleLeaves(): readonly ProvenLeaf[] {
  const texts = sampleBatches[2]?.texts ?? [];
  const pathOf = proofsOf(texts.map(leafHash));
  return [0, 3].map((position) => ({
    text: texts[position] ?? '',
    proof: { batch: 3, position, path: pathOf(position) },
  }));
}

/** The first two batches whole, the third by some rows. */
export function samplePart(key: KeyObject = sampleKeys.privateKey): LogPart {
  return {
    heads: sampleHeads(sampleAssessment.installation, key),
    batches: sampleBatches.slice(0, 2).map(({ batch, texts }) => ({ batch, texts })),
    leaves: [],
  };
}

const signer = await testSigner('3f0a3b0e-6f7b-4a53-9d0f-0b6f6f9b1c11', new Date('2026-11-30T00:00:00Z'));
/** An agent that another authority issued a certificate to. */
export const otherSigner = await testSigner(signer.agent, new Date('2026-11-30T00:00:00Z'));

export const sampleTrialLine: TrialLine = {
  check: 'CTR-001',
  ring: 1,
  state: 'refused',
  tried: 24,
  refused: 24,
  untried: 0,
  last: '2026-11-30T11:02:00Z',
  lastRefused: '2026-11-30T11:02:00Z',
};

/** What a host signed of its tries, as a record holds it. */
export function sampleTrial(said: Partial<TrialsStatement> = {}): TrialFile {
  const made = { host: 'quay-01', at: '2026-11-30T11:30:00Z', every: 3600, lines: [sampleTrialLine], ...said };
  const statement = JSON.stringify(made);
  const { agent, certificate, authority } = signer;
  const signature = signer.sign(signedBytesOfTrials(statement));
  return { format: 'seawall-trials/1', host: 'quay-01', agent, statement, signature, certificate, authority };
}

/** The same as text, with fields of it changed after it was signed. */
export function trialText(changed: Partial<TrialFile> = {}): string {
  return `${JSON.stringify({ ...sampleTrial(), ...changed }, undefined, 1)}\n`;
}

/** Each signature is another, so there is one. */
const sampleTrialText = trialText();

export const sampleAuthority = certificateFingerprint(signer.authority) ?? '';

/** The sample with documents, rows and a try of a gate. */
export function sampleInput(part: LogPart = samplePart(), assessment: Partial<Assessment> = {}): PackageInput {
  const answers = sampleAssessment.answers.map((answer) => {
    if (answer.source === 'gate-canary') return { ...answer, records: ['canary-1'] };
    return answer.facts === undefined ? answer : { ...answer, facts: sampleFactsRow.id };
  });
  return {
    assessment: { ...sampleAssessment, answers, ...assessment },
    evidence: {
      keys: [pemOf(sampleKeys.publicKey)],
      log: [part],
      facts: [sampleFactsRow],
      documents: [sampleDocument],
      statuses: [sampleStatus],
      records: [{ kind: 'trial', name: 'canary-1', title: 'Refused at 14:02', text: sampleTrialText }],
    },
  };
}

/** A package, packed and signed. */
export function packed(input: PackageInput, key: KeyObject = sampleKeys.privateKey): Buffer {
  return Buffer.concat(signedPackage(packPackage(input), key));
}
