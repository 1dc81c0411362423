import {
  containerProtections,
  readContainerModels,
  readOpenIncidents,
  readSensorStates,
} from '#runtime/console/index.ts';
import type { ContainerModel, OpenIncident } from '#runtime/console/index.ts';
import { protectionKey, whereRuns } from '#inventory/console/index.ts';
import type { Protection } from '#inventory/contract.ts';
import type { SensorFact } from '#runtime/contract.ts';
import { type AnsweredSubject, fail, notAssessed, pass, type ProductAnswer, warn } from '../../../evidence/answer.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, silentWords } from '../context.ts';

/** Detectors that object to programs which are not the image’s, or are changed. */
const aboutPrograms: ReadonlySet<string> = new Set([
  'drift',
  'code-drift',
  'modified-binary',
  'fileless',
  'miner',
  'loader',
]);

const noSensor = 'No sensor of its host has reported. Installing the sensor beside the agent would assess this.';

/** What models, sensors and incidents show of running containers. */
export const runtimeAnswers: HostSource = async ({ queries, hosts, containers }) => {
  const names = hosts.map(({ name }) => name);
  const sensors = await readSensorStates(queries, names);
  const models = new Map(
    (await readContainerModels(queries, names)).map((one) => [keyOf(one.host, one.container), one]),
  );
  const incidents = Map.groupBy(await readOpenIncidents(queries, names), (one) => keyOf(one.host, one.container));
  const protections = await containerProtections.of(
    queries,
    containers.map((one) => ({ host: whereRuns(one).host, id: one.id })),
  );
  const silent = new Map(hosts.flatMap(({ name, silentSince }) => (silentSince ? [[name, silentSince] as const] : [])));
  const ofHosts = hosts.map(({ name }): AnsweredSubject => {
    const since = silent.get(name);
    const answer = since === undefined ? noLostEvents(sensors.get(name)) : notAssessed(silentWords(since));
    return { host: name, kind: 'host', id: ownId, answers: { 'no-lost-events': answer } };
  });
  const ofContainers = containers.map((one): AnsweredSubject => {
    const { id } = one;
    const { host } = whereRuns(one);
    const open = incidents.get(keyOf(host, id)) ?? [];
    const about = open.filter(({ detectors }) => detectors.some((one) => aboutPrograms.has(one)));
    const seen = { since: silent.get(host), sensor: sensors.get(host) };
    return {
      host,
      kind: 'container',
      id,
      answers: {
        'model-active': whileSeen(seen, modelActive(models.get(keyOf(host, id)))),
        'container-armed': whileSeen(seen, armed(protections.get(protectionKey({ host, id })))),
        'no-drift': about.length > 0 ? failing(about) : whileSeen(seen, pass()),
        'incidents-handled': open.length > 0 ? failing(open) : whileSeen(seen, pass()),
      },
    };
  });
  return [...ofHosts, ...ofContainers];
};

function keyOf(host: string, container: string): string {
  return `${host} ${container}`;
}

/** Without a sensor that works nobody sees anything, and nothing seen is no answer. */
function whileSeen(
  { since, sensor }: { readonly since: Date | undefined; readonly sensor: SensorFact | undefined },
  answer: ProductAnswer,
): ProductAnswer {
  if (since !== undefined) return notAssessed(silentWords(since));
  if (sensor === undefined) return notAssessed(noSensor);
  if (sensor.state !== 'working') return notAssessed(sensor.reason ?? noSensor);
  return answer;
}

function noLostEvents(sensor: SensorFact | undefined): ProductAnswer {
  if (sensor === undefined) return notAssessed(noSensor);
  if (sensor.state !== 'working') return notAssessed(sensor.reason ?? noSensor);
  const { lost, throttled } = sensor;
  return lost + throttled === 0 ? pass() : fail(`${lost} events lost, ${throttled} throttled`);
}

function modelActive(model: ContainerModel | undefined): ProductAnswer {
  if (model === undefined)
    return notAssessed(
      'It has no model yet. One is made once its image is scanned and its sensor reports what it does.',
    );
  if (model.partial)
    return notAssessed(
      'Its model is partial: events were lost, or no start was seen. Starting the container again would assess this.',
    );
  switch (model.state) {
    case 'active':
    case 'manual':
      return pass(`version ${model.version}, ${model.state}`);
    case 'learning':
    case 'relearning':
      return notAssessed('Its model is still learning. It becomes active by itself, or when a person activates it.');
    case 'archived':
      return fail('Its model is archived.');
  }
}

function armed(protection: Protection | undefined): ProductAnswer {
  if (protection === undefined) return notAssessed('Its host has not reported what is in force for it.');
  switch (protection.state) {
    case 'protected':
      return pass(protection.reason);
    case 'watched':
      return warn(protection.reason);
    case 'partly':
    case 'unprotected':
      return fail(protection.reason);
    case 'unknown':
      return notAssessed(protection.reason);
  }
}

function failing(incidents: readonly OpenIncident[]): ProductAnswer {
  return fail(...incidents.map(({ id, title }) => `Incident ${id}: ${title}`));
}
