import { expect, test } from 'vitest';
import { AppError } from '#base/index.ts';
import { joinTrouble } from './join-trouble.ts';

const failed = (code: string, message: string): AppError => {
  const cause = new Error('fetch failed', { cause: Object.assign(new Error('deep'), { code }) });
  return new AppError('console-unreachable', message, { cause });
};

test.each([
  ['CERT_NOT_YET_VALID', 'It broke', /^It broke\. The clock of this host or of the console .* It is tried again/],
  ['CERT_HAS_EXPIRED', 'It broke.', /^It broke\. The clock of/],
  ['ECONNREFUSED', 'It broke', /^It broke\. It is tried again until it answers\.$/],
])('a console that fails with %s is told of', (code, message, says) => {
  expect(joinTrouble(failed(code, message))).toMatch(says);
});
