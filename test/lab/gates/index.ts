import type { Lab } from '../lab.ts';
import { type Dock, setUpDock } from './dock.ts';
import { installCases } from './installing.ts';

/** What breaks the rules does not start, from wherever it comes, and whatever becomes of the gate's own parts. */
export const lab: Lab<Dock> = {
  name: 'gates',
  cases: [...installCases],
  setUp: setUpDock,
};
