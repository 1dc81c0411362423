import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usualPatience } from '#image/index.ts';
import { type Cosign, cosignWithKey } from '../../test/make/cosign.ts';
import { type OciImage, ociImage } from '../../test/make/image.ts';
import { pushImage, pushIndex, pushReferrer, startRegistry, type TestRegistry } from '../../test/make/registry.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import type { ApprovedBase, Provenance, TrustedRegistry } from './contract.ts';
import { readSigningKey, type VerifyingKey } from './keys.ts';
import { lookFor } from './look.ts';
import { bundleType, checkSignature } from './signature.ts';

const base = [makeTar([file('etc/os-release', 'ID=debian\n')]), makeTar([file('usr/bin/sh', 'sh')])];
const saved = { savedAt: '2026-11-25T00:00:00Z', savedBy: 'ada' };

let registry: TestRegistry;
let cosign: Cosign;
let key: VerifyingKey;
beforeAll(async () => {
  registry = await startRegistry();
  cosign = cosignWithKey();
  key = readSigningKey({ id: 'release', name: 'Release', pem: cosign.publicKey });
});
afterAll(async () => {
  cosign.remove();
  await registry.end();
});

describe('the origin of an image', () => {
  test('is proven by a manifest of the trusted registry, found by digest or by tag', async () => {
    const image = made('origin');
    const manifest = await pushImage(image, { name: at('team/app:1') });
    for (const names of [[at(`team/app@${manifest}`)], [at('team/app:1')]]) {
      const { origin } = await look(image, { names });
      expect(origin).toMatchObject({
        state: 'proven',
        places: [{ registry: 'ours', repository: at('team/app'), manifest }],
      });
    }
  });

  test('is proven through an index', async () => {
    const [image, other] = [made('amd'), made('arm', 'arm64')];
    const index = await pushIndex([other, image], { name: at('team/multi:1') });
    const { origin } = await look(image, { names: [at(`team/multi@${index}`)] });
    expect(origin.places).toEqual([
      { registry: 'ours', repository: at('team/multi'), manifest: image.descriptor.digest, index },
    ]);
  });

  test('is disproven for another image under its name, and for a digest that is not there', async () => {
    await pushImage(made('real'), { name: at('team/laundered:1') });
    const loaded = made('loaded from a tar');
    const names = [at('team/laundered:1'), at(`team/laundered@${loaded.descriptor.digest}`)];
    const { origin } = await look(loaded, { names });
    expect(origin).toEqual({ state: 'disproven', places: [], why: `${at('team/laundered')} does not hold it.` });
  });

  test('is unknown where no name leads to a trusted registry, or it is away', async () => {
    const image = made('elsewhere');
    await pushImage(image, { name: at('other/app:1') });
    expect((await look(image, { names: [at('other/app:1'), 'debian:12'] })).origin.state).toBe('unknown');
    expect((await look(image, { names: [] })).origin.state).toBe('unknown');
    const away = trustedRegistry('127.0.0.1:1/team');
    const { origin } = await look(image, { names: ['127.0.0.1:1/team/app:1'], registries: [away] });
    expect(origin).toMatchObject({ state: 'unknown', why: expect.stringMatching(/127\.0\.0\.1:1 cannot be asked/) });
    expect((await look(image, { registries: [] })).origin.why).toBe('No registry is trusted.');
  });
});

describe('a signature', () => {
  test('by cosign proves the key, in the tag scheme and as a referrer', async () => {
    for (const [path, words] of [
      ['team/signed', []],
      ['team/referred', ['--registry-referrers-mode=oci-1-1']],
    ] as const) {
      const image = made(path);
      const manifest = await pushImage(image, { name: at(`${path}:1`) });
      const names = [at(`${path}:1`)];
      expect(await signatureOf(image, names)).toMatchObject({
        state: 'disproven',
        why: 'Release did not sign it: there are no signatures.',
      });
      cosign.sign(at(`${path}@${manifest}`), words);
      expect(await signatureOf(image, names)).toMatchObject({ state: 'proven', key: 'release', manifest });
    }
  });

  test('by a key of kind Ed25519 counts', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const own = cosignWithKey(String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    try {
      const image = made('ed25519');
      const manifest = await pushImage(image, { name: at('team/ed25519:1') });
      own.sign(at(`team/ed25519@${manifest}`));
      const keys = [readSigningKey({ id: 'own', name: 'Own', pem: own.publicKey })];
      const { signatures } = await look(image, { names: [at('team/ed25519:1')], keys });
      expect(signatures).toMatchObject([{ key: 'own', state: 'proven' }]);
    } finally {
      own.remove();
    }
  });

  // Debian's cosign takes no RSA keys; its form of signature is the same for all.
  test('by an RSA key counts, and not after a byte was changed', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const own = readSigningKey({ id: 'own', name: 'Own', pem: publicPem(pair) });
    const digest = `sha256:${'a1'.repeat(32)}`;
    const critical = {
      identity: { 'docker-reference': 'registry.example/app' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    };
    const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
    const signature = sign('sha256', payload, pair.privateKey).toString('base64');
    const found = { kind: 'simple-signing' as const, payload, signature, keyless: false };
    expect(checkSignature(found, own, { digest, isTrusted: () => true })).toEqual({ state: 'signed' });
    payload[payload.length - 2] = 0x20;
    expect(checkSignature(found, own, { digest, isTrusted: () => true })).toEqual({ state: 'not-by-key' });
  });

  test('by another key, or of another manifest, or for an untrusted repository does not count', async () => {
    const image = made('mixed');
    const manifest = await pushImage(image, { name: at('team/mixed:1') });
    const other = cosignWithKey();
    other.sign(at(`team/mixed@${manifest}`));
    other.remove();
    expect((await signatureOf(image, [at('team/mixed:1')])).why).toMatch(/none of 1 signature is by it/);

    const stolen = made('stolen');
    const from = await pushImage(stolen, { name: at('team/stolen:1') });
    cosign.sign(at(`team/stolen@${from}`));
    await copySignature({ path: 'team/stolen', digest: from }, { path: 'team/mixed', digest: manifest });
    expect((await signatureOf(image, [at('team/mixed:1')])).why).toMatch(/signature is of another manifest/);

    const elsewhere = made('elsewhere signed');
    const there = await pushImage(elsewhere, { name: at('other/app:2') });
    cosign.sign(at(`other/app@${there}`));
    await pushImage(elsewhere, { name: at('team/copied:1') });
    await copySignature({ path: 'other/app', digest: there }, { path: 'team/copied', digest: there });
    expect(await signatureOf(elsewhere, [at('team/copied:1')])).toMatchObject({
      state: 'disproven',
      why: expect.stringMatching(/repository that is not trusted/),
    });
  });

  test('of the index counts for the image that it lists', async () => {
    const [image, other] = [made('indexed'), made('indexed arm', 'arm64')];
    const index = await pushIndex([image, other], { name: at('team/index:1') });
    cosign.sign(at(`team/index@${index}`));
    expect(await signatureOf(image, [at('team/index:1')])).toMatchObject({ state: 'proven', manifest: index });
  });

  test('in a bundle counts when it states that the image is signed, and no other statement does', async () => {
    const image = made('bundled');
    const manifest = await pushImage(image, { name: at('team/bundled:1') });
    cosign.attestBundle(at(`team/bundled@${manifest}`), 'https://slsa.dev/provenance/v1');
    expect(await signatureOf(image, [at('team/bundled:1')])).toMatchObject({
      state: 'disproven',
      why: expect.stringMatching(/stated something else.*slsa\.dev/),
    });
    cosign.attestBundle(at(`team/bundled@${manifest}`), 'https://sigstore.dev/cosign/sign/v1');
    expect(await signatureOf(image, [at('team/bundled:1')])).toMatchObject({ state: 'proven', manifest });
  });

  test('in a bundle of the manifest itself counts', async () => {
    const image = made('manifest signed');
    const subject = await pushImage(image, { name: at('team/blob:1') });
    const bytes = cosign.signFile(image.blobs.get(subject) ?? new Uint8Array());
    await pushReferrer({ name: at('team/blob:1') }, { subject, type: bundleType, bytes });
    expect(await signatureOf(image, [at('team/blob:1')])).toMatchObject({ state: 'proven' });
  });

  test('by a certificate is unknown, and told', async () => {
    const image = made('keyless');
    const subject = await pushImage(image, { name: at('team/keyless:1') });
    const bundle = { mediaType: bundleType, verificationMaterial: { certificate: { rawBytes: 'AA==' } } };
    const bytes = Buffer.from(JSON.stringify(bundle));
    await pushReferrer({ name: at('team/keyless:1') }, { subject, type: bundleType, bytes });
    const { keyless, signatures } = await look(image, { names: [at('team/keyless:1')], keys: [key] });
    expect(keyless).toMatchObject({ found: 1, why: expect.stringMatching(/keyless.*not supported yet/) });
    expect(signatures).toMatchObject([{ state: 'disproven' }]);
  });

  test('is unknown while no manifest is', async () => {
    expect(await signatureOf(made('nowhere'), [])).toMatchObject({ state: 'unknown' });
  });
});

test('a base is proven by the layers that the config names', async () => {
  const image = ociImage([...base, makeTar([file('opt/app', 'app')])]);
  await pushImage(image, { name: at('team/based:1') });
  const bases: ApprovedBase[] = [
    { id: 'debian', name: 'Debian', diffIds: image.diffIds.slice(0, 2), ...saved } as unknown as ApprovedBase,
    { id: 'other', name: 'Other', diffIds: image.diffIds.slice(1), ...saved } as unknown as ApprovedBase,
  ];
  const proven = (await look(image, { names: [at('team/based:1')], bases })).bases;
  expect(proven).toMatchObject([
    {
      base: 'debian',
      state: 'proven',
      why: `Its lowest 2 layers are those of Debian (the config in ${at('team/based')}).`,
    },
    { base: 'other', state: 'disproven' },
  ]);
  expect((await look(image, { bases })).bases).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
});

test.each([
  ['a private key', String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))],
  ['a short RSA key', publicPem(generateKeyPairSync('rsa', { modulusLength: 1024 }))],
  ['another curve', publicPem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))],
  ['nothing', 'key'],
])('%s is refused as a key', (_, pem) => {
  expect(() => readSigningKey({ id: 'a', name: 'A', pem })).toThrow(/pem:/);
});

function publicPem({ publicKey }: { readonly publicKey: { export(options: object): string | Buffer } }): string {
  return String(publicKey.export({ type: 'spki', format: 'pem' }));
}

function at(rest: string): string {
  return `${registry.host}/${rest}`;
}

function made(content: string, architecture = 'amd64'): OciImage {
  return ociImage([...base, makeTar([file('opt/content', content)])], { architecture });
}

function trustedRegistry(repositories: string): TrustedRegistry {
  return { id: 'ours', name: 'Ours', repositories, insecure: false, hasPassword: false, ...saved };
}

interface Looking {
  readonly names?: readonly string[];
  readonly registries?: readonly TrustedRegistry[];
  readonly keys?: readonly VerifyingKey[];
  readonly bases?: readonly ApprovedBase[];
  readonly within?: number;
}

async function look(image: OciImage, looking: Looking): Promise<Provenance> {
  const { names = [], registries = [trustedRegistry(at('team'))], keys = [], bases = [] } = looking;
  const { provenance } = await lookFor(image.digest, {
    trusted: { registries, keys, bases },
    hints: { reported: [names], manifests: [] },
    scanned: { state: 'unknown', why: 'No scan tells its layers.' },
    access: () => ({ insecure: [], credentials: async () => undefined, patience: usualPatience }),
    within: looking.within ?? 30_000,
  });
  return provenance;
}

async function signatureOf(image: OciImage, names: readonly string[]) {
  const [first] = (await look(image, { names, keys: [key] })).signatures;
  if (first === undefined) throw new Error('nothing was looked for');
  return first;
}

interface Signed {
  readonly path: string;
  readonly digest: string;
}

/** Puts the signature of one manifest beside another, as who does not hold the key would. */
async function copySignature(from: Signed, to: Signed): Promise<void> {
  const tag = (digest: string) => `${digest.replace(':', '-')}.sig`;
  const source = `http://${registry.host}/v2/${from.path}`;
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await (await fetch(`${source}/manifests/${tag(from.digest)}`, { headers: { accept: type } })).text();
  const { config, layers } = JSON.parse(manifest) as Record<'config', { digest: string }> & {
    layers: { digest: string }[];
  };
  for (const { digest } of [config, ...layers]) {
    const mount = `http://${registry.host}/v2/${to.path}/blobs/uploads/?mount=${digest}&from=${from.path}`;
    expect((await fetch(mount, { method: 'POST' })).status).toBe(201);
  }
  const put = { method: 'PUT', headers: { 'content-type': type }, body: manifest };
  expect((await fetch(`http://${registry.host}/v2/${to.path}/manifests/${tag(to.digest)}`, put)).status).toBe(201);
}
