import { mkdirSync, rmSync } from 'node:fs';
import { digestPattern, type ImageDigest, type SubjectId } from '#base/index.ts';
import { audit } from '#access/console/index.ts';
import { parseImageName, repositoryOf } from '#image/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Pull } from '../../contract.ts';
import type { Writer } from '../dependencies.ts';
import { readTrust } from '../trust.ts';
import { pullImage, type PullDependencies, trustedFor } from './pull-image.ts';
import { checkNoted, claimPull, endPull, notePull, readPull } from './pull-rows.ts';

/** The console's own pulls: one at a time in each console, one for each image over all of them. */
export interface Pulls {
  /** For a person. Throws `too-many-requests`. */
  ask(image: ImageDigest, writer: Writer): Promise<Pull>;
  /** After publishers told different things of an image. */
  pull(which: { readonly subject: SubjectId }): Promise<void>;
  /** Pulls whatever is due, one after the other. */
  pullDue(): Promise<void>;
  /** Ends the one that runs; it is tried again later. */
  close(): Promise<void>;
}

/** Removes what pulls of an earlier run of this console left behind. */
export function openPulls(dependencies: PullDependencies): Pulls {
  const { store, clock, pulls } = dependencies;
  rmSync(pulls.folder, { recursive: true, force: true });
  mkdirSync(pulls.folder, { recursive: true, mode: 0o700 });
  const closing = new AbortController();
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      const row = await store.transaction(async (transaction) => await claimPull(transaction, clock()));
      if (row === undefined) return;
      const end = await pullImage(dependencies, row, closing.signal);
      await store.transaction(async (transaction) => await endPull(transaction, row, { end, now: clock() }));
    }
  }

  async function pullDue(): Promise<void> {
    working ??= work().finally(() => {
      working = undefined;
    });
    await working;
  }

  return {
    async ask(image, writer) {
      const subject = image as string as SubjectId;
      await store.transaction(async (transaction) => {
        checkNoted(await notePull(transaction, { wanted: image, subject, why: 'asked' }, clock()));
        const target = { kind: 'image', id: image };
        await audit(transaction, { ...writer.author, action: 'image-pull-asked', target });
      });
      // What fails keeps its reason; a store that is away is asked again by the upkeep.
      void pullDue().catch(() => undefined);
      const pull = await readPull(store, subject);
      if (pull === undefined) throw new Error(`the pull of ${image} is gone`);
      return pull;
    },
    async pull({ subject }) {
      if (!digestPattern.test(subject)) return;
      await store.transaction(
        async (transaction) => await notePull(transaction, { wanted: subject, subject, why: 'differing' }, clock()),
      );
      void pullDue().catch(() => undefined);
    },
    pullDue,
    async close() {
      closing.abort();
      await working?.catch(() => undefined);
    },
  };
}

/** An image that a cluster is about to start, by a reference with the digest of a manifest or index. */
export interface ComingReference {
  readonly reference: string;
  readonly digest: string;
}

/**
 * Notes images that are coming and that nobody scanned, where a trusted registry is asked for them by digest; the next
 * look for what is due pulls them. All others are left out: nobody can prove where they come from.
 */
export async function pullComing(
  transaction: Transaction,
  coming: readonly ComingReference[],
  now: Date,
): Promise<void> {
  if (coming.length === 0) return;
  const { registries } = await readTrust(transaction);
  for (const { reference, digest } of coming) {
    const name = parseImageName(reference);
    if (name === undefined || !digestPattern.test(digest) || trustedFor(reference, registries) === undefined) continue;
    await notePull(transaction, { wanted: `${repositoryOf(name)}@${digest}`, why: 'coming' }, now);
  }
}
