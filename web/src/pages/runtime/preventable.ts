import type { Detection } from '#runtime/contract.ts';

/** Fields of a runtime rule that may prevent something. */
export const preventable = ['drift', 'code', 'process'] as const;
export type Preventable = (typeof preventable)[number];

/** Which field of a rule prevents what a detector reports; others only alert, whatever a rule says. */
const byDetector: ReadonlyMap<string, Preventable> = new Map([
  ['drift', 'drift'],
  ['modified-binary', 'drift'],
  ['fileless', 'drift'],
  ['loader', 'drift'],
  ['code-drift', 'code'],
  ['unexpected-process', 'process'],
  ['forbidden-tool', 'process'],
]);

/** The field that would have prevented what was observed; missing: nothing ran that a rule could prevent. */
export function preventableOf(
  detections: readonly Pick<Detection, 'detector' | 'also' | 'outcome' | 'notice'>[],
): Preventable | undefined {
  const ran = detections.filter(({ outcome, notice }) => outcome === 'observed' && !notice);
  const fields = new Set(ran.flatMap(({ detector, also = [] }) => [detector, ...also]).map((id) => byDetector.get(id)));
  return preventable.find((field) => fields.has(field));
}
