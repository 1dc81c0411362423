import type { parse } from '@bufbuild/cel';
import type { ExpressionOf, ExpressionProblem } from '../../expressions.ts';
import { fields } from './samples.ts';

type Parsed = ReturnType<typeof parse>;
type Node = Parsed['expr'];

/** Where a node stands: names that loops around it bind, and whether it is evaluated once for each element. */
interface Place {
  readonly names: ReadonlySet<string>;
  readonly inLoop: boolean;
}

type Complaint = { readonly node: Node; readonly message: string };

/** The first name that does not exist and the first loop inside a loop; what else may be wrong, the samples show. */
export function problemIn(parsed: Parsed, { on, expression }: ExpressionOf): ExpressionProblem | undefined {
  const names = new Set(on === 'finding' ? ['finding', 'image'] : ['image']);
  const [first] = complaintsOf(parsed.expr, { names, inLoop: false });
  if (first === undefined) return undefined;
  const before = expression.slice(0, parsed.sourceInfo?.positions[first.node.id.toString()] ?? 0).split('\n');
  return { message: first.message, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function complaintsOf(node: Node | undefined, place: Place): readonly Complaint[] {
  const kind = node?.exprKind;
  if (node === undefined || kind === undefined) return [];
  const all = (nodes: readonly (Node | undefined)[]): readonly Complaint[] =>
    nodes.flatMap((one) => complaintsOf(one, place));
  switch (kind.case) {
    case 'identExpr':
      if (place.names.has(kind.value.name) || kind.value.name.startsWith('@') || types.has(kind.value.name)) return [];
      return [{ node, message: `There is no ${kind.value.name} here.` }];
    case 'selectExpr':
      return [...selectComplaints(node, place), ...all([kind.value.operand])];
    case 'callExpr':
      return all([kind.value.target, ...kind.value.args]);
    case 'listExpr':
      return all(kind.value.elements);
    case 'structExpr':
      return all(kind.value.entries.map(({ value }) => value));
    case 'comprehensionExpr':
      return loopComplaints(node, place);
    case 'constExpr':
    case undefined:
      return [];
    default:
      return kind satisfies never;
  }
}

/** Types of CEL, as `type(x) == string` names them. */
const types = new Set(['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint']);

function selectComplaints(node: Node, { inLoop }: Place): readonly Complaint[] {
  if (node.exprKind.case !== 'selectExpr') return [];
  const { operand, field } = node.exprKind.value;
  if (operand?.exprKind.case !== 'identExpr') return [];
  const { name } = operand.exprKind.value;
  if (name !== 'finding' && name !== 'image') return [];
  if (!fields[name].has(field)) return [{ node, message: `${name} has no field ${field}.` }];
  return inLoop && name === 'image' && field === 'packages'
    ? [{ node, message: 'A loop cannot go through all packages again for each element.' }]
    : [];
}

function loopComplaints(node: Node, place: Place): readonly Complaint[] {
  if (node.exprKind.case !== 'comprehensionExpr') return [];
  const { iterVar, iterVar2, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = node.exprKind.value;
  if (place.inLoop) return [{ node, message: 'A loop cannot stand inside another one.' }];
  const names = new Set([...place.names, iterVar, iterVar2, accuVar]);
  return [
    ...complaintsOf(iterRange, place),
    ...complaintsOf(accuInit, place),
    ...[loopCondition, loopStep].flatMap((inner) => complaintsOf(inner, { names, inLoop: true })),
    ...complaintsOf(result, { names, inLoop: false }),
  ];
}
