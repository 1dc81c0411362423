export type {
  BehaviourFact,
  Convergence,
  Detection,
  Dimension,
  Evidence,
  Fact,
  Hours,
  Item,
  Model,
  ModelKey,
  RuntimeRule,
} from './contract.ts';
