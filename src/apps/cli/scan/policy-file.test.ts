import { expect, test } from 'vitest';
import { readPolicyFile } from './policy-file.ts';

test('a policy that has no end is refused by what was read of it', async () => {
  await expect(readPolicyFile('/dev/zero')).rejects.toThrow('/dev/zero is longer than any policy.');
});

test.each([
  ['that is not there', '/none.yaml', 'was not found'],
  ['that is a folder', '/', 'is a folder'],
])('a policy %s', async (_, file, why) => {
  await expect(readPolicyFile(file)).rejects.toThrow(why);
});
