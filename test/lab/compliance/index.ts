import type { Lab } from '../lab.ts';
import { checkCases } from './checking.ts';
import { setUpWorld, type World } from './world.ts';

/** What checks say of real images, containers, hosts and engines, and that it is right. */
export const lab: Lab<World> = {
  name: 'compliance',
  cases: [...checkCases],
  setUp: setUpWorld,
};
