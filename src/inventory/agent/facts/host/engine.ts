import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { ContainerSensitivity, HostShape, StoppedContainer, UnusedImage } from '../../../facts/host.ts';
import { attemptLater, type HostAccess, whenKnown } from './fields.ts';
import { EngineInfo, InspectedContainer, ListedImage } from './schema.ts';
import type { ProgramResult } from './run-program.ts';

/** Documents of the engine, as its API gives them. */
export interface EngineContents {
  /** Of every container, running or not: `/containers/{id}/json`. */
  readonly containers: Field<readonly unknown[]>;
  /** `/images/json`. */
  readonly images: Field<readonly unknown[]>;
  /** When an image was last used or came to the host, by its id: the engine does not keep it. */
  readonly lastUses: Field<ReadonlyMap<string, string>>;
}

type Names =
  | 'mandatoryAccess'
  | 'engineUser'
  | 'socketsWithAccessLists'
  | 'unusedImages'
  | 'stoppedContainers'
  | 'sensitivities';

/** What the engine says of the host. */
export async function collectEngine(
  { engine, run, host }: HostAccess,
  contents: EngineContents,
): Promise<FieldsOf<Pick<HostShape, Names>>> {
  return {
    mandatoryAccess: whenKnown(engine.info, (info) => known(securityModulesOf(info), '/info SecurityOptions')),
    engineUser: engine.user,
    socketsWithAccessLists: await attemptLater(async () => {
      if (engine.sockets.kind === 'missing') return engine.sockets;
      const paths = engine.sockets.value.filter((path) => host.file(path) !== undefined);
      if (paths.length === 0) return known([], 'ls -ldn');
      return accessLists(await run('ls', ['-ldnL', '--', ...paths]));
    }),
    unusedImages: unusedImages(contents),
    stoppedContainers: whenKnown(contents.containers, (list) => known(stoppedOf(list), 'containers of the engine')),
    sensitivities: whenKnown(contents.containers, (list) => known(sensitivitiesOf(list), 'containers of the engine')),
  };
}

/** `name=apparmor`, `name=seccomp,profile=builtin`. */
export function securityModulesOf(info: unknown): readonly string[] {
  const options = EngineInfo.parse(info).SecurityOptions ?? [];
  return options.flatMap((option) => /^name=([a-z]+)/.exec(option)?.[1] ?? []);
}

function accessLists(result: ProgramResult): Field<readonly string[]> {
  if (result.kind !== 'done') return missing('access lists cannot be read here: ls failed');
  const lines = result.output.trim().split('\n');
  // BusyBox shows no sign for an access list, and no blank in its place.
  return known(
    lines.filter((line) => /^\S{10}\+/.test(line)).map((line) => line.slice(line.indexOf('/'))),
    'ls -ldn',
  );
}

function unusedImages({ containers, images, lastUses }: EngineContents): Field<readonly UnusedImage[]> {
  return whenKnown(containers, (list) =>
    whenKnown(images, (all) =>
      whenKnown(lastUses, (uses) => {
        const inUse = new Set(inspected(list).map(({ Image }) => Image));
        const unused = all.map((image) => ListedImage.parse(image)).filter(({ Id }) => !inUse.has(Id));
        const found = unused.flatMap(({ Id, RepoTags }) => {
          const lastUsed = uses.get(Id);
          return lastUsed === undefined ? [] : { name: RepoTags?.[0] ?? Id, lastUsed };
        });
        return found.length < unused.length
          ? missing(`the last use of ${unused.length - found.length} images is unknown`)
          : known(found, 'images of the engine');
      }),
    ),
  );
}

/** A container that was only created has never stopped. */
export function stoppedOf(containers: readonly unknown[]): readonly StoppedContainer[] {
  return inspected(containers).flatMap(({ Name, State: { Status, FinishedAt } }) =>
    (Status === 'exited' || Status === 'dead') && FinishedAt !== undefined
      ? { name: Name.replace(/^\//, ''), stopped: FinishedAt }
      : [],
  );
}

export function sensitivitiesOf(containers: readonly unknown[]): readonly ContainerSensitivity[] {
  return inspected(containers).flatMap(({ Name, State, Config }) => {
    const level = Config.Labels?.['seawall.sensitivity']?.trim();
    const running = State.Status === 'running' || State.Status === 'paused';
    return running ? { container: Name.replace(/^\//, ''), ...(level && { level }) } : [];
  });
}

function inspected(containers: readonly unknown[]): readonly InspectedContainer[] {
  return containers.map((each) => InspectedContainer.parse(each));
}
