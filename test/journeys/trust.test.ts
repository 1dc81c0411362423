import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isImageDigest, isSubjectId } from '#base/index.ts';
import { type CallInput, call } from '#http/index.ts';
import { listPolicies, putPolicy } from '#policy/contract.ts';
import {
  deleteTrustedRegistry,
  getProvenance,
  putApprovedBase,
  putSigningKey,
  putTrustedRegistry,
} from '#provenance/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { type Cosign, cosignWithKey } from '../make/cosign.ts';
import { dockerArchive, ociImage } from '../make/image.ts';
import { apkInstalled, osRelease } from '../make/packages.ts';
import { pushImage, startRegistry, type TestRegistry } from '../make/registry.ts';
import { file, makeTar } from '../make/tar.ts';
import { until } from './browser.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { layOutDatabase } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
const packages = apkInstalled([{ name: 'musl', version: '1.2.5-r99', origin: 'musl' }]);
const layer = makeTar([osRelease('alpine', '3.20.3'), packages]);
const ours = ociImage([layer], { steps: ['ADD alpine-minirootfs.tar.gz /'] });
/** Called as ours is, and loaded from a file. */
const laundered = [layer, makeTar([file('opt/miner', 'x')])];
let registry: TestRegistry;
let cosign: Cosign;
let seawall: RealConsole;
let administrator: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  await layOutDatabase(state.folder);
  cosign = cosignWithKey();
  registry = await startRegistry();
  const manifest = await pushImage(ours, { name: name('2.0') });
  cosign.sign(`${registry.host}/team/tide-clock@${manifest}`);
  seawall = await startConsole({ state: state.folder });
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const pipeline = await newToken(state.folder, 'pipeline', 'ci');
  await until(async () => (await call(getDatabase, {}, administrator)).state === 'ready');
  await publish(`registry:${name('2.0')}`, pipeline);
  const archive = join(state.folder, 'laundered.tar');
  writeFileSync(archive, dockerArchive(laundered, { names: [name('1.9')] }).bytes);
  await publish(`archive:${archive}`, pipeline);
  await until(async () => (await lastPolicy()).hits.pass === 2);
}, 240_000);
afterAll(async () => {
  await seawall?.end('SIGTERM');
  await registry?.end();
  cosign?.remove();
  state.remove();
});

test('only what the trusted registry holds and the key signed passes, until it is trusted no longer', async () => {
  const subject = ours.digest;
  if (!isSubjectId(subject) || !isImageDigest(ours.digest)) throw new Error(subject);
  const body = { name: 'Harbour', repositories: `${registry.host}/team`, insecure: false };
  await call(putTrustedRegistry, { params: { id: 'harbour' }, body }, administrator);
  const key = { name: 'Release', pem: cosign.publicKey };
  await call(putSigningKey, { params: { id: 'release' }, body: key }, administrator);
  const base = { name: 'Alpine', from: { kind: 'image' as const, digest: ours.digest } };
  await call(putApprovedBase, { params: { id: 'alpine' }, body: base }, administrator);
  await until(async () => {
    const { provenance } = await call(getProvenance, { params: { subject } }, administrator);
    return [...provenance.signatures, ...provenance.bases, provenance.origin].every((one) => one.state === 'proven');
  });

  await addRules([
    { kind: 'trusted-source', from: [`${registry.host}/team`], unknown: 'block', effect: 'block' },
    { kind: 'signature', keys: ['release'], need: 'any', unknown: 'block', effect: 'block' },
    { kind: 'approved-base', bases: ['alpine'], unknown: 'block', effect: 'block' },
  ]);
  await until(async () => (await lastPolicy()).hits.fail === 1);
  expect((await lastPolicy()).hits).toMatchObject({ pass: 1, fail: 1, cannotJudge: 0 });

  await call(deleteTrustedRegistry, { params: { id: 'harbour' } }, administrator);
  await until(async () => (await lastPolicy()).hits.fail === 2);
}, 60_000);

async function addRules(rules: CallInput<typeof putPolicy>['body']['policy']['rules']): Promise<void> {
  const { id, version, ...policy } = (await lastPolicy()).policy;
  const changed = { ...policy, rules: [...policy.rules, ...rules] };
  await call(putPolicy, { params: { id }, body: { policy: changed, basedOn: version } }, administrator);
}

function name(tag: string): string {
  return `${registry.host}/team/tide-clock:${tag}`;
}

async function publish(target: string, token: string): Promise<void> {
  const words = ['scan', target, '--format', 'json', '--console', seawall.origin, '--token', token];
  const run = await runSeawall(words, { env: environmentOf(state.folder) });
  expect(run.stderr).not.toContain('seawall:');
}

async function lastPolicy() {
  const last = (await call(listPolicies, {}, administrator)).policies.at(-1);
  if (last === undefined) throw new Error('There is no policy.');
  return last;
}
