import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppError } from '#base/index.ts';
import { Decision } from '../contract.ts';
import { answerReview, wantedFor } from './answer-review.ts';
import { podOf } from './pod-of.ts';
import { readReview, reviewLimit } from './review.ts';
import { goodDigest, keyNamed, knowing, knownImage, recordedReview, rulingSettings } from './testing.ts';

const names = [
  'pod-passes',
  'pod-fails',
  'k1-ephemeral-container',
  'k2-image-volume',
  'k3-update-of-image',
  'cronjob',
  'deployment',
  'settings-of-the-node',
  'pod-deleted',
  'k3-update-of-labels',
] as const;
const recorded = names.map((name) => JSON.parse(recordedReview(name).toString()) as unknown);
const at = { time: new Date('2026-11-25T02:00:00Z'), milliseconds: 1 };
const settings = [
  { kind: 'privileged', effect: 'block' },
  { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
] as const;
const nothingKnown = knowing({ images: new Map(), pins: new Map() });

/** Something in place of one value somewhere in a review, or a value taken out. */
const change = fc.record({
  review: fc.constantFrom(...recorded),
  steps: fc.array(fc.nat(40), { minLength: 1, maxLength: 9 }),
  put: fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.constantFrom('', null, [], {}, 'CREATE', 'nginx', 2 ** 53)),
});

/** The review and what is told of it, or the status with which it was turned away. */
function answerTo(body: Uint8Array, known = nothingKnown) {
  try {
    const review = readReview(body);
    const asked = podOf(review);
    wantedFor(asked);
    return { kind: 'answered', review, asked, answer: answerReview(review, asked, known) } as const;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: 'refused', status: error.status } as const;
  }
}

describe('whatever is sent', () => {
  test('is turned away as malformed, when it is no review', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(answerTo(Buffer.from(text))).toEqual({ kind: 'refused', status: 400 });
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(answerTo(bytes)).toEqual({ kind: 'refused', status: 400 });
      }),
      { numRuns: 500 },
    );
  });

  test('gets a reply of its own uid or is turned away, and lets in nothing unknown', () => {
    const seen = { answered: 0, refused: 0, allowed: 0 };
    fc.assert(
      fc.property(change, ({ review, steps, put }) => {
        const result = answerTo(Buffer.from(JSON.stringify(changed(review, steps, put))));
        seen[result.kind]++;
        if (result.kind === 'refused') return void expect(result.status).toBe(400);
        const { response } = result.answer.reply;
        expect(response.uid).toBe(result.review.uid);
        for (const decision of result.answer.decisions(at)) Decision.parse(decision);
        for (const warning of response.warnings ?? []) expect(warning.length).toBeLessThanOrEqual(256);
        if (!response.allowed) return void expect(response.status?.code).toBeGreaterThanOrEqual(400);
        seen.allowed++;
        expect(startsNothingUnknown(result)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  }, 60_000);

  test('never gets more by being changed than its images and settings allow', () => {
    const known = knowing({
      images: new Map([[keyNamed('surge/gauge', goodDigest), knownImage('pass')]]),
      ...rulingSettings(settings),
    });
    const [passes] = recorded;
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('image', 'reference'), (reference, where) => {
        const body = structuredClone(passes) as { request: { object: { spec: Record<string, unknown[]> } } };
        const { spec } = body.request.object;
        if (where === 'image') spec['ephemeralContainers'] = [{ name: 'x', image: reference }];
        else spec['volumes']?.push({ name: 'x', image: { reference } });
        const result = answerTo(Buffer.from(JSON.stringify(body)), known);
        expect(result).toMatchObject({ kind: 'answered', answer: { reply: { response: { allowed: false } } } });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('limits', () => {
  test('of size and depth are kept before anything is read', () => {
    expect(answerTo(Buffer.alloc(reviewLimit + 1, 0x20))).toEqual({ kind: 'refused', status: 413 });
    const began = process.cpuUsage();
    expect(answerTo(Buffer.from(`[${'[],'.repeat(2_000_000)}[]]`))).toEqual({ kind: 'refused', status: 413 });
    expect(answerTo(Buffer.from(`{"a":[${'{},'.repeat(600_000)}0]}`))).toEqual({ kind: 'refused', status: 413 });
    expect(answerTo(Buffer.alloc(reviewLimit, '['))).toEqual({ kind: 'refused', status: 400 });
    expect(answerTo(Buffer.alloc(reviewLimit, '{"a":'))).toEqual({ kind: 'refused', status: 400 });
    expect(answerTo(Buffer.from(`"${'['.repeat(500)}"`))).toEqual({ kind: 'refused', status: 400 });
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(1000);
  });

  test('leave room for the largest pod that an API server takes', () => {
    const body = JSON.parse(recordedReview('k3-update-of-image').toString());
    const long = 'x'.repeat(2_900_000);
    for (const object of [body.request.object, body.request.oldObject]) object.metadata.annotations = { long };
    const bytes = Buffer.from(JSON.stringify(body));
    expect(bytes.length).toBeGreaterThan(5_800_000);
    expect(answerTo(bytes)).toMatchObject({ kind: 'answered', answer: { reply: { response: { allowed: false } } } });
  });
});

type Answered = Extract<ReturnType<typeof answerTo>, { readonly kind: 'answered' }>;

/** By means of its own: what it holds was there before, or nothing is to start. */
function startsNothingUnknown({ review, asked }: Answered): boolean {
  if (review.operation === 'DELETE' || review.operation === 'CONNECT') return true;
  if (['status', 'scale', 'binding', 'eviction', 'resize'].includes(review.subResource)) return true;
  if (asked.kind === 'pod' || asked.kind === 'template') {
    const [after, before] = [asked.pod, asked.before].map((pod) => JSON.stringify(pod?.spec));
    const { containers, initContainers, ephemeralContainers, volumes } = asked.pod.spec;
    const all = [...containers, ...(initContainers ?? []), ...(ephemeralContainers ?? [])];
    const named = [...all.map(({ image }) => image), ...(volumes ?? []).map(({ image }) => image?.reference)];
    if (asked.kind === 'template' && named.every((one) => !one)) return true;
    return after === before || (asked.before !== undefined && isPartOf(asked.before.spec, named));
  }
  return false;
}

/** A change that only takes away. */
function isPartOf(before: unknown, named: readonly (string | null | undefined)[]): boolean {
  const text = JSON.stringify(before);
  return named.every((one) => !one || text.includes(JSON.stringify(one)));
}

/** Goes down by the steps, and replaces what it finds. */
function changed(review: unknown, steps: readonly number[], put: unknown): unknown {
  const copy = structuredClone(review) as Record<string, unknown>;
  let here: Record<string, unknown> = copy;
  for (const [index, step] of steps.entries()) {
    const keys = Object.keys(here);
    const key = keys[step % keys.length];
    if (key === undefined) break;
    const next = here[key];
    if (index === steps.length - 1 || typeof next !== 'object' || next === null) {
      if (put === undefined) delete here[key];
      else here[key] = put;
      break;
    }
    here = next as Record<string, unknown>;
  }
  return copy;
}
