import { useState } from 'react';

/** The value, or the one that was there last: a dialog keeps its words while it fades. */
export function useLast<Value>(value: Value | undefined): Value | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}
