import type { ReachedStore } from '#store/index.ts';
import { storePlace } from '../../../console/local-access.ts';
import { runningConsole } from '../../../console/instance.ts';
import type { Place } from '../place.ts';
import { type Answer, fine, probe, sentence, stops, weakens } from '../probe.ts';

interface StoreFact {
  /** Without user and password. */
  readonly target: string;
  /** Missing: it runs with the console, which does not run. */
  readonly reached?: ReachedStore;
}

export const databaseUrl = probe({
  id: 'database',
  title: 'PostgreSQL',
  parts: ['console'],
  look: async (place): Promise<StoreFact> => {
    const reached = await reachedStore(place);
    return { target: targetOf(place), ...(reached && { reached }) };
  },
  judge: judgeStore,
});

/** How the store of the console here answers; missing: it is our own, and no console runs. */
export function reachedStore(place: Place): Promise<ReachedStore | undefined> {
  return place.once('store', async () => {
    const at = storePlace(place);
    if (at.kind === 'embedded' || (at.kind === 'running' && runningConsole(place.stateFolder) === undefined))
      return undefined;
    const { reachStore } = await import('#store/index.ts');
    return await reachStore(at);
  });
}

function targetOf({ env, stateFolder }: Place): string {
  const url = env['SEAWALL_DATABASE_URL'] ?? '';
  if (url === '') return `the PostgreSQL in ${stateFolder}`;
  if (!URL.canParse(url)) return 'the address in SEAWALL_DATABASE_URL';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

const oldest = 17;
/** A console takes up to 19, and more while jobs run. */
const neededSessions = 30;

export function judgeStore({ target, reached }: StoreFact): Answer {
  if (reached === undefined) return fine(`${target} starts with the console`);
  if (reached.kind === 'silent')
    return stops(
      `${capitalized(target)} does not answer: ${sentence(reached.reason)}`,
      'Look whether it runs, and whether address, user, password and pg_hba.conf fit SEAWALL_DATABASE_URL; for the console’s own, see postgres/postgres.log in the state folder.',
    );
  const { version, isStandby, freeSessions, isFilled } = reached;
  const release = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (isStandby)
    return stops(
      `${capitalized(target)} is a standby, which takes no changes.`,
      'Name the primary in SEAWALL_DATABASE_URL, or promote this one.',
    );
  if (Math.floor(version / 10_000) < oldest)
    return weakens(
      `${capitalized(target)} is PostgreSQL ${release}; Seawall is tested with ${oldest} and newer.`,
      `Move the database to PostgreSQL ${oldest} or newer.`,
    );
  if (freeSessions < neededSessions && !isFilled)
    return weakens(
      `${capitalized(target)} has ${freeSessions} sessions left; a console may take ${neededSessions}.`,
      'Raise max_connections, or let others use fewer.',
    );
  return fine(`PostgreSQL ${release}, ${freeSessions} sessions left`);
}

function capitalized(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text;
}
