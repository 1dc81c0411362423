import { AppError } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { type ControlTemplate } from '../../evidence/control.ts';
import { openOwnTemplate } from '../../evidence/own-template.ts';
import { controlTemplates } from '../../evidence/templates.ts';
import type { Looking } from './looking.ts';
import { type OwnRow, readOwnRows } from './own-templates.ts';

/** A template of the release or of this console, and when it was deleted. */
export interface TemplateHere extends ControlTemplate {
  readonly deletedAt?: Date;
}

/** Every template in force: those of the release, then those that were written here. */
export async function readTemplates(queries: Queries): Promise<readonly ControlTemplate[]> {
  const own = await readOwnRows(queries);
  return [...controlTemplates, ...own.filter(({ deletedAt }) => deletedAt === undefined).map(opened)];
}

/** The same and those that were deleted, which come last. */
export async function readTemplatesEver(queries: Queries): Promise<readonly TemplateHere[]> {
  const own = (await readOwnRows(queries)).map(opened);
  const [inForce, deleted] = [
    own.filter(({ deletedAt }) => deletedAt === undefined),
    own.filter(({ deletedAt }) => deletedAt !== undefined),
  ];
  return [...controlTemplates, ...inForce, ...deleted];
}

/** Throws `not-found`. */
export async function templateNamed(queries: Queries, id: string): Promise<TemplateHere> {
  const known = controlTemplates.find((one) => one.id === id);
  if (known !== undefined) return known;
  const own = (await readOwnRows(queries)).find((one) => one.template.id === id);
  if (own === undefined) throw new AppError('not-found', `There is no template ${id}.`);
  return opened(own);
}

/** The same; throws `not-found` for one that was deleted too: nothing stands by it now. */
export async function templateInForce(queries: Queries, id: string): Promise<ControlTemplate> {
  const template = await templateNamed(queries, id);
  if (template.deletedAt === undefined) return template;
  throw new AppError(
    'not-found',
    `${template.title} was deleted on ${template.deletedAt.toISOString().slice(0, 10)}.`,
    {
      next: 'Its controls and its report can still be read. They show the moment at which it was deleted.',
    },
  );
}

/** A template that was deleted is shown as it stood then, unless an earlier moment is asked for. */
export function lookingAt({ deletedAt }: TemplateHere, looking: Looking): Looking {
  if (deletedAt === undefined || (looking.moment !== undefined && looking.moment.at <= deletedAt)) return looking;
  return { ...looking, moment: { ...looking.moment, at: deletedAt } };
}

function opened({ template, deletedAt }: OwnRow): TemplateHere {
  return { ...openOwnTemplate(template), ...(deletedAt !== undefined && { deletedAt }) };
}
