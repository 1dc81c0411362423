import { existsSync } from 'node:fs';
import { putCollection } from '#access/contract.ts';
import { type ComplianceRuleText, newComplianceRule } from '#compliance/contract.ts';
import { addAttestation } from '#explorer/contract.ts';
import { lookForProvenance, putTrustedRegistry } from '#provenance/contract.ts';
import { changeModel, listModels, putRuntimeRule } from '#runtime/contract.ts';
import type { SubjectId } from '#base/index.ts';
import { pushImage, startRegistry, type TestRegistry } from '../../make/registry.ts';
import { soundOpenssl, surgeImage, surgeOciImage, vulnerable } from '../estate/images.ts';
import { type Dock, type PolicyRule, savePolicy, setUpDock, severity } from '../gates/dock.ts';
import type { Quay } from '../gates/quay.ts';
import { type LabOptions, until } from '../lab.ts';
import { saveRule } from './saved-rules.ts';

/** Two hosts of one console that an auditor compares: `good` in prod, `bad` in test. */
export interface Audited {
  readonly dock: Dock;
  readonly good: Quay;
  readonly bad: Quay;
  /** Ids of their only containers. */
  readonly containers: { readonly good: string; readonly bad: string };
}

/** Seconds within which each block line is tried; the product takes an hour. */
export const trialPeriod = 20;
/** Beyond what a step takes on a busy machine. */
const seconds = 60;

/** Opens a console and both hosts, and has a container run on each. */
export async function openAudited(
  options: Pick<LabOptions, 'armed' | 'say'>,
): Promise<{ readonly audited: Audited; close(): Promise<void> }> {
  const { world: dock, close } = await setUpDock(options, [
    { store: 'docker', name: 'audit-good', environments: ['prod'] },
    { store: 'docker', name: 'audit-bad', environments: ['test', 'dev'] },
  ]);
  const registry = await startRegistry();
  const closeAll = async (): Promise<void> => {
    // What answers the engine goes on without its agent.
    if (dock.armed) await dock.quays[0]?.gate('remove');
    await close();
    await registry.end();
  };
  try {
    const [good, bad] = dock.quays;
    if (good === undefined || bad === undefined) throw new Error('There are not two hosts.');
    await trust(dock, registry);
    const [kept, loose] = await Promise.all([runKept(dock, good, registry), runLoose(dock, bad)]);
    await confirm(dock);
    return { audited: { dock, good, bad, containers: { good: kept, bad: loose } }, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

const block: ComplianceRuleText = {
  ...newComplianceRule,
  name: 'No way to the host',
  collections: ['audit-prod'],
  lines: ['CTR-001', 'CTR-020'].map((id) => ({ checks: { by: 'check', id }, effect: 'block' })),
  notAssessed: 'ignore',
};

/** In prod nothing starts but what the registry holds and what breaks no rule, and nothing else runs in it. */
async function trust(dock: Dock, { host }: TestRegistry): Promise<void> {
  const { ask } = dock;
  const trusted = { name: 'Harbour', repositories: `${host}/team`, insecure: true };
  await ask(putTrustedRegistry, { params: { id: 'harbour' }, body: trusted });
  const selects = { environments: ['prod'] };
  await ask(putCollection, { params: { id: 'audit-prod' }, body: { name: 'Prod', description: '', selects } });
  const origin: PolicyRule = { kind: 'trusted-source', from: [`${host}/team`], unknown: 'block', effect: 'block' };
  const rules = [severity('medium'), origin];
  await savePolicy(dock, 'audit-prod', { name: 'Harbour alone', collections: ['audit-prod'], rules });
  await savePolicy(dock, 'audit-rest', { name: 'No Medium', rules: [severity('medium')] });
  await saveRuleOf(dock);
  const rule = {
    name: 'Programs of the image alone',
    state: 'on',
    collections: ['audit-prod'],
    drift: 'prevent',
    code: 'prevent',
    process: 'alert',
    preventFrom: 'active',
    execSessions: 'judge',
    neverLearn: [],
  } as const;
  const body = { basedOn: 0, rule: { ...rule, collections: [...rule.collections], neverLearn: [] } };
  await ask(putRuntimeRule, { params: { id: 'audit-prod' }, body });
}

/** The rule holds on the good host alone. */
async function saveRuleOf(dock: Dock): Promise<void> {
  const [good] = dock.quays;
  await saveRule({ ...dock, quays: good === undefined ? [] : [good] }, 'audit-prod', { rule: block });
}

/** What a container needs that cannot change itself, gain privileges or take its host from others. */
const careful = [
  '--read-only --cap-drop ALL --security-opt no-new-privileges --user 10001:10001 --cgroupns private',
  '--memory 64m --memory-swap 64m --cpus 0.5 --pids-limit 64 --ulimit nofile=1024:1024 --ulimit nproc=512:512',
  '--restart on-failure:5 --health-cmd /bin/true --health-interval 1h --label seawall.application=clock',
].flatMap((words) => words.split(' '));

/** The gate at both rings, an image of the trusted registry by its digest, and an active model. */
async function runKept(dock: Dock, quay: Quay, { host }: TestRegistry): Promise<string> {
  const name = `${host}/team/clock:1`;
  const image = { name, packages: [soundOpenssl], build: 'clock 1', user: '10001:10001' };
  const manifest = await pushImage(surgeOciImage(image), { name });
  const subject = surgeImage(image).digest as string as SubjectId;
  if (dock.armed) await withPlugin(dock, quay);
  const pinned = `${host}/team/clock@${manifest}`;
  await quay.engine.must('pull', '-q', pinned);
  await dock.ask(lookForProvenance, { params: { subject } }).catch(() => undefined);
  let id = '';
  await until(
    'the start of what the registry holds',
    async () => {
      const started = await quay.engine.docker('run', '-d', '--network', 'none', '--name', 'clock', ...careful, pinned);
      if (started.code === 0) id = started.stdout.trim();
      else {
        await quay.engine.docker('rm', '-f', 'clock');
        throw new Error(started.stderr);
      }
      return id !== '';
    },
    { seconds, every: 500 },
  );
  const model = await until(
    'the model of the container',
    async () => (await dock.ask(listModels, { query: { image: subject as never } })).models[0],
    { seconds, every: 500 },
  );
  await dock.ask(changeModel, { params: { id: model.id }, body: { to: 'active' } });
  return id;
}

async function withPlugin(dock: Dock, quay: Quay): Promise<void> {
  await quay.endAgent();
  quay.startAgent('--authorization', '--trial-every', `${trialPeriod}`);
  const socket = quay.host.place(`/run/docker/plugins/seawall-${quay.name}.sock`);
  await until('the plugin’s socket', async () => existsSync(socket), { seconds });
  await dock.install(quay, '--authorization');
  await quay.engine.stop();
  await quay.engine.start();
}

/** No gate, and a privileged container of a vulnerable image that holds the socket of the engine and a key. */
async function runLoose(dock: Dock, quay: Quay): Promise<string> {
  const name = 'surge/leaky:1';
  await dock.load(quay, surgeImage({ name, packages: [vulnerable.openssl], build: 'leaky 1' }));
  const open = ['--privileged', '--pid', 'host', '-v', `${quay.engine.socket}:/var/run/docker.sock`];
  const key = ['-e', `AWS_ACCESS_KEY_ID=AKIA${'Q7W2'.repeat(4)}`];
  const words = ['--label', 'seawall.application=leaky', '--network', 'none', '--name', 'leaky', ...open, ...key];
  return (await quay.engine.must('run', '-d', ...words, name)).trim();
}

const day = 86_400_000;

/** What a person answers for: the review of trusted sources, and no more. */
async function confirm({ ask }: Dock): Promise<void> {
  const expiresAt = new Date(Date.now() + 60 * day).toISOString();
  const body = {
    kind: 'trust-reviewed',
    document: 'Minutes of the review of trusted sources, 2026-11',
    author: 'Mara',
  };
  await ask(addAttestation, { body: { ...body, expiresAt } });
}
