export { byId } from './by-id.ts';
export {
  mostYamlProblems,
  readYaml,
  unknownFields,
  yamlPath,
  type YamlProblem,
} from './read-yaml.ts';
export { ruleFor } from './rule-for.ts';
export { withRule } from './with-rule.ts';
export type {
  EvaluationBudget,
  ExpressionProblem,
  ExpressionScope,
  ExpressionValue,
  ExpressionVariables,
  ReadExpression,
} from './expression.ts';
