/** Where the time of a call goes, in the order of its way. `measurement` is what makes and reads the messages: the caller, and the handler. */
export const phases = [
  "measurement",
  "dispatch",
  "encode",
  "frame",
  "seal and open",
  "write",
  "read",
  "decode",
  "timers and clock",
  "event loop",
  "garbage collection",
  "rest",
  "idle",
] as const;
export type Phase = (typeof phases)[number];

const natives: Readonly<Record<string, Phase>> = {
  "(idle)": "idle",
  "(garbage collector)": "garbage collection",
  "(program)": "rest",
  "(root)": "rest",
  runMicrotasks: "event loop",
  writeBuffer: "write",
  writev: "write",
  onStreamRead: "read",
};

/** By a part of the source's path; the first that fits. */
const places: readonly (readonly [RegExp, Phase])[] = [
  [/(?:^|\/)bench\//, "measurement"],
  [/runtime\/bytes\/(?:writer|write-|put-)/, "encode"],
  [/runtime\/bytes\//, "decode"],
  [/runtime\/(?:channel|crypto)\/|node_modules\/sodium-native\//, "seal and open"],
  [/runtime\/session\//, "frame"],
  [/runtime\/time\//, "timers and clock"],
  [/runtime\/transport\/|node:net|node:internal\/(?:streams|stream_base|net)|node:events|node_modules\/ws\//, "read"],
  [/runtime\/command\/|runtime\/schema\//, "dispatch"],
  [/^node:/, "event loop"],
];

/** Undefined for what is native and has no phase of its own. */
export function phaseOf(module: string, name: string): Phase | undefined {
  const native = natives[name];
  if (native !== undefined) return native;
  if (module === "") return undefined;
  // Codecs of messages, generated, and text either way.
  if (/generated\//.test(module) || module.endsWith("utf8.ts")) return /^(?:write|put)/.test(name) ? "encode" : "decode";
  return places.find(([pattern]) => pattern.test(module))?.[1] ?? "rest";
}
