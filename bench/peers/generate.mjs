// Writes the peers' generated code to dist/, from the schemas that zgen's is made of. Runs after npm ci.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../schemas/", import.meta.url));
const shop = ["order", "readings", "review"].map((name) => `example/shop/v1/${name}.proto`);
/** What those need that make calls. */
const withServices = [...shop, "example/bench/v1/bench.proto", "zserver/options.proto"];
const tool = (name) => join(here, "node_modules", ".bin", name);
const folder = (name) => {
  mkdirSync(join(here, "dist", name), { recursive: true });
  return join(here, "dist", name);
};

rmSync(join(here, "dist"), { recursive: true, force: true });
const protoc = (name, schemas, option) =>
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
protoc("es", withServices, "target=ts,import_extension=ts");
// Messages are what its documentation shows; what only JSON and partial objects need is left out.
protoc("ts_proto", shop, "esModuleInterop=true,importSuffix=.ts,outputJsonMethods=false,outputPartialMethods=false");
execFileSync(
  tool("pbjs"),
  [
    ...["--target", "static-module", "--wrap", "es6", "--no-comments", "--no-convert", "--no-delimited", "--no-service"],
    ...["--path", root, "--out", join(folder("protobufjs"), "shop.js"), ...shop],
  ],
  { stdio: "inherit" },
);
