import type { Entry } from "./entries.ts";

/** What is known of a library apart from its code. */
export interface LibraryDetails {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Other members of package.json that the project decides: license, repository, and what else npm knows. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The version of zgen and zserver. */
  readonly runtime: string;
  /** The root fingerprint of the schema. */
  readonly fingerprint: string;
}

/** npm's word for: nobody but its owner may use it. A project that says nothing has given nothing away. */
const NO_LICENSE = "UNLICENSED";

/** What zserver runs on, and so what is written for it. */
const NODE_VERSIONS = ">=20.19";

/**
 * package.json. The runtime is a peer: whoever uses the library calls `connect` of `zserver` too, and both have to be one copy, since what encodes
 * a message reaches into the writer that the session passes to it.
 */
export function manifestText(details: LibraryDetails, entries: readonly Entry[]): string {
  const { name, version, description, manifest, runtime, fingerprint } = details;
  const { license = NO_LICENSE, ...others } = manifest;
  const whole = {
    name,
    version,
    description,
    license,
    ...sorted(others),
    type: "module",
    sideEffects: false,
    engines: { node: NODE_VERSIONS },
    types: "./index.d.ts",
    exports: {
      ...Object.fromEntries(entries.map(({ subpath, path }) => [subpath, { types: `./${path}.d.ts`, default: `./${path}.js` }])),
      "./package.json": "./package.json",
    },
    files: ["index.*", "json.*", "lib", "packages", "schemas", "REFERENCE.md", "CHANGELOG.md"],
    peerDependencies: { zserver: `^${runtime}` },
    zgen: { schema: fingerprint },
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function sorted(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
