/** Bytes of a service's fingerprint: the first of SHA-256 over its encoded ServiceDescription. */
export const FINGERPRINT_BYTES = 8;

/** Bytes of a release's root fingerprint: the first of SHA-256 over its encoded ReleaseDescription. */
export const ROOT_BYTES = 16;
