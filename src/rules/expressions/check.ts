import type { parse } from '@bufbuild/cel';
import type { ExpressionProblem, ExpressionScope } from '../expression.ts';
import { costs } from './costs.ts';
import { innerNodes } from './count-loops.ts';

type Parsed = ReturnType<typeof parse>;
type Node = NonNullable<Parsed['expr']>;

/** Where a node stands: names that loops around it bind, and whether it is evaluated once for each element. */
interface Place {
  readonly scope: ExpressionScope;
  readonly names: ReadonlySet<string>;
  readonly inLoop: boolean;
}

type Complaint = { readonly node: Node; readonly message: string };

/** Calls, operators among them, that an expression may have, and how deep they may stand in each other. */
const mostCalls = 300;
const deepest = 100;
/** Calls that make a text or list longer than what they are given, one upon the other. */
const mostGrowth = 3;

/**
 * The first name or function that does not exist, loop inside a loop, or sign that it may grow without end; what else
 * may be wrong, evaluating it shows.
 */
export function problemIn(parsed: Parsed, { scope, expression }: Written): ExpressionProblem | undefined {
  const names = new Set(scope.names.keys());
  const [first] = [...sizeComplaints(parsed.expr), ...complaintsOf(parsed.expr, { scope, names, inLoop: false })];
  if (first === undefined) return undefined;
  const before = expression.slice(0, parsed.sourceInfo?.positions[first.node.id.toString()] ?? 0).split('\n');
  return { message: first.message, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

interface Written {
  readonly scope: ExpressionScope;
  readonly expression: string;
}

/** Names of a scope that an expression uses, also where a loop has another meaning for one: then more is asked for. */
export function namesUsed({ expr }: Parsed, { names }: ExpressionScope): readonly string[] {
  const used = new Set<string>();
  const look = (node: Node): void => {
    const { case: kind, value } = node.exprKind;
    if (kind === 'identExpr' && names.has(value.name)) used.add(value.name);
    innerNodes(node).forEach(look);
  };
  if (expr !== undefined) look(expr);
  return [...used];
}

function sizeComplaints(node: Node | undefined): readonly Complaint[] {
  if (node === undefined) return [];
  const { calls, depth, growth } = measure(node);
  const complaints = [
    calls > mostCalls && `It has more than ${mostCalls} calls and operators.`,
    depth > deepest && `It is nested more than ${deepest} deep.`,
    growth > mostGrowth &&
      `More than ${mostGrowth} calls stand upon each other that make a text or list longer (replace, join, format, map, filter).`,
  ];
  return complaints.flatMap((message) => (message === false ? [] : [{ node, message }]));
}

interface Measured {
  readonly calls: number;
  readonly depth: number;
  readonly growth: number;
}

function measure(node: Node): Measured {
  const inner = innerNodes(node).map(measure);
  const most = (of: keyof Measured): number => inner.reduce((sum, one) => Math.max(sum, one[of]), 0);
  return {
    calls: inner.reduce((sum, one) => sum + one.calls, node.exprKind.case === 'callExpr' ? 1 : 0),
    depth: most('depth') + 1,
    growth: most('growth') + (grows(node) ? 1 : 0),
  };
}

const growing = new Set(['replace', 'join', 'format']);

/** A loop that starts with a list collects into it: `map` and `filter`. */
function grows({ exprKind: { case: kind, value } }: Node): boolean {
  if (kind === 'callExpr') return growing.has(value.function);
  return kind === 'comprehensionExpr' && value.accuInit?.exprKind.case === 'listExpr';
}

function complaintsOf(node: Node | undefined, place: Place): readonly Complaint[] {
  const kind = node?.exprKind;
  if (node === undefined || kind === undefined) return [];
  const inner = (): readonly Complaint[] => innerNodes(node).flatMap((one) => complaintsOf(one, place));
  switch (kind.case) {
    case 'identExpr':
      if (place.names.has(kind.value.name) || kind.value.name.startsWith('@') || types.has(kind.value.name)) return [];
      return [{ node, message: `There is no ${kind.value.name} here.` }];
    case 'selectExpr':
      return [...selectComplaints(node, place), ...inner()];
    case 'callExpr':
      return builtIn.has(kind.value.function) || Object.hasOwn(costs, kind.value.function)
        ? inner()
        : [{ node, message: `There is no function ${kind.value.function} here.` }];
    case 'structExpr':
      if (kind.value.messageName !== '') return [{ node, message: `There is no ${kind.value.messageName} here.` }];
      return inner();
    case 'comprehensionExpr':
      return loopComplaints(node, place);
    case 'listExpr':
    case 'constExpr':
    case undefined:
      return inner();
    default:
      return kind satisfies never;
  }
}

/** Calls that the evaluator makes itself. */
const builtIn = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false']);

/** Types of CEL, as `type(x) == string` names them. */
const types = new Set(['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint']);

function selectComplaints(node: Node, { inLoop, scope, names }: Place): readonly Complaint[] {
  if (node.exprKind.case !== 'selectExpr') return [];
  const { operand, field } = node.exprKind.value;
  if (operand?.exprKind.case !== 'identExpr') return [];
  const { name } = operand.exprKind.value;
  const fields = scope.names.get(name);
  if (fields === undefined || !names.has(name)) return [];
  if (fields !== 'any fields' && !fields.has(field)) return [{ node, message: `${name} has no field ${field}.` }];
  return inLoop && scope.long.includes(`${name}.${field}`)
    ? [{ node, message: `A loop cannot go through all ${field} again for each element.` }]
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
    ...[loopCondition, loopStep].flatMap((inner) => complaintsOf(inner, { ...place, names, inLoop: true })),
    ...complaintsOf(result, { ...place, names, inLoop: false }),
  ];
}
