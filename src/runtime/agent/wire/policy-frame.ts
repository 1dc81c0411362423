import type { FrameForm } from './frame-form.ts';
import type { ValueOf } from './layout.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { policy, policyDigest, policyEdge, policyFolder, policyTool } from './structs.ts';
import { frameType } from './words.ts';

type PolicyHead = Omit<ValueOf<typeof policy>, 'images' | 'tools' | 'edges' | 'digests' | 'folders'>;

/** What may run in containers of some images. */
export interface PolicyFrame extends PolicyHead {
  readonly kind: 'policy';
  readonly images: readonly string[];
  readonly tools: readonly ValueOf<typeof policyTool>[];
  readonly edges: readonly ValueOf<typeof policyEdge>[];
  readonly digests: readonly ValueOf<typeof policyDigest>[];
  /** Code in a folder, as models name it, that a program of the image may run. */
  readonly folders: readonly (ValueOf<typeof policyFolder> & { readonly folder: string })[];
}

export const policyFrame: FrameForm<PolicyFrame> = {
  type: frameType.policy,
  decode(payload) {
    const reader = new PayloadReader(payload);
    const head = reader.take(policy);
    const frame = {
      ...head,
      kind: 'policy' as const,
      images: reader.takeTexts(head.images),
      tools: reader.takeMany(policyTool, head.tools),
      edges: reader.takeMany(policyEdge, head.edges),
      digests: reader.takeMany(policyDigest, head.digests),
      folders: reader.takeNamed(policyFolder, head.folders).map(([one, folder]) => ({ ...one, folder })),
    };
    reader.end();
    return frame;
  },
  encode(frame) {
    const { images, tools, edges, digests, folders } = frame;
    const counts = {
      images: images.length,
      tools: tools.length,
      edges: edges.length,
      digests: digests.length,
      folders: folders.length,
    };
    const writer = new PayloadWriter();
    writer.put(policy, { ...frame, ...counts });
    for (const image of images) writer.putText(image);
    writer.putMany(policyTool, tools);
    writer.putMany(policyEdge, edges);
    writer.putMany(policyDigest, digests);
    for (const one of folders) {
      writer.put(policyFolder, one);
      writer.putText(one.folder);
    }
    return writer.bytes();
  },
};
