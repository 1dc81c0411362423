import { oneLine } from '#base/index.ts';
import type { Detection } from '../../contract.ts';

/** The detection with its texts as short as they travel. */
export function boundedDetection(detection: Detection): Detection {
  const { expected, allow, container, process, ...rest } = detection;
  return {
    ...rest,
    process: { ...process, ...(process.package !== undefined && { package: oneLine(process.package, 1024) }) },
    container: { ...container, name: oneLine(container.name, 255), image: oneLine(container.image, 512) },
    ...(expected !== undefined && { expected: oneLine(expected, 2000) }),
    seen: oneLine(detection.seen, 2000),
    message: oneLine(detection.message, 2000),
    remedy: oneLine(detection.remedy, 2000),
    ...(allow !== undefined && allow.key.length <= 8192 && { allow: { ...allow, line: oneLine(allow.line, 4096) } }),
  };
}
