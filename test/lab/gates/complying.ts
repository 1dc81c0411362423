import { listDecisions } from '#admission/contract.ts';
import {
  type ComplianceRuleText,
  deleteComplianceRule,
  listComplianceRules,
  putComplianceRule,
} from '#compliance/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, ledgerOf, onEach } from './dock.ts';
import { soundImage } from './images.ts';
import { plugIn } from './plugin.ts';
import type { Quay } from './quay.ts';
import { mustRun, start } from './starts.ts';

const check = 'CTR-001';

const rule: ComplianceRuleText = {
  name: 'Quays comply',
  state: 'on',
  lines: [{ checks: { by: 'check', id: check }, effect: 'block' }],
  notAssessed: 'ignore',
  running: 'alert',
};

/** Saves the rule, and waits until each host goes by it. */
async function saveRule({ ask, quays, armed }: Dock): Promise<void> {
  if (!armed) return;
  const { rules } = await ask(listComplianceRules);
  const basedOn = rules.find((one) => one.rule.id === 'quays')?.rule.version ?? 0;
  await ask(putComplianceRule, { params: { id: 'quays' }, body: { rule: structuredClone(rule) as never, basedOn } });
  const isThere = (quay: Quay): boolean => ledgerOf(quay).compliance?.rules.some(({ id }) => id === 'quays') === true;
  for (const quay of quays)
    await until(`the compliance rule on ${quay.name}`, async () => isThere(quay), { seconds: 20 });
}

/** Expects a refusal by the check, and a decision of that ring that says so. */
async function mustFail(dock: Dock, quay: Quay, ring: 1 | 2): Promise<number> {
  const { code, stderr, milliseconds } = await start(quay, 'surge/pump:2', '--privileged');
  const sentence = stderr.replaceAll(/\s+/g, ' ');
  expectThat(code !== 0, 'a privileged container runs');
  for (const words of [`${check} “`, 'Run without --privileged'])
    expectThat(sentence.includes(words), `it does not say “${words}”: ${sentence}`);
  expectThat(sentence.includes('authorization denied by plugin') === (ring === 1), `another ring refused: ${sentence}`);
  await until(
    `the decision of ring ${ring}`,
    async () => {
      const { decisions } = await dock.ask(listDecisions, { query: { answer: 'deny' } });
      return decisions.some((one) => one.ring === ring && one.cause === 'compliance' && one.rule?.id === 'quays');
    },
    { seconds: 20 },
  );
  return milliseconds;
}

async function withoutPlugin(quay: Quay): Promise<void> {
  await quay.gate('remove');
  await quay.endAgent();
  quay.startAgent();
}

/** What fails a check that a compliance rule blocks does not start. */
export const complianceCases: readonly LabCase<Dock>[] = [
  {
    id: 'G16',
    title: 'docker run --privileged is refused by a compliance rule, by the runtime and by the engine’s plugin',
    protectedBy: 'the compliance rule',
    async run(dock) {
      await saveRule(dock);
      try {
        return await onEach(dock, async (quay) => await refusedTwice(dock, quay));
      } finally {
        if (dock.armed) await dock.ask(deleteComplianceRule, { params: { id: 'quays' } });
      }
    },
  },
];

async function refusedTwice(dock: Dock, quay: Quay): Promise<string> {
  await dock.install(quay);
  await dock.load(quay, soundImage);
  await mustRun(quay, 'surge/pump:2');
  const second = await mustFail(dock, quay, 2);
  try {
    await plugIn(dock, quay);
    await until('a start past the plugin', async () => (await start(quay, 'surge/pump:2')).code === 0, { seconds: 40 });
    return `ring 1 in ${await mustFail(dock, quay, 1)} ms, ring 2 in ${second} ms`;
  } finally {
    await withoutPlugin(quay);
  }
}
