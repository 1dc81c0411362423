import { connectCluster } from '#admission/contract.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { askAsApiServer, podOf } from '../../journeys/api-server.ts';
import type { OciImage } from '../../make/image.ts';
import { pushImage, pushIndex } from '../../make/registry.ts';
import { vulnerable, surgeOciImage } from '../estate/images.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Cargo, Harbour } from './harbour.ts';
import { refusedOnly } from './publishing.ts';

/** What the webhook of Kubernetes clusters answers about an image that nobody holds. */
export const clusterCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A8',
    title:
      'a token that claims the manifest of a vulnerable image for its own clean one does not let the vulnerable one in',
    protectedBy: 'the manifest that the console itself has read',
    async run(harbour) {
      const { armed, ask, buildToken, cargo, publish, push, registry, scan, webhookPort } = harbour;
      const { path, authority } = await ask(connectCluster, {
        params: { name: 'pods' },
        body: { environment: 'prod' },
      });
      const [own, theirs] = [cargo('shop', 'sound'), cargo('mill', 'vulnerable')];
      const { secret } = await buildToken('alias', [`${registry}/shop/*`]);
      const honest = await scan(own);
      if (honest.subject.kind !== 'image') throw new Error('The scan is of no image.');
      await publish(honest, secret);
      const ownManifest = await push(own);
      // The vulnerable image, put into the repository that the token speaks for.
      const forged = own.name.replace(/:\d+$/, ':forged');
      const manifest = armed ? await pushImage(theirs.oci, { name: forged }) : ownManifest;
      const lie = { ...honest, subject: { ...honest.subject, manifestDigest: manifest as never } };
      await publish(lie, secret).catch(refusedOnly);
      const review = podOf(`${own.name.slice(0, own.name.lastIndexOf(':'))}@${manifest}`);
      const isAllowed = async (): Promise<boolean> =>
        ((await askAsApiServer({ port: webhookPort, path, authority }, review)) as { readonly allowed: boolean })
          .allowed;
      const allowed = await until('an answer that allows it', isAllowed, { seconds: armed ? 6 : 30 }).catch(
        () => false,
      );
      expectThat(!allowed, 'the webhook lets it in');
      return undefined;
    },
  },
  {
    id: 'A16',
    title: 'a token that claims the index of a vulnerable image for many platforms does not let any of them in',
    protectedBy: 'the index that the console itself has read',
    async run(harbour) {
      const { armed, ask, buildToken, cargo, publish, push, registry, scan, webhookPort } = harbour;
      const { path, authority } = await ask(connectCluster, {
        params: { name: 'pods-16' },
        body: { environment: 'prod' },
      });
      const [own, theirs] = [cargo('shop', 'sound'), cargo('mill', 'vulnerable')];
      const { secret } = await buildToken('alias 16', [`${registry}/shop/*`]);
      const honest = await scan(own);
      if (honest.subject.kind !== 'image') throw new Error('The scan is of no image.');
      await publish(honest, secret);
      const ownManifest = await push(own);
      const asked = armed ? theirs : own;
      const index = armed ? await pushIndex(platformsOf(theirs), { name: asked.name }) : ownManifest;
      const lie = { ...honest, subject: { ...honest.subject, indexDigest: index as never } };
      const scanned = await publish(lie, secret).catch(refusedOnly);
      // Asked earlier, the webhook knows nothing yet of what the token sent last.
      if (scanned !== undefined) await ask(getScanVerdict, { params: { scan: scanned as never }, query: { wait: 20 } });
      const review = podOf(`${asked.name.slice(0, asked.name.lastIndexOf(':'))}@${index}`);
      let said = '';
      const isAllowed = async (): Promise<boolean> => {
        const answer = (await askAsApiServer({ port: webhookPort, path, authority }, review)) as Answer;
        said = answer.status?.message ?? '';
        return answer.allowed;
      };
      const seconds = armed ? 10 : 30;
      const allowed = await until('an answer that allows it', isAllowed, { seconds, every: 250 }).catch(() => false);
      expectThat(!allowed, 'the webhook lets it in');
      expectThat(said !== '', 'the webhook gives no reason');
      return said;
    },
  },
];

interface Answer {
  readonly allowed: boolean;
  readonly status?: { readonly message?: string };
}

/** The image, and one like it for another platform. */
function platformsOf({ name, oci }: Cargo): readonly OciImage[] {
  const words = { name, packages: [vulnerable.openssl], build: name, architecture: 'arm64' };
  return [oci, surgeOciImage(words)];
}
