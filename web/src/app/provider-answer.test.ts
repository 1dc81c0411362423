import { describe, expect, test } from 'vitest';
import { answerPath, isOutside, keepAnswer, takeAnswer } from './provider-answer.ts';

function browserAt(pathname: string, search: string) {
  const replaced: string[] = [];
  const browser = {
    location: { pathname, search },
    history: { replaceState: (_state: unknown, _unused: string, url: string) => void replaced.push(url) },
  };
  keepAnswer(browser as never);
  return replaced;
}

describe('the answer of a provider', () => {
  test('is taken out of the address as it came, and given once', () => {
    expect(browserAt(answerPath, '?code=012345678901234567890&state=1e5')).toEqual([answerPath]);
    expect(takeAnswer()).toBe('code=012345678901234567890&state=1e5');
    expect(takeAnswer()).toBeUndefined();
  });

  test.each([
    ['/images', '?code=1'],
    ['/sign-in', '?next=/images'],
    [answerPath, ''],
  ])('is not at %s%s', (path, search) => {
    expect(browserAt(path, search)).toEqual([]);
    expect(takeAnswer()).toBeUndefined();
  });

  test('needs no session', () => {
    expect(['/sign-in', answerPath, '/', '/sign-in/other'].map(isOutside)).toEqual([true, true, false, false]);
  });
});
