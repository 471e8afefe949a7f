/** Seconds of 0001-01-01T00:00:00Z and of 9999-12-31T23:59:59Z since 1970. Source: google/protobuf/timestamp.proto. */
export const firstSecond = -62_135_596_800;
export const lastSecond = 253_402_300_799;
/** About 10,000 years, in seconds. Source: google/protobuf/duration.proto. */
export const longestSeconds = 315_576_000_000;
