import { known, messageOf, missing } from '#base/index.ts';
import { type EngineContents, unparsed } from '#inventory/agent/index.ts';
import type { Round } from './round.ts';
import { textAt } from './members.ts';
import type { ListedContainer } from './schema.ts';

/** Stopped containers of which it is asked when they stopped. */
const mostStopped = 200;

/** Containers and images of the engine, as checks of its host ask for them. */
export async function engineContents(current: () => Promise<Round>): Promise<EngineContents> {
  const lastUses = missing('an engine does not keep when an image was used last');
  try {
    const round = await current();
    return { containers: await allContainers(round), images: known(await round.images(), '/images/json'), lastUses };
  } catch (error) {
    const none = missing(messageOf(error).replace(/\.$/, ''));
    return { containers: none, images: none, lastUses };
  }
}

/** The list says all that is needed, except when a container stopped. */
async function allContainers(round: Round): Promise<EngineContents['containers']> {
  const listed = await round.containers();
  if (listed.filter(isStopped).length > mostStopped)
    return missing(`more than ${mostStopped} containers are stopped here, and are not asked about one by one`);
  const documents: object[] = [];
  for (const container of listed) {
    const { Id, Names, ImageID, State, Labels } = container;
    const FinishedAt = isStopped(container) ? await finishedAt(round, Id) : undefined;
    documents.push({
      Name: Names?.[0] ?? Id,
      Image: ImageID,
      State: { Status: State, ...(FinishedAt !== undefined && { FinishedAt }) },
      Config: { Labels: Labels ?? {} },
    });
  }
  return known(documents, '/containers/json');
}

function isStopped({ State }: ListedContainer): boolean {
  return State === 'exited' || State === 'dead';
}

async function finishedAt({ ask }: Round, id: string): Promise<string | undefined> {
  return textAt(await ask(`/containers/${encodeURIComponent(id)}/json`, unparsed), ['State', 'FinishedAt']);
}
