import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deleteCollection, putCollection } from '#access/contract.ts';
import { deleteAdmissionRule, putAdmissionRule } from '#admission/contract.ts';
import type { SubjectId } from '#base/index.ts';
import { deletePolicy, putPolicy } from '#policy/contract.ts';
import {
  deleteSigningKey,
  deleteTrustedRegistry,
  lookForProvenance,
  putSigningKey,
  putTrustedRegistry,
} from '#provenance/contract.ts';
import { makeKey, readKey } from '../../../tools/release/key-file.ts';
import type { ReleasedImage } from '../../../tools/release/images.ts';
import { cosignWithKey } from '../../make/cosign.ts';
import { startRegistry } from '../../make/registry.ts';
import type { PolicyRule } from '../gates/dock.ts';
import { openQuay, type Quay } from '../gates/quay.ts';
import type { Closers } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Deployment } from './world.ts';

/** Seconds in which an image is scanned, and the host hears what the console says of it. */
const patience = 240;

/** Our own images under our own gate. */
export const ownRuleCases: readonly LabCase<Deployment>[] = [
  {
    id: 'O1',
    title:
      'where only images of a trusted source with the release key’s signature start, our own do; unsigned, changed, or of nowhere they are refused',
    protectedBy: 'the gate',
    minutes: 20,
    async run(world) {
      const closers: Closers = [];
      try {
        return await underTheGate(world, closers);
      } finally {
        for (const one of closers.toReversed()) await one();
      }
    },
  },
];

async function underTheGate(world: Deployment, closers: Closers): Promise<string> {
  const { images } = await world.released();
  const registry = await startRegistry();
  closers.push(() => registry.end());
  const keyFile = join(world.state, 'release.key');
  makeKey(keyFile);
  const cosign = cosignWithKey(readFileSync(keyFile, 'utf8'));
  closers.push(() => cosign.remove());
  const pem = createPublicKey(readKey(keyFile)).export({ type: 'spki', format: 'pem' }).toString();
  const quay = await openQuay({ store: 'docker', console: world, closers, name: 'own-images', environments: ['prod'] });
  closers.push(() => withoutOwnRules(world));
  await ownRules(world, registry.host, pem);
  if (world.armed) {
    const { code, stderr } = await quay.gate('install');
    expectThat(code === 0, `gate install ended with ${code}: ${stderr}`);
    closers.push(async () => void (await quay.gate('remove')));
  }
  const look = ({ digest }: ReleasedImage) =>
    world.ask(lookForProvenance, { params: { subject: digest as string as SubjectId } });
  const seconds = world.armed ? patience : 2;
  const mustBeRefused = (image: string, says: RegExp) => refused(quay, { image, says, seconds });
  for (const image of images) {
    await quay.engine.must('load', '-q', '-i', image.archive);
    await mustBeRefused(image.name, /registry|comes from/);
    const place = `${registry.host}/${image.name}`;
    const at = push(image, place, join(world.state, 'digest'));
    // The name tells the console which registry to ask.
    await quay.engine.must('pull', '-q', place);
    await look(image);
    await mustBeRefused(image.name, /signed/);
    cosign.sign(at);
    await look(image);
    await until(`the start of ${image.name}`, async () => (await start(quay, image.name)).code === 0, {
      seconds: patience,
    });
  }
  const [{ name } = { name: '' }] = images;
  await quay.engine.must('create', '--name', 'changed', name);
  await quay.engine.must('cp', keyFile, 'changed:/etc/changed');
  await quay.engine.must('commit', 'changed', name);
  await mustBeRefused(name, /registry|comes from|not known/);
  return `${images.length} images started`;
}

/** In prod nothing starts but what this registry holds and this key signed. */
async function ownRules({ ask }: Deployment, registry: string, pem: string): Promise<void> {
  const repositories = `${registry}/seawall`;
  await ask(putTrustedRegistry, { params: { id: 'own' }, body: { name: 'Own', repositories, insecure: true } });
  await ask(putSigningKey, { params: { id: 'release' }, body: { name: 'Release', pem } });
  const selects = { environments: ['prod'] };
  await ask(putCollection, { params: { id: 'own' }, body: { name: 'Own', description: '', selects } });
  const both = { unknown: 'block', effect: 'block' } as const;
  const rules: PolicyRule[] = [
    { kind: 'trusted-source', from: [repositories], ...both },
    { kind: 'signature', keys: ['release'], need: 'any', ...both },
  ];
  const policy = { name: 'Own images alone', collections: ['own'], rules };
  await ask(putPolicy, { params: { id: 'own' }, body: { policy, basedOn: 0 } });
  const strict = { fail: 'block', cannotJudge: 'block', unknown: 'block', builds: 'allow', rogue: 'alert' } as const;
  const rule = { name: 'Own', state: 'on', holdSeconds: 30, ...strict } as const;
  await ask(putAdmissionRule, { params: { id: 'own' }, body: { rule, basedOn: 0 } });
}

/** Later cases start images of nowhere. */
async function withoutOwnRules({ ask }: Deployment): Promise<void> {
  const own = { params: { id: 'own' } };
  for (const endpoint of [deleteAdmissionRule, deletePolicy, deleteTrustedRegistry]) await ask(endpoint, own);
  await ask(deleteSigningKey, { params: { id: 'release' } });
  await ask(deleteCollection, own);
}

/** Puts an archive into the registry as it is. Answers what cosign signs. */
function push({ archive }: ReleasedImage, place: string, digestFile: string): string {
  const words = ['copy', '--quiet', '--dest-tls-verify=false', '--preserve-digests', '--digestfile', digestFile];
  const { status, stderr } = spawnSync('skopeo', [...words, `oci-archive:${archive}:latest`, `docker://${place}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`skopeo copy of ${archive} ended with ${status}: ${stderr}`);
  return `${place}@${readFileSync(digestFile, 'utf8').trim()}`;
}

/** Runs nothing of it but the start of its shell. */
function start({ engine }: Quay, image: string) {
  return engine.docker('run', '--rm', '--network', 'none', '--entrypoint', '/bin/sh', image, '-c', 'exit 0');
}

interface Refusal {
  readonly image: string;
  readonly says: RegExp;
  readonly seconds: number;
}

/** What the console says of it may come a moment later. */
async function refused(quay: Quay, { image, says, seconds }: Refusal): Promise<void> {
  let said = '';
  const look = async (): Promise<boolean> => {
    const { code, stderr } = await start(quay, image);
    said = code === 0 ? 'it runs' : stderr.replaceAll(/\s+/g, ' ');
    return said.includes('refused by Seawall') && says.test(said);
  };
  const isRefused = await until(`a refusal of ${image}`, look, { seconds }).catch(() => false);
  expectThat(isRefused, `${image}: ${said}`);
}
