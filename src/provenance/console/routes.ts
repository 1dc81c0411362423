import { AppError, type SubjectId } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import { readShownScan, readSubject } from '#catalog/console/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { placementsOf, viewOf } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import {
  deleteApprovedBase,
  deleteSigningKey,
  deleteTrustedRegistry,
  getProvenance,
  getTrust,
  lookForProvenance,
  type Provenance,
  pullImage,
  putApprovedBase,
  putSigningKey,
  putTrustedRegistry,
} from '../contract.ts';
import { type Dependencies, writerOf } from './dependencies.ts';
import { readProvenance } from './proofs.ts';
import { readPull } from './pull/pull-rows.ts';
import type { Pulls } from './pull/pulls.ts';
import type { ProveOne } from './prove.ts';
import { removeTrust, saveBase, saveKey, saveRegistry } from './save-trust.ts';
import { readTrust } from './trust.ts';
import { provenanceFor, trustFor } from './trust-for.ts';

/** What people ask for. */
export interface ForPeople {
  /** Looks for an image now. */
  readonly prove: ProveOne;
  /** Missing: the console pulls nothing. */
  readonly pulls?: Pick<Pulls, 'ask'>;
}

export function provenanceRoutes(dependencies: Dependencies, { prove, pulls }: ForPeople): readonly Route[] {
  const { store } = dependencies;
  return [
    route(getTrust, async ({ principal }) => await trustFor(dependencies, principal)),
    route(putTrustedRegistry, async (input) => ({
      registry: await saveRegistry(dependencies, input, writerOf(input)),
    })),
    route(putSigningKey, async (input) => ({ key: await saveKey(dependencies, input, writerOf(input)) })),
    route(putApprovedBase, async (input) => ({ base: await saveBase(dependencies, input, writerOf(input)) })),
    route(deleteTrustedRegistry, async ({ params: { id }, ...context }) => {
      await removeTrust(dependencies, { kind: 'registry', id }, writerOf(context));
      return {};
    }),
    route(deleteSigningKey, async ({ params: { id }, ...context }) => {
      await removeTrust(dependencies, { kind: 'key', id }, writerOf(context));
      return {};
    }),
    route(deleteApprovedBase, async ({ params: { id }, ...context }) => {
      await removeTrust(dependencies, { kind: 'base', id }, writerOf(context));
      return {};
    }),
    route(getProvenance, async ({ params: { subject }, principal }) => {
      await checkVisible(store, subject, principal);
      const pull = await readPull(store, subject);
      const found = await shownTo(dependencies, principal, await provenanceOf(store, subject));
      return { ...found, ...(pull === undefined ? {} : { pull }) };
    }),
    route(pullImage, async ({ params: { digest }, ...context }) => {
      await checkVisible(store, digest as string as SubjectId, context.principal);
      if (pulls === undefined) throw new AppError('not-found', 'This console pulls no images.');
      return { pull: await pulls.ask(digest, writerOf(context)) };
    }),
    route(lookForProvenance, async ({ params: { subject }, principal }) => {
      await checkVisible(store, subject, principal);
      await prove(subject);
      const { provenance } = await shownTo(dependencies, principal, await provenanceOf(store, subject));
      return { provenance };
    }),
  ];
}

/** With the names of the keys and bases that it tells of. */
async function shownTo(
  { store, namedFor }: Dependencies,
  principal: Principal | undefined,
  whole: Provenance,
): Promise<Pick<ReplyOf<typeof getProvenance>, 'keys' | 'bases'> & { readonly provenance: Provenance }> {
  const seesAll = principal?.collections === undefined;
  const named = (await namedFor?.(principal)) ?? { key: new Set<string>(), base: new Set<string>() };
  const provenance = provenanceFor(whole, seesAll ? undefined : named);
  const told = {
    keys: new Set(provenance.signatures.map(({ key }) => key)),
    bases: new Set(provenance.bases.map(({ base }) => base)),
  };
  const namesOf = (all: readonly { readonly id: string; readonly name: string }[], ids: ReadonlySet<string>) =>
    Object.fromEntries(all.flatMap(({ id, name }) => (seesAll || ids.has(id) ? [[id, name]] : [])));
  const { keys, bases } = await readTrust(store);
  return { provenance, keys: namesOf(keys, told.keys), bases: namesOf(bases, told.bases) };
}

/** What holds where the image lies: by the scan that is shown. */
async function provenanceOf(store: Store, subject: SubjectId): Promise<Provenance> {
  const scanned = (await readShownScan(store, subject)) ?? { subject };
  return (await readProvenance(store, [scanned]))(scanned).provenance;
}

/** Throws `not-found` for an image that nobody knows, or that the caller does not see. */
async function checkVisible(store: Store, subject: SubjectId, principal: Principal | undefined): Promise<void> {
  const view = await viewOf(store, principal);
  const places = await placesOf(store, subject);
  if (places.length > 0 && (view === undefined || places.some(view))) return;
  throw new AppError('not-found', 'There is no such image.');
}

async function placesOf(store: Store, subject: SubjectId): Promise<readonly Selectable[]> {
  const document = (await readSubject(store, subject))?.document;
  const labels = document?.kind === 'image' ? document.settings.labels : {};
  const published = document?.kind === 'image' ? [{ images: document.names, labels }] : [];
  const placements = await placementsOf(store, subject);
  return [
    ...published,
    ...placements.flatMap(({ host, environment, names, containers }) => {
      const image = { images: names, labels, host, ...(environment === undefined ? {} : { environment }) };
      return [
        image,
        ...containers.map((container) => ({
          ...image,
          labels: container.labels,
          ...(container.environment === undefined ? {} : { environment: container.environment }),
          ...(container.application === undefined ? {} : { application: container.application }),
        })),
      ];
    }),
  ];
}
