import { readFileSync } from 'node:fs';
import { StoredToStart } from '../schema.ts';

/** A container that was refused because the agent was not there, and does not start now. */
export type Trouble = StoredToStart['trouble'][number];

/** File in the gate's folder with what the agent is to start. */
export const toStartFile = 'to-start.json';

/** Containers that are named at most; a page shows so many sentences. */
const mostNamed = 10;

/** What the agent keeps of containers that it is to start; nothing where there is no such file, or none that can be read. */
export function readToStart(file: string): StoredToStart {
  try {
    return StoredToStart.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { form: 1, containers: [], trouble: [] };
  }
}

/** One sentence for each container, with what to do; the rest is counted. */
export function troubleProblems(trouble: readonly Trouble[]): readonly string[] {
  const others = trouble.length - mostNamed;
  return [
    ...trouble.slice(0, mostNamed).map(sentenceOf),
    ...(others > 0 ? [`${others} more containers were refused while no agent was there, and do not start.`] : []),
  ];
}

function sentenceOf({ container, name, tries, error }: Trouble): string {
  const called = name === '' ? container.slice(0, 12) : name;
  const before = `The container ${called} was refused while no agent was there, and`;
  if (tries === 0) return `${before} waits: ${error}. Publish a scan of it, or see why the console sends no ledger.`;
  const often = tries === 1 ? 'could not be started since' : `could not be started in ${tries} tries`;
  return `${before} ${often}: ${error.replace(/\.$/, '')}. Mend that, and start it: docker start ${called}.`;
}
