import type { SubjectId } from '#base/index.ts';
import { putCollection } from '#access/contract.ts';
import { deletePolicy } from '#policy/contract.ts';
import { deleteTrustedRegistry, lookForProvenance, putSigningKey, putTrustedRegistry } from '#provenance/contract.ts';
import { cosignWithKey } from '../../make/cosign.ts';
import { pushImage, startRegistry } from '../../make/registry.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, onEach, type PolicyRule, savePolicy, severity } from './dock.ts';
import { newImageInBothForms } from './images.ts';
import type { Quay } from './quay.ts';
import { mustBeRefused, mustRun, start } from './starts.ts';

/** Where images come from, proven by their content. */
export const trustCases: readonly LabCase<Dock>[] = [
  {
    id: 'G14',
    title:
      'where only the trusted registry may deliver, what is loaded from a tar is refused, and runs once the registry holds it and it is pulled; unsigned it is refused where a signature is asked for',
    protectedBy: 'the gate',
    async run(dock) {
      const registry = await startRegistry();
      const cosign = cosignWithKey();
      const name = `${registry.host}/team/clock:1`;
      const { archive, oci } = newImageInBothForms(name);
      const subject = archive.digest as string as SubjectId;
      const look = () => dock.ask(lookForProvenance, { params: { subject } });
      try {
        await trust(dock, registry.host, cosign.publicKey);
        await savePolicy(dock, 'harbour', harbourAlone(registry.host));
        await onEach(dock, async (quay) => {
          await dock.install(quay);
          await dock.load(quay, archive);
          await mustBeRefused(quay, name, /registry|comes from/);
          return undefined;
        });
        const manifest = await pushImage(oci, { name });
        await onEach(dock, async ({ engine }) => {
          await engine.must('rmi', '-f', name);
          await engine.must('pull', '-q', name);
          return undefined;
        });
        await look();
        const reported = await onEach(
          dock,
          async (quay) => `runs ${await untilItRuns(quay, name)} ms after it was looked for`,
        );
        await savePolicy(dock, 'harbour', harbourAlone(registry.host, signedByRelease));
        await onEach(dock, async (quay) => {
          await until('a refusal', async () => (await start(quay, name)).stderr.includes('signed'), { seconds: 20 });
          return undefined;
        });
        cosign.sign(`${registry.host}/team/clock@${manifest}`);
        const { provenance } = await look();
        expectThat(
          provenance.signatures.every(({ state }) => state === 'proven'),
          JSON.stringify(provenance),
        );
        await onEach(dock, async (quay) => {
          await untilItRuns(quay, name);
          await mustRun(quay, name);
          return undefined;
        });
        return reported;
      } finally {
        await dock.ask(deletePolicy, { params: { id: 'harbour' } }).catch(() => undefined);
        await dock.ask(deleteTrustedRegistry, { params: { id: 'harbour' } }).catch(() => undefined);
        await registry.end();
        cosign.remove();
      }
    },
  },
];

async function trust({ ask }: Dock, registry: string, pem: string): Promise<void> {
  const trusted = { name: 'Harbour', repositories: `${registry}/team`, insecure: true };
  await ask(putTrustedRegistry, { params: { id: 'harbour' }, body: trusted });
  await ask(putSigningKey, { params: { id: 'release' }, body: { name: 'Release', pem } });
  const selects = { environments: ['prod'] };
  await ask(putCollection, { params: { id: 'lab-prod' }, body: { name: 'Prod', description: '', selects } });
}

const signedByRelease: PolicyRule = {
  kind: 'signature',
  keys: ['release'],
  need: 'any',
  unknown: 'block',
  effect: 'block',
};

/** In prod nothing starts but what this registry holds, and what further rules say. */
function harbourAlone(registry: string, ...more: readonly PolicyRule[]): Parameters<typeof savePolicy>[2] {
  const origin: PolicyRule = { kind: 'trusted-source', from: [`${registry}/team`], unknown: 'block', effect: 'block' };
  return { name: 'Harbour alone', collections: ['lab-prod'], rules: [severity('medium'), origin, ...more] };
}

/** Answers after how many milliseconds it does. */
async function untilItRuns(quay: Quay, name: string): Promise<number> {
  const began = performance.now();
  await until(`the start of ${name}`, async () => (await start(quay, name)).code === 0, { seconds: 20 });
  return Math.round(performance.now() - began);
}
