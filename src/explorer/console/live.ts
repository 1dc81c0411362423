import { AppError } from '#base/index.ts';
import type { Permission } from '#http/index.ts';
import { type Principal, type Stream, stream } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { limits } from '../limits.ts';
import { LiveEvent, liveEventsPath } from '../contract.ts';
import type { Schedule } from './coalesce.ts';
import { openLiveView, type LiveView, type Sight } from './live-view.ts';
import { explorerSchema } from './schema.ts';
import { liveChannel } from './sum-and-report.ts';

/**
 * Tells open pages what changed, whichever console changed it. Pages that may see the same share one view, so that each
 * event is looked at once for all of them.
 */
export function liveEvents(store: Store, schedule: Schedule): Stream {
  const views = new Map<string, LiveView>();
  let listening: Promise<() => Promise<void>> | undefined;

  function viewFor(principal: Principal | undefined): LiveView {
    const sight = sightOf(principal);
    const key = JSON.stringify(sight);
    const view = views.get(key) ?? openLiveView({ store, schedule, sight });
    if (!views.has(key) && views.size >= limits.liveViews.value)
      throw new AppError(
        'too-many-requests',
        `${limits.liveViews.value} different views are open; no further one is served.`,
      );
    views.set(key, view);
    return view;
  }

  function closeWhenUnused(view: LiveView): void {
    if (view.listeners() > 0 || views.get(JSON.stringify(view.sight)) !== view) return;
    view.stop();
    views.delete(JSON.stringify(view.sight));
    if (views.size > 0) return;
    const ending = listening;
    listening = undefined;
    void ending?.then(async (stop) => await stop()).catch(ignore);
  }

  async function listen(): Promise<() => Promise<void>> {
    return await store.listen(
      liveChannel,
      (notice) => {
        const event = LiveEvent.safeParse(notice);
        if (event.success) for (const view of views.values()) view.add(event.data);
      },
      () =>
        void everything(store).then((missed) => {
          for (const view of views.values()) missed.forEach(view.add);
        }, ignore),
    );
  }

  return stream(liveEventsPath, 'read', async ({ principal, signal, send }) => {
    const view = viewFor(principal);
    const leave = view.join((event) => send({ event: event.kind, data: event }));
    const stop = (): void => {
      leave();
      closeWhenUnused(view);
    };
    signal.addEventListener('abort', stop, { once: true });
    listening ??= listen();
    const mine = listening;
    await mine.catch((error: unknown) => {
      if (listening === mine) listening = undefined;
      throw error;
    });
    if (signal.aborted) stop();
  });
}

/** The connection broke again; then it is made again, and this is asked again. */
function ignore(): void {}

/** What may have changed while nobody listened: all there is. */
async function everything(store: Store): Promise<readonly LiveEvent[]> {
  const database = store.query(explorerSchema);
  const images = await database.selectFrom('image_row').select('subject').execute();
  const hosts = await database.selectFrom('host_row').select('host').execute();
  return [
    { kind: 'database-changed' },
    ...hosts.map(({ host }) => ({ kind: 'host-changed' as const, host })),
    ...images.map(({ subject }) => ({ kind: 'image-changed' as const, subject })),
  ];
}

/** What decides which events somebody receives; equal for all who may see the same. */
function sightOf(principal: Principal | undefined): Sight {
  const collections = principal?.collections;
  return {
    kinds: LiveEvent.options
      .map((option) => option.shape.kind.value)
      .filter((kind) => principal?.permissions.includes(neededFor(kind)) === true),
    ...(collections === undefined ? {} : { collections: [...new Set(collections)].toSorted() }),
  };
}

/** What a page must be allowed to see to receive the event. */
function neededFor(kind: LiveEvent['kind']): Permission {
  switch (kind) {
    case 'image-changed':
    case 'host-changed':
    case 'database-changed':
    case 'policies-changed':
    case 'exceptions-changed':
    case 'models-changed':
    case 'incidents-changed':
    case 'decisions-changed':
    case 'gates-changed':
    case 'compliance-changed':
      return 'read';
  }
}
