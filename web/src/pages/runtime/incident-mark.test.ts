import { expect, it } from 'vitest';
import { incidentMark } from './incident-mark.ts';

it('marks an incident as over once it is closed, and not before', () => {
  expect(incidentMark({ state: 'open', outcome: 'observed' })).toBe('fail');
  expect(incidentMark({ state: 'open', outcome: 'refused' })).toBe('stopped');
  expect(incidentMark({ state: 'acknowledged', outcome: 'observed' })).toBe('partly');
  expect(incidentMark({ state: 'closed', outcome: 'observed' })).toBe('pass');
});
