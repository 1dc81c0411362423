import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { imageFactsOfAccounts, userIdOf } from './of-accounts.ts';

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  '# a comment',
  'sync:*:4:65534:sync:/bin:/bin/sync',
  'app:x:1000:1000::/srv:',
  'open::1001:1001::/:/bin/sh',
  'toor:x:0:0::/:/bin/sh',
  'odd:x:none:1::/:/bin/sh',
  'short',
  '500:x:0:0::/:/bin/sh',
  'app:x:0:0::/:/bin/sh',
  '+nis::::::',
].join('\n');

describe('accounts', () => {
  test('are read with their shells, and an empty password wherever it is kept', () => {
    const shadow = 'root:*:1::::::\napp::1::::::\nsync::1::::::\ntoor:!:1::::::\n500:$y$x:1::::::\n';
    const facts = imageFactsOfAccounts({ passwd, group: 'root:x:0:\napp:x:1000:app,root\nbad:x:-1:\n', shadow });
    expect(facts.accounts).toMatchObject({
      value: [
        { name: 'root', uid: 0, gid: 0, shell: '/bin/bash' },
        { name: 'sync', uid: 4, gid: 65_534, shell: '/bin/sync' },
        { name: 'app', uid: 1000, gid: 1000, shell: '' },
        { name: 'open', uid: 1001 },
        { name: 'toor', uid: 0 },
        { name: '500', uid: 0 },
        { name: 'app', uid: 0 },
      ],
    });
    expect(facts.groups).toMatchObject({
      value: [
        { name: 'root', gid: 0 },
        { name: 'app', gid: 1000 },
      ],
    });
    // The star in passwd(5) counts, whatever shadow(5) says of that account.
    expect(facts.emptyPasswords).toMatchObject({ value: ['app', 'open', 'app'] });
  });

  test('of this machine are those that it has', () => {
    const facts = imageFactsOfAccounts({ passwd: readFileSync('/etc/passwd', 'utf8'), group: '', shadow: '' });
    expect(facts.accounts).toMatchObject({
      value: expect.arrayContaining([expect.objectContaining({ name: 'root', uid: 0 })]),
    });
    expect(facts.groups).toMatchObject({ value: [] });
  });

  test.each([
    ['', undefined, 0],
    [':1000', passwd, 0],
    ['0', undefined, 0],
    ['00', undefined, 0],
    ['+0', undefined, 0],
    ['-0', undefined, 0],
    ['1000:0', undefined, 1000],
    // An account that is called like a number is not asked.
    ['500', passwd, 500],
    ['app', passwd, 1000],
    ['app:staff', passwd, 1000],
    ['toor', passwd, 0],
    // Engines take a number that is none for 0.
    ['odd', passwd, 0],
    ['short', passwd, 0],
    ['app', undefined, undefined],
    ['nobody', passwd, undefined],
    ['nobody', '', undefined],
    ['4294967296', passwd, undefined],
    ['-1', passwd, undefined],
  ])('a user %j has its id', (user, text, expected) => {
    const field = userIdOf(user, text);
    expect(field.kind === 'known' ? field.value : undefined).toBe(expected);
  });
});
