import type { Check } from "./rule.ts";
import { filePairs, topOf } from "./schema-pair.ts";

export const fileNoDelete: Check = ({ before, after }, report) => {
  for (const name of before.files.keys()) if (!after.files.has(name)) report(topOf(name), `file ${name} is gone`);
};

export const fileSamePackage: Check = (schemas, report) => {
  for (const { before, after } of filePairs(schemas))
    if (before.package !== after.package)
      report(after.packagePosition ?? topOf(after.name), `the package was ${before.package || "none"} and is ${after.package || "none"}`);
};

export const fileSameSyntax: Check = (schemas, report) => {
  for (const { before, after } of filePairs(schemas))
    if (before.syntax !== after.syntax)
      report(after.syntaxPosition ?? topOf(after.name), `the syntax was ${before.syntax} and is ${after.syntax}`);
};
