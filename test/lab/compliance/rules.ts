import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listDecisions } from '#admission/contract.ts';
import { type ComplianceRuleText, newComplianceRule } from '#compliance/contract.ts';
import { groovy, runPipeline } from '../../journeys/jenkins-pipeline.ts';
import { newToken } from '../../journeys/real-console.ts';
import { soundOpenssl, surgeImage } from '../estate/images.ts';
import { type Dock, ledgerOf } from '../gates/dock.ts';
import type { Quay } from '../gates/quay.ts';
import { start } from '../gates/starts.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { deleteRule, saveRule } from './saved-rules.ts';
import type { World } from './world.ts';

/** An image that names no user, and what to change about it. */
const asRoot = surgeImage({ name: 'surge/root:1', packages: [soundOpenssl], build: 'as root' });
const check = 'IMG-001';
const remedy = 'USER 10001:10001';

const rule: ComplianceRuleText = {
  ...newComplianceRule,
  name: 'No image as root',
  lines: [{ checks: { by: 'check', id: check }, effect: 'block' }],
  notAssessed: 'ignore',
};

/** Runs with the rule in place, where it is not to be off. */
async function withRule(world: World, run: (dock: Dock) => Promise<string>): Promise<string> {
  const dock = await world.dock();
  const id = 'no-root';
  if (dock.armed) await saveRule(dock, id, { rule });
  try {
    return await run(dock);
  } finally {
    if (dock.armed) await deleteRule(dock, id);
  }
}

async function buildFails(dock: Dock): Promise<string> {
  const path = join(dock.state, 'as-root.tar');
  writeFileSync(path, asRoot.bytes);
  const token = await newToken(dock.state, `builds-${Date.now()}`, 'ci');
  const { result, log, artifact } = await runPipeline(
    dock.state,
    `seawallScan(input: ${groovy(path)}, console: '${dock.console().origin}', credentialsId: 'seawall-token', name: 'root')`,
    { credentials: { 'seawall-token': token }, env: { SEAWALL_STATE: dock.state } },
  );
  expectThat(result === 'FAILURE', `the step ends with ${result}`);
  const sentence = log.replaceAll(/\s+/g, ' ');
  expectThat(sentence.includes(`blocks ${check} “`), `the log names no ${check}: ${sentence.slice(-600)}`);
  for (const [where, text] of [
    ['log', sentence],
    ['report', artifact('seawall-reports/root.html')],
  ] as const)
    expectThat(text.includes(remedy), `the ${where} does not say ${remedy}`);
  return sentence.match(/→ [^→]*USER 10001:10001/)?.[0] ?? remedy;
}

async function deployIsRefused(dock: Dock): Promise<string> {
  const [quay] = dock.quays;
  expectThat(quay !== undefined, 'there is no host');
  await dock.install(quay);
  try {
    return await startIsRefused(dock, quay);
  } finally {
    if (dock.armed) await quay.gate('remove');
  }
}

async function startIsRefused(dock: Dock, quay: Quay): Promise<string> {
  await dock.load(quay, asRoot);
  const entryOf = () => ledgerOf(quay).entries.find(({ digest }) => digest === asRoot.digest);
  await until('the image in the ledger', async () => entryOf(), { seconds: 60 });
  if (dock.armed)
    await until(`${check} in the image’s entry of the ledger`, async () => JSON.stringify(entryOf()).includes(check), {
      seconds: 30,
    });
  // By its digest: no name of it is in the way.
  const { code, stderr, milliseconds } = await start(quay, asRoot.digest);
  expectThat(code !== 0, 'it starts by its digest');
  const sentence = stderr.replaceAll(/\s+/g, ' ');
  for (const words of ['refused by Seawall', check])
    expectThat(sentence.includes(words), `it does not say “${words}”: ${sentence}`);
  await until(
    'the decision with its rule',
    async () => {
      const { decisions } = await dock.ask(listDecisions, { query: { answer: 'deny' } });
      return decisions.some(({ digest, ring }) => digest === asRoot.digest && ring === 2);
    },
    { seconds: 20 },
  );
  return `in ${milliseconds} ms`;
}

/**
 * What fails a check is stopped before it runs: at its build, and at its start. That the runtime and the engine’s plugin
 * refuse `--privileged` by a rule is G16 of the lab of gates.
 */
export const ruleCases: readonly LabCase<World>[] = [
  {
    id: 'C20',
    title: 'a build that fails a check fails its step in Jenkins, with the exact change',
    protectedBy: 'the compliance rule',
    run: async (world) => await withRule(world, buildFails),
  },
  {
    id: 'C21',
    title: 'the same image is refused at its start, by digest',
    protectedBy: 'the compliance rule',
    run: async (world) => await withRule(world, deployIsRefused),
  },
];
