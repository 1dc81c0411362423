import { expect, test } from 'vitest';
import { generic } from './index.ts';

test('generic understands a real input', () => {
  const summaries = [...generic.readers, generic.scheme].map(({ summary }) => summary).join(' ');
  expect(summaries, 'write the ecosystem and a test on real input').not.toContain('One sentence');
});
