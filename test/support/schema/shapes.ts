import { fingerprintsOf } from "../../../codegen/describe/fingerprint.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { readDescription } from "../../../runtime/schema/compatibility/read-description.ts";
import type { ServiceShape } from "../../../runtime/schema/compatibility/service-shape.ts";
import { modelOf } from "../../codegen/emit/kitchen.ts";

/** The one service of a schema, as a peer reads its description. */
export function shapeOf(schema: Schema): ServiceShape {
  const [service] = fingerprintsOf(schema).services.values();
  return readDescription(service!.description);
}

/** A schema of edition 2023 in package a whose service S has one command: Do(M) returns (R). Both messages are to be declared, if need be by default. */
export function schemaOf(declarations: string, command = "rpc Do(M) returns (R);"): Schema {
  const missing = ["M", "R"].filter((name) => !declarations.includes(`message ${name} {`)).map((name) => `message ${name} {}`);
  return modelOf({
    "a.proto": `edition = "2023"; package a; import "zserver/options.proto";
      ${declarations} ${missing.join(" ")} service S { ${command} }`,
  });
}
