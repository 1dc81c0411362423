import type { FrameForm } from './frame-form.ts';
import type { ValueOf } from './layout.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { policy, policyDigest, policyEdge, policyTool } from './structs.ts';
import { frameType } from './words.ts';

type PolicyHead = Omit<ValueOf<typeof policy>, 'images' | 'tools' | 'edges' | 'digests'>;

/** What may run in containers of some images. */
export interface PolicyFrame extends PolicyHead {
  readonly kind: 'policy';
  readonly images: readonly string[];
  readonly tools: readonly ValueOf<typeof policyTool>[];
  readonly edges: readonly ValueOf<typeof policyEdge>[];
  readonly digests: readonly ValueOf<typeof policyDigest>[];
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
    };
    reader.end();
    return frame;
  },
  encode(frame) {
    const { images, tools, edges, digests } = frame;
    const counts = { images: images.length, tools: tools.length, edges: edges.length, digests: digests.length };
    const writer = new PayloadWriter();
    writer.put(policy, { ...frame, ...counts });
    for (const image of images) writer.putText(image);
    writer.putMany(policyTool, tools);
    writer.putMany(policyEdge, edges);
    writer.putMany(policyDigest, digests);
    return writer.bytes();
  },
};
