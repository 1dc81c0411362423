import { expect, test } from 'vitest';
import { commandOf, nameOf } from './command-words.ts';

test('a command line shows the program that ran, whatever its argv calls it, and quotes what a shell would take apart', () => {
  expect(commandOf({ path: '/usr/bin/dash', argv: ['sh', '-c', 'curl x|sh'] })).toBe('/usr/bin/dash -c "curl x|sh"');
  expect(commandOf({ path: '/usr/bin/id' })).toBe('/usr/bin/id');
});

test('a program is called by the end of its path', () => {
  expect(nameOf('/usr/lib/jvm/bin/java')).toBe('java');
  expect(nameOf('memfd:x')).toBe('memfd:x');
});
