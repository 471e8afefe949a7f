/** A platform's `Blob` or `File`, as far as it is read here. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  readonly name?: string | undefined;
  stream(): ByteStream;
}

/** A `ReadableStream` of bytes, as far as it is read here. */
export interface ByteStream {
  getReader(): ByteStreamReader;
}

/** Who reads a `ReadableStream`, as far as that is used here. */
export interface ByteStreamReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

/** Where bytes come from: at once, or one piece after the other. A piece may be used again by its source when the next one is asked for. */
export type BlobBody = Uint8Array | ArrayBuffer | BlobLike | ByteStream | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A body, and what its receiver is told before the first byte. */
export interface DescribedBlob {
  readonly body: BlobBody;
  /** At most 1,024 UTF-16 units. */
  readonly name?: string | undefined;
  /** A media type, at most 255 UTF-16 units. */
  readonly contentType?: string | undefined;
  /** How many bytes there are, where that is known. A body that has fewer or more of them fails at both sides. */
  readonly size?: number | undefined;
}

/** What may be sent as a blob: bytes, a `Blob` or `File`, a `ReadableStream`, an iterable of bytes such as Node's streams, or any of these described. A stream is the call's from then on, and goes with it, also when it is refused. */
export type BlobSource = BlobBody | DescribedBlob;

/** A source in the form that all of them have. */
export interface OpenedSource {
  readonly name: string;
  readonly contentType: string;
  readonly size: number | undefined;
  iterate(): AsyncIterator<unknown> | Iterator<unknown>;
  /** Lets go of what is held already, where nothing was asked of it yet: the iteration of a stream of Node that did not begin leaves it open. */
  leave?(): unknown;
}

/** The longest `name`, in UTF-16 units. */
export const NAME_UNITS = 1_024;
/** The longest `contentType`, in UTF-16 units. */
export const CONTENT_TYPE_UNITS = 255;

/** Throws TypeError for what is no source, and for descriptions that cannot travel. */
export function openSource(source: BlobSource): OpenedSource {
  const described = isDescribed(source);
  const body = described ? source.body : source;
  const found = openBody(body);
  const { name = found.name, contentType = found.contentType, size = found.size } = (described ? source : body) as Partial<DescribedBlob>;
  if (typeof name !== "string" || name.length > NAME_UNITS) throw new TypeError(`a blob's name is a string of at most ${NAME_UNITS} units`);
  if (typeof contentType !== "string" || contentType.length > CONTENT_TYPE_UNITS)
    throw new TypeError(`a blob's contentType is a string of at most ${CONTENT_TYPE_UNITS} units`);
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0))
    throw new TypeError(`a blob's size is a whole number of bytes, not ${String(size)}`);
  return { ...found, name, contentType, size };
}

function isDescribed(source: BlobSource): source is DescribedBlob {
  return typeof source === "object" && source !== null && "body" in source;
}

function openBody(body: BlobBody): OpenedSource {
  const anonymous = { name: "", contentType: "", size: undefined };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    const bytes = ArrayBuffer.isView(body) ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength) : new Uint8Array(body);
    return { ...anonymous, size: bytes.length, iterate: () => [bytes].values() };
  }
  if (typeof body === "object" && body !== null) {
    if ("stream" in body && "size" in body) {
      const { name = "", type, size } = body;
      return { name, contentType: type, size, iterate: () => fromReader(body.stream().getReader()) };
    }
    if ("getReader" in body) return { ...anonymous, iterate: () => fromReader(body.getReader()), leave: () => body.getReader().cancel() };
    if (Symbol.asyncIterator in body) {
      const { destroy } = body as { destroy?: unknown };
      return {
        ...anonymous,
        iterate: () => body[Symbol.asyncIterator](),
        leave: () => typeof destroy === "function" && destroy.call(body),
      };
    }
    if (Symbol.iterator in body) return { ...anonymous, iterate: () => body[Symbol.iterator]() };
  }
  throw new TypeError("a blob's source is bytes, a Blob, a ReadableStream, or an iterable of bytes");
}

/** Not the stream's own iteration, which some browsers lack. */
function fromReader(reader: ByteStreamReader): AsyncIterator<Uint8Array> {
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value: value! };
    },
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
