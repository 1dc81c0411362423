import type { SubjectId } from '#base/index.ts';
import { putCollection } from '#access/contract.ts';
import { deletePolicy } from '#policy/contract.ts';
import { deleteTrustedRegistry, lookForProvenance, putSigningKey, putTrustedRegistry } from '#provenance/contract.ts';
import { cosignWithKey } from '../../make/cosign.ts';
import { pushImage, startRegistry } from '../../make/registry.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, onBoth, type PolicyRule, savePolicy, severity } from './dock.ts';
import { newImageInBothForms } from './images.ts';
import { mustBeRefused, mustRun, start } from './starts.ts';

/** Where images come from, proven by their content. */
export const trustCases: readonly LabCase<Dock>[] = [
  onBoth(
    {
      id: 'G14',
      title:
        'where only the trusted registry may deliver, what is loaded from a tar is refused, and runs once the registry holds it and it is pulled; unsigned it is refused where a signature is asked for',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await dock.install(quay);
      const registry = await startRegistry();
      const cosign = cosignWithKey();
      const name = `${registry.host}/team/clock:1`;
      const { archive, oci } = newImageInBothForms(name);
      const subject = archive.digest as string as SubjectId;
      const look = () => dock.ask(lookForProvenance, { params: { subject } });
      try {
        const trusted = { name: 'Harbour', repositories: `${registry.host}/team`, insecure: true };
        await dock.ask(putTrustedRegistry, { params: { id: 'harbour' }, body: trusted });
        await dock.ask(putSigningKey, { params: { id: 'release' }, body: { name: 'Release', pem: cosign.publicKey } });
        await dock.ask(putCollection, {
          params: { id: 'lab-prod' },
          body: { name: 'Prod', description: '', selects: { environments: ['prod'] } },
        });
        const origin: PolicyRule = {
          kind: 'trusted-source',
          from: [`${registry.host}/team`],
          unknown: 'block',
          effect: 'block',
        };
        const policy = { name: 'Harbour alone', collections: ['lab-prod'], rules: [severity('medium'), origin] };
        await savePolicy(dock, 'harbour', policy);
        await dock.load(quay, archive);
        await mustBeRefused(quay, name, /registry|comes from/);
        const manifest = await pushImage(oci, { name });
        await quay.engine.must('rmi', '-f', name);
        await quay.engine.must('pull', '-q', name);
        await look();
        const began = performance.now();
        await until('its start', async () => (await start(quay, name)).code === 0, { seconds: 20 });
        const trust = Math.round(performance.now() - began);
        const signed: PolicyRule = {
          kind: 'signature',
          keys: ['release'],
          need: 'any',
          unknown: 'block',
          effect: 'block',
        };
        await savePolicy(dock, 'harbour', { ...policy, rules: [...policy.rules, signed] });
        await until('a refusal', async () => (await start(quay, name)).stderr.includes('signed'), { seconds: 20 });
        cosign.sign(`${registry.host}/team/clock@${manifest}`);
        const { provenance } = await look();
        expectThat(
          provenance.signatures.every(({ state }) => state === 'proven'),
          JSON.stringify(provenance),
        );
        await until('the start of the signed one', async () => (await start(quay, name)).code === 0, { seconds: 20 });
        await mustRun(quay, name);
        return `runs ${trust} ms after it was looked for`;
      } finally {
        await dock.ask(deletePolicy, { params: { id: 'harbour' } }).catch(() => undefined);
        await dock.ask(deleteTrustedRegistry, { params: { id: 'harbour' } }).catch(() => undefined);
        await registry.end();
        cosign.remove();
      }
    },
  ),
];
