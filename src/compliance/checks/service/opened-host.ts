import type { ServiceShape } from '#inventory/index.ts';
import { type Assessment, type Check, type Evidence, evidenceFor } from '../../check.ts';
import { type CheckResult, evaluate } from '../../evaluate.ts';
import { containerChecks } from '../container/index.ts';

/** Checks of a container that say whether the host is open to it. */
const askedOfTasks: ReadonlySet<string> = new Set(
  'CTR-002 CTR-004 CTR-005 CTR-017 CTR-018 CTR-019 CTR-020 CTR-021 CTR-024 CTR-047 CTR-066 CTR-067'.split(' '),
);
const asked = containerChecks.filter(({ id }) => askedOfTasks.has(id));
const needs = [...new Set(asked.flatMap((check) => check.needs))] as readonly (keyof ServiceShape)[];

/** A service is judged by what is asked of the containers that are made of it. */
export const openedHostCheck: Check<ServiceShape> = {
  id: 'SWM-011',
  subject: 'service',
  title: 'The service asks for no mounts or privileges that open the host',
  why: 'Its tasks get them on every node; whoever takes over one task has its host.',
  remedy: {
    docker: 'Run docker service update with --mount-rm, --cap-add-rm or --sysctl-rm',
    compose: 'Remove the bind mount, cap_add, security_opt or sysctls of the service',
  },
  severity: 'high',
  nist: ['4.4.3'],
  cis: ['5.4', '5.6'],
  version: 2,
  needs,
  lists: [...new Set(asked.flatMap(({ lists }) => lists))],
  assess: (facts, context) => together(evaluate(asked, facts, context), evidenceFor(needs, facts)),
};

/** What fails decides; without it, what is unknown does. */
function together(results: readonly CheckResult[], evidence: readonly Evidence[]): Assessment {
  for (const state of ['fail', 'error', 'not-assessed', 'warn'] as const) {
    const [first, ...more] = results.filter((result) => result.state === state);
    if (first === undefined) continue;
    if (first.state === 'error' || first.state === 'not-assessed')
      return { state: first.state, reason: `${first.id}: ${first.reason}`, evidence };
    if (first.state === 'fail' || first.state === 'warn')
      return { state: first.state, seen: [first, ...more].flatMap(wordsOf), evidence };
  }
  return { state: 'pass', evidence };
}

function wordsOf(result: CheckResult): readonly string[] {
  return 'seen' in result ? result.seen.map((words) => `${result.id}: ${words}`) : [];
}
