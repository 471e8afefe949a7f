// Writes the peers' generated code to dist/, from the schemas that zgen's is made of. Runs after npm ci.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../schemas/", import.meta.url));
const schemas = ["order", "readings", "review"].map((name) => `example/shop/v1/${name}.proto`);
const tool = (name) => join(here, "node_modules", ".bin", name);
const folder = (name) => {
  mkdirSync(join(here, "dist", name), { recursive: true });
  return join(here, "dist", name);
};

rmSync(join(here, "dist"), { recursive: true, force: true });
const protoc = (name, option) =>
  execFileSync(
    tool("protoc"),
    [
      `--proto_path=${root}`,
      `--plugin=${tool(`protoc-gen-${name}`)}`,
      `--${name}_out=${folder(name)}`,
      `--${name}_opt=${option}`,
      ...schemas,
    ],
    { stdio: "inherit" },
  );
protoc("es", "target=ts,import_extension=ts");
// Messages are what its documentation shows; what only JSON and partial objects need is left out.
protoc("ts_proto", "esModuleInterop=true,importSuffix=.ts,outputJsonMethods=false,outputPartialMethods=false");
execFileSync(
  tool("pbjs"),
  [
    ...["--target", "static-module", "--wrap", "es6", "--no-comments", "--no-verify", "--no-convert", "--no-delimited", "--no-service"],
    ...["--path", root, "--out", join(folder("protobufjs"), "shop.js"), ...schemas],
  ],
  { stdio: "inherit" },
);
