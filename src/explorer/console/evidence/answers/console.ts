import { type Account, readAccounts, type WorkingToken } from '#access/console/index.ts';
import { isAnyClusterConnected } from '#admission/console/index.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import { usualStaleDays } from '#policy/console/index.ts';
import { type DatabaseState, readDatabase } from '#vulnerability/console/index.ts';
import { fail, notApplicable, notAssessed, pass, type ProductAnswer, warn } from '../../../evidence/answer.ts';
import { consoleId } from '../collect-ids.ts';
import type { EstateSource } from '../context.ts';

const day = 86_400_000;
/** Days without a sign after which an account is dormant. */
const dormantDays = 90;
/** Names that say of nobody who he is. */
const sharedNames = /^(?:admin|administrator|root|shared|team|ops|operator|test|guest|user)\d*$/i;

/** Who may use the console, how old its feeds are, and which clusters it serves. */
export const consoleAnswers: EstateSource = async ({ queries, now }) => {
  const { users, tokens } = await readAccounts(queries, now);
  const database = await readDatabase(queries, now);
  const cluster = await isAnyClusterConnected(queries);
  return [
    {
      host: imagesPlace,
      kind: 'console',
      id: consoleId,
      answers: {
        'feeds-current': feeds(database, now),
        'console-administrators': administrators(users, now),
        'console-dormant': dormant(users, now),
        'console-scopes': scopes(tokens),
        'cluster-roles': cluster
          ? notAssessed(
              'The roles of the connected cluster have not been read. Reading its role bindings would assess this.',
            )
          : notApplicable('No cluster is connected: the engine’s API stands in for the orchestrator.'),
      },
    },
  ];
};

/** Feeds that scanned packages ask, by when they are of. */
function feeds(database: DatabaseState, now: Date): ProductAnswer {
  if (database.state !== 'ready')
    return notAssessed('There is no database of vulnerabilities. Building one from feeds would assess this.');
  const asked = new Set(database.used ?? []);
  const used = database.info.sources.filter(({ id }) => asked.size === 0 || asked.has(id));
  const old = used.filter(({ asOf }) => now.getTime() - asOfTime(asOf) > usualStaleDays * day);
  if (old.length > 0)
    return fail(
      ...old.map(({ id, asOf }) => `${id} is of ${asOf ?? 'an unknown day'}, older than ${usualStaleDays} days`),
    );
  if (used.length === 0)
    return notAssessed('The database of vulnerabilities is of no feed. Building it would assess this.');
  return pass(...used.map(({ id, asOf }) => `${id} of ${asOf ?? 'an unknown day'}`));
}

/** A feed that does not say of when it is, is of no time. */
function asOfTime(asOf: string | undefined): number {
  return asOf === undefined ? 0 : Date.parse(asOf);
}

function isDormant({ seenAt, createdAt }: Account, now: Date): boolean {
  return now.getTime() - (seenAt ?? createdAt).getTime() > dormantDays * day;
}

function administrators(users: readonly Account[], now: Date): ProductAnswer {
  const own = users.filter(({ role }) => role === 'administrator');
  const stale = own.filter((user) => isDormant(user, now));
  if (stale.length > 0) return fail(...stale.map(({ name }) => `${name} has not signed in for ${dormantDays} days`));
  const shared = own.filter(({ name }) => sharedNames.test(name));
  if (shared.length > 0) return warn(...shared.map(({ name }) => `${name} names no person`));
  return own.length === 0 ? notAssessed('No account administers this console.') : pass(...own.map(({ name }) => name));
}

function dormant(users: readonly Account[], now: Date): ProductAnswer {
  if (users.length === 0) return notAssessed('This console has no accounts.');
  const found = users.filter((user) => isDormant(user, now));
  return found.length === 0 ? pass(`${users.length} accounts`) : fail(...found.map(({ name }) => name));
}

/** A token that may do everything for ever is a second administrator whom nobody sees. */
function scopes(tokens: readonly WorkingToken[]): ProductAnswer {
  const whole = tokens.filter(({ role, collections }) => role === 'administrator' && collections === undefined);
  if (whole.length > 0) return fail(...whole.map(({ name }) => `${name} may do everything`));
  const wide = tokens.filter(
    ({ repositories, expiresAt }) => expiresAt === undefined || repositories?.includes('*') === true,
  );
  if (wide.length > 0) return warn(...wide.map(({ name }) => `${name} ends never, or publishes everything`));
  return pass(`${tokens.length} tokens`);
}
