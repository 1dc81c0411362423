import { expect, test } from 'vitest';
import { cargo } from './index.ts';

test('cargo understands a real input', () => {
  const summaries = [...cargo.readers, cargo.scheme].map(({ summary }) => summary).join(' ');
  expect(summaries, 'write the ecosystem and a test on real input').not.toContain('One sentence');
});
