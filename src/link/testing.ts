import { sign } from 'node:crypto';
import { issueAgent, issueAuthority, keyOfRequest, makeRequest, newKeyPair, privateKeyText } from './certificates.ts';

/** An agent of a test with the certificates that stand behind its signatures, PEM. */
export interface TestSigner {
  readonly agent: string;
  readonly authority: string;
  readonly certificate: string;
  /** ECDSA with SHA-256, DER, base64. */
  readonly sign: (content: Buffer) => string;
}

/** An agent whose certificate an authority of its own issued, for 30 days around a moment. */
export async function testSigner(agent: string, at: Date): Promise<TestSigner> {
  const life = { from: at, to: new Date(at.getTime() + 30 * 86_400_000) };
  const [own, keys] = [await newKeyPair(), await newKeyPair()];
  const authority = await issueAuthority(own, 'Harbour', life);
  const issuer = { key: own.privateKey, certificate: authority };
  const certificate = await issueAgent(issuer, { key: await keyOfRequest(await makeRequest(keys)), agent, life });
  const key = privateKeyText(keys);
  return { agent, authority, certificate, sign: (content) => sign('sha256', content, key).toString('base64') };
}
