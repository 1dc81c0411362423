import type { Lab } from '../lab.ts';
import { besideCases } from './beside.ts';
import { checkCases } from './checking.ts';
import { defectCases } from './defects.ts';
import { documentCases } from './four-documents.ts';
import { hidingCases } from './hiding.ts';
import { setUpWorld, type World } from './world.ts';

/** What checks say of real images, containers, hosts and engines, and that it is right. */
export const lab: Lab<World> = {
  name: 'compliance',
  cases: [
    ...checkCases,
    ...documentCases,
    ...defectCases,
    ...besideCases,
    ...hidingCases,
    // Here follow what rules refuse: a build in the Jenkins step, a deploy by digest, `--privileged` in both rings, alert to
    // block with its preview, stop at run time and the brake.
  ],
  setUp: setUpWorld,
};
