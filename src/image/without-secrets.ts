import { labelsWithoutSecrets, textsWithoutSecrets, wordsWithoutSecrets } from '#secrets/index.ts';
import type { ImageSubject, Layer, Subject } from './contract.ts';

/** Longest text of a build step, a word of a command, a label. */
const longest = 65_536;

/** A subject without the secrets in its build steps, its command and its labels. Doing it again changes nothing. */
export function withoutSecrets<Kind extends Subject>(subject: Kind): Kind {
  return subject.kind === 'image' ? { ...subject, ...shownOf(subject) } : subject;
}

function shownOf({ layers, history, settings }: ImageSubject): Pick<ImageSubject, 'layers' | 'history' | 'settings'> {
  const steps = stepsOf(history.map(({ createdBy }) => createdBy));
  const own = stepsOf(layers.map(({ createdBy = '' }) => createdBy));
  const labels = Object.entries(labelsWithoutSecrets(settings.labels)).map(([name, text]) => [name, cut(text)]);
  return {
    layers: layers.map((layer, at) => (layer.createdBy === undefined ? layer : madeBy(layer, own[at]))),
    history: history.map((step, at) => ({ ...step, createdBy: steps[at] ?? '' })),
    settings: { ...settings, ...commandOf(settings), labels: Object.fromEntries(labels) },
  };
}

/** One line: what is an entrypoint's last option may ask for the first word of the command. */
function commandOf({
  entrypoint,
  command,
}: ImageSubject['settings']): Pick<ImageSubject['settings'], 'entrypoint' | 'command'> {
  const words = wordsWithoutSecrets([...entrypoint, ...command]).map(cut);
  return { entrypoint: words.slice(0, entrypoint.length), command: words.slice(entrypoint.length) };
}

function stepsOf(texts: readonly string[]): readonly string[] {
  return textsWithoutSecrets(texts, { kind: 'history' }).map(cut);
}

function madeBy(layer: Layer, createdBy = ''): Layer {
  return { ...layer, createdBy };
}

function cut(text: string): string {
  return text.slice(0, longest);
}
