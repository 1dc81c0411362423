/** The host as a gate is installed on it. */
export interface GateContext {
  /** `gate.json`, the record and the instances lie in it. */
  readonly gateFolder: string;
  /** Where the wrapper's program may lie, the first that exists is taken. */
  readonly wrapperPlaces: readonly string[];
  /** State of the agent that answers for this host. */
  readonly stateFolder: string;
  readonly engineSocket: string;
  /** Name of that agent's instance. */
  readonly instance: string;
  /** This program, as units start it. */
  readonly program: string;
  /** Unit of the authorization plugin's socket, for the usual instance. */
  readonly socketUnit: string;
  /** Where the program that answers the engine may lie, and where it asks the agent. */
  readonly answering: { readonly places: readonly string[]; readonly socket: string };
  readonly now: Date;
}

/** What was done, and what the user should know about it. */
export interface GateWork {
  readonly done: readonly string[];
  readonly notes: readonly string[];
}
