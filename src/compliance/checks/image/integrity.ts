import { failIfAny, notApplicable } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

const about = { version: 1, severity: 'medium', nist: ['4.1.5'] } as const;

/** Media types of layers that registries do not hold, of Docker and of OCI. */
const foreignTypes: ReadonlySet<string> = new Set([
  'application/vnd.docker.image.rootfs.foreign.diff.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
]);

/** Whether the image is what its makers made. */
export const integrityChecks = [
  imageCheck({
    ...about,
    id: 'IMG-039',
    title: 'Programs of packages are unchanged since installation',
    why: 'A changed program may be an attacker’s, and advisories for its package no longer apply to it.',
    nist: ['4.1.3', '4.1.5'],
    remedy: { dockerfile: 'Install the package again, or put your changed file beside it under another name' },
    cis: ['4.11'],
    needs: ['modifiedFiles'],
    judge: ({ modifiedFiles }) => failIfAny(modifiedFiles),
  }),
  imageCheck({
    ...about,
    id: 'IMG-043',
    title: 'The image trusts no unexpected root certificate',
    why: 'Whoever has the key of a trusted root certificate can pose as every server that the application calls.',
    nist: ['4.1.5', '4.2.1'],
    remedy: { dockerfile: 'Remove the certificate and run update-ca-certificates, or approve its fingerprint' },
    cis: ['4.11'],
    needs: ['trustedRoots'],
    lists: ['approved-root-certificates'],
    judge: ({ trustedRoots }, { lists }) => {
      if (trustedRoots.length === 0) return notApplicable('The image trusts no certificates.');
      const approved = new Set(lists['approved-root-certificates'].map((one) => one.replaceAll(':', '').toLowerCase()));
      const unexpected = trustedRoots.filter(
        ({ fingerprint, isPackaged }) => !isPackaged && !approved.has(fingerprint),
      );
      return failIfAny(unexpected.map(({ subject, fingerprint }) => `${subject}, ${fingerprint.slice(0, 16)}…`));
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-056',
    title: 'Every layer comes from the registry',
    why: 'A layer at another address comes from a server that nobody approved, and may be gone tomorrow.',
    remedy: {
      registry: 'Push the image again with its layers: dockerd’s allow-nondistributable-artifacts, or crane append',
    },
    needs: ['layerBlobs'],
    judge: ({ layerBlobs }) =>
      failIfAny(
        layerBlobs.flatMap(({ mediaType, urls }, at) => {
          const address = urls[0] === undefined ? undefined : hostOf(urls[0]);
          if (address === undefined && !foreignTypes.has(mediaType)) return [];
          return [`layer ${at + 1}: ${address ?? mediaType}`];
        }),
      ),
  }),
  imageCheck({
    ...about,
    id: 'IMG-057',
    title: 'The content matches its digests',
    why: 'Content that differs was damaged or replaced: what was scanned is not what would run.',
    severity: 'high',
    remedy: {
      registry: 'Remove the image everywhere and push it again from its build',
      docker: 'docker image rm, then pull again',
    },
    cis: ['4.12'],
    needs: ['mismatches'],
    judge: ({ mismatches }) => failIfAny(mismatches),
  }),
] as const;

/** Addresses may hold keys in their query. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : 'another address';
}
