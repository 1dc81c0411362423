import { type Field, missing } from '#base/index.ts';
import { areTooLong, findSecrets, type PlacedText, redact, searchTexts, type SecretSeen } from '#secrets/index.ts';
import type { EnvironmentVariable, ImageStep, Label } from '../image-shape.ts';

/** Secrets in values of environment variables. */
export function secretsOfVariables(variables: Field<readonly EnvironmentVariable[]>): Field<readonly SecretSeen[]> {
  return seenIn(variables, ({ name, value }) => {
    const place = { kind: 'environment', name } as const;
    return { text: value, place, where: place };
  });
}

/** Secrets in values of labels. */
export function secretsOfLabels(labels: Field<readonly Label[]>): Field<readonly SecretSeen[]> {
  return seenIn(labels, ({ name, value }) => {
    const place = { kind: 'label', name } as const;
    return { text: value, place, where: place };
  });
}

/** Secrets in build steps. */
export function secretsOfSteps(steps: Field<readonly ImageStep[]>): Field<readonly SecretSeen[]> {
  return seenIn(steps, ({ createdBy }, step) => {
    return { text: createdBy, place: { kind: 'history' }, where: { kind: 'history', step } };
  });
}

function seenIn<Item>(
  field: Field<readonly Item[]>,
  placed: (item: Item, at: number) => PlacedText,
): Field<readonly SecretSeen[]> {
  if (field.kind === 'missing') return field;
  const texts = field.value.map(placed);
  if (areTooLong(texts.map(({ text }) => text))) return missing(`${field.at} is longer than is searched for secrets`);
  return { ...field, value: searchTexts(texts) };
}

/** Build steps without the secrets in them. */
export function withoutSecretsInSteps(
  steps: Field<readonly ImageStep[]>,
  key?: Uint8Array,
): Field<readonly ImageStep[]> {
  if (steps.kind === 'missing') return steps;
  if (areTooLong(steps.value.map(({ createdBy }) => createdBy)))
    return missing(`${steps.at} is longer than is searched for secrets`);
  const hide = (text: string): string => redact(text, findSecrets(text, { kind: 'history' }), key);
  return {
    ...steps,
    value: steps.value.map((step) => ({ ...step, createdBy: hide(step.createdBy), text: hide(step.text) })),
  };
}

/** Labels without the secrets in their values. */
export function withoutSecretsInLabels(labels: Field<readonly Label[]>, key?: Uint8Array): Field<readonly Label[]> {
  if (labels.kind === 'missing') return labels;
  if (areTooLong(labels.value.map(({ value }) => value)))
    return missing(`${labels.at} is longer than is searched for secrets`);
  return {
    ...labels,
    value: labels.value.map(({ name, value }) => ({
      name,
      value: redact(value, findSecrets(value, { kind: 'label', name }), key),
    })),
  };
}
