import type { SubjectId } from '#base/index.ts';
import { listLackingDocuments, type SameScan, type ScanPublication } from '#catalog/contract.ts';
import { documentDigest } from '#catalog/index.ts';
import type { AgentLink } from '#link/agent/index.ts';

/**
 * Sends what a scan found: that it is what the console has of the subject already, or the whole document. Where the
 * console does not answer, or is of a release that knows no digests, the whole document is sent.
 */
export async function deliverScan(link: Pick<AgentLink, 'call' | 'send'>, publication: ScanPublication): Promise<void> {
  const { subject, catalog, target, scannedAt, scanner } = publication;
  const document = { subject: idOf(publication), digest: documentDigest(subject, catalog) };
  const isLacking = await link.call(listLackingDocuments, { body: { documents: [document] } }).then(
    ({ lacking }) => lacking.length > 0,
    () => true,
  );
  if (isLacking) return void (await link.send('scan', publication));
  const named =
    subject.kind === 'image'
      ? {
          names: [...subject.names],
          ...(subject.manifestDigest === undefined ? {} : { manifestDigest: subject.manifestDigest }),
          ...(subject.indexDigest === undefined ? {} : { indexDigest: subject.indexDigest }),
        }
      : {};
  const same: SameScan = { ...document, target, scannedAt, scanner, ...named };
  await link.send('scan-same', same);
}

function idOf({ subject }: ScanPublication): SubjectId {
  return subject.kind === 'image' ? (subject.digest as string as SubjectId) : subject.id;
}
