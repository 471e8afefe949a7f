/** Major, minor and patch of a release. Source: https://semver.org/spec/v2.0.0.html, without pre-releases and builds. */
export type Version = readonly [major: number, minor: number, patch: number];

/** How much of a version changes. */
export type Level = "major" | "minor" | "patch";

/** The version of a schema's first release: clients in the field count on it from then on. */
export const firstVersion: Version = [1, 0, 0];

/** Undefined for what is no version. */
export function parseVersion(text: string): Version | undefined {
  const parts = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/.exec(text);
  return parts === null ? undefined : [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

export const formatVersion = (version: Version): string => version.join(".");

/** Below zero when `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** The version after a change. Below 1.0.0 a major change raises the minor version and every other one the patch, as the ranges of npm take it. */
export function nextVersion([major, minor, patch]: Version, level: Level): Version {
  if (major === 0) return level === "major" ? [0, minor + 1, 0] : [0, minor, patch + 1];
  if (level === "major") return [major + 1, 0, 0];
  return level === "minor" ? [major, minor + 1, 0] : [major, minor, patch + 1];
}
