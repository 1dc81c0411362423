import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import type { SignedCode } from '../../contract.ts';
import { signedBytesOf } from '../../signed-code.ts';
import { ContainerRecord } from '../containers/container-record.ts';
import { decodeFrame, type Frame } from '../wire/frames.ts';
import { CodeAsker } from './code-asker.ts';
import { RunningCode } from './running-code.ts';

const id = 'c'.repeat(64);
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const found = { id, cgroup: '7', imageId: 'sha256:engine', root: '/merged', bornAt: 0, found: true };

/** A desk whose sensor answers with these frames behind the question. */
function open(answer: (request: number) => readonly Frame[], patience = 1000) {
  const contact = { isThere: true };
  const sent: { readonly kind: string; readonly body: SignedCode; readonly replaces: string | undefined }[] = [];
  const record = new ContainerRecord({ ...found });
  record.digest = `sha256:${'1'.repeat(64)}` as ImageDigest;
  const asker: CodeAsker = new CodeAsker((bytes) => {
    const asked = decodeFrame(bytes.readUInt16LE(4), bytes.subarray(8));
    if (asked?.kind !== 'ask-code' || asked.cgroup !== 7n) throw new Error('It asks something else.');
    for (const frame of answer(asked.request))
      if (frame.kind === 'mapping' || frame.kind === 'mappings-end') queueMicrotask(() => asker.hear(frame));
  }, patience);
  const desk = new RunningCode({
    host: 'prod-1',
    containers: { byId: (one) => (one === id ? record : undefined), known: () => undefined },
    asker,
    find: async () => undefined,
    sensor: () => (contact.isThere ? { clock: { epoch: 1n, bootOffset: 0n }, features: 0 } : undefined),
    link: {
      send: async (kind, body, { replaces } = {}) => void sent.push({ kind, body: body as SignedCode, replaces }),
      sign: (content) => ({
        signature: sign('sha256', content, keys.privateKey).toString('base64'),
        certificate: 'PEM',
      }),
    },
    log: silentLog,
  });
  return { contact, desk, sent, record };
}

const end = (request: number): Frame => ({
  kind: 'mappings-end',
  cgroup: 7n,
  request,
  processes: 1,
  mappings: 0,
  files: 0,
  anonymous: 0,
  policy: 0,
  time: 0n,
  since: 0n,
  passed: 0n,
  stopped: 0n,
  unjudged: 0n,
});

test('answers each question once, signed by the key of the host', async () => {
  const { desk, sent } = open((request) => [end(request)]);
  const question = { container: id, request: '3f0d7f3a-8f8e-4c1e-9d57-0f1de3f4a001' };
  desk.follow([question]);
  desk.follow([question, { container: 'd'.repeat(64), request: '3f0d7f3a-8f8e-4c1e-9d57-0f1de3f4a002' }]);
  await expect.poll(() => sent.length).toBe(1);
  const [reported] = sent;
  if (reported === undefined) throw new Error('Nothing was sent.');
  expect(reported).toMatchObject({ kind: 'code', replaces: id });
  expect(JSON.parse(reported.body.statement)).toMatchObject({
    container: id,
    request: question.request,
    host: 'prod-1',
  });
  const signature = Buffer.from(reported.body.signature, 'base64');
  expect(verify('sha256', signedBytesOf(reported.body.statement), keys.publicKey, signature)).toBe(true);
  expect(verify('sha256', Buffer.from(reported.body.statement), keys.publicKey, signature)).toBe(false);
});

test('says nothing where the sensor does not answer, answers late for another question, or the container is gone', async () => {
  const silent = open(() => [], 20);
  await silent.desk.report(id);
  const wrong = open((request) => [end(request + 1)], 20);
  await wrong.desk.report(id);
  const gone = open((request) => [end(request)]);
  gone.record.kept = { ...found, goneAt: 1 };
  await gone.desk.report(id);
  expect([...silent.sent, ...wrong.sent, ...gone.sent]).toEqual([]);
});

test('asks a sensor that is away nothing, so that no question waits for the one before', async () => {
  const { desk, contact, sent } = open(() => [], 60_000);
  contact.isThere = false;
  await Promise.all([desk.report(id), desk.report(id), desk.report(id)]);
  expect(sent).toEqual([]);
}, 2000);
