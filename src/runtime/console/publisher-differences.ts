import { isImageDigest, type SubjectId } from '#base/index.ts';
import { type Difference, differencesOf } from '#catalog/console/index.ts';
import { type Placement, placementsOf } from '#inventory/console/index.ts';
import type { Detection } from '../contract.ts';
import { endDifferences, newDifferences } from './difference-incidents.ts';
import type { Dependencies } from './dependencies.ts';
import { storeDetections } from './report-detections.ts';
import { reportedContainer, reportedDetection } from './reported-detection.ts';

/**
 * Two publishers that found different things in one image: one of them errs or lies. One incident for each difference in
 * each environment where the image lies, which ends with the difference; of an image that lies nowhere its page tells.
 */
export async function reportDifference(
  { store, clock }: Dependencies,
  { subject }: { readonly subject: SubjectId },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const differences = await differencesOf(transaction, subject);
    const at = clock();
    await endDifferences(transaction, { subject, at, current: differences.map(containerOf) });
    for (const placement of oneForEachEnvironment(await placementsOf(transaction, subject))) {
      const reported = differences.map((one) => ({ at, body: detectionOf(one, placement, at) }));
      await storeDetections(transaction, placement.host, await newDifferences(transaction, placement, reported));
    }
  });
}

/** A host that runs it speaks before one that only holds it. */
function oneForEachEnvironment(placements: readonly Placement[]): readonly Placement[] {
  const running = placements.toSorted((one, other) => other.containers.length - one.containers.length);
  const byEnvironment = Map.groupBy(running, ({ environment }) => environment);
  return [...byEnvironment.values()].flatMap(([first]) => first ?? []);
}

/** Under which the incident of a difference is kept: the same for the same two, whatever they scan again. */
function containerOf({ subject, scans }: Pick<Difference, 'subject' | 'scans'>): string {
  const sides = scans.map(({ publisher }) => `${publisher.kind} ${publisher.name}`).toSorted();
  return reportedContainer({ id: `difference ${subject} ${JSON.stringify(sides)}`, name: '', image: '' }).id;
}

/** Id and detector keep the word of release 0.1, under which detections are stored. */
function detectionOf({ subject, scans, settledBy, differs }: Difference, placement: Placement, at: Date): Detection {
  const image = placement.names[0] ?? subject;
  const sides = scans.map(({ publisher, packages }) => `${publisher.name} found ${packages} packages`);
  return reportedDetection({
    id: `witnesses ${scans.map(({ scan }) => scan).join(' ')}`.slice(0, 128),
    time: at.toISOString(),
    detector: 'witnesses',
    container: { ...reportedContainer({ id: '', name: image, image }), id: containerOf({ subject, scans }) },
    ...(isImageDigest(subject) && { imageDigest: subject }),
    severity: 'high',
    program: 'seawall scan',
    message: messageOf(settledBy, scans),
    expected: 'Whoever scans an image finds the same in it, because its digest names its content.',
    seen: `${sides.join('; ')}. They differ in ${differs.join(', ')}.`.slice(0, 2000),
    remedy:
      'See on the page of the image who found what, and choose Pull and scan there: what the console pulls itself settles it. Then revoke the agent or token that reported the other.',
  });
}

/** Names both publishers; a pull of the console comes first. */
function messageOf(settledBy: Difference['settledBy'], [one, other]: Difference['scans']): string {
  const [first = '', second = ''] = [one?.publisher.name, other?.publisher.name];
  switch (settledBy) {
    case 'pull':
      return `${second} found other things in the image than the console, which pulled it itself.`;
    case 'publishers':
      return `${first} and ${second} found different things in the image.`;
  }
}
