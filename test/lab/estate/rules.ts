import { putCollection } from '#access/contract.ts';
import type { CallInput } from '#http/index.ts';
import {
  decideException,
  deletePolicy,
  listPolicies,
  putPolicy,
  replayPolicy,
  requestException,
  cancelException,
} from '#policy/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Estate } from './estate.ts';
import { vulnerable, patchVulnerability, surgeImage } from './images.ts';

const image = surgeImage({ name: 'surge/pump:1', packages: [vulnerable.openssl], build: 'pump 1' });

const lenient: CallInput<typeof putPolicy>['body']['policy'] = {
  name: 'Development',
  collections: ['lab-dev'],
  rules: [
    {
      kind: 'severity',
      threshold: { by: 'severity', severity: 'critical' },
      onlyFixed: false,
      unrated: 'alert',
      effect: 'block',
    },
  ],
};

/** Rules that operations sets centrally. */
export const ruleCases: readonly LabCase<Estate>[] = [
  {
    id: 'R1',
    title: 'one image fails in prod and passes in dev by a rule for dev alone, and replay had said so',
    protectedBy: 'the scope of the rule',
    async run({ armed, ask, load, piers, row }) {
      await load(image, piers.dev, piers.prod);
      for (const pier of [piers.dev, piers.prod])
        await pier.docker('run', '-d', '--network', 'none', '--name', 'pump', 'surge/pump:1');
      const verdictIn = async (environment: string) =>
        (await row(image.digest)).placements.find((one) => one.environment === environment)?.verdict;
      await until('verdicts', async () => (await verdictIn('dev')) === 'fail' && (await verdictIn('prod')) === 'fail', {
        seconds: 20,
      });
      const selects = armed ? { environments: ['dev'] } : {};
      await ask(putCollection, { params: { id: 'lab-dev' }, body: { name: 'Dev', description: '', selects } });
      const body = { policy: lenient, days: 30 };
      const replay = await ask(replayPolicy, { params: { id: 'lab-dev' }, body });
      const changed = replay.changes.filter(({ subject }) => subject === image.digest);
      expectThat(
        changed.length === 1 && changed[0]?.environment === 'dev' && changed[0].after === 'pass',
        `replay changes ${changed.map((one) => `${one.environment} to ${one.after}`).join(', ') || 'nothing'}`,
      );
      await ask(putPolicy, { params: { id: 'lab-dev' }, body: { policy: lenient, basedOn: 0 } });
      const started = performance.now();
      await until('pass in dev', async () => (await verdictIn('dev')) === 'pass', { seconds: 5 });
      const time = Math.round(performance.now() - started);
      expectThat((await verdictIn('prod')) === 'fail', 'prod passes too');
      const { policies } = await ask(listPolicies);
      const hits = policies.find(({ policy }) => policy.id === 'lab-dev')?.hits;
      await ask(deletePolicy, { params: { id: 'lab-dev' } });
      for (const pier of [piers.dev, piers.prod]) await pier.docker('rm', '-f', 'pump');
      return `in force after ${time} ms, replay of ${replay.running.judged} in ${Math.round(replay.milliseconds)} ms, hits ${JSON.stringify(hits)}`;
    },
  },
  {
    id: 'R2',
    title: 'an exception holds on a new digest with the same component, and nobody approves his own',
    protectedBy: 'the second person',
    async run({ armed, person, load, piers, row }) {
      const [requester, approver] = [await person('Rita', 'operator'), await person('Omar', 'operator')];
      const body: CallInput<typeof requestException>['body'] = {
        advisory: patchVulnerability,
        package: { type: 'apk', name: vulnerable.patch.name, version: vulnerable.patch.version },
        reason: 'mitigated',
        explanation: 'TLS ends at the proxy',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      };
      const { exception } = await requester(requestException, { body });
      const decision = { params: { id: exception.id }, body: { decision: 'approve', note: '' } } as const;
      const own = await (armed ? requester : approver)(decideException, decision).catch(
        (error: { code?: string }) => error.code,
      );
      expectThat(own === 'own-exception', `approving one’s own answers ${typeof own === 'string' ? own : 'approved'}`);
      await approver(decideException, decision);
      const next = surgeImage({ name: 'surge/pump:2', packages: [vulnerable.patch], build: 'pump 2' });
      await load(next, piers.prod);
      await until(
        'pass in prod',
        async () => (await row(next.digest)).placements.find((one) => one.environment === 'prod')?.verdict === 'pass',
        { seconds: 20 },
      );
      await requester(cancelException, { params: { id: exception.id } });
      await until(
        'fail in prod again',
        async () => (await row(next.digest)).placements.find((one) => one.environment === 'prod')?.verdict === 'fail',
        { seconds: 10 },
      );
      return undefined;
    },
  },
];
