import { blobType } from "../../model/blob.ts";
import { noneType } from "../build/service.ts";
import { messageOption } from "../options/resolved.ts";
import type { FieldNode, MethodNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";

/** A blob is the request or the reply of a command, alone: as a field it would be a message that nobody fills. */
export function checkBlobField(context: CheckContext, { name, type }: FieldNode): void {
  if (type.target?.fullName !== blobType) return;
  const remedy = "use zserver.BlobRef, and stage the blob before; or let a command take or return zserver.Blob";
  context.report(type.at, "BLOB_FIELD", `${name.text} is a zserver.Blob, which only a command takes or returns`, remedy);
}

export function checkBlobs(context: CheckContext, method: MethodNode): void {
  const { name, request, response, requestStream, responseStream } = method;
  for (const [type, stream] of [[request, requestStream] as const, [response, responseStream] as const]) {
    if (!stream || type.target?.fullName !== blobType) continue;
    const remedy = "take or return one blob, or stage the blobs and stream zserver.BlobRef";
    context.report(type.at, "BLOB_STREAM", `${name.text} streams zserver.Blob, which is a stream already`, remedy);
  }
  const takes = request.target?.fullName === blobType;
  if (takes && response.target?.fullName === noneType) {
    const remedy = "return a message, so that the sender learns whether the blob came whole";
    context.report(response.at, "BLOB_ONE_WAY", `${name.text} takes a blob and has no reply`, remedy);
  }
  if (!takes && messageOption(method.resolvedOptions, "[zserver.command]").in_lane === true) {
    const remedy = "remove in_lane; ordered holds later commands until this one has ended";
    context.report(optionAt(method, "(zserver.command)"), "IN_LANE_NOT_BLOB", `${name.text} is in lane, but takes no blob`, remedy);
  }
}
