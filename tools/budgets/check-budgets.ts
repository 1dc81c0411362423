import { join } from 'node:path';
import { circlesOf, importsOfTypeScript, includesOfC } from './imports.ts';
import { deepFolders, longFiles, longFunctions } from './sizes.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';
import { longTestFunctions } from './test-functions.ts';

/** A part of `npm run check`: sizes, depth and circles, one line for each that is beyond its budget. */

const root = join(import.meta.dirname, '../..');
const files = sourceFiles(root);
const of = (pattern: RegExp): readonly SourceFile[] => files.filter(({ path }) => pattern.test(path));

const circles = [
  ...circlesOf(importsOfTypeScript(of(/^(?:src|web|test|tools|bench)\/.*\.tsx?$/))),
  ...circlesOf(includesOfC(of(/^native\/.*\.[ch]$/))),
];
const failures = [
  ...longFiles(files),
  ...longFunctions(files),
  ...longTestFunctions(root),
  ...deepFolders(files),
  ...circles.map((circle) => `${circle[0]}: imports itself by ${circle.length - 1} steps: ${circle.join(' → ')}`),
];
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
