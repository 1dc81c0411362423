import type { Permission } from '#http/index.ts';
import { type Principal, type Stream, stream } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { LiveEvent, liveEventsPath } from '../contract.ts';
import { coalesce, type Schedule } from './coalesce.ts';
import { liveChannel } from './refresh.ts';

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
    const stopListening = await store.listen(liveChannel, (notice) => {
      const event = LiveEvent.safeParse(notice);
      if (event.success && mayHear(principal, event.data)) events.add(event.data);
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();

    function stop(): void {
      events.stop();
      void stopListening();
    }
  });
}

function mayHear(principal: Principal | undefined, event: LiveEvent): boolean {
  return principal !== undefined && principal.permissions.includes(neededFor(event));
}

/** What a page must be allowed to see to be told that it changed. */
function neededFor(event: LiveEvent): Permission {
  switch (event.kind) {
    case 'image-changed':
    case 'host-changed':
    case 'database-changed':
      return 'read';
  }
}
