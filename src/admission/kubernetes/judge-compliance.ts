import type { Selectable } from '#access/index.ts';
import { heldThere, judgeStart, type RuleFinding, type StartRuling } from '#compliance/index.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import { ruleFor } from '#rules/index.ts';
import type { PodImage } from './images-of.ts';
import type { KnownImage, Knowledge } from './knowledge.ts';
import { podContainer } from './pod-container.ts';
import type { PodSpec } from './schema.ts';

/** An image of a pod, and the containers that use it. */
export interface ComplianceAsk {
  readonly place: Selectable;
  readonly spec: PodSpec;
  readonly images: readonly PodImage[];
  /** `undefined`: its content is not known. */
  readonly image: KnownImage | undefined;
}

/** What a compliance rule objects to, and in what. */
export interface PodObjection extends Pick<RuleFinding, 'effect' | 'message' | 'remedy'> {
  readonly rule: ComplianceRule;
  /** Missing: in the image. */
  readonly use?: PodImage;
}

/** What the compliance rule that applies there objects to in an image and in the containers that use it. Pure. */
export function judgeCompliance(
  { place, spec, images, image }: ComplianceAsk,
  { compliance, collections }: Pick<Knowledge, 'compliance' | 'collections'>,
): readonly PodObjection[] {
  const rule = ruleFor(compliance.rules, collections, place);
  if (rule === undefined) return [];
  const { lists, now, custom = [], exceptions = [] } = compliance;
  // Which name a container of a pod gets, its node says.
  const held = heldThere(exceptions, { names: [], places: [place] }, { now, collections });
  const ruling: StartRuling = { rule, lists, now, custom, held, asker: 'kubernetes' };
  const found = image?.verdict.compliance;
  const ofImage = found === undefined ? [] : [{ ...found, rule }];
  const ofContainers = images.flatMap((use) => {
    const { container } = use;
    if (container === undefined) return [];
    const fields = podContainer(spec, container);
    return judgeStart({ document: 'pod', fields }, ruling).map((one) => ({ ...one, rule, use }));
  });
  return [...ofImage, ...ofContainers];
}
