import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Client, connectOn, type ConnectOptions } from "../../../runtime/client.ts";
import type { LogEntry } from "../../../runtime/command/log.ts";
import type { Authorize } from "../../../runtime/files/server/access.ts";
import type { RootOptions } from "../../../runtime/files/server/root.ts";
import { type FileService, fileService, type FileServiceOptions } from "../../../runtime/files/server/service.ts";
import { Files, type FilesProxy } from "../../../generated/zserver/files/v1/files.ts";
import { type Server, serve } from "../../../runtime/server.ts";
import { type MemoryNetwork, memoryNetwork } from "../../../runtime/transport/memory-network.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { platform } from "../session/platform.ts";

export const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** Bytes that a seed repeats, no two ranges of them alike. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export const anything: Authorize = () => true;

/** What a {@link Desk} is made of, besides its own folder, network and roots. */
export interface DeskOptions extends Partial<Omit<FileServiceOptions, "roots">> {
  readonly root?: Partial<RootOptions>;
  readonly roots?: Readonly<Record<string, RootOptions>>;
  /** Where its folders are; one of its own unless given. */
  readonly top?: string;
}

/** A file service over a real folder, with clients of it, all in one process. The root `public` is `shown`; clients keep their files in `here`. */
export class Desk {
  readonly top: string;
  readonly service: FileService;
  readonly server: Server;
  readonly #memory: MemoryNetwork;
  readonly #clients: Client[] = [];
  /** The clients' ends. */
  readonly #transports: Transport[] = [];
  /** What the server has logged. */
  readonly log: readonly LogEntry[];
  /** How many connections there were. */
  connections = 0;
  /** A memory network has no sockets that would. */
  readonly #release: () => void = systemClock.keepAlive!();
  readonly #own: boolean;

  private constructor(top: string, own: boolean, service: FileService, server: Server, memory: MemoryNetwork, log: readonly LogEntry[]) {
    this.top = top;
    this.log = log;
    this.#own = own;
    this.service = service;
    this.server = server;
    this.#memory = {
      ...memory,
      dial: async (name) => {
        const transport = await memory.dial(name);
        this.#transports.push(transport);
        this.connections += 1;
        return transport;
      },
    };
  }

  static async open({ root = {}, roots, top: given, ...options }: DeskOptions = {}): Promise<Desk> {
    const top = given ?? mkdtempSync(path.join(tmpdir(), "zserver-files-"));
    for (const name of ["shown", "here"]) mkdirSync(path.join(top, name), { recursive: true });
    const service = await fileService({
      roots: roots ?? { public: { directory: path.join(top, "shown"), ...root } },
      authorize: anything,
      log: () => {},
      ...options,
    });
    const memory = memoryNetwork({ clock: systemClock });
    const log: LogEntry[] = [];
    const server = await serve({
      listen: ["memory:files"],
      memory,
      unsealed: true,
      handlers: [service.implementation],
      admit: (credentials) => ({ principal: credentials.bytes.length === 0 ? "anonymous" : credentials.text() }),
      log: (entry) => log.push(entry),
    });
    return new Desk(top, given === undefined, service, server, memory, log);
  }

  /** Ends all connections without a word; sessions go on over others. */
  cut(): void {
    for (const transport of this.#transports.splice(0)) transport.destroy();
  }

  async connect(principal?: string, options: Partial<ConnectOptions> = {}): Promise<Client> {
    const client = await connectOn(platform, {
      endpoints: ["memory:files"],
      memory: this.#memory,
      unsealed: true,
      credentials: principal,
      log: () => {},
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** The commands themselves. */
  async files(principal?: string): Promise<FilesProxy> {
    return (await this.connect(principal)).use(Files);
  }

  shown(...names: string[]): string {
    return path.join(this.top, "shown", ...names);
  }

  here(...names: string[]): string {
    return path.join(this.top, "here", ...names);
  }

  /** What is among the uploads of the root `public`. */
  get staged(): string[] {
    return readdirSync(path.join(this.top, ".shown.uploads")).sort();
  }

  write(file: string, bytes: Uint8Array | string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.server.close();
    await this.service.close();
    this.#release();
    if (this.#own) rmSync(this.top, { recursive: true, force: true });
  }
}

/** Runs a test with a desk of its own. */
export function withDesk(options: DeskOptions, work: (desk: Desk) => Promise<void>): () => Promise<void> {
  return async () => {
    const desk = await Desk.open(options);
    try {
      await work(desk);
    } finally {
      await desk.close();
    }
  };
}

/** What the promise rejects with; a result fails the test. */
export { caught } from "../command/assert-error.ts";

/** One range of an upload, as a client sends it. */
export async function* pieces(
  upload: string,
  offset: number,
  content: Uint8Array,
  digest: Uint8Array = sha256(content),
): AsyncGenerator<
  { part: { case: "head"; value: { upload: string; offset: bigint } } } | { part: { case: "content" | "digest"; value: Uint8Array } }
> {
  yield { part: { case: "head", value: { upload, offset: BigInt(offset) } } };
  for (let at = 0; at < content.length; at += 65_536) yield { part: { case: "content", value: content.subarray(at, at + 65_536) } };
  yield { part: { case: "digest", value: digest } };
}
