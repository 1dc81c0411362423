import type { ApprovedBase, BaseProof } from './contract.ts';

/** The layers of an image, and who says so: the registry's own config, or who scanned it. */
export type KnownLayers =
  | { readonly state: 'known'; readonly diffIds: readonly string[]; readonly by: string }
  | { readonly state: 'unknown'; readonly why: string };

/** Whether an image begins with the layers of a base. The config names each diffID, and the image is its config. */
export function proveBase(
  { id, name, diffIds }: Pick<ApprovedBase, 'id' | 'name' | 'diffIds'>,
  layers: KnownLayers,
): BaseProof {
  if (layers.state === 'unknown') return { base: id, state: 'unknown', why: layers.why };
  const first = diffIds.findIndex((diffId, index) => layers.diffIds[index] !== diffId);
  if (first === -1 && diffIds.length > 0) {
    const count = diffIds.length === 1 ? 'layer is that' : `${diffIds.length} layers are those`;
    return { base: id, state: 'proven', why: `Its lowest ${count} of ${name} (${layers.by}).` };
  }
  const why = `Layer ${first + 1} of ${name} is not layer ${first + 1} of the image (${layers.by}).`;
  return { base: id, state: 'disproven', why };
}
