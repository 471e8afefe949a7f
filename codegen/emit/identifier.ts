/**
 * Names of generated code. A `$` never occurs in a .proto file, so a name that must give way takes one behind it: `then` becomes `then$`,
 * and so it is called everywhere, on commands, proxies and handlers alike.
 */

/** What the language reserves in modules, and values that must keep their meaning. */
const reservedWords = words(`
  arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if
  implements import in Infinity instanceof interface let NaN new null package private protected public return static super switch this throw
  true try typeof undefined var void while with yield`);

/** Names that TypeScript gives a meaning of their own where a type or an import is named. */
const typeWords = words(`
  abstract accessor any as asserts async bigint boolean constructor declare from get global globalThis infer intrinsic is keyof module namespace
  never number object of out override readonly require exports satisfies set string symbol type unique unknown using`);

/** Globals that generated code itself uses. Other globals may be shadowed: a message named `Date` stays `Date`. */
const usedGlobals = words("AsyncIterable Iterable Map Promise ReadonlyMap Uint8Array");

/** What every object has: a field or command of this name would be found where it was never set. */
const objectMembers = words(`
  constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf
  __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__`);

/** Methods that JavaScript itself calls when an object has them: a proxy with `then` would be taken for a promise. */
const calledMethods = words("then toJSON");

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** An identifier, whatever came in: the reader lets nothing else through, and code is not the place to trust that. */
function sanitized(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_$]/g, "_");
  return /^[0-9]/.test(clean) || clean === "" ? `_${clean}` : clean;
}

/** A name at the top of a module: a message, an enum, a service, or what is derived from one. */
export function moduleName(name: string): string {
  const clean = sanitized(name);
  return reservedWords.has(clean) || typeWords.has(clean) || usedGlobals.has(clean) || objectMembers.has(clean) ? `${clean}$` : clean;
}

/** The property of a field or a oneof: protobuf's lowerCamelCase, as in ProtoJSON's default names. */
export function propertyName(name: string): string {
  const camel = camelCase(name);
  return objectMembers.has(camel) ? `${camel}$` : camel;
}

/** The method of a command, on proxies and handlers, and its key under `commands`. */
export function methodName(name: string): string {
  const camel = lowerFirst(camelCase(name));
  return objectMembers.has(camel) || calledMethods.has(camel) ? `${camel}$` : camel;
}

/** The key of an enum's value: as declared. */
export function enumKey(name: string): string {
  const clean = sanitized(name);
  return clean === "__proto__" ? "__proto__$" : clean;
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** protoc's rule: underscores go, and the letter behind one becomes a capital. A name that has no letter first is left as it is. */
function camelCase(name: string): string {
  const camel = name.replace(/_+([^_]?)/g, (_, next: string) => next.toUpperCase());
  return sanitized(/^[A-Za-z]/.test(camel) ? camel : name);
}

/** `name`, with as many `$` behind it as it takes to be new; then it is taken. */
export function claim(taken: Set<string>, name: string): string {
  let free = name;
  while (taken.has(free)) free += "$";
  taken.add(free);
  return free;
}
