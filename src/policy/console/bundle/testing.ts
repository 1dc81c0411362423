import { chooseAnew, type Publisher } from '#catalog/console/testing.ts';
import { agentOf, hostFact, imageFact, reportAs, subjectNamed } from '#inventory/console/testing.ts';
import { openSigner } from '#link/console/index.ts';
import { bundlePurpose } from '../../bundle/purpose.ts';
import { partDigest } from '../../bundle/digests.ts';
import { bundleParts, getVerdictBundle, type PartName, type SignedBundle } from '../../contract.ts';
import { testMasterKey, type TestPolicy } from '../testing.ts';

/** The bundle of an image's verdict, as a file has it. */
export async function bundleOf(at: TestPolicy, image: string, environment: 'prod' | 'none'): Promise<SignedBundle> {
  const { bundle } = await at.ask(getVerdictBundle, { params: { subject: subjectNamed(image), environment } });
  return JSON.parse(JSON.stringify(bundle));
}

export function bytesOf(bundle: SignedBundle): Uint8Array {
  return Buffer.from(JSON.stringify(bundle));
}

/** A host of production has the image and scanned it: one that found what another did not counts beside it. */
export async function scanOnHost(at: TestPolicy, host: string, [image, version]: readonly [string, string]) {
  const agent = agentOf(host, 'prod');
  const publisher: Publisher = { kind: 'agent', id: agent.id, name: host };
  await reportAs(at.store, agent, { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  await reportAs(at.store, agent, { kind: 'image', bodies: [imageFact(image)] });
  await at.publish(image, version, { publisher });
  await chooseAnew(at.store, subjectNamed(image));
  await at.policy.judgeSubject({ subject: subjectNamed(image) });
}

/** A member of JSON, to be changed. */

export type Json = ReturnType<typeof JSON.parse>;

/** The bundle with one part changed by somebody who cannot sign. */
export function tampered(bundle: SignedBundle, part: PartName, change: (part: Json) => void): SignedBundle {
  const parts: Json = structuredClone(bundle.parts);
  change(parts[part]);
  return { ...bundle, parts };
}

/** The same bundle signed again by the installation's own key, so that nothing but making the verdict again can tell. */
export async function resigned(at: Pick<TestPolicy, 'store' | 'now'>, bundle: SignedBundle): Promise<SignedBundle> {
  return (await resigner(at))(bundle);
}

/** Signs bundles again by the installation's own key. */
export async function resigner(at: Pick<TestPolicy, 'store' | 'now'>): Promise<(bundle: SignedBundle) => SignedBundle> {
  const key = await openSigner({ store: at.store, clock: at.now, masterKey: () => testMasterKey }, bundlePurpose)();
  return (bundle) => {
    const digests = Object.fromEntries(bundleParts.map((name) => [name, partDigest(bundle.parts[name] ?? null)]));
    const statement = JSON.stringify({ ...JSON.parse(bundle.statement), parts: digests });
    return { ...bundle, statement, signature: key.sign(Buffer.from(statement)).toString('base64') };
  };
}
