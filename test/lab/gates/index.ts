import type { Lab } from '../lab.ts';
import { type Dock, setUpDock } from './dock.ts';
import { admissionCases } from './admitting.ts';
import { advisoryCases } from './advisory.ts';
import { answeringCases } from './answering.ts';
import { bypassCases } from './bypassing.ts';
import { complianceCases } from './complying.ts';
import { failureCases } from './failing.ts';
import { installCases } from './installing.ts';
import { loadCases } from './loading.ts';
import { rootCases } from './rooting.ts';
import { sensorCases } from './sensing.ts';
import { trustCases } from './trusting.ts';
import { trialCases } from './trying.ts';

/** What breaks the rules does not start, from wherever it comes, and whatever becomes of the gate's own parts. */
export const lab: Lab<Dock> = {
  name: 'gates',
  cases: [
    ...installCases,
    ...admissionCases,
    ...trustCases,
    ...advisoryCases,
    ...complianceCases,
    ...failureCases,
    ...rootCases,
    ...loadCases,
    ...answeringCases,
    ...sensorCases,
    ...bypassCases,
    ...trialCases,
  ],
  setUp: (options) => setUpDock(options),
};
