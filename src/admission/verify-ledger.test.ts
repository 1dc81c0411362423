import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { theConsole } from '#access/console/index.ts';
import {
  issueAgent,
  issueAuthority,
  issueServer,
  issueSigner,
  newKeyPair,
  privateKeyText,
} from '#link/certificates.ts';
import { readAuthorities } from '#link/console/authorities.ts';
import { linkSchema, openSigner, type Signer } from '#link/console/index.ts';
import { startTestLink, type TestLink } from '#link/console/testing.ts';
import type { Ledger, SignedLedger } from './contract.ts';
import { ledgerPurpose, signLedger, verifySignedLedger } from './index.ts';

const day = 24 * 60 * 60_000;

describe('a signed ledger', () => {
  let test: TestLink;
  let other: TestLink;
  let signer: () => Promise<Signer>;
  beforeAll(async () => {
    test = await startTestLink();
    other = await startTestLink();
    signer = openSigner(test, ledgerPurpose);
  });
  afterAll(async () => {
    await test.close();
    await other.close();
  });

  const ledger = (): Ledger => ({
    form: 1,
    host: 'pier-1',
    sequence: 7,
    issuedAt: test.clock().toISOString(),
    expiresAt: new Date(test.clock().getTime() + day).toISOString(),
    environment: 'prod',
    entries: [],
    rules: [],
    collections: [],
  });
  const pinned = async (link = test): Promise<readonly string[]> => (await readAuthorities(link)).trusted;
  const taken = async (signed: SignedLedger, now = test.clock()) => verifySignedLedger(signed, await pinned(), now);
  /** A key certified by an authority that calls itself as the pinned one does. */
  const impostor = async () => {
    const name = new X509Certificate((await pinned())[0] ?? '').subject.replace('CN=', '');
    const [authority, keys] = [await newKeyPair(), await newKeyPair()];
    const life = { from: test.clock(), to: new Date(test.clock().getTime() + day) };
    const issuer = { key: authority.privateKey, certificate: await issueAuthority(authority, name, life) };
    const certificate = await issueSigner(issuer, { key: keys.publicKey, ...ledgerPurpose, life });
    const key = createPrivateKey(privateKeyText(keys));
    return { certificate, sign: (content: Buffer) => sign('sha256', content, key) };
  };
  const refused = { code: 'ledger-untrusted' };

  it('is taken from the console whose authority is pinned', async () => {
    const signed = signLedger(ledger(), await signer());
    expect(await taken(signed)).toMatchObject({ host: 'pier-1', sequence: 7 });
    expect(verifySignedLedger(signed, [(await pinned()).join('\n')], test.clock())).toMatchObject({ sequence: 7 });
  });

  it('is refused from another authority, and from one that says its name', async () => {
    const signed = signLedger(ledger(), await openSigner(other, ledgerPurpose)());
    await expect(taken(signed)).rejects.toMatchObject(refused);
    await expect(taken(signLedger(ledger(), await impostor()))).rejects.toMatchObject(refused);
    const own = signLedger(ledger(), await signer());
    expect(() => verifySignedLedger(own, [], test.clock())).toThrow(expect.objectContaining(refused));
    await expect(taken({ ...own, certificate: signed.certificate, signature: signed.signature })).rejects.toMatchObject(
      refused,
    );
  });

  it('is refused from the key of an agent, of a server, and of another purpose', async () => {
    const { newest } = await readAuthorities(test);
    const keys = await newKeyPair();
    const life = { from: test.clock(), to: new Date(test.clock().getTime() + day) };
    const id = '0e7a5c1e-4f6d-4f0c-9f59-0a3b1f6f2b11';
    const agents = await issueAgent(newest, { key: keys.publicKey as never, agent: id, life });
    const servers = await issueServer(newest, { keys, names: ['admission-ledger'], life });
    const key = createPrivateKey(privateKeyText(keys));
    for (const certificate of [agents, servers]) {
      const forged = signLedger(ledger(), { certificate, sign: (content) => sign('sha256', content, key) });
      await expect(taken(forged)).rejects.toMatchObject(refused);
    }
    const models = await openSigner(test, { name: 'models', usage: `${ledgerPurpose.usage}.1` })();
    await expect(taken(signLedger(ledger(), models))).rejects.toMatchObject(refused);
  });

  it('is refused with a changed byte, another signature, or what is no ledger', async () => {
    const signed = signLedger(ledger(), await signer());
    await expect(taken({ ...signed, ledger: signed.ledger.replace('pier-1', 'pier-2') })).rejects.toMatchObject(
      refused,
    );
    await expect(taken({ ...signed, ledger: `${signed.ledger} ` })).rejects.toMatchObject(refused);
    await expect(taken({ ...signed, signature: '' })).rejects.toMatchObject(refused);
    await expect(taken({ ...signed, certificate: 'none' })).rejects.toMatchObject(refused);
    await expect(taken(signLedger({ ...ledger(), sequence: 0 }, await signer()))).rejects.toMatchObject(refused);
  });

  it('is refused once the certificate of its key has ended, and before it begins', async () => {
    const signed = signLedger(ledger(), await signer());
    const at = (days: number): Date => new Date(test.clock().getTime() + days * day);
    await expect(taken(signed, at(29))).resolves.toMatchObject({ sequence: 7 });
    await expect(taken(signed, at(31))).rejects.toMatchObject(refused);
    await expect(taken(signed, at(-3))).rejects.toMatchObject(refused);
  });

  it('is signed by one key for all consoles, sealed in the store, and by the next one ten days before its end', async () => {
    const first = (await signer()).certificate;
    expect((await openSigner(test, ledgerPurpose)()).certificate).toBe(first);
    const [row] = await test.store.query(linkSchema).selectFrom('signing_key').selectAll().execute();
    expect(row?.sealed_key.includes(Buffer.from('PRIVATE'))).toBe(false);
    const wrong = { ...test, masterKey: () => Buffer.alloc(32) };
    await expect(openSigner(wrong, ledgerPurpose)()).rejects.toMatchObject({ code: 'master-key-wrong' });

    test.wait(19 * day);
    expect((await signer()).certificate).toBe(first);
    const signed = signLedger(ledger(), await signer());
    test.wait(2 * day);
    expect((await signer()).certificate).not.toBe(first);
    await expect(taken(signed)).resolves.toMatchObject({ sequence: 7 });
    await expect(taken(signLedger(ledger(), await signer()))).resolves.toMatchObject({ sequence: 7 });
  });

  it('is taken by an agent that does not know the newest authority yet', async () => {
    const before = await pinned();
    await test.link.rotateAuthority(theConsole);
    test.wait(21 * day);
    const signed = signLedger(ledger(), await signer());
    expect(verifySignedLedger(signed, before, test.clock())).toMatchObject({ sequence: 7 });
  });
});
