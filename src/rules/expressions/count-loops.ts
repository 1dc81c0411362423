import type { parse } from '@bufbuild/cel';
import { atLoop, atStep } from './functions.ts';

type Node = NonNullable<ReturnType<typeof parse>['expr']>;

/** Puts a charge into each loop of what was read: for its range, and for each turn as many units as its body has nodes. */
export function countLoops(node: Node | undefined): void {
  if (node === undefined) return;
  for (const inner of innerNodes(node)) countLoops(inner);
  if (node.exprKind.case !== 'comprehensionExpr') return;
  const loop = node.exprKind.value;
  const units = BigInt(2 + nodesOf(loop.loopCondition) + nodesOf(loop.loopStep));
  if (loop.iterRange !== undefined) loop.iterRange = call(node, atLoop, [loop.iterRange]);
  if (loop.loopCondition !== undefined)
    loop.loopCondition = call(node, atStep, [constant(node, units), loop.loopCondition]);
}

/** Nodes of what was read. */
export function nodesOf(node: Node | undefined): number {
  return node === undefined ? 0 : 1 + innerNodes(node).reduce((sum, inner) => sum + nodesOf(inner), 0);
}

/** What stands directly in a node. */
export function innerNodes({ exprKind }: Node): readonly Node[] {
  const { case: kind, value } = exprKind;
  switch (kind) {
    case 'selectExpr':
      return present([value.operand]);
    case 'callExpr':
      return present([value.target, ...value.args]);
    case 'listExpr':
      return value.elements;
    case 'structExpr':
      return present(
        value.entries.flatMap((entry) => [
          entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined,
          entry.value,
        ]),
      );
    case 'comprehensionExpr':
      return present([value.iterRange, value.accuInit, value.loopCondition, value.loopStep, value.result]);
    case 'identExpr':
    case 'constExpr':
    case undefined:
      return [];
    default:
      return kind satisfies never;
  }
}

function present(nodes: readonly (Node | undefined)[]): readonly Node[] {
  return nodes.filter((node) => node !== undefined);
}

function call({ id }: Node, name: string, args: Node[]): Node {
  const value = { $typeName: 'cel.expr.Expr.Call' as const, function: name, args };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'callExpr', value } };
}

function constant({ id }: Node, units: bigint): Node {
  const value = {
    $typeName: 'cel.expr.Constant' as const,
    constantKind: { case: 'int64Value' as const, value: units },
  };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'constExpr', value } };
}
