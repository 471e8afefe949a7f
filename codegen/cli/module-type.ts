import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Config } from "./config.ts";

/**
 * What to change so that Node takes generated JavaScript for what it is, an ECMAScript module: it goes by the nearest package.json, which `npm init`
 * writes as `"type": "commonjs"`. Undefined where nothing is to be changed, and for TypeScript, which is not run by Node alone.
 */
export function moduleTypeNotice({ emit, out }: Pick<Config, "emit" | "out">): string | undefined {
  const file = emit === "js" ? nearestPackage(out) : undefined;
  if (file === undefined || typeOf(file) !== "commonjs") return undefined;
  return `${file} says "type": "commonjs", so Node takes the generated modules for CommonJS, which they are not: npm pkg set type=module`;
}

function nearestPackage(folder: string): string | undefined {
  const file = path.join(folder, "package.json");
  if (existsSync(file)) return file;
  return folder === path.dirname(folder) ? undefined : nearestPackage(path.dirname(folder));
}

function typeOf(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { readonly type?: unknown } | null)?.type;
  } catch {
    // Whoever runs the program hears of it.
    return undefined;
  }
}
