import type { ImageDigest } from '#base/index.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import type { Selectable } from '#access/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { AdmissionEffect, AdmissionRule, Decision } from '../contract.ts';
import { entryOf } from '../entry-of.ts';
import { judgeSettings } from '#compliance/index.ts';
import type { KnownImage, Knowledge } from './knowledge.ts';
import { judgeCompliance, type PodObjection } from './judge-compliance.ts';
import { fullName, type ImageReference, keyOf, parseReference } from './image-reference.ts';
import type { PodImage } from './images-of.ts';
import { imagesToJudge } from './images-to-judge.ts';
import type { AskedPod } from './pod-of.ts';
import { podSettings } from './pod-settings.ts';

/** What is said of one image of a pod, whatever number of its containers use it. */
export interface ImageDecision {
  readonly reference: string;
  /** `container app`, `volume data`. */
  readonly uses: readonly string[];
  /** As it is named. */
  readonly named?: string;
  readonly digest?: ImageDigest;
  readonly effect: AdmissionEffect;
  readonly cause: Decision['cause'];
  readonly rule?: Pick<AdmissionRule, 'id' | 'version' | 'name'>;
  readonly evidence: readonly string[];
  readonly reason: string;
  /** Whether it is named by a digest that nobody has scanned. */
  readonly unscanned: boolean;
}

const order: readonly AdmissionEffect[] = ['ignore', 'alert', 'block'];

/** Each image that a pod or template brings and that was not there before. The strictest of what speaks holds. */
export function judgeImages(
  asked: AskedPod & { readonly kind: 'pod' | 'template' },
  known: Knowledge,
): ImageDecision[] {
  const byReference = Map.groupBy(imagesToJudge(asked), ({ reference }) => reference);
  return [...byReference].map(([reference, images]) => {
    const parsed = parseReference(reference);
    const name = parsed === undefined ? reference : fullName(withoutDigest(parsed));
    const place = placeOf(name, known);
    const rule = ruleFor(known.rules, known.collections, place);
    const content = judgeContent({ reference, parsed, rule }, known);
    const settings = judgeSettingsOf(asked, {
      images,
      rule: ruleFor(known.compliance.rules, known.collections, place),
    });
    const image =
      parsed?.digest === undefined ? undefined : known.images.get(keyOf({ ...parsed, digest: parsed.digest }));
    const compliance = spokenBy(judgeCompliance({ place, spec: asked.pod.spec, images, image }, known));
    const strictest = [content, ...settings, ...compliance].reduce((first, next) =>
      isStricter(next, first) ? next : first,
    );
    return {
      reference,
      uses: images.map(useOf),
      effect: strictest.effect,
      cause: strictest.cause,
      reason: strictest.reason,
      evidence: [
        ...new Set([...content.evidence, ...[...settings, ...compliance].flatMap(({ evidence }) => evidence)]),
      ].slice(0, 20),
      ...ruleIn(strictest, rule),
      ...(parsed?.digest === undefined ? {} : { named: parsed.digest }),
      ...(content.digest === undefined ? {} : { digest: content.digest }),
      unscanned: parsed?.digest !== undefined && content.digest === undefined,
    };
  });
}

/** Of several images that one digest names, one for each platform: the one that is refused first. */
export function worstOf(images: readonly KnownImage[]): KnownImage | undefined {
  const kinds = ['fail', 'cannot-judge', 'pass'] as const;
  return images.toSorted((left, right) => kinds.indexOf(left.verdict.kind) - kinds.indexOf(right.verdict.kind))[0];
}

/** The stricter of several. */
export function strictestOf(effects: readonly AdmissionEffect[]): AdmissionEffect {
  return order[Math.max(0, ...effects.map((effect) => order.indexOf(effect)))] ?? 'block';
}

interface Spoken {
  readonly effect: AdmissionEffect;
  readonly cause: Decision['cause'];
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly digest?: ImageDigest;
  /** Missing: the admission rule that applies. */
  readonly rule?: ComplianceRule;
}

function ruleIn({ rule }: Spoken, admission: AdmissionRule | undefined): Pick<ImageDecision, 'rule'> {
  const spoken = rule ?? admission;
  return spoken === undefined ? {} : { rule: spoken };
}

function spokenBy(objections: readonly PodObjection[]): readonly Spoken[] {
  return objections.map(({ effect, message, remedy, rule, use }) => {
    const about = use === undefined ? 'The image' : `The ${useOf(use)}`;
    const said = `${about}: ${message}`;
    // What is said of the image stands in its verdict's evidence.
    return {
      effect,
      cause: 'compliance',
      rule,
      reason: `${said} ${remedy}`,
      evidence: use === undefined ? [] : [said],
    };
  });
}

interface Named {
  readonly reference: string;
  readonly parsed: ImageReference | undefined;
  readonly rule: AdmissionRule | undefined;
}

function judgeContent({ reference, parsed, rule }: Named, known: Knowledge): Spoken {
  if (parsed?.digest === undefined) {
    // A tag is never passed over in silence: what a node pulls by it is not known here.
    const effect = rule === undefined ? 'ignore' : strictestOf(['alert', rule.unknown]);
    return { effect, cause: 'unknown-image', reason: unpinned(reference, parsed, known), evidence: [] };
  }
  const spoken = spokenOf(reference);
  const image = known.images.get(keyOf(parsed));
  const where = known.environment === undefined ? '' : ` in ${known.environment}`;
  if (image === undefined) {
    const reason = `${spoken} has no verdict${where}: it has yet to be scanned and judged. Scan it, for example with \`seawall scan\` in the build that made it, and try again.`;
    return { effect: rule?.unknown ?? 'ignore', cause: 'unknown-image', reason, evidence: [] };
  }
  if (rule === undefined) {
    const reason = `${spoken} is not judged by any admission rule.`;
    return { effect: 'ignore', cause: 'verdict', digest: image.digest, reason, evidence: image.verdict.evidence };
  }
  const { environment } = known;
  const judged = { ...image, aliases: [], ...(environment === undefined ? {} : { environment }) };
  const { effect, reason, evidence } = entryOf(judged, rule);
  return { effect, cause: 'verdict', digest: image.digest, reason: `${spoken}: ${reason}`, evidence };
}

function unpinned(reference: string, parsed: ImageReference | undefined, { pins }: Knowledge): string {
  if (reference === '') return 'A container names no image.';
  if (parsed === undefined) return `${reference} is no name of an image that an engine reads.`;
  const name = fullName(parsed.tag === undefined ? { ...parsed, tag: 'latest' } : parsed);
  const found = pins.get(name) ?? [];
  const [only] = found;
  const pin =
    only === undefined
      ? `Pin the digest: ${name}@sha256:…`
      : `Pin the digest: ${name}@${only}${found.length === 1 ? ', which is known here by this name' : ` or another of the ${found.length} that are known here by this name`}`;
  return `${reference} is named without a digest, so a node may start another image than the one that was judged. ${pin}.`;
}

function judgeSettingsOf(
  asked: AskedPod & { readonly kind: 'pod' | 'template' },
  { images, rule }: { readonly images: readonly PodImage[]; readonly rule: ComplianceRule | undefined },
): readonly Spoken[] {
  const rules = rule?.settings ?? [];
  if (rule === undefined || rules.length === 0) return [];
  return images.flatMap((image) =>
    image.container === undefined
      ? []
      : judgeSettings(podSettings(asked.pod.spec, image.container), rules, 'pod').map(
          ({ effect, message, remedy }) => ({
            effect,
            cause: 'settings' as const,
            rule,
            reason: `The ${useOf(image)}: ${message} ${remedy}`,
            evidence: [`${useOf(image)}: ${message}`],
          }),
        ),
  );
}

function isStricter(next: Spoken, first: Spoken): boolean {
  return order.indexOf(next.effect) > order.indexOf(first.effect);
}

/** Labels are left out: whoever makes a pod writes them, and would choose the rule that holds for it. */
export function placeOf(image: string, { host, environment }: Pick<Knowledge, 'host' | 'environment'>): PodPlace {
  const namespace = host.slice(host.indexOf('/') + 1);
  return {
    images: [image],
    labels: {},
    host,
    ...(environment === undefined ? {} : { environment }),
    ...(namespace === '' ? {} : { application: namespace }),
  };
}

/** A namespace, with what is to run in it; applications go by their namespace. */
export type PodPlace = Selectable & { readonly host: string };

function withoutDigest({ registry, path, tag }: ImageReference): ImageReference {
  return { registry, path, ...(tag === undefined ? {} : { tag }) };
}

/** As it is said in a sentence: digests fill lines that are cut. */
function spokenOf(reference: string): string {
  return reference.replace(/@sha256:([0-9a-f]{12})[0-9a-f]{52}$/, '@sha256:$1…');
}

function useOf({ role, name }: PodImage): string {
  return `${role.replace('-', ' ')} ${name}`;
}
