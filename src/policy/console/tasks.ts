import { task } from '#http/console/tasks.ts';
import type { Policy, PolicyText } from '../contract.ts';
import type { RuleProblem } from '../problems.ts';
import type { ReadPolicy } from '../yaml.ts';
import type { BundleReading, ComposedBundle } from './bundle/compose.ts';
import type { Replayed, ReplayBatch } from './replay-batch.ts';

/** Work on what people wrote, for child processes. Each loads what it needs when it is asked for. */

export const readPolicyTask = task<string, ReadPolicy>('read-policy', async (text) => {
  const { policyFromYaml } = await import('../yaml.ts');
  return await policyFromYaml(text);
});

export const writePolicyTask = task<PolicyText, string>('write-policy', async (policy) => {
  const { policyToYaml } = await import('../yaml.ts');
  return await policyToYaml(policy);
});

export const checkRulesTask = task<Policy['rules'], readonly RuleProblem[]>('check-rules', async (rules) => {
  const { problemsOfRules } = await import('../problems.ts');
  return await problemsOfRules(rules);
});

export const replayTask = task<ReplayBatch, readonly (Replayed | undefined)[]>('replay-policy', async (batch) => {
  const { replayBatch } = await import('./replay-batch.ts');
  return await replayBatch(batch);
});

export const composeBundleTask = task<BundleReading, ComposedBundle>('compose-bundle', async (reading) => {
  const { composeBundle } = await import('./bundle/compose.ts');
  return await composeBundle(reading);
});
