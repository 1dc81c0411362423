import { AppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { type getModel, listModels, type ModelSummary } from '#runtime/contract.ts';
import type { RuntimeConsole } from './ask.ts';

export type ModelDetail = ReplyOf<typeof getModel>;

const atOnce = 500;

/** All models. */
export async function allModels({ ask }: RuntimeConsole): Promise<readonly ModelSummary[]> {
  const found: ModelSummary[] = [];
  for (;;) {
    const { models, total } = await ask(listModels, { query: { offset: found.length, limit: atOnce } });
    found.push(...models);
    if (found.length >= total || models.length === 0) return found;
  }
}

/** Models of an image, named by its digest, the beginning of it, or a name of its own. Throws `not-found`. */
export async function modelsOf(console: RuntimeConsole, image: string): Promise<readonly ModelSummary[]> {
  const found = (await allModels(console)).filter(({ key, names }) => isNamed(image, key.digest, names));
  const digests = new Set(found.map(({ key }) => key.digest));
  if (found.length === 0)
    throw new AppError(
      'not-found',
      `There is no model of ${image}; seawall model list shows what there are models of, with their tags.`,
    );
  if (digests.size > 1)
    throw new AppError('usage', `${image} names ${digests.size} images: ${[...digests].join(', ')}.`, {
      next: 'Name one by its digest.',
    });
  return found;
}

function isNamed(image: string, digest: string, names: readonly string[]): boolean {
  if (names.includes(image) || names.includes(`${image}:latest`)) return true;
  const hex = image.replace(/^sha256:/, '');
  return /^[0-9a-f]{12,64}$/.test(hex) && digest.startsWith(`sha256:${hex}`);
}
