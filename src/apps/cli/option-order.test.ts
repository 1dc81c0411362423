import { expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import { optionsAfterCommand } from './option-order.ts';

test.each([
  ['--quiet scan app:7', 'scan --quiet app:7'],
  ['--format json scan app:7 --list', 'scan --format json app:7 --list'],
  ['--format=json scan scan', 'scan --format=json scan'],
  // The word after --output is its value, though a command has the same name.
  ['--output list scan app:7', 'scan --output list app:7'],
  ['--format json db info', 'db info --format json'],
  ['db --format json info', 'db --format json info'],
  ['--consle x alerts', 'alerts --consle x'],
  ['--help scan', '--help scan'],
  ['-v', '-v'],
  ['--frob', '--frob'],
  ['-- scan', '-- scan'],
  ['scan --quiet app:7', 'scan --quiet app:7'],
])('%s → %s', (words, ordered) => expect(optionsAfterCommand(words.split(' '), commands).join(' ')).toBe(ordered));
