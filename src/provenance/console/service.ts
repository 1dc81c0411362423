import { AppError, type SubjectId } from '#base/index.ts';
import type { Route } from '#http/console/index.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import type { Dependencies } from './dependencies.ts';
import { prove, proveDue, type ProveOne } from './prove.ts';
import type { PullContext } from './pull/pull-image.ts';
import { openPulls } from './pull/pulls.ts';
import { provenanceRoutes } from './routes.ts';

/** What the console runs of this domain. */
export interface ProvenanceService {
  readonly routes: readonly Route[];
  /** After an image appeared somewhere, got another name, was scanned, or another scan speaks for it. */
  prove(which: { readonly subject: SubjectId }): Promise<void>;
  /** After `trustChanged`. */
  proveAll(): Promise<void>;
  /** Now and then: registries that were away are asked again, and new signatures are looked for. */
  proveDue(): Promise<void>;
  /** After `publishersDiffer`: the console fetches the image itself. */
  pull(which: { readonly subject: SubjectId }): Promise<void>;
  /** Now and then: pulls that were noted, and those that failed before. */
  pullDue(): Promise<void>;
  close(): Promise<void>;
}

/** Looks of this console at once. Each holds some connections and documents of a few MB; what waits are jobs, kept. */
const ofJobs = { atOnce: 6 };
/** Those that people ask for have a queue of their own, so that neither holds up the other. */
const ofPeople = { atOnce: 2, mostWaiting: 8 };

/** Without `pulls` the console fetches no image itself. */
export function createProvenance(dependencies: Dependencies & { readonly pulls?: PullContext }): ProvenanceService {
  const { pulls: context } = dependencies;
  const pulls = context && openPulls({ ...dependencies, pulls: context });
  const jobs = createKeyedQueue(ofJobs);
  const people = createKeyedQueue(ofPeople);
  const proveOne: ProveOne = async (subject) => {
    await jobs.run(subject, async () => await prove(dependencies, subject, 'due'));
  };
  const proveNow: ProveOne = async (subject) => {
    const looked = people.run(subject, async () => await prove(dependencies, subject, 'now'));
    if (looked === 'full')
      throw new AppError(
        'too-many-requests',
        'People ask for many images already, and each is looked for in its turn.',
        {
          next: 'Ask again in a minute; it is also looked for without being asked.',
        },
      );
    await looked;
  };
  return {
    routes: provenanceRoutes(dependencies, { prove: proveNow, ...(pulls && { pulls }) }),
    prove: async ({ subject }) => await proveOne(subject),
    proveAll: async () => await proveDue(dependencies, proveOne, 'all'),
    proveDue: async () => await proveDue(dependencies, proveOne, 'due'),
    pull: async (which) => await pulls?.pull(which),
    pullDue: async () => await pulls?.pullDue(),
    close: async () => await pulls?.close(),
  };
}
