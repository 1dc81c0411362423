import { oneLine } from '#base/index.ts';
import { createHash } from 'node:crypto';
import type { Decision } from '../contract.ts';
import { type Answer, type Reply, replyTo } from './answer.ts';
import { fullName, keyOf, parseReference } from './image-reference.ts';
import { imagesToJudge } from './images-to-judge.ts';
import { type ImageDecision, judgeImages, strictestOf } from './judge-images.ts';
import type { Knowledge } from './knowledge.ts';
import type { AskedPod } from './pod-of.ts';
import type { Review } from './review.ts';

/** When a review was answered, and after how long. */
export interface AnswerTime {
  readonly time: Date;
  readonly milliseconds: number;
}

/** A review with its answer, which is not noted yet. */
export interface AnsweredReview {
  readonly reply: Reply;
  /** One for each image; none where nothing starts. */
  readonly decisions: (at: AnswerTime) => readonly Decision[];
  /** Named by a digest that nobody has scanned. */
  readonly unscanned: readonly { readonly reference: string; readonly digest: string }[];
}

/** What is to be looked up before a review can be answered. */
export interface WantedKnowledge {
  /** Of what is named by a digest. */
  readonly images: readonly WantedImage[];
  /** Of what is not, in full, with their tags. */
  readonly names: readonly string[];
}

export interface WantedImage {
  /** Registry, path and digest, by which it is handed over: `registry.example/app@sha256:…`. */
  readonly key: string;
  /** In full, with its tag and without its digest. */
  readonly name: string;
  readonly digest: string;
}

export function wantedFor(asked: AskedPod): WantedKnowledge {
  if (asked.kind === 'nothing' || asked.kind === 'unreadable') return { images: [], names: [] };
  const references = imagesToJudge(asked).flatMap(({ reference }) => parseReference(reference) ?? []);
  const images = references.flatMap(({ digest, ...rest }) =>
    digest === undefined ? [] : [{ key: keyOf({ ...rest, digest }), name: fullName(rest), digest }],
  );
  const names = references.flatMap((one) =>
    one.digest === undefined ? [fullName({ ...one, tag: one.tag ?? 'latest' })] : [],
  );
  return { images: [...new Map(images.map((image) => [image.key, image])).values()], names: [...new Set(names)] };
}

/** Pure: the same review and the same knowledge give the same answer. */
export function answerReview(review: Review, asked: AskedPod, known: Knowledge): AnsweredReview {
  switch (asked.kind) {
    case 'nothing':
      return {
        reply: replyTo(review, { kind: 'allow', warnings: [], audit: { decision: 'nothing-starts' } }),
        decisions: () => [],
        unscanned: [],
      };
    case 'unreadable':
      return refuseUnread(review, asked.why, known);
    case 'pod':
    case 'template': {
      const images = judgeImages(asked, known);
      return {
        reply: replyTo(review, answerOf(review, images, known)),
        decisions: (at) => images.map((image) => decisionOn(image, { review, known, at })),
        unscanned: images.flatMap(({ unscanned, reference, named }) =>
          unscanned && named !== undefined ? [{ reference, digest: named }] : [],
        ),
      };
    }
  }
}

function answerOf(review: Review, images: readonly ImageDecision[], { environment }: Knowledge): Answer {
  const effect = strictestOf(images.map((image) => image.effect));
  const audit = {
    decision: images.length === 0 ? 'nothing-new-starts' : effect,
    ...(environment === undefined ? {} : { environment }),
    ...(images.length === 0 ? {} : { images: images.map(auditLine).join('; ') }),
  };
  const sentences = images.filter((image) => image.effect === effect).map(sentenceOf);
  switch (effect) {
    case 'ignore':
      return { kind: 'allow', warnings: [], audit };
    case 'alert':
      return { kind: 'allow', warnings: sentences.map((sentence) => `Seawall: ${sentence}`), audit };
    case 'block':
      return { kind: 'deny', code: 403, message: `${objectOf(review)}: ${sentences.join(' ')}`, audit };
  }
}

function refuseUnread(review: Review, why: string, known: Knowledge): AnsweredReview {
  const reason = `${objectOf(review)} is not let in, because what it starts is unknown: ${why}.`;
  return {
    reply: replyTo(review, { kind: 'deny', code: 422, message: reason, audit: { decision: 'unreadable' } }),
    decisions: (at) => [
      {
        ...sharedBy({ review, known, at }, 'unreadable'),
        subject: oneLine(objectOf(review), 1024),
        answer: 'deny',
        effect: 'block',
        cause: 'request',
        evidence: [],
        reason: oneLine(reason, 2000),
      },
    ],
    unscanned: [],
  };
}

interface Answered {
  readonly review: Review;
  readonly known: Knowledge;
  readonly at: AnswerTime;
}

function decisionOn(image: ImageDecision, answered: Answered): Decision {
  const { effect, cause, rule, digest } = image;
  const uses = `${objectOf(answered.review)}: ${image.uses.join(', ')}`;
  return {
    ...sharedBy(answered, image.reference),
    subject: oneLine(image.reference, 1024),
    answer: effect === 'block' ? 'deny' : 'allow',
    effect,
    cause,
    ...(digest === undefined ? {} : { digest }),
    ...(rule === undefined ? {} : { rule: { id: rule.id, version: rule.version, name: rule.name } }),
    evidence: [uses, ...image.evidence].slice(0, 20).map((line) => oneLine(line, 2000)),
    reason: oneLine(sentenceOf(image), 2000),
  };
}

/** The id is the same however often the API server asks the same. */
function sharedBy({ review, known, at }: Answered, about: string) {
  const key = createHash('sha256')
    .update(JSON.stringify([known.host, review.uid, about]))
    .digest('hex');
  const sub = review.subResource === '' ? '' : `/${review.subResource}`;
  return {
    id: `kubernetes-${key.slice(0, 40)}`,
    time: at.time.toISOString(),
    gate: 'kubernetes-webhook',
    ring: 1,
    ...(review.user === '' ? {} : { principal: oneLine(review.user, 512) }),
    action: oneLine(`${review.operation.toLowerCase()} ${review.kind.kind}${sub}`, 64),
    ...(known.environment === undefined ? {} : { environment: known.environment }),
    milliseconds: at.milliseconds,
  } as const;
}

function sentenceOf({ reason, rule }: ImageDecision): string {
  const closed = /[.!?…]$/.test(reason) ? reason : `${reason}.`;
  return rule === undefined ? `${closed} No admission rule holds here.` : `${closed} Rule: ${rule.name}.`;
}

function auditLine({ reference, digest, effect, rule }: ImageDecision): string {
  const decided = rule === undefined ? effect : `${effect} by ${rule.id}@${rule.version}`;
  return `${reference}${digest === undefined ? '' : ` = ${digest}`}: ${decided}`;
}

/** `Pod shop/web`; what has no name yet goes by its namespace alone. */
function objectOf({ kind, namespace, name }: Review): string {
  const path = [namespace, name === '' ? '(new)' : name].filter((part) => part !== '').join('/');
  return `${kind.kind} ${path}`;
}
