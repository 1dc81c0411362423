import type { Locator } from 'playwright-core';
import type { FieldText, FieldTexts } from '#rules/contract.ts';
import { controlOf, type Settings, type Shape } from '../../web/src/ui/field-shape.ts';

/** Reads and fills the form of a rule as a person does, by what its schema and its texts say. */

interface Form {
  readonly place: Locator;
  readonly shape: Shape;
  readonly texts: FieldTexts;
}

interface Field {
  readonly place: Locator;
  readonly shape: Shape;
  readonly text: FieldText;
  readonly isOptional: boolean;
}

/** What the form shows. Fields that may be missing and are empty are left out. */
export async function readForm({ place, shape, texts }: Form): Promise<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(texts)) {
    const value = await read(fieldOf({ place, shape, texts }, name, text));
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** Changes every field, but for those whose names are given. */
export async function editForm({ place, shape, texts }: Form, keep: readonly string[] = []): Promise<void> {
  for (const [name, text] of Object.entries(texts))
    if (!keep.includes(name)) await edit(fieldOf({ place, shape, texts }, name, text));
}

function fieldOf({ place, shape }: Form, name: string, text: FieldText): Field {
  return { place, shape: shape.properties?.[name] ?? {}, text, isOptional: shape.required?.includes(name) !== true };
}

function labelled({ place, text }: Field): Locator {
  return place.getByLabel(text.label, { exact: true });
}

function group({ place, text }: Field): Locator {
  return place.getByRole('group', { name: text.label, exact: true });
}

function within(field: Field, shape: Shape, at: Locator): Form {
  return { place: at, shape, texts: field.text.fields ?? {} };
}

async function read(field: Field): Promise<unknown> {
  const { text, shape, isOptional } = field;
  switch (controlOf(shape, text)) {
    case 'known':
      return await readKnown(field);
    case 'check':
      return await toggle(field).isChecked();
    case 'number': {
      const written = await labelled(field).inputValue();
      return written === '' ? undefined : Number(written);
    }
    case 'group':
      if (isOptional && !(await toggle(field).isChecked())) return undefined;
      return await readForm(within(field, shape, group(field)));
    case 'checks':
      return await checkedIn(group(field));
    case 'rows':
      return await readRows(field);
    case 'lines':
    case 'words':
      return listed(await labelled(field).inputValue(), isOptional);
    default: {
      const written = await labelled(field).inputValue();
      return written === '' && isOptional ? undefined : written;
    }
  }
}

function listed(written: string, isOptional: boolean): readonly string[] | undefined {
  const words = written.split(/\s+/).filter((word) => word !== '');
  return words.length === 0 && isOptional ? undefined : words;
}

async function readRows(field: Field): Promise<readonly Settings[]> {
  const rows = await group(field).getByRole('listitem').all();
  return await Promise.all(rows.map((row) => readForm(within(field, field.shape.items ?? {}, row))));
}

function toggle({ place, text }: Field): Locator {
  return place.getByRole('checkbox', { name: text.label, exact: true });
}

async function checkedIn(place: Locator): Promise<readonly string[]> {
  const boxes = await place.getByRole('checkbox').all();
  const marks = await Promise.all(
    boxes.map(async (box) => ((await box.isChecked()) ? [await box.locator('xpath=..').innerText()] : [])),
  );
  return marks.flat().map((mark) => mark.trim().toLowerCase());
}

async function edit(field: Field): Promise<void> {
  const { text, shape, isOptional } = field;
  switch (controlOf(shape, text)) {
    case 'known':
      return await editKnown(field);
    case 'check':
      return await toggle(field).click();
    case 'number': {
      const before = Number(await labelled(field).inputValue());
      const most = shape.maximum ?? Infinity;
      return await labelled(field).fill(String(before < most ? before + 1 : most - 1));
    }
    case 'choice':
      return await chooseNext(labelled(field));
    case 'group':
      if (isOptional) await toggle(field).check();
      return await editForm(within(field, shape, group(field)));
    case 'checks':
      return await group(field).getByRole('checkbox').first().click();
    case 'rows':
      return await editForm(within(field, shape.items ?? {}, group(field).getByRole('listitem').first()));
    case 'lines':
      return await labelled(field).fill('registry.example/tide\nregistry.example/surge');
    case 'words':
      return await labelled(field).pressSequentially(' tide surge');
    default:
      return await labelled(field).fill('tide');
  }
}

async function chooseNext(choice: Locator): Promise<void> {
  const values = await choice
    .locator('option')
    .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? ''));
  const next = (values.indexOf(await choice.inputValue()) + 1) % values.length;
  await choice.selectOption(values[next] ?? '');
}

/** Controls that pages bring. */
async function readKnown(field: Field): Promise<unknown> {
  switch (field.text.control) {
    case 'threshold': {
      const limit = await labelled(field).inputValue();
      if (limit !== 'cvss') return { by: 'severity', severity: limit };
      return { by: 'cvss', score: Number(await field.place.getByLabel('Score', { exact: true }).inputValue()) };
    }
    case 'signing-keys':
    case 'approved-bases':
      return await checkedIn(group(field));
    default: {
      const written = await labelled(field).inputValue();
      return written === '' && field.isOptional ? undefined : written;
    }
  }
}

async function editKnown(field: Field): Promise<void> {
  switch (field.text.control) {
    case 'threshold':
      await labelled(field).selectOption('cvss');
      return await field.place.getByLabel('Score', { exact: true }).fill('6.5');
    case 'signing-keys':
    case 'approved-bases':
      return await group(field).getByRole('checkbox').first().check();
    case 'expression':
      return await labelled(field).fill('image.packages.size() > 0');
    case 'package-type':
      return await chooseNext(labelled(field));
    default:
      throw new Error(`Nobody said how a person fills the control ${field.text.control}.`);
  }
}
