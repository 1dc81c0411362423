import type { EngineStore } from '../../make/docker.ts';
import type { Lab } from '../lab.ts';
import { type Dock, inShortOn, setUpDock } from './dock.ts';
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

/** By turns, so that each thing that a gate does meets each store: cases that are not named here know one host alone. */
const stores: Readonly<Record<string, EngineStore>> = {
  G1: 'docker',
  G10: 'docker',
  G11: 'containerd',
  G14: 'docker',
  G16: 'containerd',
  G20: 'docker',
  G22: 'containerd',
  G50: 'docker',
  G51: 'containerd',
  G52: 'docker',
  G53: 'containerd',
  G54: 'docker',
  G30: 'containerd',
  G31: 'docker',
  G32: 'containerd',
};

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
  ].map((one) => inShortOn(stores[one.id], one)),
  setUp: (options) => setUpDock(options),
};
