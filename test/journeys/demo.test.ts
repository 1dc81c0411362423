import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getConsole, listUsers } from '#access/contract.ts';
import { listDecisions } from '#admission/contract.ts';
import type { Catalog } from '#catalog/index.ts';
import {
  listCheckExceptions,
  listComplianceRules,
  listFindingsByCheck,
  listSubjectsOfCheck,
} from '#compliance/contract.ts';
import { getImage, getTrend, listImages, listVulnerabilities } from '#explorer/contract.ts';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { listContainers, listHosts } from '#inventory/contract.ts';
import { listExceptions, listPolicies } from '#policy/contract.ts';
import { getBehaviourDiff, listIncidents, listModels, listSensors } from '#runtime/contract.ts';
import { classOf } from '../../src/catalog/releases.ts';
import { type Demo, openDemo } from '../../tools/demo/open-demo.ts';
import { readRecording, stepsOf } from '../../tools/demo/recording.ts';
import { freePort } from './make-scan.ts';
import { repository } from './seawall.ts';

const folder = join(repository, 'tools/demo/recording');
const day = 86_400_000;
const run = promisify(execFile);

describe('the recording', () => {
  const recording = readRecording(join(folder, 'estate.json.zst'));

  test('is small: 3 MB, three weeks in at most 60 steps', () => {
    const size = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(size).toBeLessThan(3 * 1024 * 1024);
    const steps = stepsOf(recording);
    expect(steps.length).toBeLessThanOrEqual(60);
    const length = Date.parse(steps.at(-1)?.at ?? '') - Date.parse(recording.startedAt);
    const days = length / (recording.bucketSeconds * 1000) / 24;
    expect(days).toBeGreaterThan(20);
  });

  test('holds what analyzers of this release find; else it is made again: `npm run demo:record`', () => {
    for (const entry of recording.entries) {
      if (!(entry.kind === 'fact' && entry.fact === 'scan')) continue;
      const { catalog } = entry.body as { catalog: Catalog };
      expect(classOf(catalog.analyzers, { kind: 'image', os: 'linux' })).toBe('current');
    }
  });

  test('holds nothing that somebody signed, and no secret', () => {
    const text = JSON.stringify(recording);
    expect(text).not.toMatch(/BEGIN (?:CERTIFICATE|[A-Z ]*KEY)|seawall-join_|"signature"/);
    expect(recording.entries.some((entry) => entry.kind === 'fact' && entry.fact === 'code')).toBe(false);
  });
});

test('the program of the demo finds its pages where the checkout has them', async () => {
  const program = join(repository, 'dist/demo/demo.js');
  await run(process.execPath, [join(repository, 'tools/bundle.ts'), '--demo', '--quiet']);
  const demo = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(demo, 'exit');
  const said: string[] = [];
  for await (const line of createInterface(demo.stderr)) {
    said.push(line);
    if (line.startsWith('Starting PostgreSQL')) demo.kill('SIGINT');
  }
  await ended;
  expect(said.filter((line) => line.startsWith('Building the pages'))).toEqual([]);
});

describe('the demo answers', () => {
  let demo: Demo;
  let token: string;
  const ask = <E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>> = {}): Promise<ReplyOf<E>> =>
    call(endpoint, input, { baseUrl: demo.origin, token });

  beforeAll(async () => {
    demo = await openDemo({
      port: await freePort(),
      cache: join(repository, '.cache/demo'),
      data: 'removed',
      say: () => undefined,
      sayStep: () => undefined,
      signal: new AbortController().signal,
    });
    token = (await demo.console.access.createToken({ name: 'reader', role: 'administrator' })).secret;
  }, 600_000);
  afterAll(async () => await demo?.close());

  test('that it is a demo, without a sign-in', async () => {
    const said = await call(getConsole, {}, { baseUrl: demo.origin });
    expect(said.demo?.recordedAt).toBe(readRecording(join(folder, 'estate.json.zst')).startedAt);
  });

  test('what is worst in prod, and why', async () => {
    const { vulnerabilities } = await ask(listVulnerabilities, { query: { environment: 'prod', limit: 5 } });
    expect(vulnerabilities[0]).toMatchObject({ id: 'CVE-2021-44228', severity: 'critical' });
    expect(vulnerabilities[0]?.kev).toBeTruthy();
  });

  test('whether build 918 passed, and what to change', async () => {
    const { images } = await ask(listImages, { query: { search: 'surge/portal:5.4' } });
    expect(images).toHaveLength(1);
    const built = await ask(getImage, { params: { subject: images[0]?.subject ?? '' } });
    expect(built.job?.url).toContain('/918/');
    expect(built.verdict?.kind).toBe('fail');
    expect(built.verdict?.violations.every(({ remedy }) => remedy.length > 0)).toBe(true);
    const changes = built.upgrades.flatMap(({ package: name, to }) => (to === undefined ? [] : [name]));
    expect(changes).toEqual(expect.arrayContaining(['handlebars', 'lodash']));
    expect(built.previous?.name).toContain('5.3');
  });

  test('what was stopped last night', async () => {
    const { incidents } = await ask(listIncidents, { query: { environment: 'prod' } });
    const stopped = incidents.filter(({ outcome }) => outcome !== 'observed');
    expect(stopped.some(({ lastAt }) => Date.now() - Date.parse(lastAt) < day)).toBe(true);
    expect(stopped.some(({ container }) => container.name === 'gauge')).toBe(true);
  });

  test('which hosts are unprotected, and why', async () => {
    const unprotected = async () =>
      (await ask(listSensors)).sensors.filter(({ protection }) => protection === 'unprotected').map(({ host }) => host);
    await expect.poll(unprotected, { timeout: 30_000 }).toEqual(['surge-prod-2']);
    const { containers } = await ask(listContainers, { query: { host: 'surge-prod-2' } });
    expect(containers.map(({ protection }) => protection?.cause)).toContain('no-overlay');
  });

  test('who approved the exception, and until when', async () => {
    const { exceptions } = await ask(listExceptions, { query: {} });
    expect(exceptions).toHaveLength(1);
    const [exception] = exceptions;
    expect([exception?.requestedBy.name, exception?.decidedBy?.name]).toEqual(['noor', 'olga']);
    const left = Date.parse(exception?.expiresAt ?? '') - Date.now();
    expect(left / day).toBeGreaterThan(28);
    expect(left / day).toBeLessThan(31);
    expect(exception?.appliesTo).toBeGreaterThan(0);
  });

  test('what does not comply in prod, and what somebody excepted', async () => {
    const query = { environment: 'prod' };
    const about = { params: { check: 'CTR-030' } };
    const { subjects: failing } = await ask(listSubjectsOfCheck, { ...about, query: { ...query, status: 'fail' } });
    expect(failing.map(({ name }) => name)).toContain('gauge');
    const { subjects: excepted } = await ask(listSubjectsOfCheck, {
      ...about,
      query: { ...query, status: 'excepted' },
    });
    expect(excepted.map(({ name }) => name)).toEqual(['gate']);
    const { exceptions } = await ask(listCheckExceptions);
    expect(exceptions).toMatchObject([
      { check: 'CTR-030', name: 'gate', state: 'approved', decidedBy: { name: 'olga' } },
    ]);
    const { rules } = await ask(listComplianceRules);
    expect(rules.map(({ rule }) => rule.name)).toEqual(['Production', 'Default']);
    expect(rules[0]?.subjects).toBeGreaterThan(0);
  });

  test('that every kind of subject has answers, and no host is silent', async () => {
    const { checks } = await ask(listFindingsByCheck);
    expect(checks.reduce((sum, { subjects }) => sum + subjects.silent + subjects.unanswered, 0)).toBe(0);
    for (const [kind, id] of [
      ['image', 'IMG-001'],
      ['container', 'CTR-001'],
      ['engine', 'DMN-012'],
      ['host', 'HST-055'],
    ] as const) {
      const found = checks.find(({ check }) => check === id)?.subjects;
      expect(found && found.pass + found.fail, kind).toBeGreaterThan(0);
    }
  });

  test('how three weeks went: a trend, refused starts, a model with its behaviour diff', async () => {
    const { points } = await ask(getTrend, { query: { environment: 'prod', days: 30 } });
    const first = Date.parse(points[0]?.at ?? '');
    expect((Date.now() - first) / day).toBeGreaterThan(18);
    expect(points.length).toBeGreaterThan(15);
    const { decisions } = await ask(listDecisions, { query: { answer: 'deny' } });
    expect(new Set(decisions.map(({ subject }) => subject)).size).toBeGreaterThanOrEqual(2);
    const { models } = await ask(listModels, { query: { environment: 'prod' } });
    const next = models.find(({ inheritedFrom }) => inheritedFrom !== undefined);
    expect(next?.state).toBe('active');
    const diff = await ask(getBehaviourDiff, { params: { id: next?.id ?? '' } });
    expect(diff.executables.map(({ path }) => path)).toContain('/usr/local/bin/tide');
  });

  test('which hosts there are: three environments, all of them live', async () => {
    await expect
      .poll(async () => (await ask(listHosts)).hosts.filter(({ stale }) => !stale).length, { timeout: 30_000 })
      .toBe(4);
    const { hosts } = await ask(listHosts);
    expect(new Set(hosts.map(({ environment }) => environment))).toEqual(new Set(['dev', 'test', 'prod']));
  });

  test('that the age of feeds is not judged, where it says so', async () => {
    const { policies } = await ask(listPolicies);
    for (const { policy } of policies) {
      expect(policy.rules.map(({ kind }) => kind)).not.toContain('stale-feed');
      expect(policy.description).toContain('stale-feed');
    }
    expect((await ask(listUsers)).users.length).toBeGreaterThanOrEqual(5);
  });
});
