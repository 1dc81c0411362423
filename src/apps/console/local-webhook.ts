import { accessSchema } from '#access/console/index.ts';
import { admissionSchema, createKubernetesWebhook } from '#admission/console/index.ts';
import { AppError, silentLog, systemClock } from '#base/index.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { createLink, linkSchema } from '#link/console/index.ts';
import { openStore } from '#store/index.ts';
import { runningConsole } from './instance.ts';
import { type LocalPlace, masterKeyOf, storePlace } from './local-access.ts';

/** Lets who may read the state folder of the console that runs here connect clusters. Throws `console-not-running`. */
export async function askLocalWebhook<E extends Endpoint>(
  place: LocalPlace,
  { endpoint, input }: { readonly endpoint: E; readonly input: Partial<CallInput<E>> },
): Promise<ReplyOf<E>> {
  if (runningConsole(place.stateFolder) === undefined)
    throw new AppError('console-not-running', 'No console runs on this machine for this user.');
  const store = await openStore({
    place: storePlace(place),
    schemas: [accessSchema, linkSchema, admissionSchema],
    log: silentLog,
    masterKey: masterKeyOf(place),
  });
  try {
    const parts = { store, clock: systemClock, log: silentLog, hostNames: [] };
    const masterKey = masterKeyOf(place);
    const link = createLink({ ...parts, masterKey, linkUrl: () => 'https://127.0.0.1', handlers: {} });
    const { routes } = createKubernetesWebhook({ ...parts, certify: link.certifyServer });
    const route = routes.find((one) => one.endpoint === endpoint);
    if (route === undefined) throw new Error(`${endpoint.path} is not served here.`);
    const reply = await route.handle({
      params: endpoint.params?.parse(input.params ?? {}),
      query: undefined,
      body: endpoint.body?.parse(input.body ?? {}),
      request: { ip: '127.0.0.1', cookies: {}, requestId: 'local', signal: new AbortController().signal },
      reply: { setCookie: () => undefined, clearCookie: () => undefined },
    });
    return endpoint.reply.parse(reply) as ReplyOf<E>;
  } finally {
    await store.close();
  }
}
