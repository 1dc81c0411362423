import { randomUUID } from 'node:crypto';
import type { ScanId } from '../src/base/index.ts';
import { accessSchema } from '../src/access/console/index.ts';
import { catalogSchema, type StoredScan } from '../src/catalog/console/index.ts';
import { debianPackage, publicationOf, subjectOf } from '../src/explorer/console/testing.ts';
import { inventorySchema } from '../src/inventory/console/index.ts';
import { judgeAgain } from '../src/policy/console/judge-again.ts';
import { storeJudgings } from '../src/policy/console/judgings.ts';
import { policiesFor } from '../src/policy/console/list-policies.ts';
import { replay } from '../src/policy/console/replay.ts';
import { readRulebook } from '../src/policy/console/rulebook.ts';
import { policyList } from '../src/policy/console/policy-list.ts';
import { policySchema } from '../src/policy/console/schema.ts';
import { createPolicy } from '../src/policy/console/index.ts';
import { openChildren } from '../src/apps/console/children.ts';
import { storeFacts } from '../src/policy/console/stored-facts.ts';
import { saveRule } from '../src/rules/console/index.ts';
import type { PolicyText } from '../src/policy/index.ts';
import { createTestStore } from '../src/store/testing.ts';
import { provenanceSchema } from '../src/provenance/console/index.ts';
import { vulnerabilitySchema, type StoredMatch } from '../src/vulnerability/console/index.ts';

/*
 * Subjects of 300 packages and 1,000 findings each, or as told, that all run in production. A policy is tried on all of them, then
 * saved, and all are judged again by it. The peer is reading the same facts and nothing more, over the same connection.
 */
const subjects = Number(process.argv[2] ?? 1000);
const packages = 300;
const findings = Number(process.argv[3] ?? 1000);

const now = new Date('2026-11-24T12:00:00Z');
const clock = () => now;
const store = await createTestStore([
  accessSchema,
  inventorySchema,
  catalogSchema,
  vulnerabilitySchema,
  provenanceSchema,
  policySchema,
]);
const policy = await createPolicy({ store, clock, origin: () => 'http://seawall', staleFeedDays: 7 });
const children = openChildren();
const parts = { store, clock, newId: randomUUID, children };
const principal = { kind: 'user', id: '1', name: 'ada', permissions: ['write-rules'] } as const;

try {
  await fill();
  await measure();
} finally {
  children.close();
  await policy.close();
  await store.close();
}

async function fill(): Promise<void> {
  const rulebook = await readRulebook(store, now);
  for (let number = 0; number < subjects; number++) {
    const scan = scanOf(number);
    await store.transaction(async (transaction) => {
      const matched = { scan, match: matchOf(number, scan.scan), before: undefined };
      const { key, ...basis } = await storeFacts(transaction, matched, now);
      const places = [
        { images: [`registry.example/team-${number % 20}/app-${number}:1`], labels: {}, environment: 'prod' },
      ];
      const environments = [{ environment: 'prod', places, counts: true, current: true, runs: true }];
      const one = { ...basis, factsKey: key, scan: scan.scan, subject: scan.subject, receivedAt: now };
      await storeJudgings(transaction, [{ ...one, environments, before: new Map() }], {
        rulebook,
        now,
        inUse: undefined,
      });
    });
  }
}

async function measure(): Promise<void> {
  const peer = await milliseconds(async () => {
    for (let offset = 0; offset < subjects; offset += 25)
      await store
        .query(policySchema)
        .selectFrom('facts')
        .select('facts')
        .orderBy('scan')
        .limit(25)
        .offset(offset)
        .execute();
  });
  const before = (await readRulebook(store, now)).policies[0];
  if (before === undefined) throw new Error('There is no policy.');
  const edited: PolicyText = {
    name: 'Edited',
    rules: before.rules.map((rule) =>
      rule.kind === 'severity' ? { ...rule, threshold: { by: 'severity', severity: 'critical' } } : rule,
    ),
  };
  const rulebook = await readRulebook(store, now);
  const { signal } = new AbortController();
  const options = { rulebook, days: 30, now, principal, signal, children, caller: 'user 1' };
  const blocked = watchLoop();
  print(
    'policy-replay',
    await milliseconds(() => replay(store, { ...options, policy: { ...edited, id: before.id, version: 2 } })),
    peer,
  );
  console.error(`the event loop was held for at most ${blocked().toFixed(0)} ms`);
  await saveRule(
    { store, clock, list: policyList },
    { id: before.id, rule: edited, basedOn: before.version },
    { principal, author: { actor: { kind: 'user', id: '1', name: 'ada' } } },
  );
  print('policy-judge-again', await milliseconds(() => judgeAgain({ store, clock })), peer);
  print('policy-nothing-to-do', await milliseconds(() => judgeAgain({ store, clock })), peer);
  print('policy-list', await milliseconds(() => policiesFor(parts, principal)), peer);
  console.error(`${Math.round(process.memoryUsage().rss / 1e6)} MB`);
}

function watchLoop(): () => number {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const at = performance.now();
    longest = Math.max(longest, at - last - 5);
    last = at;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${ours.toFixed(0)}ms peer=${peer.toFixed(0)}ms ratio=${(ours / peer).toFixed(2)}`);
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  console.error(`${Math.round((user + system) / 1000)} ms of processor time`);
  return performance.now() - start;
}

function scanOf(number: number): StoredScan {
  const publication = publicationOf({
    number,
    names: [`registry.example/team-${number % 20}/app-${number}:1`],
    packages: Array.from({ length: packages }, (_, index) => debianPackage(nameOf(number, index), '1.0-1')),
    scannedAt: now.toISOString(),
  });
  return {
    scan: randomUUID() as string as ScanId,
    subject: subjectOf(number),
    target: 'app',
    scannedAt: now.toISOString(),
    receivedAt: now.toISOString(),
    scanner: publication.scanner,
    publisher: { kind: 'user', id: '1', name: 'ada' },
    packages,
    faults: 0,
    document: publication.subject,
    catalog: publication.catalog,
  };
}

function matchOf(number: number, scan: ScanId): StoredMatch {
  return {
    scan,
    database: 'one',
    databaseBuiltAt: now.toISOString(),
    matchedAt: now.toISOString(),
    version: 1,
    feeds: [{ feed: 'Debian/all.zip', ecosystem: 'Debian:13', asOf: now.toISOString() }],
    faults: [],
    findings: Array.from({ length: findings }, (_, index) => findingOf(nameOf(number, index % packages), index)),
  };
}

function nameOf(number: number, index: number): string {
  return `package-${(number * 7 + index) % 3000}`;
}

function findingOf(name: string, index: number): StoredMatch['findings'][number] {
  const id = `CVE-2020-${name.slice(8)}${index}`;
  return {
    id,
    aliases: [`GHSA-${index}`, `DEBIAN-${id}`],
    severity: (['critical', 'high', 'medium', 'low'] as const)[index % 4] ?? 'low',
    score: 9.8 - (index % 4) * 2.5,
    cvss: [],
    vendorRatings: [],
    package: name,
    type: 'deb',
    purl: `pkg:deb/debian/${name}@1.0-1?arch=amd64&distro=debian-13`,
    installed: '1.0-1',
    ...(index % 3 === 0 ? {} : { fixed: `2.0-${index % 5}` }),
    status: index % 3 === 0 ? 'affected' : 'fixed',
    layer: 0,
    path: 'var/lib/dpkg/status',
    published: '2020-05-01T00:00:00Z',
    matchedBy: {
      advisory: `DEBIAN-${id}`,
      ecosystem: 'Debian:13',
      name,
      version: '1.0-1',
      scheme: 'deb',
      range: '>= 0',
    },
    risk: { score: 10, points: {} },
  };
}
