import { type FieldsOf, known, missing } from '#base/index.ts';
import { parseImageName, type Platform, repositoryOf } from '#image/index.ts';
import type { ReferenceShape } from '../image-shape.ts';

/** What is known of a reference besides its text. */
export interface ReferenceContext {
  /** Digest to which the gate resolved it and by which it starts. */
  readonly resolved?: string;
  readonly platform?: Platform;
  readonly hostPlatform?: Platform;
}

/** Reads how an image is named where it is deployed, as engines read it. */
export function referenceFacts(text: string, context: ReferenceContext = {}): FieldsOf<ReferenceShape> {
  const { platform, hostPlatform } = context;
  return {
    text: known(text, 'Image'),
    ...nameFields(text, context.resolved),
    platform: platform === undefined ? missing('the image is not known here') : known(platform, 'image platform'),
    hostPlatform:
      hostPlatform === undefined
        ? missing('the platform of the host is not known')
        : known(hostPlatform, 'host platform'),
  };
}

function nameFields(
  text: string,
  resolved: string | undefined,
): Pick<FieldsOf<ReferenceShape>, 'repository' | 'tag' | 'digest'> {
  const id = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1];
  const name = id === undefined ? parseImageName(text) : undefined;
  if (id === undefined && name === undefined) {
    const unread = missing(`${JSON.stringify(text)} is no name of an image`);
    return { repository: unread, tag: unread, digest: unread };
  }
  if (name === undefined) {
    const unnamed = missing('the image is named by its id alone');
    return { repository: unnamed, tag: known('', 'Image'), digest: known(`sha256:${id}`, 'Image') };
  }
  const digest = name.digest ?? resolved ?? '';
  const tag = name.tag ?? (name.digest === undefined ? 'latest' : '');
  return {
    repository: known(repositoryOf(name), 'Image'),
    tag: known(tag, 'Image'),
    digest: known(
      digest,
      name.digest === undefined && resolved !== undefined ? 'digest that the gate recorded' : 'Image',
    ),
  };
}
