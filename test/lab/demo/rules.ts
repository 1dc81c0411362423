import type { AdmissionRuleText } from '#admission/contract.ts';
import type { ComplianceRuleText } from '#compliance/contract.ts';
import type { PolicyText } from '#policy/contract.ts';
import type { RuntimeRuleText } from '#runtime/contract.ts';

const fresh =
  'The feeds of the demo are as old as its recording, so their age is not judged: the rule stale-feed is off.';

const doubt: PolicyText['rules'] = [
  { kind: 'incomplete-scan', effect: 'cannot-judge' },
  { kind: 'not-judged', effect: 'alert' },
  { kind: 'unscanned', effect: 'cannot-judge' },
];

/** Holds for builds, dev and test. */
export const everywhere: PolicyText = {
  name: 'Builds, dev and test',
  description: `Nothing High or higher that has a fix, nothing that is known to be exploited. ${fresh}`,
  rules: [
    {
      kind: 'severity',
      threshold: { by: 'severity', severity: 'high' },
      onlyFixed: true,
      unrated: 'alert',
      effect: 'block',
    },
    { kind: 'kev', only: 'listed', effect: 'block' },
    ...doubt,
  ],
};

export const production: PolicyText = {
  name: 'Production',
  description: `Nothing Medium or higher that has a fix, nothing that is known to be exploited. ${fresh}`,
  collections: ['production'],
  rules: [
    {
      kind: 'severity',
      threshold: { by: 'severity', severity: 'medium' },
      onlyFixed: true,
      unrated: 'alert',
      effect: 'block',
    },
    { kind: 'kev', only: 'listed', effect: 'block' },
    ...doubt,
  ],
};

/** In the first week what the models lack raises an alert; what is not the image's is prevented from the start. */
export const watch: RuntimeRuleText = {
  name: 'Protect production',
  state: 'on',
  collections: ['production'],
  drift: 'prevent',
  code: 'prevent',
  process: 'alert',
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
};

/** Afterwards that is prevented too. Sessions of people are recorded only. */
export const protect: RuntimeRuleText = { ...watch, process: 'prevent' };

/** Refuses what fails in prod and what nobody knows. */
export const admission: AdmissionRuleText = {
  name: 'Production',
  state: 'on',
  collections: ['production'],
  fail: 'block',
  cannotJudge: 'alert',
  unknown: 'block',
  holdSeconds: 30,
  builds: 'allow',
  rogue: 'alert',
};

/** Nothing privileged, no socket of an engine; what else is critical raises an alert. */
export const compliance: ComplianceRuleText = {
  name: 'Production',
  state: 'on',
  collections: ['production'],
  lines: [
    { checks: { by: 'check', id: 'CTR-001' }, effect: 'block' },
    { checks: { by: 'check', id: 'CTR-020' }, effect: 'block' },
    { checks: { by: 'severity', severity: 'critical' }, effect: 'alert' },
  ],
  settings: [{ kind: 'privileged', effect: 'block' }],
  agentAway: 'deny',
  notAssessed: 'ignore',
  running: 'alert',
};
