import type { Detection } from '../../contract.ts';

/** The detection with its texts as short as they travel. */
export function boundedDetection(detection: Detection): Detection {
  const { expected, allow, container, process, ...rest } = detection;
  return {
    ...rest,
    process: { ...process, ...(process.package !== undefined && { package: cut(process.package, 1024) }) },
    container: { ...container, name: cut(container.name, 255), image: cut(container.image, 512) },
    ...(expected !== undefined && { expected: cut(expected, 2000) }),
    seen: cut(detection.seen, 2000),
    message: cut(detection.message, 2000),
    remedy: cut(detection.remedy, 2000),
    ...(allow !== undefined && allow.key.length <= 8192 && { allow: { ...allow, line: cut(allow.line, 4096) } }),
  };
}

function cut(text: string, longest: number): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 1).toWellFormed()}…`;
}
