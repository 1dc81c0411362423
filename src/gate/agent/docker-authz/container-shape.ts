import type { FieldsOf } from '#base/index.ts';
import { type AskEngine, engineView, unparsed } from '#inventory/agent/index.ts';
import {
  type Around,
  containerOfCreate,
  containerOfInspect,
  type ContainerShape,
  type CreateRequest,
  otherContainer,
  type Surroundings,
  surroundingsOfInfo,
  withFacts,
} from '#inventory/index.ts';
import { readCreateDocument } from './body.ts';
import type { AuthorizationPorts } from './ports.ts';
import type { AuthorizationRequest } from './schema.ts';

interface Creating {
  /** Where the image wants volumes of its own. */
  readonly volumes: NonNullable<CreateRequest['Volumes']>;
  readonly ports: AuthorizationPorts;
}

/** A container as a create request asks for it, with the defaults of the engine. Rejects with the reason where it cannot be read. */
export async function shapeOfCreate(
  request: AuthorizationRequest,
  { volumes, ports }: Creating,
): Promise<FieldsOf<ContainerShape>> {
  const read = readCreateDocument(request);
  if (read.kind === 'refused') throw new Error(`${read.why}. Send it as Docker’s own command line does.`);
  const asked = { ...read.value, Volumes: { ...volumes, ...objectAt(read.value, 'Volumes') } };
  return await containerOfCreate(asked, await aroundOf(ports, { imagePresent: true }));
}

/** A container that the engine has, as it was made. */
export async function shapeOfContainer(id: string, ports: AuthorizationPorts): Promise<FieldsOf<ContainerShape>> {
  const inspected = await ports.ask(`/containers/${encodeURIComponent(id)}/json`, unparsed);
  return await containerOfInspect(inspected, await aroundOf(ports, await imageOf(inspected, ports)));
}

/** An image's own environment is its business. */
async function imageOf(inspected: unknown, { ask }: AuthorizationPorts): Promise<Partial<Surroundings>> {
  const name = objectAt({ inspected }, 'inspected')['Image'];
  const image = typeof name === 'string' ? await ask(`/images/${encodeURIComponent(name)}/json`, unparsed) : undefined;
  if (image === undefined) return { imagePresent: false };
  const environment = objectAt(image, 'Config')['Env'];
  const words = Array.isArray(environment) ? environment.filter((entry) => typeof entry === 'string') : [];
  return { imagePresent: true, imageEnvironment: words };
}

/** The engine says once what it is. */
async function aroundOf({ ask, view }: AuthorizationPorts, learned: Partial<Surroundings>): Promise<Around> {
  const [info, host] = await Promise.all([ask('/info', unparsed), view()]);
  const known: AskEngine = async (path, schema) => (path === '/info' ? schema.parse(info) : await ask(path, schema));
  return {
    view: await engineView(known, host),
    facts: withFacts(surroundingsOfInfo(info), learned, 'engine'),
    other: async (name) => {
      const found = await ask(`/containers/${encodeURIComponent(name)}/json`, unparsed);
      return found === undefined ? undefined : otherContainer(found, name);
    },
  };
}

function objectAt(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}
