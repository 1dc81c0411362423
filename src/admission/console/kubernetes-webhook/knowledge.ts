import { type Clock, isImageDigest } from '#base/index.ts';
import type { Collection } from '#access/contract.ts';
import { readCollections } from '#access/console/index.ts';
import { isInCollection } from '#access/index.ts';
import { readComingScans, type ScanOfSubject } from '#catalog/console/index.ts';
import { readStartRules, type StartRules } from '#compliance/console/index.ts';
import { customOpener } from '#compliance/index.ts';
import { digestsNamed } from '#inventory/console/index.ts';
import { judgeComing } from '#policy/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { AdmissionRule } from '../../contract.ts';
import type { WantedKnowledge } from '../../kubernetes/answer-review.ts';
import { placeOf, type PodPlace, worstOf } from '../../kubernetes/judge-images.ts';
import type { KnownImage, Knowledge } from '../../kubernetes/knowledge.ts';
import { briefOf, type VerdictBrief } from '../../verdict-brief.ts';
import { admissionRules } from '../rules.ts';
import { hold } from './hold.ts';

/** What the webhook looks up. */
export interface KnowledgeDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Whose API server asks. */
export interface Asking {
  readonly cluster: string;
  /** Of the cluster. */
  readonly environment?: string;
  /** Empty: none. */
  readonly namespace: string;
}

/** Reads what an answer needs, from this console's database alone. */
export type ReadKnowledge = (asking: Asking, wanted: WantedKnowledge) => Promise<Knowledge>;

/** Milliseconds for which rules, and verdicts that were read, are not read again. */
const rulesHeld = 1000;
const verdictsHeld = 5000;

interface Rulings {
  readonly rules: readonly AdmissionRule[];
  readonly collections: readonly Collection[];
  readonly compliance: StartRules;
}

/** Verdicts are unpacked once for many reviews: one may list 100,000 violations. */
export function openKnowledge({ store, clock }: KnowledgeDependencies): ReadKnowledge {
  const rulings = hold<Rulings>({ clock, milliseconds: rulesHeld, most: 1 });
  const openOnce = customOpener();
  const briefs = hold<VerdictBrief | undefined>({ clock, milliseconds: verdictsHeld, most: 5000 });
  return async ({ cluster, namespace, ...of }, { images, names }) => {
    const { rules, collections, compliance } = await rulings('', async () => await readRulings(store, clock()));
    const host = `kubernetes:${cluster}/${namespace}`;
    const environment = environmentOf(host, collections) ?? of.environment;
    const place = { host, ...(environment === undefined ? {} : { environment }) };
    const coming = await readComingScans(
      store,
      images.map(({ digest }) => ({ digest, ...(environment === undefined ? {} : { environment }) })),
    );
    const known = await Promise.all(
      images.map(async ({ key, name }, index) => {
        const image = await judgeAll(coming[index] ?? [], placeOf(name, place));
        return image === undefined ? [] : [[key, image] as const];
      }),
    );
    const pins = names.length === 0 ? new Map<string, readonly string[]>() : await digestsNamed(store, names);
    const custom = await openOnce(compliance.customChecks ?? []);
    const judging = { ...compliance, custom, now: clock() };
    return { ...place, rules, collections, compliance: judging, images: new Map(known.flat()), pins };
  };

  /** Nothing when one of them is not judged: it may be the one that starts. */
  async function judgeAll(scans: readonly ScanOfSubject[], place: PodPlace): Promise<KnownImage | undefined> {
    const judged = await Promise.all(scans.map(async (scan) => await judge(scan, place)));
    return judged.includes(undefined) ? undefined : worstOf(judged.filter((image) => image !== undefined));
  }

  async function judge({ scan, subject }: ScanOfSubject, place: PodPlace): Promise<KnownImage | undefined> {
    const digest: string = subject;
    const { key, judgedAt, read } = await judgeComing(store, { scan, subject, place }, clock());
    const verdict = await briefs(key, async () => {
      const whole = await read();
      return whole === undefined ? undefined : briefOf(whole);
    });
    return verdict === undefined || !isImageDigest(digest) ? undefined : { digest, verdict, judgedAt };
  }
}

async function readRulings(queries: Queries, now: Date): Promise<Rulings> {
  const rules = await admissionRules.inForce(queries);
  return { rules, collections: await readCollections(queries), compliance: await readStartRules(queries, now) };
}

/** As of hosts: the first collection that gives one and holds the namespace. */
function environmentOf(host: string, collections: readonly Collection[]): string | undefined {
  return collections.find(
    (one) => one.environment !== undefined && isInCollection(one, { images: [], labels: {}, host }),
  )?.environment;
}
