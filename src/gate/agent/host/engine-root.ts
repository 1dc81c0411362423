import { statSync } from 'node:fs';

/** What is wrong with the folder of an engine's data: what containers are of is read there. `undefined`: it is not known yet. */
export function rootProblems(root: string | undefined): readonly string[] {
  if (root === undefined || statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return [];
  return [
    `The engine keeps its data at ${root}, which is no folder here, so no gate can tell which image a container is of: run the agent where the engine runs, or mount that folder at the same path.`,
  ];
}
