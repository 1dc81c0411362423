import { useQuery } from '@tanstack/react-query';
import type { SubjectId } from '#base/index.ts';
import type { ImageSubject } from '#image/contract.ts';
import { getProvenance, getTrust, type Trust } from '#provenance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';

/** The approved base that an image is proven to be built on. */
export interface ProvenBase {
  readonly id: string;
  readonly name: string;
  /** Its layers: the lowest of the image. */
  readonly layers: number;
  /** What proves it, in a sentence. */
  readonly why: string;
}

type Proof = Pick<ReplyOf<typeof getProvenance>, 'provenance'>;

/** The largest proven base whose layers the image begins with. */
export function baseOf(
  image: Pick<ImageSubject, 'layers'>,
  { provenance }: Proof,
  { bases }: Pick<Trust, 'bases'>,
): ProvenBase | undefined {
  const proven = new Map(provenance.bases.flatMap(({ base, state, why }) => (state === 'proven' ? [[base, why]] : [])));
  return bases
    .filter(({ id, diffIds }) => proven.has(id) && diffIds.every((diffId, at) => image.layers[at]?.diffId === diffId))
    .map(({ id, name, diffIds }) => ({ id, name, layers: diffIds.length, why: proven.get(id) ?? '' }))
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
