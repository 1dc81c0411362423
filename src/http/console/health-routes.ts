import { AppError } from '#base/index.ts';
import { getHealth, getReadiness } from '../contract.ts';
import { type Route, route } from './route.ts';

/** What a console may lack to serve; it is all that a stranger hears. */
export type Missing = 'database' | 'migrations' | 'keys';

/** Requests of one address in so many seconds: a probe each second from two places, and some more. */
const rateLimit = { requests: 60, seconds: 10 };

/** `/healthz` and `/readyz`, for whoever asks. `missing` is asked for each request, so it has to be cheap. */
export function healthRoutes(missing: () => Promise<Missing | undefined>): readonly Route[] {
  return [
    route(getHealth, async () => ({ status: 'alive' as const }), { rateLimit }),
    route(
      getReadiness,
      async () => {
        const lacking = await missing();
        if (lacking !== undefined) throw new AppError('not-ready', `Not ready: ${lacking}.`);
        return { status: 'ready' as const };
      },
      { rateLimit },
    ),
  ];
}
