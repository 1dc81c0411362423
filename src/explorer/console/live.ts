import type { Permission } from '#http/index.ts';
import { type Principal, type Stream, stream } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { LiveEvent, liveEventsPath } from '../contract.ts';
import { coalesce, type Schedule } from './coalesce.ts';
import { liveChannel } from './refresh.ts';
import { explorerSchema } from './schema.ts';
import { mayKnowHost, maySee } from './scope.ts';

/** A page is told of the same subject no more often than this, in milliseconds. */
const period = 250;

/** Tells open pages what changed, whichever console changed it. */
export function liveEvents(store: Store, schedule: Schedule): Stream {
  return stream(liveEventsPath, 'read', async ({ principal, signal, send }) => {
    const events = coalesce<LiveEvent>({
      keyOf: (event) => JSON.stringify(event),
      send: (event) => send({ event: event.kind, data: event }),
      milliseconds: period,
      schedule,
    });
    const add = (event: LiveEvent): void => {
      if (!isAllowed(principal, event)) return;
      if (principal?.collections === undefined) return events.add(event);
      void isVisible(store, principal, event).then((seen) => (seen ? events.add(event) : undefined), ignore);
    };
    const stopListening = await store.listen(
      liveChannel,
      (notice) => {
        const event = LiveEvent.safeParse(notice);
        if (event.success) add(event.data);
      },
      () => void everything(store).then((missed) => missed.forEach(add), ignore),
    );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();

    function stop(): void {
      events.stop();
      void stopListening();
    }
  });
}

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

/** The connection broke again; then it is made again, and this is asked again. */
function ignore(): void {}

function isAllowed(principal: Principal | undefined, event: LiveEvent): boolean {
  return principal !== undefined && principal.permissions.includes(neededFor(event));
}

/** What a page must be allowed to see to be told that it changed. */
function neededFor(event: LiveEvent): Permission {
  switch (event.kind) {
    case 'image-changed':
    case 'host-changed':
    case 'database-changed':
    case 'policies-changed':
    case 'exceptions-changed':
    case 'models-changed':
    case 'incidents-changed':
    case 'decisions-changed':
    case 'gates-changed':
      return 'read';
  }
}

/** Whether an event is about something that the caller's collections hold, or about nothing that they could. */
async function isVisible(store: Store, principal: Principal, event: LiveEvent): Promise<boolean> {
  switch (event.kind) {
    case 'image-changed':
      return await maySee(store, principal, event.subject);
    case 'host-changed':
      return await mayKnowHost(store, principal, event.host);
    case 'database-changed':
    case 'policies-changed':
    case 'exceptions-changed':
    case 'models-changed':
    case 'incidents-changed':
    case 'decisions-changed':
    case 'gates-changed':
      return true;
  }
}
