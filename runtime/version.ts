/** The version of this package; a test holds it against package.json. */
export const VERSION = "0.1.0";

/** What this library calls itself to its peers. */
export const AGENT: string = `zserver-js/${VERSION}`;
