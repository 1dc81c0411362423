import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import { areTooLong, type PlacedText, searchTexts, type SecretSeen } from '#secrets/index.ts';
import type { EngineContext } from './engine-document.ts';
import { both, mapped, flatMapped, valueOf } from './member.ts';

type Words = string | readonly string[] | null | undefined;

/** Who made and runs a container, and by what. */
export function identityFields({ document, around }: EngineContext) {
  const { host, config } = document;
  return {
    swarmTask: valueOf(config.Labels, (labels) => Object.hasOwn(labels, 'com.docker.swarm.task.id'), false),
    logDriver: flatMapped(
      valueOf(host.LogConfig, ({ Type }) => Type ?? '', ''),
      (driver) => (driver === '' ? around.facts.logDriver : known(driver, 'HostConfig.LogConfig')),
    ),
    health: healthOf({ document, around }),
    runtime: runtimeOf({ document, around }),
    groups: valueOf(host.GroupAdd, (groups) => groups, []),
    engineGroups: around.facts.engineGroups,
    environmentSecrets: environmentSecrets({ document, around }),
    argumentSecrets: argumentSecrets({ document, around }),
    tag: around.facts.tag,
    imagePresent: around.facts.imagePresent,
  } satisfies Partial<FieldsOf<ContainerShape>>;
}

function healthOf({ document: { origin } }: EngineContext): Field<ContainerShape['health']> {
  if (origin.kind === 'create') return missing('a create request has no state');
  return flatMapped(origin.state.State, (state) => {
    const status = state?.Health?.Status ?? 'none';
    const word = (['healthy', 'unhealthy', 'starting', 'none'] as const).find((one) => one === status);
    if (state === null || state === undefined) return missing('the document has no state');
    return word === undefined ? missing('its state of health is none that is known') : known(word, 'State.Health');
  });
}

function runtimeOf({ document, around }: EngineContext): Field<ContainerShape['runtime']> {
  const asked = valueOf(document.host.Runtime, (word) => word, '');
  const name = flatMapped(asked, (word) => (word === '' ? around.facts.runtime : asked));
  return flatMapped(
    both(name, around.facts.runtimes, (word, programs) => ({ name: word, path: programs[word] })),
    ({ name: word, path }) =>
      path === undefined
        ? missing(`the engine does not say which program its runtime ${word} is`)
        : mapped(name, () => ({ name: word, path })),
  );
}

/** An image's own are its business. */
function environmentSecrets({ document, around }: EngineContext): Field<readonly SecretSeen[]> {
  const own = valueOf(document.config.Env, (entries) => entries, []);
  const image = document.origin.kind === 'create' ? known([], 'Env') : around.facts.imageEnvironment;
  const added = both(own, image, (entries, inherited) => entries.filter((entry) => !inherited.includes(entry)));
  return searched(added, (entry) => {
    const name = /^[^=]*/.exec(entry)?.[0] ?? '';
    const place = { kind: 'environment', name } as const;
    return { text: entry.slice(name.length + 1), place, where: place };
  });
}

function argumentSecrets({ document }: EngineContext): Field<readonly SecretSeen[]> {
  const words = both(document.config.Entrypoint, document.config.Cmd, (entrypoint, command) => [
    ...wordsOf(entrypoint),
    ...wordsOf(command),
  ]);
  return searched(words, (text, index) => ({
    text,
    place: { kind: 'arguments' },
    where: { kind: 'arguments', index },
  }));
}

function searched(
  field: Field<readonly string[]>,
  placed: (text: string, at: number) => PlacedText,
): Field<readonly SecretSeen[]> {
  return flatMapped(field, (texts) =>
    areTooLong(texts)
      ? missing('its texts are longer than is searched for secrets')
      : mapped(field, (words) => searchTexts(words.map(placed))),
  );
}

function wordsOf(words: Words): readonly string[] {
  if (words === null || words === undefined) return [];
  return typeof words === 'string' ? [words] : words;
}
