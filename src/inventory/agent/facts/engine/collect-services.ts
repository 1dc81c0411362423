import { type FieldsOf, type MissingField, known, missing } from '#base/index.ts';
import type { ServiceShape } from '../../../facts/index.ts';
import { type Around, containerOfCreate, withFacts } from '../../../settings/index.ts';
import { answer } from './answers.ts';
import { requestOfTask } from './of-service.ts';
import { Services } from './schema.ts';

/**
 * Services of the swarm that the engine behind a socket manages, with the containers that it makes of them. `undefined`
 * where it is no manager, or does not answer.
 */
export async function collectServices(
  socket: string,
  around: Around,
): Promise<readonly FieldsOf<ServiceShape>[] | undefined> {
  const services = await answer(socket, '/services', Services);
  if (services === undefined) return undefined;
  const found: FieldsOf<ServiceShape>[] = [];
  for (const service of services) {
    const specification = service.Spec.TaskTemplate.ContainerSpec;
    if (specification !== undefined && specification !== null) found.push(await fieldsOfService(service, around));
  }
  return found;
}

/** What `GET /services` says of one. Values of variables are looked through for secrets, and go no further. */
async function fieldsOfService(
  { Spec: { Name, TaskTemplate } }: Services[number],
  around: Around,
): Promise<FieldsOf<ServiceShape>> {
  const specification = TaskTemplate.ContainerSpec ?? { Image: '' };
  const at = `/services ${Name}`;
  // What stands in the service is its own; what its image adds is the image's.
  const own = { ...around, facts: withFacts(around.facts, { imageEnvironment: [] }, `${at} Env`) };
  return {
    ...(await containerOfCreate(requestOfTask(TaskTemplate, specification), own)),
    ...elsewhere,
    name: known(Name, at),
    image: known(specification.Image, `${at} Image`),
  };
}

const untold: MissingField = missing('a service has this for all of its tasks together, or not at all');

/** Of a container alone. */
const elsewhere = {
  networks: untold,
  ports: untold,
  publishAll: untold,
  links: untold,
  restart: untold,
  health: untold,
  swarmTask: untold,
  joinedNetwork: untold,
  joinedProcesses: untold,
  userRemap: untold,
  runtime: untold,
  tag: untold,
  imagePresent: untold,
  loosePaths: untold,
} as const satisfies Partial<Record<keyof ServiceShape, MissingField>>;
