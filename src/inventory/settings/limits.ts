/**
 * Mounts of one container that are judged. An answer must be there within 100 ms, all else included: one mount costs up to
 * a tenth of a millisecond where links are followed on a busy host, so these take a quarter of it. What people run asks
 * for a few dozen.
 */
export const mostMounts = 256;

/** Devices of one container that are judged, each of which is looked up; a host has some two hundred. */
export const mostDevices = 256;

/** Folders that one volume is laid of. The kernel takes no more for an overlay than fit into one page of options. */
export const mostFolders = 256;
