import { afterAll, beforeAll, expect, test } from 'vitest';
import { putCollection } from '#access/contract.ts';
import { getOpenApi } from '#http/contract.ts';
import { type CallOptions, call, type OpenApiDocument } from '#http/index.ts';
import { freePort } from './make-scan.ts';
import { operationsOf, type PlacedOperation } from './open-api-rules.ts';
import { others, type ReaderLimit, readerLimits } from './reader-limits.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { sampleOf } from './role-matrix.ts';
import { joinTeam, ours, readerOf, type TeamHost, writeFor, writeForAll } from './two-teams.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let administrator: CallOptions & { readonly token: string };
/** A collection that the reader does not have, and that holds hosts of both teams. */
const both = 'skua';
let reader = '';
let document: OpenApiDocument;
const teams: TeamHost[] = [];

beforeAll(async () => {
  const linkPort = await freePort();
  seawall = await startConsole({ state: state.folder, linkPort });
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'test', 'administrator') };
  const link = `https://127.0.0.1:${linkPort}`;
  for (const team of [others, ours]) {
    teams.push(await joinTeam(team, { link, options: administrator }));
    await writeFor(team, administrator);
  }
  const selects = { hosts: ['*-1'] };
  await call(putCollection, { params: { id: both }, body: { name: both, selects } }, administrator);
  await writeFor(both, administrator);
  await writeForAll(administrator);
  reader = await readerOf(ours, administrator);
  document = (await call(getOpenApi, {}, administrator)) as unknown as OpenApiDocument;
  for (const [token, team] of [
    [administrator.token, others],
    [reader, ours],
  ] as const)
    while (!(await ask(token, '/api/v1/images')).text.includes(`${team}/app`))
      await new Promise((resolve) => setTimeout(resolve, 200));
}, 180_000);
afterAll(async () => {
  for (const { host } of teams) await host.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(token: string, address: string): Promise<Answer> {
  const reply = await fetch(seawall.origin + address, { headers: { authorization: `Bearer ${token}` } });
  const text = await reply.text();
  if (reply.status !== 429) return { status: reply.status, text };
  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(reply.headers.get('retry-after') ?? 1)));
  return await ask(token, address);
}

interface Asked extends PlacedOperation {
  /** As the list names it: `/api/v1/images/:subject`. */
  readonly name: string;
}

function getOperations(): readonly Asked[] {
  return operationsOf(document).flatMap((one) =>
    one.method === 'GET' ? [{ ...one, name: one.path.replaceAll(/\{([^}]+)\}/g, ':$1') }] : [],
  );
}

/** With the names of things of the other team where the list gives them, else with such as name nothing. */
function addressOf({ path, parameters }: Asked, limit: ReaderLimit): string {
  const given = limit.by === 'collections' ? (limit.of ?? {}) : {};
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place, required, schema } of parameters) {
    const value = valueOf(given[name]) ?? (required || place === 'path' ? sampleOf(schema, document) : undefined);
    if (value === undefined) continue;
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function valueOf(given: string | undefined): string | undefined {
  const [theirs, mine] = teams;
  switch (given) {
    case 'IMAGE':
      return theirs?.subject;
    case 'OUR IMAGE':
      return mine?.subject;
    case 'MODEL':
      return theirs?.model;
    default:
      return given;
  }
}

test('every GET operation is listed with how it is limited for a reader of one collection', () => {
  const served = getOperations().map(({ name }) => name);
  expect(served.length).toBeGreaterThan(60);
  expect(served.filter((name) => !Object.hasOwn(readerLimits, name))).toEqual([]);
  expect(Object.keys(readerLimits).filter((name) => !served.includes(name))).toEqual([]);
});

test('no GET operation shows that reader anything of another team', { timeout: 180_000 }, async () => {
  for (const operation of getOperations()) {
    const limit = readerLimits[operation.name];
    // A stream ends with its page; what it tells of is decided by `live-views.test.ts`.
    if (limit === undefined || operation.name === '/api/v1/events') continue;
    const address = addressOf(operation, limit);
    const seen = await ask(reader, address);
    const told = `${address}: ${seen.status} ${seen.text.slice(0, 400)}`;
    expect.soft(seen.status, told).toBeLessThan(500);
    if (limit.by === 'role') expect.soft(seen.status, told).toBe(403);
    if (seen.status === 200) expect.soft(mentions(seen.text), told).toEqual([]);
    if (limit.by !== 'collections' || !limit.planted) continue;
    const all = await ask(administrator.token, address);
    expect.soft([all.status, mentions(all.text).length > 0], `as administrator: ${address}`).toEqual([200, true]);
  }
});

/** Where the text names the other team. */
function mentions(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`.{0,80}${others}.{0,40}`, 'gs'))].map(([where]) => where);
}

test('the reader sees what concerns his own collection', async () => {
  const lists = ['hosts', 'containers', 'images', 'policies', 'admission-rules', 'runtime-rules', 'compliance-rules'];
  for (const list of [...lists, 'exceptions', 'compliance-exceptions', 'trust', 'decisions', 'gates', 'incidents'])
    expect.soft((await ask(reader, `/api/v1/${list}`)).text, list).toContain(ours);
  const versions = await ask(reader, `/api/v1/policies/${ours}/versions`);
  expect([versions.status, versions.text.includes(ours)]).toEqual([200, true]);
  const { text } = await ask(reader, '/api/v1/trust');
  expect(text).not.toContain(`robot-${ours}`);
  const { policies } = JSON.parse((await ask(reader, '/api/v1/policies')).text) as {
    readonly policies: readonly { readonly policy: { readonly id: string } }[];
  };
  expect(policies.map(({ policy }) => policy.id)).toEqual([ours, both, 'production']);
});

test('rules of a collection that the reader does not have concern him where it holds what he sees', async () => {
  for (const list of ['policies', 'admission-rules', 'runtime-rules', 'compliance-rules'])
    expect.soft((await ask(reader, `/api/v1/${list}`)).text, list).toContain(`Rule of ${both}`);
});
