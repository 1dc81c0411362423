import { useQuery } from '@tanstack/react-query';
import type { SubjectId } from '#base/index.ts';
import type { ImageSubject } from '#image/contract.ts';
import { getProvenance, getTrust, type Trust } from '#provenance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';

/** The approved base that an image is proven to be built on. */
export interface ProvenBase {
  readonly name: string;
  /** Its layers: the lowest of the image. */
  readonly layers: number;
}

type Proof = Pick<ReplyOf<typeof getProvenance>, 'provenance'>;

/** The largest proven base whose layers the image begins with. */
export function baseOf(
  image: Pick<ImageSubject, 'layers'>,
  { provenance }: Proof,
  { bases }: Pick<Trust, 'bases'>,
): ProvenBase | undefined {
  const proven = new Set(provenance.bases.filter(({ state }) => state === 'proven').map(({ base }) => base));
  return bases
    .filter(({ id, diffIds }) => proven.has(id) && diffIds.every((diffId, at) => image.layers[at]?.diffId === diffId))
    .map(({ name, diffIds }) => ({ name, layers: diffIds.length }))
    .toSorted((one, other) => other.layers - one.layers)[0];
}

/** The same for a page; `undefined` while it is not known, and where none is proven. */
export function useBase(image: ImageSubject | undefined): ProvenBase | undefined {
  const enabled = image !== undefined;
  const proof = useQuery({
    ...reading(getProvenance, { params: { subject: image?.digest ?? noImage } }),
    enabled,
  }).data;
  const trust = useQuery({ ...reading(getTrust), enabled }).data;
  return image === undefined || proof === undefined || trust === undefined ? undefined : baseOf(image, proof, trust);
}

const noImage = '' as SubjectId;
