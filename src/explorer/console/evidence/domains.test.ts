import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { runtimeSchema } from '#runtime/console/index.ts';
import type { SensorFact } from '#runtime/contract.ts';
import { image } from '../sample.testing.ts';
import { ScanPublication } from '#catalog/contract.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';

describe('agents of hosts', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1', ['prod']);
    await at.join('quay-2', ['dev', 'prod']);
    await at.join('quay-3', ['unassigned']);
    await at.look();
  });
  afterAll(async () => await at.close());

  const of = async (host: string, control: string, question: string) =>
    (await at.answer(control, question, { host, kind: 'host' }))?.state;

  test('are joined, certified and heard of', async () => {
    for (const question of ['joined', 'certificate', 'reporting'])
      expect(await of('quay-1', '4.3.5', question)).toBe('pass');
  });

  test('keep environments apart by the token by which they joined', async () => {
    expect(await of('quay-1', '4.4.5', 'apart')).toBe('pass');
    expect(await of('quay-2', '4.4.5', 'apart')).toBe('fail');
    expect(await of('quay-3', '4.4.5', 'apart')).toBe('not-assessed');
  });

  test.each([
    { what: 'a certificate that ended', row: { not_after: new Date('2026-11-23T00:00:00Z') }, question: 'certificate' },
    { what: 'an agent that was revoked', row: { state: 'revoked' as const }, question: 'joined' },
    { what: 'an agent that was revoked reports nothing', row: { state: 'revoked' as const }, question: 'reporting' },
  ])('$what', async ({ row, question }) => {
    await at.store.query(linkSchema).updateTable('agent').set(row).where('name', '=', 'quay-1').execute();
    await at.look();
    expect(await of('quay-1', '4.3.5', question)).toBe('fail');
    expect((await at.control('4.3.5')).state).toBe('not-met');
  });

  test('evidence removed is not assessed', async () => {
    await at.store.query(linkSchema).deleteFrom('agent').where('name', '=', 'quay-1').execute();
    await at.look();
    for (const question of ['joined', 'certificate', 'reporting'])
      expect(await of('quay-1', '4.3.5', question)).toBe('not-assessed');
  });
});

describe('accounts of the console', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
  });
  afterAll(async () => await at.close());

  const user = async (name: string, seenDaysAgo: number | undefined, role = 'administrator' as const) => {
    const seen = seenDaysAgo === undefined ? null : new Date(at.now().getTime() - seenDaysAgo * 86_400_000);
    const created = new Date('2026-01-01T00:00:00Z');
    await at.store
      .query(accessSchema)
      .insertInto('user')
      .values({ name, password: null, role, created_at: created, seen_at: seen, collections: null })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ seen_at: seen }))
      .execute();
    await at.look();
  };
  const state = async (control: string, question: string) => (await at.control(control)).question(question).state;

  test('nobody: not assessed', async () => {
    await at.look();
    expect(await state('4.3.1', 'administrators')).toBe('not-assessed');
    expect(await state('4.3.2', 'dormant')).toBe('not-assessed');
  });

  test('one person who signs in passes; a name of nobody is a warning', async () => {
    await user('ada', 1);
    expect(await state('4.3.1', 'administrators')).toBe('pass');
    expect(await state('4.3.2', 'dormant')).toBe('pass');
    await user('admin', 1);
    expect(await state('4.3.1', 'administrators')).toBe('warn');
  });

  test('an account without a sign for 90 days fails', async () => {
    await user('ada', 89);
    expect(await state('4.3.2', 'dormant')).toBe('pass');
    await user('ada', 91);
    expect(await state('4.3.2', 'dormant')).toBe('fail');
    expect(await state('4.3.1', 'administrators')).toBe('fail');
    await at.store.query(accessSchema).updateTable('user').set({ disabled: true }).where('name', '=', 'ada').execute();
    await at.look();
    expect(await state('4.3.2', 'dormant')).toBe('pass');
  });

  test('a token that may do everything fails, one that ends never is a warning', async () => {
    expect(await state('4.3.1', 'scopes')).toBe('pass');
    const token = { role: 'ci', created_by: 'ada', owner: null, created_at: at.now(), used_at: null } as const;
    const add = async (name: string, more: object) =>
      await at.store
        .query(accessSchema)
        .insertInto('token')
        .values({
          ...token,
          name,
          secret_hash: Buffer.from(name),
          repositories: null,
          collections: null,
          expires_at: null,
          ...more,
        })
        .execute();
    await add('build', { repositories: ['registry.example/shop'] });
    await at.look();
    expect(await state('4.3.1', 'scopes')).toBe('warn');
    await add('all', { role: 'administrator' });
    await at.look();
    expect(await state('4.3.1', 'scopes')).toBe('fail');
    await sql`update access.token set revoked_at = ${at.now()}, secret_hash = null`.execute(
      at.store.query(accessSchema),
    );
    await at.look();
    expect(await state('4.3.1', 'scopes')).toBe('pass');
  });

  test('without a cluster the question of its roles does not apply, and the engine stands in', async () => {
    expect(await state('4.3.1', 'cluster-roles')).toBe('not-applicable');
  });
});

describe('what runs in containers', () => {
  let at: TestEvidence;
  let container: string;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1');
    container = await at.run('quay-1', 'shop');
    await at.look();
  });
  afterAll(async () => await at.close());

  const sensor = async (more: Partial<SensorFact> = {}): Promise<void> => {
    await at.report('quay-1', 'sensor', { state: 'working', mechanisms: [], lost: 0, throttled: 0, ...more });
    await at.look();
  };
  const of = async (control: string, question: string) =>
    (await at.answer(control, question, { kind: 'container', id: container }))?.state;
  const ofHost = async (control: string, question: string) =>
    (await at.answer(control, question, { kind: 'host', host: 'quay-1' }))?.state;

  test('without a sensor nothing is assessed: that nothing was seen is no answer', async () => {
    for (const question of ['model-active', 'armed', 'image-programs', 'incidents'])
      expect(await of('4.4.4', question)).toBe('not-assessed');
    expect(await ofHost('4.4.4', 'no-lost-events')).toBe('not-assessed');
    await sensor({ state: 'away', reason: 'It died.' });
    expect(await of('4.4.4', 'incidents')).toBe('not-assessed');
  });

  test('a sensor that works and lost nothing', async () => {
    await sensor();
    expect(await ofHost('4.4.4', 'no-lost-events')).toBe('pass');
    expect(await of('4.1.3', 'no-drift')).toBe('pass');
    expect(await of('4.4.4', 'incidents')).toBe('pass');
    // It works, and still has no model, and nobody reported what is in force.
    expect(await of('4.4.4', 'model-active')).toBe('not-assessed');
    expect(await of('4.4.4', 'armed')).toBe('not-assessed');
    await sensor({ lost: 3 });
    expect(await ofHost('4.4.4', 'no-lost-events')).toBe('fail');
    await sensor();
  });

  test('an incident is a failure until somebody deals with it', async () => {
    const row = {
      state: 'open' as const,
      severity: 'high' as const,
      outcome: 'observed' as const,
      title: 'A program that is not of the image',
      host: 'quay-1',
      environment: 'prod',
      container,
      container_name: 'shop',
      image: 'shop:1',
      digest: null,
      model: null,
      techniques: [],
      processes: [],
      detections: 1,
      opened_at: at.now(),
      created_at: at.now(),
      topic: null,
      last_at: at.now(),
      search: '',
      place: JSON.stringify({ host: 'quay-1', images: [], labels: {} }),
    };
    await at.store.query(runtimeSchema).insertInto('incident').values(row).execute();
    await at.look();
    expect(await of('4.4.4', 'incidents')).toBe('fail');
    expect(await of('4.1.3', 'no-drift')).toBe('pass');
    expect((await at.control('4.4.4')).state).toBe('not-met');
    await at.store.query(runtimeSchema).updateTable('incident').set({ state: 'closed' }).execute();
    await at.look();
    expect(await of('4.4.4', 'incidents')).toBe('pass');
  });

  test('of a silent host nothing is known, not even that nothing happened', async () => {
    at.silence('quay-1');
    await at.pass(26);
    await at.look();
    expect(await of('4.4.4', 'incidents')).toBe('not-assessed');
    expect(await ofHost('4.4.4', 'no-lost-events')).toBe('not-assessed');
  });
});

describe('systems of hosts', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1');
    await at.look();
  });
  afterAll(async () => await at.close());

  const of = async (control: string, question: string) =>
    (await at.answer(control, question, { kind: 'host', host: 'quay-1' }))?.state;
  let scannedAt = 0;
  const scan = async (packages: readonly string[]): Promise<void> => {
    const { catalog, ...publication } = image(9, 'quay-1', packages);
    const subject = { kind: 'file-system', id: 'host:quay-1', name: 'quay-1', path: '/' } as const;
    await at.report('quay-1', 'other', { subject: 'host:quay-1', names: ['quay-1'], state: 'present' }).catch(() => {});
    await at.scan(
      ScanPublication.parse({
        ...publication,
        scannedAt: `2026-11-24T11:${10 + scannedAt++}:00Z`,
        catalog: { ...catalog, packages: catalog.packages.map((one) => ({ ...one, layer: 0 })) },
        subject,
        target: '/',
      }),
    );
    await at.look();
  };

  test('without a scan nothing is assessed', async () => {
    for (const [control, question] of [
      ['4.4.1', 'packages'],
      ['4.5.1', 'packages'],
      ['4.5.3', 'verdict'],
      ['4.5.3', 'kernel-known'],
      ['4.5.3', 'no-restart-pending'],
    ] as const)
      expect(await of(control, question), question).toBe(
        question === 'packages' && control === '4.4.1' ? 'not-applicable' : 'not-assessed',
      );
  });

  test('a kernel of a package is known; one that was installed since waits for a restart', async () => {
    await scan(['bash']);
    expect(await of('4.5.3', 'kernel-known')).toBe('not-assessed');
    await scan(['linux-image-6.12.0']);
    expect(await of('4.5.3', 'kernel-known')).toBe('pass');
    expect(await of('4.5.3', 'no-restart-pending')).toBe('pass');
    await scan(['linux-image-6.12.0', 'linux-image-6.9.0']);
    expect(await of('4.5.3', 'no-restart-pending')).toBe('pass');
    await scan(['linux-image-6.12.0', 'linux-image-6.12.10']);
    expect(await of('4.5.3', 'no-restart-pending')).toBe('fail');
    expect((await at.control('4.5.3')).state).toBe('not-met');
  });
});
