import { fact } from '#store/index.ts';

/** A model appeared, knows more, stands otherwise, or a person decided about it. */
export const modelChanged = fact<{ readonly model: string }>('model-changed');

/** People decided about lines of a version before, for later ones too, or took that back. */
export const entriesDecided = fact<{ readonly model: string }>('lines-decided');

/** Agents of a model's environment reported something new of it: models of other environments may count it too. */
export const evidenceChanged = fact<{ readonly model: string }>('evidence-changed');

/** There is a model of an entrypoint now, since it runs or is expected, or its image got another name. */
export const modelAppeared = fact<{ readonly model: string }>('model-appeared');

/** The first container of an entrypoint of which there was a model before. */
export const awaitedStarted = fact<{ readonly model: string }>('awaited-started');

/** A model knows enough: what it lacks is an alert from here on. */
export const modelActivated = fact<{ readonly model: string }>('model-activated');

/** An incident was opened, grew, or a person decided about it. */
export const incidentsChanged = fact<{ readonly incident: number }>('incidents-changed');

/** A runtime rule was saved or deleted, or their order changed. */
export const runtimeRulesChanged = fact<{ readonly rule: string }>('runtime-rules-changed');

/** What protects a host is another. */
export const sensorChanged = fact<{ readonly host: string }>('sensor-changed');

/** Other containers with models run on a host, or they stand elsewhere. */
export const modelsPlaced = fact<{ readonly host: string }>('models-placed');
